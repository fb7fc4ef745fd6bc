"""What failures of branches mean for a leg, and which of several tells most (RFC 3261 §16.7)."""

from typing import NamedTuple

from switch.causes import Cause, cause_of_status
from switch.sip.commands import DialLeg
from switch.sip.headers.reason_header import read_reason
from switch.sip.legs.branches import Branch, Forking
from switch.sip.messages.message import Response

_ASKS_FOR_A_CHANGE = (401, 407, 415, 420, 484)
"""RFC 3261 §16.7 step 6: these tell how the request could succeed."""
_TELLS_LEAST = (480, 408, 487)
"""Nobody was there or wanted to be: any other word of a phone says more."""
_FLOW_IS_BROKEN = (408, 430)
"""Answers of proxies that did not get through to the phone (RFC 5626 §7, §11.5)."""
_NOT_THE_PARTY = (408, 491)
"""Besides 5xx: failures of the way to a party."""


class Failure(NamedTuple):
    """Why a branch or a leg failed."""

    status: int
    """408 when nothing was heard, 503 when nothing could be sent (RFC 3261 §8.1.3.1)."""
    cause: Cause
    by_peer: bool
    """False when no answer told it."""
    retry_after_s: int | None = None
    """When the neighbour wants to be asked again, at the earliest (RFC 3261 §20.33)."""


def read_failure(response: Response) -> Failure:
    """What a final answer of 300 or more tells."""
    cause = read_reason(response.headers) or cause_of_status(response.status)
    return Failure(response.status, cause, True, _retry_after(response))


def unanswered(status: int) -> Failure:
    """408: nothing was heard. 503: nothing could be sent."""
    cause = Cause.NO_USER_RESPONSE if status == 408 else Cause.DESTINATION_OUT_OF_ORDER
    return Failure(status, cause, False)


def better(known: Failure | None, other: Failure) -> Failure:
    """The failure that tells the caller more; of equals the earlier one."""
    return other if known is None or _rank(other) < _rank(known) else known


def ends_all(order: DialLeg, branch: Branch, status: int) -> bool:
    """Whether a failure of a branch speaks for the party and not for the way there."""
    if status in order.failover_statuses or status in branch.failover_statuses:
        return False
    if order.forking is Forking.PARALLEL:
        return status >= 600  # RFC 3261 §16.7 step 5
    return status not in _NOT_THE_PARTY and not 500 <= status < 600


def is_broken(failure: Failure) -> bool:
    """Whether the phone never heard of the call, so that it may be called another way (RFC 5626 §7)."""
    return failure.status in _FLOW_IS_BROKEN or not failure.by_peer


def _rank(failure: Failure) -> tuple[int, int]:
    """6xx before all, then the lowest class; within 4xx by what it tells."""
    status = failure.status
    if status >= 600:
        return 0, 0
    if status in _ASKS_FOR_A_CHANGE:
        return 4, 0
    if status in _TELLS_LEAST:
        return 4, 3 + _TELLS_LEAST.index(status)
    return status // 100, 1 if status == 486 else 2


def _retry_after(response: Response) -> int | None:
    """The seconds of Retry-After; None when there is none that can be read."""
    text = (response.headers.get("retry-after") or "").partition(";")[0].partition("(")[0].strip()
    return int(text[:10]) if text.isascii() and text.isdecimal() else None
