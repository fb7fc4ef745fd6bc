"""What lookups can be told, and what they tell the HTTP shell. In no journal: they hold personal data."""

from enum import StrEnum
from typing import Any

from runtime.vocabulary import Command, plain_data


class Method(StrEnum):
    """What is asked of a service (RFC 9110 §9.3)."""

    GET = "GET"
    POST = "POST"
    PUT = "PUT"
    PATCH = "PATCH"
    DELETE = "DELETE"


Pairs = tuple[tuple[str, str], ...]
"""Names and values, in order."""


@plain_data
class LookUp(Command):
    """Ask a service. Answered by exactly one of LookupAnswered and LookupFailed, unless it is forgotten."""

    request_id: str
    """Of whoever asks; no other lookup under way has it."""
    call_id: str
    """The lookup is forgotten when this call ends; empty: for no call."""
    service: str
    """Of ``[[lookups]]``, by its name inside the switch."""
    method: Method = Method.GET
    path: str = ""
    """Behind the service's address, as people write it: what must be is percent-encoded on the way."""
    query: Pairs = ()
    headers: Pairs = ()
    body: Any = None
    """Plain data, sent as JSON; None: no body."""
    timeout_s: float | None = None
    """Shorter than the service's own; None: that one. Everything counts: waiting, connecting, retries."""


@plain_data
class ForgetLookup(Command):
    """Nobody wants the answer any more; no harm if it has come already."""

    request_id: str


@plain_data
class SendRequest(Command):
    """Try once. AttemptEnded follows, unless DropRequest comes before."""

    attempt: int
    """Counted from 1."""
    lookup: LookUp


@plain_data
class DropRequest(Command):
    """Stop trying at once."""

    request_id: str
