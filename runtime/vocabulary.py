"""Events go up and are named in the past tense; commands go down and are imperatives.

Both are slotted dataclasses (``plain_data``) whose fields are plain (str, int, float, bool, None, tuple and
string enums), so that one class serves the cores, the control socket, the journal, the log and the tests.
"""

from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(kw_only_default=True, frozen_default=True)
def plain_data(kind: type[T]) -> type[T]:
    """The dataclass of an event or command: named fields, compared and hashed by what they hold.

    Nobody may change one, and the type checker sees to that. At run time nothing forbids it, because frozen
    ones take three times as long to make, and a call makes forty.
    """
    return dataclass(slots=True, kw_only=True, unsafe_hash=True)(kind)


class Event:
    """A fact. ``topic`` is its dotted name on the control socket and in the journal."""

    __slots__ = ()
    topic: ClassVar[str]
    latest_of: ClassVar[str] = ""
    """For events that tell a state: the field that tells whose. The latest of each replaces those before."""


class Command:
    """An order to exactly one core or shell."""

    __slots__ = ()


Output = Event | Command
"""What a core may return."""

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
