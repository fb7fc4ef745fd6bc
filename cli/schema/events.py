"""Every event there is: its topic, what it tells, and its fields with their meaning."""

import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, get_type_hints

from cli.schema.event_words import MEANINGS, MODULES
from cli.schema.notes import notes_of
from runtime.vocabulary import Event, field_names


@dataclass(frozen=True, slots=True)
class EventField:
    """A field of an event."""

    name: str
    type: Any
    """As it is declared."""
    meaning: str


@dataclass(frozen=True, slots=True)
class EventKind:
    """An event."""

    topic: str
    help: str
    """What has become true when it comes."""
    fields: tuple[EventField, ...]


def all_events() -> list[EventKind]:
    """In the order of docs/events.md."""
    return [_described(kind) for module in MODULES for kind in events_of(module)]


def events_of(module: str) -> list[type[Event]]:
    """The events a module declares, in its order."""
    members = vars(importlib.import_module(module)).values()
    return [kind for kind in members if _is_event(kind) and kind.__module__ == module]


def meaning_of(kind: type[Event], name: str) -> str:
    """What a field says, in its own words or in those that all fields of the name share."""
    own = notes_of(importlib.import_module(kind.__module__))
    return own.get((kind.__name__, name)) or MEANINGS[name]


def _described(kind: type[Event]) -> EventKind:
    hints = get_type_hints(kind)
    fields = (EventField(name, hints[name], _told(meaning_of(kind, name))) for name in field_names(kind))
    return EventKind(kind.topic, _told(inspect.getdoc(kind) or ""), tuple(fields))


def _told(text: str) -> str:
    """With topics for classes, and null for None: whoever reads it knows no source."""
    plain = " ".join(text.replace("``", "`").split())
    for name, topic in _topics():
        plain = re.sub(rf"\b{name}\b", f"`{topic}`", plain) if name in plain else plain
    return plain.replace(" None", " null")


@cache
def _topics() -> tuple[tuple[str, str], ...]:
    return tuple(_names())


def _names() -> Iterator[tuple[str, str]]:
    for module in MODULES:
        for kind in events_of(module):
            yield kind.__name__, kind.topic


def _is_event(value: object) -> bool:
    return inspect.isclass(value) and issubclass(value, Event) and value is not Event
