"""A SIP message as plain values: start line, headers as text, body. Values are parsed when asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

COMPACT_NAMES = {
    "a": "accept-contact",
    "b": "referred-by",
    "c": "content-type",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "o": "event",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "u": "allow-events",
    "v": "via",
    "x": "session-expires",
}
"""Compact forms (RFC 3261 §7.3.3 and the IANA header registry), all lower case."""


FieldValues = str | list[str]
"""What stands in a header: one value, or a list of several in their order of arrival. Most have one, and a
busy switch keeps a hundred thousand messages in mind, so that a list for each would weigh."""
Fields = dict[str, FieldValues]
"""Headers of a message to be, by lower-case long name."""


class Headers:
    """Header fields by lower-case long name.

    A line with several comma-separated values stays one raw value until a typed accessor splits it.
    """

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, FieldValues] | None = None) -> None:
        """``fields`` is a dictionary that nobody else changes from now on; its lists are not empty."""
        self._fields: Fields = fields if fields is not None else {}  # type: ignore[assignment]

    def get(self, name: str) -> str | None:
        """The first value, or None. ``name`` is lower case and in its long form."""
        values = self._fields.get(name)
        return values[0] if isinstance(values, list) else values

    def get_all(self, name: str) -> list[str]:
        """All values, each as it stood on its line; empty when there are none."""
        return listed(self._fields.get(name))

    def set(self, name: str, value: str) -> None:
        """Replace all values by one."""
        self._fields[name] = value

    def set_all(self, name: str, values: FieldValues) -> None:
        """Replace all values; an empty list removes the header."""
        if not isinstance(values, list) or len(values) > 1:
            self._fields[name] = values
        elif values:
            self._fields[name] = values[0]
        else:
            self._fields.pop(name, None)

    def put_first(self, name: str, value: str) -> None:
        """The same before all other headers."""
        self._fields.pop(name, None)
        self._fields = {name: value, **self._fields}

    def pick(self, names: Iterable[str]) -> Fields:
        """Those of these headers that are there, for another message."""
        fields = self._fields
        return {name: fields[name] for name in names if name in fields}

    def fields(self) -> Iterable[tuple[str, FieldValues]]:
        """As ``items``, without a list for a single value."""
        return self._fields.items()

    def lines(self) -> Iterable[tuple[str, str]]:
        """(name, value) line by line, in the order the names first appeared."""
        fields = self._fields
        if list in map(type, fields.values()):
            return [(name, value) for name, values in fields.items() for value in listed(values)]
        return fields.items()  # type: ignore[return-value]

    def items(self) -> list[tuple[str, list[str]]]:
        """(name, values) in the order the names first appeared."""
        return [(name, listed(values)) for name, values in self._fields.items()]

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and dict(self.items()) == dict(other.items())

    def __repr__(self) -> str:
        return f"Headers({self._fields!r})"


def listed(values: FieldValues | None) -> list[str]:
    """The values of a header as a list, which is empty when there are none."""
    if values is None:
        return []
    return [values] if isinstance(values, str) else values


class TopVia(NamedTuple):
    """What is asked of the top Via of every message that arrives."""

    host: str
    """Sent-by; IPv6 without brackets."""
    port: int
    branch: str
    """Empty when there is none."""
    wants_port: bool
    """Whether it carries ``rport`` (RFC 3581 §4)."""


@dataclass(slots=True)
class Request:
    """A request (RFC 3261 §7.1)."""

    method: str
    uri: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    top_via: TopVia | None = field(default=None, compare=False)
    """As the parser read it; None in a message of ours."""


@dataclass(slots=True)
class Response:
    """A response (RFC 3261 §7.2)."""

    status: int
    reason: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    top_via: TopVia | None = field(default=None, compare=False)
    """As the parser read it; None in a message of ours."""


Message = Request | Response
