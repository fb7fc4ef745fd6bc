"""What the core was told, as lines of a segment and back.

A line is one of the journal's, where ``topic`` is the kind of input and ``now`` the core's time:

    {"sequence":7,"time":1790000000.25,"topic":"PhoneAnswered",
     "fields":{"now":4711.5,"given":{"offer_id":"offer-5f0c9a1e"},"ids":["playback-83ab41c0"]}}

``ids`` and ``dialled`` are what the world answered the core meanwhile: ids that it asked for, and whether
numbers can be called. ``fault`` names the exception that ended the work on it. Where the core was woken at a
deadline nothing was given. A stretch that can be told again starts with ``began``, which has the
configuration, or ``resumed``, which has the whole state.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_type_hints

import orjson

from acd.core import COMMANDS, INPUTS
from acd.inputs import Input
from acd.kept_sections import plain_of, section_of
from runtime.models import Section
from runtime.vocabulary import Command, Event

WOKEN = "woken"
BEGAN = "began"
RESUMED = "resumed"
BEGINNINGS = frozenset({BEGAN, RESUMED})

_KINDS: Mapping[str, type] = {kind.__name__: kind for kind in (*COMMANDS, *INPUTS)}


def encode(sequence: int, time: float, topic: str, fields: Event | Mapping[str, Any]) -> bytes:
    """The line, of values that may hold commands, inputs and sections of the configuration."""
    keys = {"sequence": sequence, "time": time, "topic": topic, "fields": fields}
    try:
        return orjson.dumps(keys, default=_plain_section, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # bytes from SIP that are not UTF-8 are lone surrogates here: legal JSON when escaped
        return json.dumps(keys, default=_plain, separators=(",", ":")).encode("ascii") + b"\n"


def _plain_section(value: Any) -> Any:
    if isinstance(value, Section):
        return plain_of(value)
    raise TypeError(f"{type(value).__name__} is no plain data")


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return _plain_section(value)


def read_given(topic: str, plain: Mapping[str, Any]) -> Command | Input:
    """What was given, of its line's ``topic`` and ``given``. Raises KeyError, TypeError or ValueError."""
    kind = _KINDS[topic]
    readers = _readers(kind)
    given: Command | Input = kind(**{name: readers[name](value) for name, value in plain.items()})
    return given


@cache
def _readers(kind: type) -> Mapping[str, Callable[[Any], Any]]:
    return {name: _reader(hint) for name, hint in get_type_hints(kind).items()}


def _reader(hint: Any) -> Callable[[Any], Any]:
    """Makes tuples, enums and sections again of what JSON knows."""
    kinds = list(_kinds_in(hint))
    section = next((kind for kind in kinds if issubclass(kind, Section)), None)
    enum = next((kind for kind in kinds if issubclass(kind, StrEnum)), None)

    def read(value: Any) -> Any:
        if isinstance(value, list):
            return tuple(map(read, value))
        if section is not None and isinstance(value, dict):
            return section_of(section, value)
        return enum(value) if enum is not None and isinstance(value, str) else value

    return read


def _kinds_in(hint: Any) -> Any:
    for part in get_args(hint):
        yield from _kinds_in(part)
    if isinstance(hint, type):
        yield hint
