"""Events go up and are named in the past tense; commands go down and are imperatives.

Both are frozen, slotted dataclasses whose fields are plain data (str, int, float, bool, None, tuple and
string enums), so that one class serves the cores, the control socket, the journal, the log and the tests.
"""

from dataclasses import dataclass, fields
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact. ``topic`` is its dotted name on the control socket and in the journal."""

    topic: ClassVar[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """An order to exactly one core or shell."""


Output = Event | Command
"""What a core may return."""

_field_names: dict[type[Event], tuple[str, ...]] = {}


def event_fields(event: Event) -> dict[str, Any]:
    """The event's fields by name, ready for msgpack or JSON (tuples stay tuples)."""
    kind = type(event)
    names = _field_names.get(kind)
    if names is None:
        names = _field_names[kind] = tuple(f.name for f in fields(kind))
    return {name: getattr(event, name) for name in names}
