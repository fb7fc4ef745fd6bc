"""A schema in plain words, a line for each key."""

from collections.abc import Iterator
from typing import NamedTuple

from cli.schema.tidying import Schema

_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "map",
    "array": "list",
    "null": "null",
}


class Line(NamedTuple):
    """One key."""

    depth: int
    """How many maps it is in."""
    name: str
    type: str
    meaning: str


def lines_of(schema: Schema, depth: int = 0) -> Iterator[Line]:
    """The keys of a map, or of the maps in a list; below each those inside it. References are resolved."""
    held = _map_in(schema)
    needed = held.get("required", ())
    for name, part in held.get("properties", {}).items():
        left_out = f"; {_default(part)}" if name not in needed else ""
        yield Line(depth, name, type_of(part) + left_out, part.get("description", ""))
        yield from lines_of(part, depth + 1)


def type_of(schema: Schema) -> str:
    """Such as ``list of text`` or ``number or null``."""
    if "enum" in schema or "const" in schema:
        return " or ".join(map(str, schema.get("enum", [schema.get("const")])))
    if "anyOf" in schema:
        return " or ".join(map(type_of, schema["anyOf"]))
    kinds = schema.get("type")
    if kinds is None:
        return "anything"
    return " or ".join(_one_type(kind, schema) for kind in (kinds if isinstance(kinds, list) else [kinds]))


def _one_type(kind: str, schema: Schema) -> str:
    inner = {"array": "items", "object": "additionalProperties"}.get(kind, "")
    if isinstance(held := schema.get(inner), dict) and held:
        return f"{_TYPES[kind]} of {type_of(held)}"
    return _TYPES[kind]


def _default(schema: Schema) -> str:
    default = schema.get("default")
    return "may be absent" if default in (None, "", [], {}) else f"else {default}"


def _map_in(schema: Schema) -> Schema:
    """The map a schema is of, looking through lists, maps by name and what may be null."""
    if "properties" in schema:
        return schema
    inner = [*schema.get("anyOf", ()), schema.get("items"), schema.get("additionalProperties")]
    found = (_map_in(part) for part in inner if isinstance(part, dict))
    return next((part for part in found if part), {})
