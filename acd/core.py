"""The ACD's core: one owner of all callers, agents and offers. Inputs go in with the time, outputs come back.

Where things are decided:

    shift.py        sign-in, ready, not ready, reachable stations
    waiting.py      joining and leaving a queue, time-out, full queue
    dispatch.py     who is offered to whom (``strategy.py`` ranks agents, ``eligibility.py`` sorts them out)
    offers.py       from the ringing phone to the conversation
    no_answer.py    what follows for an agent who did not take an offer
    talk.py         conversation and wrap-up
    hang_ups.py     caller or phone gone, in any state
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from acd import hang_ups, offers, shift, snapshot, talk, waiting
from acd.commands import (
    AcceptOffer,
    ConfirmConnection,
    EndOffer,
    JoinQueue,
    MakeNotReady,
    MakeReady,
    MarkStation,
    NoteRinging,
    RemoveCaller,
    SignIn,
    SignOut,
)
from acd.config import AgentConfig, QueueConfig
from acd.errors import AcdUsageError
from acd.state import AcdState, TimerKind
from acd.step import Output, Step
from runtime.ids import Ids
from runtime.vocabulary import Command

INPUTS: Mapping[type[Command], Callable[[Step, Any], None]] = {
    SignIn: shift.sign_in,
    SignOut: shift.sign_out,
    MakeReady: shift.make_ready,
    MakeNotReady: shift.make_not_ready,
    MarkStation: shift.mark_station,
    JoinQueue: waiting.join,
    RemoveCaller: hang_ups.remove_caller,
    NoteRinging: offers.note_ringing,
    AcceptOffer: offers.accept,
    ConfirmConnection: offers.confirm,
    EndOffer: hang_ups.end_offer,
}

TIMERS: Mapping[TimerKind, Callable[[Step, str], None]] = {
    TimerKind.OFFER_LEASE: offers.expire,
    TimerKind.MAX_WAIT: waiting.time_out,
    TimerKind.WRAP_UP: talk.end_wrap_up,
    TimerKind.REFUSAL_DELAY: shift.end_refusal_delay,
}


class AcdCore:
    """Distributes callers to agents. Knows no exchange, clock or socket."""

    def __init__(self, queues: Sequence[QueueConfig], agents: Sequence[AgentConfig], ids: Ids) -> None:
        """The configuration must be without findings (``config.find_problems``)."""
        self._ids = ids
        self.state = AcdState(queues, agents)
        """To be read, by views and gauges; only this core changes it."""

    def handle(self, order: Command, *, now: float) -> list[Output]:
        """Take one of INPUTS; return events and orders in their sequence. ``now``: monotonic seconds.

        Raises AcdUsageError, with nothing changed, when the order cannot be followed.
        """
        if type(order) not in INPUTS:
            raise AcdUsageError(f"{type(order).__name__} is no input of the ACD; see acd.core.INPUTS")
        step = Step(self.state, self._ids, now)
        INPUTS[type(order)](step, order)
        return step.outputs

    def wake(self, *, now: float) -> list[Output]:
        """Do what is due."""
        step = Step(self.state, self._ids, now)
        while timer := self.state.timers.first_due(now):
            TIMERS[timer.kind](step, timer.subject)
        return step.outputs

    def next_deadline(self) -> float | None:
        return self.state.timers.next()

    def snapshot(self) -> dict[str, Any]:
        """The whole state as plain data."""
        return snapshot.take(self.state)

    @classmethod
    def restore(
        cls,
        queues: Sequence[QueueConfig],
        agents: Sequence[AgentConfig],
        ids: Ids,
        plain: Mapping[str, Any],
    ) -> "AcdCore":
        """A core that goes on where the snapshot was taken.

        Raises AcdUsageError when the snapshot names a queue or agent the configuration does not have.
        """
        core = cls(queues, agents, ids)
        snapshot.fill(core.state, plain)
        return core
