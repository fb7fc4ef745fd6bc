"""Callers and agents with phones, in place of the SIP stack: seeded, on the driver's clock.

They do what people do: come, lose patience, let it ring, refuse, talk, hang up, take a break. A leg ends
exactly once, a moment after somebody hung it up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from acd.agent import AgentState
from acd.agent_events import AgentStateChanged
from acd.commands import MakeNotReady, MakeReady
from runtime.deadlines import Deadlines
from runtime.driver import Outputs
from runtime.vocabulary import Command, Event
from switch.causes import Cause
from switch.events import CallConnected
from switch.sip.commands import (
    AnswerLeg,
    AnswerReoffer,
    AwaitRefresh,
    DialStation,
    HangUpLeg,
    HideLegKeys,
    RingLeg,
    SendText,
)
from switch.sip.events import (
    LegAnswered,
    LegArrived,
    LegEnded,
    LegRinging,
    StationRefreshed,
    StationRegistered,
    TextDelivered,
)
from switch.trunks.commands import DialTrunk

NETWORK_S = 0.04
"""One way through the network."""
SDP = (
    "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
)

LegsOf = Callable[[CallConnected], tuple[str, str]]
Plan = tuple[str, str]
"""Whose it is (a leg, an agent, the street), and what."""


@dataclass(frozen=True, slots=True)
class Habits:
    """Means of exponential distributions in seconds, and shares of 1."""

    between_calls_s: float = 3.0
    patience_s: float = 90.0
    talk_s: float = 60.0
    answer_s: float = 4.0
    break_s: float = 45.0
    silent_phones: float = 0.02
    unanswered: float = 0.05
    refusals: float = 0.08
    breaks: float = 0.1
    """How often an agent who gets a call asks for a break after it."""


class People:
    """A core of the driver, and the far end of every leg."""

    def __init__(self, habits: Habits, numbers: Sequence[str], callers: int, seed: int) -> None:
        self._habits = habits
        self._numbers = numbers
        self._to_come = callers
        self._random = Random(seed)
        self._due: Deadlines[Plan] = Deadlines()
        self._plans: dict[Plan, Event | Command] = {}
        self.open_legs: set[str] = set()

    def next_deadline(self) -> float | None:
        return self._due.next()

    def wake(self, *, now: float) -> Outputs:
        while plan := self._due.first_due(now):
            fact = self._plans.pop(plan)
            if isinstance(fact, LegArrived):
                self.open_legs.add(fact.leg_id)
                self.expect_caller(now)
            elif isinstance(fact, LegEnded):
                self._forget(fact.leg_id)
            yield fact

    def routes(self, legs_of: LegsOf) -> dict[type, Callable[[Any, float], Outputs]]:
        return {
            AnswerLeg: self._answered,
            DialStation: self._dialled,
            DialTrunk: self._dialled,
            HideLegKeys: _nothing,
            SendText: self._texted,
            HangUpLeg: self._hung_up,
            RingLeg: _nothing,
            AnswerReoffer: _nothing,
            CallConnected: lambda event, now: self._connected(legs_of(event), now),
            AgentStateChanged: self._agent_changed,
            AwaitRefresh: self._awaited,
        }

    def expect_caller(self, now: float) -> None:
        """The next caller comes after a while, until all have come."""
        if self._to_come == 0:
            return
        leg_id = f"caller-{self._to_come}"
        arrival = LegArrived(
            leg_id=leg_id,
            sip_call_id=f"{leg_id}@192.0.2.9",
            caller_number=f"138{self._to_come:08}",
            caller_name="",
            called_number=self._random.choice(self._numbers),
            peer="udp:192.0.2.9:5060",
            sdp=SDP,
        )
        self._to_come -= 1
        self._plan(("street", leg_id), arrival, now + self._about(self._habits.between_calls_s))

    def stay_away(self) -> None:
        """Nobody more comes."""
        self._to_come = 0

    def _answered(self, command: AnswerLeg, now: float) -> Outputs:
        """From now on the caller's patience counts."""
        self._plan_to_hang_up(command.leg_id, now + self._about(self._habits.patience_s))
        return ()

    def _dialled(self, command: DialStation | DialTrunk, now: float) -> Outputs:
        """A phone is silent, or rings; then its agent does nothing, refuses, or answers."""
        habits, leg_id = self._habits, command.leg_id
        self.open_legs.add(leg_id)
        fate = self._random.random() - habits.silent_phones
        if fate < 0:
            return ()
        self._plan((leg_id, "ring"), LegRinging(leg_id=leg_id, status=180), now + NETWORK_S)
        acts_at = now + NETWORK_S + self._about(habits.answer_s)
        if (fate := fate - habits.unanswered) < 0:
            return ()
        if fate < habits.refusals:
            self._plan_to_hang_up(
                leg_id, acts_at, self._random.choice([Cause.USER_BUSY, Cause.CALL_REJECTED])
            )
        else:
            self._plan((leg_id, "answer"), LegAnswered(leg_id=leg_id, sdp=SDP), acts_at)
        return ()

    def _connected(self, legs: tuple[str, str], now: float) -> Outputs:
        """Each side hangs up when it is done; who is done first ends the call.

        Who consults is at the other call with the phone; here the exchange speaks for it.
        """
        for leg_id in filter(self.open_legs.__contains__, legs):
            self._plan_to_hang_up(leg_id, now + self._about(2 * self._habits.talk_s))
        return ()

    def _hung_up(self, command: HangUpLeg, now: float) -> Outputs:
        if command.leg_id in self.open_legs:
            self._forget(command.leg_id)
            self.open_legs.add(command.leg_id)  # until the far end has said goodbye too
            ended = LegEnded(leg_id=command.leg_id, cause=command.cause, sip_status=None, by_peer=False)
            self._plan((command.leg_id, "end"), ended, now + NETWORK_S)
        return ()

    def _agent_changed(self, event: AgentStateChanged, now: float) -> Outputs:
        self._cancel((event.agent, "return"))
        if event.to_state is AgentState.NOT_READY:
            back_at = now + self._about(self._habits.break_s)
            self._plan((event.agent, "return"), MakeReady(agent_id=event.agent), back_at)
        elif event.to_state is AgentState.ON_CALL and self._random.random() < self._habits.breaks:
            return [MakeNotReady(agent_id=event.agent, reason="午休")]
        return ()

    def _texted(self, command: SendText, now: float) -> Outputs:
        delivered = TextDelivered(text_id=command.text_id, station=command.station)
        self._plan((command.text_id, "text"), delivered, now + NETWORK_S)
        return ()

    def _awaited(self, command: AwaitRefresh, now: float) -> Outputs:
        """A phone that was silent comes to itself and registers again."""
        back_at = now + self._about(self._habits.break_s)
        self._plan((command.station, "refresh"), StationRefreshed(station=command.station), back_at)
        return ()

    def _plan_to_hang_up(self, leg_id: str, at: float, cause: Cause = Cause.NORMAL_CLEARING) -> None:
        ended = LegEnded(leg_id=leg_id, cause=cause, sip_status=None, by_peer=True)
        self._plan((leg_id, "end"), ended, at)

    def _plan(self, plan: Plan, fact: Event | Command, at: float) -> None:
        self._plans[plan] = fact
        self._due.set(plan, at)

    def _forget(self, leg_id: str) -> None:
        self.open_legs.remove(leg_id)
        for what in ("ring", "answer", "end"):
            self._cancel((leg_id, what))

    def _cancel(self, plan: Plan) -> None:
        self._due.cancel(plan)
        self._plans.pop(plan, None)

    def _about(self, mean_s: float) -> float:
        return self._random.expovariate(1 / mean_s)


def registration(station: str) -> StationRegistered:
    """A phone says where it is."""
    contact = f"sip:{station}@192.0.2.9"
    return StationRegistered(station=station, contact=contact, peer="udp:192.0.2.9:5060", expires_s=3600)


def _nothing(command: Command, now: float) -> Outputs:
    return ()
