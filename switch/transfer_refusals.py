"""Why a phone's REFER is turned away: for the reasons of the verbs; its phone hears a status."""

from collections.abc import Callable, Mapping

from runtime.errors import UsageError
from runtime.vocabulary import Output
from switch.call import Call, Calls, CallState, Leg
from switch.events import CallTransferRefused
from switch.sip.commands import AnswerTransfer
from switch.sip.events import LegTransferRequested

RefuseTarget = Callable[[Call, str, str], None]
"""Raises UsageError, with its reason, where a call cannot be led to a target now, or not by that station."""

_STATUSES: Mapping[str, int] = {
    "not_connected": 491,
    "no_such_station": 491,
    "transferring": 491,
    "consulting": 491,
    "no_such_call": 481,
    "not_answered": 481,
    "no_such_target": 404,
    "no_route": 404,
    "not_registered": 480,
    "signed_out": 480,
    "no_trunk": 480,
    "barred": 403,
    "same_station": 403,
    "not_own": 403,
    "supervising": 403,
}


def refuse_nothing(call: Call, target: str, by: str) -> None:
    """Of a switch that knows no more of targets than whether somebody takes them."""


def why_not_now(calls: Calls, call: Call, leg: Leg) -> str:
    """The reason why a station may not pass on now whom it talks to; empty when it may."""
    if call.other_end(leg) is None:
        return "no_such_station" if call.state is CallState.CONNECTED else "not_connected"
    if call.transfer is not None:
        return "transferring"
    return "consulting" if _consults(calls, call, leg) else ""


def why_not_joined(calls: Calls, call: Call, away: Leg | None, by: str) -> str:
    """The reason why a station may not leave whom it talks to in ``call`` to whom it has by ``away``.

    What rings at it is not its to give away (RFC 3891 §3); what it dialled is.
    """
    if away is None or away.call_id == call.call_id:
        return "no_such_call"
    own = calls.of_leg(away)
    if own.station_of(away) != by:
        return "not_own"
    if away is not own.customer and own.offer_of(away).is_party:
        return "no_such_station"
    if own.supervises is not None:
        return "supervising"
    has_called = away is own.customer and own.placement is None
    if not away.answered and not has_called:
        return "not_answered"
    return "consulting" if _consults(calls, own, away) else ""


def why_in_vain(refuse: RefuseTarget, call: Call, target: str, by: str) -> str:
    """The reason why a call cannot be led to a target; empty when it can."""
    try:
        refuse(call, target, by)
    except UsageError as refusal:
        return refusal.reason
    return ""


def lines_beside(calls: Calls, call: Call, leg: Leg) -> list[Leg]:
    """By which a station has other calls, to one of which it may leave whom it talks to in this."""
    by = call.station_of(leg)
    if by is None or why_not_now(calls, call, leg):
        return []
    return [each for each in calls.legs.values() if not why_not_joined(calls, call, each, by)]


def _consults(calls: Calls, call: Call, leg: Leg) -> bool:
    """Whether somebody is consulted by verb about the call, or in it."""
    return call.consultation is not None or leg.leg_id in calls.consulting


def refused(event: LegTransferRequested, call: Call, by: str, reason: str) -> list[Output]:
    """The phone is told by a status, whoever follows the call by the reason. Nothing else has happened."""
    answer = AnswerTransfer(
        leg_id=event.leg_id, transfer_id=event.transfer_id, status=_STATUSES.get(reason, 403)
    )
    told = CallTransferRefused(call_id=call.call_id, by=by, number=event.target_number, reason=reason)
    return [answer, told]
