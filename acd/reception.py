"""Calls on their way to a queue, and away from it."""

from collections.abc import Container
from dataclasses import replace

from acd.agent import AgentState
from acd.agent_target import waiting_for
from acd.announcements import spoken_language
from acd.callback import CallbackStage
from acd.config import AGENT_SCHEME, QUEUE_SCHEME
from acd.core import AcdCore
from acd.estimates import estimate_newcomer
from acd.events import LeaveReason
from acd.inputs import (
    CallerCame,
    CallerGone,
    CallerReturned,
    CallTaken,
    ConfirmationHeard,
    CustomerAnswered,
    KeyPressed,
    OwnCallAnswered,
    OwnCallBegan,
    OwnCallOver,
    PlaybackOver,
)
from acd.item_events import ItemPassedOn
from acd.queue import Queue
from acd.queue_target import QueueTarget, parse_queue_target
from acd.repeats import RepeatCallers
from acd.state import AcdState
from runtime.driver import Outputs
from runtime.target import HANG_UP, parse_target
from switch.application import Prospect, ProspectOf
from switch.causes import Cause
from switch.commands import AnswerCall
from switch.events import (
    CallAnswered,
    CallArrived,
    CallConnected,
    CallEnded,
    CallHandedOff,
    CallPlaced,
    CallTransferred,
    DigitReceived,
    OfferEnded,
    PromptFinished,
)

NO_LINE = frozenset(
    {
        Cause.NORMAL_CIRCUIT_CONGESTION,
        Cause.SWITCH_CONGESTION,
        Cause.NORMAL_TEMPORARY_FAILURE,
        Cause.DESTINATION_OUT_OF_ORDER,  # every trunk of the route is down
    }
)
"""Why a customer who was called back could not be: these say nothing of the customer."""


class Reception:
    """Tells the core who comes and goes. Calls that arrive unanswered are answered before they join."""

    def __init__(self, core: AcdCore, repeats: RepeatCallers) -> None:
        self._core = core
        self._repeats = repeats
        self._unanswered: dict[str, CallerCame] = {}
        self.unanswered: Container[str] = self._unanswered
        """Calls that are being answered."""

    def call_arrived(self, event: CallArrived, now: float) -> Outputs:
        came = self._came(event)
        return self._answer(came) if came else ()

    def call_answered(self, event: CallAnswered, now: float) -> Outputs:
        return self._core.handle(self._unanswered.pop(event.call_id), now=now)

    def gave_up(self, event: CallEnded, now: float) -> Outputs:
        """It ended before it was answered."""
        del self._unanswered[event.call_id]
        return ()

    def call_handed_off(self, event: CallHandedOff, now: float) -> Outputs:
        """The call leaves the queue it was in, even if it comes back to the same one.

        One that was dialled for a callback has come where it belongs, and so has one that was lent.
        """
        if self._is_expected(event):
            return self._core.handle(CustomerAnswered(call_id=event.call_id), now=now)
        if self._was_lent(event):
            return ()
        if self._has_a_place(event):
            language = spoken_language(event.language)
            return self._core.handle(CallerReturned(call_id=event.call_id, language=language), now=now)
        outputs = self._let_go(event.call_id, LeaveReason.WITHDRAWN, now)
        came = self._came(event)
        if came is None:
            return outputs
        return (*outputs, *(self._core.handle(came, now=now) if event.answered else self._answer(came)))

    def call_ended(self, event: CallEnded, now: float) -> Outputs:
        """In self-service a call may end because the caller has what was wanted."""
        entry = self._core.state.entry_of(event.call_id)
        is_served = entry is not None and entry.visit is not None and not event.by_caller
        reason = LeaveReason.EXITED if is_served else LeaveReason.ABANDONED
        return self._let_go(event.call_id, reason, now, event.cause)

    def item_passed_on(self, event: ItemPassedOn, now: float) -> Outputs:
        """Into another queue; whatever else a target leads to is the affair of whoever brought the item."""
        came = _item_came(event)
        return self._core.handle(came, now=now) if came else ()

    def digit_received(self, event: DigitReceived, now: float) -> Outputs:
        if event.call_id not in self._core.state.calls:
            return ()
        return self._core.handle(KeyPressed(call_id=event.call_id, key=event.digit), now=now)

    def playback_over(self, event: PromptFinished, now: float) -> Outputs:
        if event.playback_id == confirmation_of(event.call_id):
            return self._core.handle(ConfirmationHeard(call_id=event.call_id), now=now)
        if event.call_id not in self._core.state.calls:
            return ()
        over = PlaybackOver(call_id=event.call_id, playback_id=event.playback_id)
        return self._core.handle(over, now=now)

    def _came(self, event: CallArrived | CallHandedOff) -> CallerCame | None:
        """None when the target is no queue's and no agent's."""
        scheme, name = parse_target(event.target)
        if scheme == QUEUE_SCHEME:
            asked = parse_queue_target(name)
        elif scheme == AGENT_SCHEME:
            asked = waiting_for(self._core.state.agent(name).config, self._core.state.queues)
        else:
            return None
        asked, repeats = self._again(asked, event.caller_number)
        return CallerCame(
            call_id=event.call_id,
            contact_id=event.contact_id,
            caller_number=event.caller_number,
            queues=asked.queues,
            priority=asked.priority,
            priority_of_lists=event.priority,
            requirement=asked.requirement,
            preferred=asked.preferred,
            preferred_wait_s=asked.preferred_wait_s,
            tags=tuple(dict.fromkeys((*asked.tags, *event.tags))),
            language=asked.language or _language_of(event),
            repeats=repeats,
            access_code=event.access_code,
            callback_number=asked.callback_number,
            place=asked.place,
            back=event.back or "" if isinstance(event, CallHandedOff) else "",
        )

    def _was_lent(self, event: CallHandedOff) -> bool:
        """By the core itself, to another application, which may lend it on. Who talks is transferred."""
        scheme = parse_target(event.target).scheme
        entry = self._core.state.entry_of(event.call_id)
        is_away = entry is not None and entry.visit is not None
        return event.back is not None and is_away and scheme not in (QUEUE_SCHEME, AGENT_SCHEME)

    def _again(self, asked: QueueTarget, number: str) -> tuple[QueueTarget, int]:
        """Whoever calls again may prefer an agent, who must be at work; how often they talked with agents."""
        rules = self._core.state.queue(asked.queues[0]).config
        repeat = self._repeats.of(number, rules)
        agent = self._core.state.agents.get(repeat.agent_id or "")
        if asked.preferred or agent is None or agent.state is AgentState.LOGGED_OUT:
            return asked, repeat.conversations
        wait_s = rules.repeat_wait_s
        return replace(asked, preferred=(agent.agent_id,), preferred_wait_s=wait_s), repeat.conversations

    def _answer(self, came: CallerCame) -> Outputs:
        self._unanswered[came.call_id] = came
        return (AnswerCall(call_id=came.call_id),)

    def _is_expected(self, event: CallHandedOff) -> bool:
        entry = self._core.state.entry_of(event.call_id)
        dialled = entry is not None and entry.callback and entry.callback.stage is CallbackStage.DIALLING
        return bool(dialled) and parse_target(event.target).scheme == QUEUE_SCHEME

    def _has_a_place(self, event: CallHandedOff) -> bool:
        """Whether a call comes back to where it waits already; a flow may name the queue in any way."""
        entry = self._core.state.entry_of(event.call_id)
        scheme, name = parse_target(event.target)
        if entry is None or scheme != QUEUE_SCHEME:
            return False
        asked = parse_queue_target(name)
        is_expected = entry.visit is not None and not entry.places.keys().isdisjoint(asked.queues)
        return bool(entry.places) and (asked.place == entry.entry_id or is_expected)

    def _let_go(self, call_id: str, reason: LeaveReason, now: float, cause: str = "") -> Outputs:
        self._unanswered.pop(call_id, None)
        if call_id not in self._core.state.calls:
            return ()
        return self._core.handle(
            CallerGone(call_id=call_id, reason=reason, cause=cause, no_line=cause in NO_LINE), now=now
        )


class OwnCallReception:
    """Tells the core of calls that agents have by no offer of a queue, and of their ends."""

    def __init__(self, core: AcdCore) -> None:
        self._core = core

    def placed(self, event: CallPlaced, now: float) -> Outputs:
        if not event.agent:
            return ()
        return self._core.handle(OwnCallBegan(agent_id=event.agent, call_id=event.call_id), now=now)

    def answered(self, event: CallAnswered, now: float) -> Outputs:
        return self._core.handle(OwnCallAnswered(call_id=event.call_id), now=now)

    def transferred(self, event: CallTransferred, now: float) -> Outputs:
        """The agent passed the other party on, and is out; or was the one who got the call."""
        own = self._core.state.own_calls.get(event.call_id)
        if own is None or event.by != self._core.state.agents[own.agent_id].station:
            return ()
        return self._core.handle(OwnCallOver(call_id=event.call_id), now=now)

    def connected(self, event: CallConnected, now: float) -> Outputs:
        """A call has come to the phone of one who is not ready, however it came there."""
        state = self._core.state
        agent = state.agents.get(state.seats[event.station])
        if agent is None or agent.state is not AgentState.NOT_READY or event.offer_id in state.offers:
            return ()
        taken = CallTaken(agent_id=agent.agent_id, call_id=event.call_id, offer_id=event.offer_id)
        return self._core.handle(taken, now=now)

    def left(self, event: OfferEnded, now: float) -> Outputs:
        if self._core.state.own_calls[event.call_id].offer_id != event.offer_id:
            return ()
        return self._core.handle(OwnCallOver(call_id=event.call_id), now=now)

    def over(self, event: CallEnded, now: float) -> Outputs:
        return self._core.handle(OwnCallOver(call_id=event.call_id), now=now)


def _language_of(event: CallArrived | CallHandedOff) -> str:
    return spoken_language(event.language) if isinstance(event, CallHandedOff) else ""


def confirmation_of(call_id: str) -> str:
    """The playback that tells a caller that the place is kept; a call has at most one at a time."""
    return f"confirmation-{call_id}"


def _item_came(event: ItemPassedOn) -> CallerCame | None:
    target = parse_target(event.target) if event.target != HANG_UP else None
    if target is None or target.scheme != QUEUE_SCHEME:
        return None
    asked = parse_queue_target(target.name)
    return CallerCame(
        call_id=event.item,
        contact_id=event.contact_id,
        caller_number=event.customer,
        queues=asked.queues,
        priority=asked.priority,
        requirement=asked.requirement or event.requirement,
        preferred=asked.preferred,
        preferred_wait_s=asked.preferred_wait_s,
        tags=asked.tags or event.tags,
        medium=event.medium,
        is_item=True,
        data=event.data,
    )


def prospects(state: AcdState, repeats: RepeatCallers) -> ProspectOf:
    """What callers may expect of the first queue that a target names, for those who lead them there."""

    def prospect(name: str, number: str) -> Prospect | None:
        queue = state.queues.get(parse_queue_target(name).queues[0])
        if queue is None:
            return None
        times = repeats.of(number, queue.config).conversations
        return Prospect(_wait_s(queue), len(queue), not queue.is_closed, times)

    return prospect


def _wait_s(queue: Queue) -> float | None:
    if queue.eligible:
        return 0.0
    found = estimate_newcomer(queue)
    return None if found is None else found.likely_s
