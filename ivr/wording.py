"""The mistakes of a document's form, as the models find them, in plain English."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ivr.document import Flow, Node
from ivr.nodes.branch import Way
from ivr.nodes.survey import Question
from ivr.parts import (
    CURRENCY_PATTERN,
    DIGIT_PATTERN,
    FLOW_NAME_PATTERN,
    HOOK_NAME_PATTERN,
    KEYS_PATTERN,
    LANGUAGE_PATTERN,
    NUMBER_PATTERN,
)
from ivr.prompt_list import Piece
from runtime.problems import Finding, KeyPath, closest

_NODE_TYPES: dict[str, type[BaseModel]] = {
    get_args(kind.model_fields["type"].annotation)[0]: kind for kind in get_args(Node)
}

_PARTS: dict[str, type[BaseModel]] = {
    "ways": Way,
    "questions": Question,
    **dict.fromkeys(("prompts", "on_invalid", "on_timeout", "thanks"), Piece),
}
"""By the key whose list holds them."""

_PATTERNS = {
    LANGUAGE_PATTERN: "a language tag such as zh, en or zh-Hant",
    DIGIT_PATTERN: "a telephone key: 0 to 9, A to D, * or # (in quotes)",
    KEYS_PATTERN: "up to 64 telephone keys: 0 to 9, A to D, * and # (in quotes)",
    FLOW_NAME_PATTERN: "up to 64 letters of any script, digits, _ or -",
    CURRENCY_PATTERN: "a currency of three capitals, such as CNY or USD",
    NUMBER_PATTERN: "the beginning of a number: up to 32 of 0 to 9, *, # and +",
    HOOK_NAME_PATTERN: "up to 64 letters of any script, digits, _, - or points",
}

_A_MAPPING = "a mapping: lines of the form key: value"
_YES_OR_NO = "true or false"
_A_NODE_TYPE = "one of " + ", ".join(_NODE_TYPES)

_EXPECTED = {
    "missing": "this key to be there",
    "union_tag_not_found": _A_NODE_TYPE,
    "string_type": "a text",
    "string_too_short": "a text that is not empty",
    "string_too_long": "at most {max_length} characters",
    "too_short": "at least {min_length} entry",
    "too_long": "at most {max_length} entries",
    "tuple_type": "a list, such as [zh/greeting]",
    "dict_type": _A_MAPPING,
    "model_type": _A_MAPPING,
    "model_attributes_type": _A_MAPPING,
    "literal_error": "one of {expected}",
    "bool_type": _YES_OR_NO,
    "bool_parsing": _YES_OR_NO,
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "datetime_parsing": "a day and a time, such as 2026-11-23 09:05",
    "datetime_from_date_parsing": "a day and a time, such as 2026-11-23 09:05",
    "datetime_type": "a day and a time, such as 2026-11-23 09:05",
    "finite_number": "a number",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "less_than_equal": "at most {le:g}",
}


def findings_of_form(
    fault: ValidationError, keys_at: Callable[[KeyPath], list[str]] | None = None
) -> Iterator[Finding]:
    """All that the models of ``ivr.document`` found wrong in one document.

    Of other models, ``keys_at`` tells the keys there are around a place.
    """
    for error in fault.errors(include_url=False):
        if not _is_echo(error):
            yield _finding(error, keys_at or _keys_around)


def _is_echo(error: ErrorDetails) -> bool:
    """A list that is called too short because an entry of it is wrong, which is told by itself."""
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def fields_at(model: type[BaseModel], path: KeyPath) -> list[str]:
    """The keys of the mapping at a place in a document of ``model``."""
    for part in path:
        inner = _models_in(model.model_fields[part].annotation) if part in model.model_fields else []
        model = inner[0] if inner else model
    return [field.alias or name for name, field in model.model_fields.items()]


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]


def guess(written: str, known: Iterable[str]) -> str:
    """`` (did you mean …?)`` when one of the known names comes close, else nothing."""
    name = closest(written, known)
    return "" if name is None else f" (did you mean {name}?)"


def _finding(error: ErrorDetails, keys_at: Callable[[KeyPath], list[str]]) -> Finding:
    kind, path = error["type"], _path(error)
    if kind == "union_tag_invalid":
        written = error["ctx"]["tag"]
        return Finding((*path, "type"), _A_NODE_TYPE + guess(written, _NODE_TYPES), written)
    if kind == "union_tag_not_found":
        return Finding((*path, "type"), _EXPECTED[kind])
    if kind == "extra_forbidden":
        known = keys_at(error["loc"])
        return Finding(path, "one of " + ", ".join(known) + guess(str(path[-1]), known), "unknown")
    value = "" if kind == "missing" else _text(error["input"])
    return Finding(path, _expected(kind, error.get("ctx", {}), error["msg"]), value)


def _expected(kind: str, context: Mapping[str, Any], message: str) -> str:
    if kind == "string_pattern_mismatch":
        return _PATTERNS[context["pattern"]]
    if kind in _EXPECTED:
        return _EXPECTED[kind].format_map(context)
    return message.removeprefix("Input should be ")


def _text(value: object) -> str:
    """A scalar as it was written; nothing for a list, a mapping or no value."""
    return "" if value is None or isinstance(value, list | dict) else str(value)


def _path(error: ErrorDetails) -> KeyPath:
    """Where the error stands in the document: without the marks pydantic adds on the way."""
    path = error["loc"]
    if path[-1:] == ("[key]",) and error["type"].startswith("string_"):
        path = path[:-1]
    return path[:2] + path[3:] if _is_inside_a_node(path) else path


def _is_inside_a_node(path: KeyPath) -> bool:
    """Below a node pydantic names the node's type: ``nodes, main, menu, timeout_s``."""
    return len(path) > 2 and path[0] == "nodes"


def _keys_around(path: KeyPath) -> list[str]:
    model = _NODE_TYPES[str(path[2])] if _is_inside_a_node(path) else Flow
    inner = [_PARTS[key] for key in path[3:-1] if isinstance(key, str) and key in _PARTS]
    return list((inner[-1] if inner else model).model_fields)
