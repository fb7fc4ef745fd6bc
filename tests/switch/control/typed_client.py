"""Writes the schema of the control socket and, from it, the types of the Python client.

python -m tests.switch.control.typed_client
"""

import json
import keyword
import textwrap
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from cli.schema.document import control_schema

Schema = dict[str, Any]
FOLDER = Path(__file__).parents[3] / "switch" / "control"
SCHEMA = Path(__file__).parents[3] / "docs" / "control.schema.json"
ANSWERS = FOLDER / "answers.py"
FAMILIES = FOLDER / "verb_families.pyi"

_PLAIN = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
    "array": "_list[Any]",
    "object": "_dict[str, Any]",
}
_MADE = "Made by `python -m tests.switch.control.typed_client` from the schema of the control socket."
_BUILTINS = "from builtins import dict as _dict, list as _list  # some verbs and keys have these names"


def answers(schema: Schema) -> str:
    """The module with the shapes of answers, and of what parameters hold."""
    used = _used(schema)
    shared = {name: part for name, part in sorted(schema["$defs"].items()) if name in used}
    values = [_alias(name, part) for name, part in shared.items() if "properties" not in part]
    maps = [_shape(name, shared[name]) for name in _in_order(shared)]
    head = f'"""What verbs answer, as types. {_MADE}"""\n\n{_BUILTINS}\n'
    imports = "from typing import Any, Literal, NotRequired, TypedDict\n"
    return "\n".join([head + imports, *values, "", *maps])


def families(schema: Schema) -> str:
    """The stub with every verb as a method, once as a coroutine and once as it blocks."""
    verbs = schema["verbs"].items()
    groups = [(name, list(each)) for name, each in groupby(verbs, lambda item: item[0].split(".")[0])]
    types = sorted(name for name in _used(schema))
    head = [
        f'"""Verbs as methods. {_MADE}"""\n',
        _BUILTINS,
        "from collections.abc import Callable",
        "from typing import Any, Literal\n",
        f"from switch.control.answers import (\n{''.join(f'    {name},{chr(10)}' for name in types)})\n",
    ]
    classes = [_family(name, each, how) for how in ("async ", "") for name, each in groups]
    return "\n".join(
        [*head, *classes, _client("VerbFamilies", groups, ""), _client("SyncVerbFamilies", groups, "Sync")]
    )


def _family(name: str, verbs: list[tuple[str, Schema]], how: str) -> str:
    title = f"{'' if how else 'Sync'}{_camel(name)}Verbs"
    methods = [_method(verb, part, how) for verb, part in verbs]
    if name == "call":
        methods.insert(0, f"    {how}def __call__(self, verb: str, /, **params: object) -> Any: ...\n")
    return "\n".join([f"class {title}:", *methods])


def _method(verb: str, part: Schema, how: str) -> str:
    takes = part["parameters"]
    takes = takes if "properties" in takes else _DEFS[takes["$ref"].rpartition("/")[2]]
    needed = takes.get("required", [])
    params = [
        f"{name}: {_type(each)}{'' if name in needed else ' = ...'}"
        for name, each in takes.get("properties", {}).items()
    ]
    listed = f", *, {', '.join(params)}" if params else ""
    name = verb.partition(".")[2]
    name = f"{name}_" if keyword.iskeyword(name) else name
    told = [part["description"], *_told(takes)]
    text = "\n\n".join(["\n".join(told[:1]), "\n".join(told[1:])]).strip()
    body = textwrap.indent(f'"""{text}{chr(10) if len(told) > 1 else ""}"""', " " * 8)
    return f"    {how}def {name}(self{listed}) -> {_type(part['answer'])}:\n{body}\n"


def _told(takes: Schema) -> Iterator[str]:
    for name, each in takes.get("properties", {}).items():
        if each.get("description"):
            yield f"{name}: {each['description']}"


def _client(title: str, groups: list[tuple[str, Any]], prefix: str) -> str:
    lines = [f"    {name}: {prefix}{_camel(name)}Verbs" for name, _ in groups]
    return "\n".join(
        [f"class {title}:", *lines, "    def __init__(self, call: Callable[..., Any]) -> None: ...\n"]
    )


def _shape(name: str, part: Schema) -> str:
    needed = part.get("required", [])
    if any(map(keyword.iskeyword, part["properties"])):
        keys = ", ".join(f"{key!r}: {_type(each)}" for key, each in part["properties"].items())
        return f'{name} = TypedDict("{name}", {{{keys}}})\n'
    lines = [f"class {name}(TypedDict):", f'    """{part.get("description", "")}"""\n']
    for key, each in part["properties"].items():
        kind = _type(each)
        lines.append(f"    {key}: {kind if key in needed else f'NotRequired[{kind}]'}")
        if each.get("description"):
            lines.append(f'    """{each["description"]}"""')
    return "\n".join([*lines, "", ""])


def _alias(name: str, part: Schema) -> str:
    return f"{name} = {_type(part)}"


def _type(part: Schema) -> str:
    if "$ref" in part:
        return str(part["$ref"]).rpartition("/")[2]
    if "enum" in part or "const" in part:
        return f"Literal[{', '.join(map(repr, part.get('enum', [part.get('const')])))}]"
    if "anyOf" in part:
        return " | ".join(dict.fromkeys(map(_type, part["anyOf"])))
    kinds = part.get("type", [])
    if not kinds:
        return "Any"
    return " | ".join(_one(kind, part) for kind in (kinds if isinstance(kinds, list) else [kinds]))


def _one(kind: str, part: Schema) -> str:
    if kind == "array" and isinstance(part.get("items"), dict):
        return f"_list[{_type(part['items'])}]"
    if kind == "object" and isinstance(part.get("additionalProperties"), dict):
        return f"_dict[str, {_type(part['additionalProperties'])}]"
    return _PLAIN[kind]


def _used(schema: Schema) -> set[str]:
    """The shared types that answers and parameters name, and those these name."""
    found: set[str] = set()
    open_parts: list[Any] = []
    for verb in schema["verbs"].values():
        takes = verb["parameters"]
        takes = schema["$defs"][takes["$ref"].rpartition("/")[2]] if "$ref" in takes else takes
        open_parts += [verb["answer"], takes.get("properties", {})]
    while open_parts:
        for name in _names(open_parts.pop()):
            if name not in found:
                found.add(name)
                open_parts.append(schema["$defs"][name])
    return found


def _names(part: Any) -> Iterator[str]:
    match part:
        case {"$ref": str(reference)}:
            yield reference.rpartition("/")[2]
        case dict():
            for inner in part.values():
                yield from _names(inner)
        case list():
            for inner in part:
                yield from _names(inner)


def _in_order(shared: dict[str, Schema]) -> list[str]:
    """Maps after those they hold: the types are looked at when the module is loaded."""
    placed: list[str] = []

    def place(name: str) -> None:
        if name in placed or "properties" not in shared.get(name, {}):
            return
        for inner in _names(shared[name]):
            if inner != name:
                place(inner)
        placed.append(name)

    for name in shared:
        place(name)
    return placed


def _camel(name: str) -> str:
    return "".join(word.title() for word in name.split("_"))


_SCHEMA = control_schema()
_DEFS: Schema = _SCHEMA["$defs"]

if __name__ == "__main__":
    SCHEMA.write_text(json.dumps(_SCHEMA, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    ANSWERS.write_text(answers(_SCHEMA), encoding="utf-8")
    FAMILIES.write_text(families(_SCHEMA), encoding="utf-8")
