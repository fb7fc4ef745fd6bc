"""What becomes of a lookup. No events: they go to whoever asked and, being personal data, nowhere else."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Reason(StrEnum):
    """Why there is no answer. Beside these there is ``status_<n>``, for answers of any status but 2xx."""

    TIMED_OUT = "timed_out"
    """Nothing came within the time limit."""
    REFUSED = "refused"
    """Nobody listens at the address."""
    UNREACHABLE = "unreachable"
    """No connection within its limit, no such name, no trust in the certificate, or cut off in the middle."""
    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    """What came is no JSON, or not even HTTP."""
    CIRCUIT_OPEN = "circuit_open"
    """The service failed too often lately, and is left in peace for a while."""
    UNKNOWN_SERVICE = "unknown_service"
    OVERLOADED = "overloaded"
    """As many as may wait for the service do, or its turn did not come within the time limit."""
    BAD_REQUEST = "bad_request"
    """Path, header or body cannot be sent; the service was not asked."""


def reason_of_status(status: int) -> str:
    """Such as ``status_404``."""
    return f"status_{status}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupAnswered:
    """The service answered with a status of 2xx."""

    request_id: str
    call_id: str
    status: int
    answer: Any
    """What the JSON holds; None when the answer was empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupFailed:
    """There is no answer to be had."""

    request_id: str
    call_id: str
    reason: str
    """A Reason, or ``status_<n>``."""


@dataclass(frozen=True, slots=True)
class Answered:
    """How an attempt may end: well."""

    status: int
    answer: Any


@dataclass(frozen=True, slots=True)
class Failed:
    """How an attempt may end: badly."""

    reason: str
    detail: str = ""
    """For the operator. Holds nothing of what was asked or answered."""


Outcome = Answered | Failed


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    """What the HTTP shell reports of one SendRequest."""

    request_id: str
    attempt: int
    outcome: Outcome
