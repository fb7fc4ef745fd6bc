"""A SIP message as plain values: start line, headers as text, body. Values are parsed when asked for.

The collector of cycles does not look at messages, as nothing in them leads anywhere.
"""

from typing import NamedTuple

from msgspec import Struct, field

from media._core import Headers

__all__ = ["FieldValues", "Fields", "Headers", "Message", "Request", "Response", "TopVia", "listed"]

FieldValues = str | list[str]
"""What stands in a header: one value, or a list of several in their order of arrival. Most have one, and a
busy switch keeps a hundred thousand messages in mind, so that a list for each would weigh."""
Fields = dict[str, FieldValues]
"""Headers of a message to be, by lower-case long name."""


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


class Request(Struct, gc=False):
    """A request (RFC 3261 §7.1)."""

    method: str
    uri: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""


class Response(Struct, gc=False):
    """A response (RFC 3261 §7.2)."""

    status: int
    reason: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""


Message = Request | Response
