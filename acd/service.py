"""The ACD as an application of the exchange: the only file here that speaks the exchange's words.

One table translates what the exchange reports, another what the core orders; nothing is decided. The
exchange tells a call's end before the ends of its offers, so an offer that is still open when its end
arrives was ended by the phone, or by a fault on the way to it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from acd import commands as acd
from acd.config import QUEUE_SCHEME, AgentConfig, QueueConfig
from acd.core import INPUTS, AcdCore
from acd.events import CallerJoined, CallerLeft, LeaveReason, OfferResult
from acd.figures import QueueFigures
from acd.gauges import AcdReadings
from acd.records import QueueEntries
from acd.verbs import AcdVerbs, AgentParams, NotReadyParams, SignInParams, Submit
from runtime.clock import Clock
from runtime.driver import Handler, Outputs
from runtime.ids import Ids
from runtime.models import NoParams
from runtime.vocabulary import Command
from switch.application import Application, Gauge, Verb
from switch.causes import Cause
from switch.commands import (
    AnswerCall,
    ConnectCall,
    HandOff,
    HangUpCall,
    OfferCall,
    PlayPrompt,
    StopPrompt,
    WithdrawOffer,
)
from switch.events import (
    CallAnswered,
    CallArrived,
    CallConnected,
    CallEnded,
    CallHandedOff,
    OfferAccepted,
    OfferEnded,
    OfferRinging,
)
from switch.sip.events import StationRegistered, StationUnregistered

OFFER_RESULTS: Mapping[Cause, OfferResult] = {
    Cause.USER_BUSY: OfferResult.BUSY,
    Cause.CALL_REJECTED: OfferResult.REJECTED,
    Cause.NO_ANSWER: OfferResult.NO_ANSWER,
    Cause.USER_NOT_REGISTERED: OfferResult.UNREACHABLE,
    Cause.NO_USER_RESPONSE: OfferResult.UNREACHABLE,
    Cause.UNALLOCATED_NUMBER: OfferResult.UNREACHABLE,
    Cause.DESTINATION_OUT_OF_ORDER: OfferResult.UNREACHABLE,
}
"""What an offer's cause means for the agent; every other one is FAILED."""

WITHDRAWAL_CAUSES: Mapping[OfferResult, Cause] = {
    OfferResult.ACCEPTED: Cause.NORMAL_CLEARING,
    OfferResult.REJECTED: Cause.ORIGINATOR_CANCEL,
    OfferResult.NO_ANSWER: Cause.NO_ANSWER,
    OfferResult.UNREACHABLE: Cause.NO_USER_RESPONSE,
    OfferResult.FAILED: Cause.NORMAL_TEMPORARY_FAILURE,
    OfferResult.CANCELLED: Cause.ORIGINATOR_CANCEL,
}
"""What the phone is told when the ACD ends an offer."""

RELEASE_CAUSES: Mapping[LeaveReason, Cause] = {
    LeaveReason.CONNECTED: Cause.NORMAL_CLEARING,
    LeaveReason.TIMED_OUT: Cause.NO_ANSWER,
    LeaveReason.FULL: Cause.USER_BUSY,
}
"""What the caller is told when the ACD ends the call."""


def build(
    queues: Sequence[QueueConfig],
    agents: Sequence[AgentConfig],
    ids: Ids,
    submit: Submit,
    clock: Clock,
) -> Application:
    """The ACD with its own core, for sections without findings.

    ``submit`` is the driver's, for verbs that change something; ``clock`` tells views and gauges the time.
    """
    core = AcdCore(queues, agents, ids)
    figures = QueueFigures()
    return Application(
        scheme=QUEUE_SCHEME,
        knows=lambda name: name in core.state.queues,
        cores=(core,),
        routes={
            **_reports(Reception()),
            **_orders(ids),
            **{kind: _asking(core) for kind in INPUTS},
            CallerJoined: _folding(figures.caller_joined),
            CallerLeft: _folding(figures.caller_left),
        },
        verbs=_verbs(AcdVerbs(core.state, figures, clock, submit)),
        projections=(QueueEntries(),),
        gauges=_gauges(AcdReadings(core.state, clock)),
    )


def _verbs(verbs: AcdVerbs) -> tuple[Verb, ...]:
    return (
        Verb("agent.list", NoParams, verbs.list_agents, "All agents and what they are doing."),
        Verb("agent.sign_in", SignInParams, verbs.sign_in, "Seat an agent (签入), not ready at first."),
        Verb("agent.sign_out", AgentParams, verbs.sign_out, "End an agent's shift (签出)."),
        Verb("agent.ready", AgentParams, verbs.ready, "Let calls come (示闲); ends wrap-up."),
        Verb(
            "agent.not_ready", NotReadyParams, verbs.not_ready, "Let no calls come (示忙), after the present."
        ),
        Verb(
            "queue.list", NoParams, verbs.list_queues, "All queues: callers, agents, calls since the start."
        ),
    )


def _gauges(readings: AcdReadings) -> tuple[Gauge, ...]:
    by_queue = ("queue",)
    return (
        Gauge("queue_waiting", "Callers in the queue.", by_queue, readings.waiting),
        Gauge(
            "queue_longest_wait_seconds",
            "Wait of the queue's first caller.",
            by_queue,
            readings.longest_wait_s,
        ),
        Gauge("agents", "Agents by state.", ("state",), readings.agents),
    )


class Reception:
    """Calls on their way to a queue. Those that arrive unanswered are answered first."""

    def __init__(self) -> None:
        self._unanswered: dict[str, acd.JoinQueue] = {}

    def call_arrived(self, event: CallArrived) -> list[Command]:
        order = _joining(event)
        if order is None:
            return []
        self._unanswered[event.call_id] = order
        return [AnswerCall(call_id=event.call_id)]

    def call_answered(self, event: CallAnswered) -> list[Command]:
        order = self._unanswered.pop(event.call_id, None)
        return [order] if order else []

    def call_handed_off(self, event: CallHandedOff) -> list[Command]:
        """Whoever had the call has it no longer, even if it comes back to the same queue."""
        self._unanswered.pop(event.call_id, None)
        left = acd.RemoveCaller(call_id=event.call_id, reason=LeaveReason.WITHDRAWN)
        order = _joining(event)
        return [left, order] if order else [left]

    def call_ended(self, event: CallEnded) -> list[Command]:
        self._unanswered.pop(event.call_id, None)
        return [acd.RemoveCaller(call_id=event.call_id, reason=LeaveReason.ABANDONED)]


def _reports(reception: Reception) -> dict[type, Handler]:
    """What the exchange reports, as orders to the core."""
    return _without_time(
        {
            CallArrived: reception.call_arrived,
            CallAnswered: reception.call_answered,
            CallHandedOff: reception.call_handed_off,
            CallEnded: reception.call_ended,
            CallConnected: lambda event: [acd.ConfirmConnection(offer_id=event.offer_id)],
            OfferRinging: lambda event: [acd.NoteRinging(offer_id=event.offer_id)],
            OfferAccepted: lambda event: [acd.AcceptOffer(offer_id=event.offer_id)],
            OfferEnded: _offer_ended,
            StationRegistered: lambda event: [acd.MarkStation(station=event.station, reachable=True)],
            StationUnregistered: lambda event: [acd.MarkStation(station=event.station, reachable=False)],
        }
    )


def _orders(ids: Ids) -> dict[type, Handler]:
    """What the core orders, in the exchange's words."""
    return _without_time(
        {
            acd.PlayMusic: lambda order: [_looped(order, ids.new("playback"))],
            acd.RingStation: _ring,
            acd.ReleaseStation: _release_station,
            acd.ConnectCaller: lambda order: [ConnectCall(call_id=order.call_id, offer_id=order.offer_id)],
            acd.ReleaseCaller: _release_caller,
            acd.PassOnCaller: _pass_on,
        }
    )


def _joining(event: CallArrived | CallHandedOff) -> acd.JoinQueue | None:
    scheme, _, name = event.target.partition(":")
    if scheme != QUEUE_SCHEME:
        return None
    return acd.JoinQueue(
        call_id=event.call_id,
        contact_id=event.contact_id,
        caller_number=event.caller_number,
        queue=name,
    )


def _offer_ended(event: OfferEnded) -> list[Command]:
    result = OFFER_RESULTS.get(event.cause, OfferResult.FAILED)
    return [acd.EndOffer(offer_id=event.offer_id, result=result, by_agent=event.by_station)]


def _looped(order: acd.PlayMusic, playback_id: str) -> PlayPrompt:
    return PlayPrompt(call_id=order.call_id, playback_id=playback_id, prompts=(order.prompt,), loop=True)


def _ring(order: acd.RingStation) -> list[Command]:
    return [OfferCall(call_id=order.call_id, offer_id=order.offer_id, station=order.station)]


def _release_station(order: acd.ReleaseStation) -> list[Command]:
    cause = WITHDRAWAL_CAUSES[order.result]
    return [WithdrawOffer(call_id=order.call_id, offer_id=order.offer_id, cause=cause)]


def _release_caller(order: acd.ReleaseCaller) -> list[Command]:
    return [HangUpCall(call_id=order.call_id, cause=RELEASE_CAUSES[order.reason])]


def _pass_on(order: acd.PassOnCaller) -> list[Command]:
    return [StopPrompt(call_id=order.call_id), HandOff(call_id=order.call_id, target=order.target)]


def _without_time(table: Mapping[type, Callable[[Any], Outputs]]) -> dict[type, Handler]:
    """Handlers for the driver out of functions that need no ``now``."""
    return {kind: _ignoring_now(translate) for kind, translate in table.items()}


def _ignoring_now(translate: Callable[[Any], Outputs]) -> Handler:
    return lambda item, now: translate(item)


def _asking(core: AcdCore) -> Handler:
    return lambda order, now: core.handle(order, now=now)


def _folding(fold: Callable[[Any], None]) -> Handler:
    """An event that is only counted; nothing follows from it."""

    def handle(event: Any, now: float) -> Outputs:
        fold(event)
        return ()

    return handle
