"""A SIP message as plain values: start line, headers as text, body. Values are parsed when asked for."""

from dataclasses import dataclass, field

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


class Headers:
    """Header fields by lower-case long name, each a list of raw values in their order of arrival.

    A line with several comma-separated values stays one raw value until a typed accessor splits it.
    """

    __slots__ = ("_fields",)

    def __init__(self, fields: dict[str, list[str]] | None = None) -> None:
        self._fields = fields if fields is not None else {}

    def get(self, name: str) -> str | None:
        """The first value, or None. ``name`` is lower case and in its long form."""
        values = self._fields.get(name)
        return values[0] if values else None

    def get_all(self, name: str) -> list[str]:
        """All values, each as it stood on its line; empty when there are none."""
        return self._fields.get(name, [])

    def set(self, name: str, value: str) -> None:
        """Replace all values by one."""
        self._fields[name] = [value]

    def set_all(self, name: str, values: list[str]) -> None:
        """Replace all values; an empty list removes the header."""
        if values:
            self._fields[name] = values
        else:
            self._fields.pop(name, None)

    def items(self) -> list[tuple[str, list[str]]]:
        """(name, values) in the order the names first appeared."""
        return list(self._fields.items())

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self._fields == other._fields

    def __repr__(self) -> str:
        return f"Headers({self._fields!r})"


@dataclass(slots=True)
class Request:
    """A request (RFC 3261 §7.1)."""

    method: str
    uri: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""


@dataclass(slots=True)
class Response:
    """A response (RFC 3261 §7.2)."""

    status: int
    reason: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""


Message = Request | Response
