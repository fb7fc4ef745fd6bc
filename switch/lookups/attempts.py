"""Which failure speaks against a service, and which is worth another try. Pure."""

from switch.lookups.answers import Answered, Failed, Outcome, Reason, reason_of_status
from switch.lookups.commands import Method

IDEMPOTENT = frozenset({Method.GET, Method.PUT, Method.DELETE})
"""Methods that may be repeated without doing anything twice (RFC 9110 §9.2.2)."""
_PASSING = frozenset(
    {Reason.REFUSED, Reason.UNREACHABLE, *(reason_of_status(status) for status in (502, 503, 504))}
)
"""What the next moment may have mended: connections, and what gateways say of those behind them."""
_TOO_MANY_REQUESTS = reason_of_status(429)
_LONGEST_PAUSE_S = 5.0


def went_well(outcome: Outcome) -> bool:
    """Whether the service does its work, be it by saying no to this request."""
    if isinstance(outcome, Answered) or outcome.reason == Reason.BAD_REQUEST:
        return True
    kind, _, status = outcome.reason.partition("status_")
    return not kind and int(status) < 500 and outcome.reason != _TOO_MANY_REQUESTS


def pause_before_next(
    method: Method, failure: Failed, *, attempts: int, retries: int, first_pause_s: float
) -> float | None:
    """How long to wait before trying again, twice as long each time; None: do not.

    ``attempts`` were made so far, of which all but the first are retries.
    """
    if attempts > retries or method not in IDEMPOTENT or failure.reason not in _PASSING:
        return None
    return min(first_pause_s * 2.0 ** (attempts - 1), _LONGEST_PAUSE_S)
