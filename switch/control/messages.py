"""What clients and the switch say to each other, whatever it looks like on the wire."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from runtime.errors import PeerError
from switch.records.projection import AnyEntry

EVENT = "event"
"""Notification: one event, ``[{sequence, time, topic, fields}]``."""
GAP = "event.gap"
"""Notification: events the client was too slow for, ``[{from, to, missed, time}]``."""
PROTOCOL_ERROR = "protocol.error"
"""Notification, the last before the switch hangs up: ``[{code, message}]``."""


class ErrorCode(StrEnum):
    """What went wrong with a request, for programs. The message tells it to people."""

    UNKNOWN_VERB = "unknown_verb"
    """There is no such verb; the message names the nearest."""
    BAD_PARAMS = "bad_params"
    """``data.fields`` tells for each bad parameter what is wrong with it."""
    REFUSED = "refused"
    """Understood, but not possible now; the message says why."""
    NOT_ALLOWED = "not_allowed"
    """Not for this client: for other roles, or about the whole switch, and the client is a tenant's."""
    KEY_REUSED = "key_reused"
    """The idempotency key came before with another request. Nothing has happened."""
    DEADLINE_PASSED = "deadline_passed"
    """The request's deadline; ``data.begun`` tells whether the verb had begun."""
    NOT_AUTHENTICATED = "not_authenticated"
    """The client has not shown who it is, or what it showed is no good."""
    INTERNAL = "internal"
    """A fault of the switch; its log has the details."""
    TOO_LARGE = "too_large"
    """The request, or the answer to it, is beyond the configured size."""
    MALFORMED = "malformed"
    """Not the protocol of this socket. The connection ends."""


class ProtocolError(PeerError):
    """The peer sent bytes after which the stream cannot be read further."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Failure:
    """The error of a response."""

    code: str
    message: str
    data: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A verb to carry out and answer."""

    msgid: int
    method: str
    params: list[Any]


@dataclass(frozen=True, slots=True)
class Response:
    """The answer to the request of the same ``msgid``: ``result``, unless ``failure`` is set."""

    msgid: int
    failure: Failure | None
    result: Any


@dataclass(frozen=True, slots=True)
class Notification:
    """Something told without expecting an answer."""

    method: str
    params: list[Any]


Message = Request | Response | Notification


def event_param(entry: AnyEntry) -> dict[str, object]:
    """What the notification of one event holds."""
    return {"sequence": entry.sequence, "time": entry.time, "topic": entry.topic, "fields": entry.fields}
