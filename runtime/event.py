"""What every event is: all of the vocabulary that clients of the control socket share with the switch."""

from dataclasses import fields
from typing import Any, ClassVar


class Event:
    """A fact. ``topic`` is its dotted name on the control socket and in the journal."""

    __slots__ = ()
    topic: ClassVar[str]
    latest_of: ClassVar[str] = ""
    """For events that tell a state: the field that tells whose. The latest of each replaces those before."""


_field_names: dict[type[Event], tuple[str, ...]] = {}


def field_names(kind: type[Event]) -> tuple[str, ...]:
    """The names of an event's fields, in the order they are told."""
    names = _field_names.get(kind)
    if names is None:
        names = _field_names[kind] = tuple(f.name for f in fields(kind))  # type: ignore[arg-type]
    return names


def event_fields(event: Event) -> dict[str, Any]:
    """The event's fields by name, ready for msgpack or JSON (tuples stay tuples)."""
    return {name: getattr(event, name) for name in field_names(type(event))}
