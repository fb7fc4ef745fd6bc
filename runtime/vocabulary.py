"""Events go up and are named in the past tense; commands go down and are imperatives.

Both are structs (``plain_data``) whose fields are plain (str, int, float, bool, None, tuple and
string enums), so that one class serves the cores, the control socket, the journal, the log and the tests.
"""

from dataclasses import MISSING, dataclass, fields
from typing import TypeVar, cast, dataclass_transform

from msgspec import Struct, StructMeta
from msgspec import field as struct_field

from runtime.event import Event, event_fields, field_names

__all__ = ["Command", "Event", "Output", "event_fields", "field_names", "plain_data", "plain_data_in_order"]

T = TypeVar("T")
_OF_UNSLOTTED = frozenset({"__dict__", "__weakref__"})
"""What only a class without slots has."""


@dataclass_transform(kw_only_default=True, frozen_default=True)
def plain_data(kind: type[T]) -> type[T]:
    """The class of an event or command: named fields that nobody can change, compared and hashed by them.

    All that asks a dataclass for its fields may ask it. But it is made, kept and compared as a struct of
    msgspec: a call makes forty, and a dataclass takes five times as long for one. The collector of cycles
    does not look at it, as plain values cannot make any.
    """
    return _struct(kind, kw_only=True)


@dataclass_transform(frozen_default=True)
def plain_data_in_order(kind: type[T]) -> type[T]:
    """The same, but made by position: for figures that come, all of them, in the order of the fields; also
    for what has more than fifteen of them, of which Python makes a dictionary when all are named."""
    return _struct(kind, kw_only=False)


def _struct(kind: type[T], *, kw_only: bool) -> type[T]:
    described = dataclass(kw_only=True, init=False, eq=False, unsafe_hash=True)(kind)
    members = {name: value for name, value in vars(described).items() if name not in _OF_UNSLOTTED}
    for each in fields(described):  # type: ignore[arg-type]
        if each.default_factory is not MISSING:
            members[each.name] = struct_field(default_factory=each.default_factory)
    bases = tuple(base for base in kind.__bases__ if base is not object)
    made = StructMeta(kind.__name__, (*bases, Struct), members, kw_only=kw_only, frozen=True, gc=False)
    return cast(type[T], made)


class Command:
    """An order to exactly one core or shell."""

    __slots__ = ()


Output = Event | Command
"""What a core may return."""
