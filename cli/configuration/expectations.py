"""What a configuration key takes, in plain English, read off the models that declare it."""

import types
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

_SCALARS: dict[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text in quotes",
    SecretStr: "text in quotes",
    Path: "a path in quotes",
}
_SEVERAL: dict[Any, str] = {int: "whole numbers", float: "numbers", Path: "paths in quotes"}


def expectation(field: FieldInfo) -> str:
    """Type and range of a field, such as ``a whole number from 1 to 65535``."""
    kind = describe_type(field.annotation)
    bounds = {
        name: oct(getattr(rule, name)) if is_octal(field) else getattr(rule, name)
        for rule in field.metadata
        for name in ("ge", "gt", "le", "lt", "min_length", "max_length", "pattern")
        if getattr(rule, name, None) is not None
    }
    if "pattern" in bounds and field.description:
        # A pattern is no English; the description says what it stands for.
        return f"{kind}: {field.description}"
    return kind + _range(bounds) + _length(bounds, listed=kind.startswith("a list"))


def describe_type(annotation: Any) -> str:
    """A type as a person would write it, such as ``a list of text in quotes``."""
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    kinds = [kind for kind in _alternatives(annotation) if kind is not type(None)]
    if len(kinds) > 1:
        return " or ".join(describe_type(kind) for kind in kinds)
    if kinds and kinds[0] is not annotation:
        return describe_type(kinds[0])
    return _describe_compound(annotation)


def inner_type(annotation: Any) -> Any:
    """The type inside an optional; the annotation itself when it is none."""
    kinds = [kind for kind in _alternatives(annotation) if kind is not type(None)]
    return kinds[0] if len(kinds) == 1 else annotation


def item_type(annotation: Any) -> Any:
    """The type of a list's items, without their range, or None for what is no list."""
    annotation = inner_type(annotation)
    if get_origin(annotation) not in (list, tuple, Sequence):
        return None
    item = get_args(annotation)[0]
    return get_args(item)[0] if get_origin(item) is Annotated else item


def model_type(annotation: Any) -> type[BaseModel] | None:
    """The model a table or the entries of a list of tables must fit, or None."""
    inner = item_type(annotation) or inner_type(annotation)
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None


def is_secret(field: FieldInfo) -> bool:
    """Whether the field's value must never be shown: what is typed so, and hashes that can be guessed at."""
    inner, extra = inner_type(field.annotation), field.json_schema_extra
    is_hash = isinstance(extra, dict) and extra.get("secret") is True
    return is_hash or inner is SecretStr or SecretStr in get_args(inner)


def is_octal(field: FieldInfo) -> bool:
    """Whether people write the field's value in octal, such as permissions."""
    extra = field.json_schema_extra
    return isinstance(extra, dict) and extra.get("octal") is True


def _alternatives(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) in (Union, types.UnionType):
        yield from get_args(annotation)
    else:
        yield annotation


def _describe_compound(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return _one_of(get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return _one_of([member.value for member in annotation])
    item = item_type(annotation)
    if item is not None:
        several = "tables" if model_type(item) else _SEVERAL.get(item) or describe_type(item)
        return f"a list of {several}"
    return "a table"


def _one_of(values: Sequence[object]) -> str:
    texts = [f'"{value}"' for value in values]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} or {texts[-1]}"


def _range(bounds: dict[str, Any]) -> str:
    if "ge" in bounds and "le" in bounds:
        return f" from {bounds['ge']} to {bounds['le']}"
    words = {"ge": "at least", "gt": "greater than", "le": "at most", "lt": "less than"}
    limits = [f"{word} {bounds[name]}" for name, word in words.items() if name in bounds]
    return f", {' and '.join(limits)}" if limits else ""


def _length(bounds: dict[str, Any], *, listed: bool) -> str:
    least, most = bounds.get("min_length"), bounds.get("max_length")
    unit = "entries" if listed else "characters"
    if least == 1 and most is None:
        return " with at least one entry" if listed else ", not empty"
    if least is not None and most is not None:
        return f", {least} to {most} {unit}"
    return f", at least {least} {unit}" if least is not None else f", at most {most} {unit}" if most else ""
