"""One run: callers, agents and phones around the real core, from deadline to deadline."""

import heapq
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from acd.agent import AgentState
from acd.agent_config import AgentConfig
from acd.agent_events import AgentStateChanged, WrapUpStarted
from acd.callback_events import CallbackDialled
from acd.commands import (
    AskForKey,
    CancelCallback,
    ConnectCaller,
    DialCustomer,
    GreetAgent,
    MakeNotReady,
    MakeReady,
    PassOnCaller,
    RingStation,
    SignIn,
    SignOut,
)
from acd.config import QUEUE_SCHEME, AcdConfig
from acd.core import AcdCore
from acd.events import CallerLeft, LeaveReason, OfferResult
from acd.inputs import (
    CalendarChanged,
    CallerCame,
    CallerConnected,
    CallerGone,
    CustomerAnswered,
    Input,
    KeyPressed,
    PhoneAnswered,
    PhoneLost,
    PhoneRang,
    PlaybackOver,
    StationChanged,
)
from acd.queue_config import QueueConfig
from acd.queue_target import QueueTarget, parse_queue_target
from acd.simulation.callers import Caller
from acd.simulation.chance import Chance
from acd.simulation.duties import Duty
from acd.simulation.record import Record
from acd.simulation.scenario import HabitsConfig
from runtime.ids import SeededIds
from runtime.target import parse_target
from runtime.vocabulary import Command, Output

PAUSE = "break"
END_OF_SHIFT = "end of shift"
OVERTIME_S = 4 * 3600.0
"""Queues that lead to each other may keep callers of endless patience for ever."""
GREETING_S = 4.0
"""What an agent hears before the caller, whatever the prompts."""
CUSTOMER_ANSWERS_S = 8.0
"""From dialling to the answer of a customer who is called back."""
KEY_PRESSED_S = 3.0
"""From the answer to the key that tells a customer from a machine."""
_PLANNED = (PAUSE, END_OF_SHIFT, "signed_in")
"""Not-ready reasons of which the plan is the master."""


@dataclass(frozen=True, slots=True)
class Centre:
    """What is simulated: a configuration without findings, and its agents' plans and habits."""

    queues: Sequence[QueueConfig]
    agents: Sequence[AgentConfig]
    acd: AcdConfig
    duties: Sequence[Duty]
    habits: HabitsConfig


class Day:
    """A day goes by in the time its events take to compute."""

    def __init__(self, centre: Centre, chance: Chance) -> None:
        self._centre = centre
        self._chance = chance
        luck = int(chance.draw("core") * 2**32)
        self._core = AcdCore(centre.queues, centre.agents, SeededIds(), centre.acd, seed=luck)
        self._now = 0.0
        self._agenda: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._noted = 0
        """How many entries the agenda ever had: those of one moment come in the order they were made."""
        self._callers: dict[str, Caller] = {}
        """By the call they have, which another takes the place of when they are called back."""
        self._wanted: dict[str, str] = {}
        """Agent at work → "" for calls, or the reason to be not ready."""
        self._offers: Counter[str] = Counter()
        """Caller → offers so far."""
        self._dialled: Counter[str] = Counter()
        """Caller → attempts to call back so far."""
        self.record = Record(centre.queues)
        self.events = 0
        """Inputs the core was given, and times it was woken."""

    def run(self, callers: Iterable[Caller]) -> Record:
        """Let everybody come and go. Who still waits OVERTIME_S after the last shift is left unserved."""
        for duty in self._centre.duties:
            self._plan(duty)
        for calendar in self._calendars():
            self._tell(CalendarChanged(calendar=calendar, open=True))
        for agent in self._centre.agents:
            self._tell(StationChanged(station=_phone_of(agent.id), reachable=True))
        for caller in callers:
            self._at(caller.comes_at, self._come, caller)
        last = max((moment for moment, _, _, _ in self._agenda), default=0.0)
        self._go_through(last + OVERTIME_S)
        self._send_home()
        self._go_through(math.inf)
        return self.record

    def _calendars(self) -> list[str]:
        queues = self._centre.queues
        return sorted({name for queue in queues for name in (queue.calendar, queue.callback_calendar)} - {""})

    def _send_home(self) -> None:
        """Who still waits, on the line or to be called back, waits no longer."""
        for entry in list(self._core.state.entries.values()):
            if entry.is_absent:
                self._tell(CancelCallback(callback_id=entry.entry_id))
            else:
                self._tell(CallerGone(call_id=entry.call_id, reason=LeaveReason.WITHDRAWN))

    def _go_through(self, until: float) -> None:
        core, agenda = self._core, self._agenda
        while True:
            deadline = core.next_deadline()
            if min(agenda[0][0] if agenda else math.inf, math.inf if deadline is None else deadline) > until:
                return
            if agenda and (deadline is None or agenda[0][0] < deadline):
                self._now, _, deed, words = heapq.heappop(agenda)
                deed(*words)
            elif deadline is not None:
                self._now = max(self._now, deadline)
                self.events += 1
                self._react(core.wake(now=self._now))
            else:
                return

    def _at(self, moment: float, deed: Callable[..., None], *words: object) -> None:
        self._noted += 1
        heapq.heappush(self._agenda, (moment, self._noted, deed, words))

    def _tell(self, given: Command | Input) -> None:
        self.events += 1
        self._react(self._core.handle(given, now=self._now))

    def _react(self, outputs: Sequence[Output]) -> None:
        for output in outputs:
            self.record.note(output, self._now)
            reaction = _REACTIONS.get(type(output))
            if reaction is not None:
                # What follows at once follows after everything that was decided together.
                self._at(self._now, reaction, self, output)

    # --- callers ---

    def _come(self, caller: Caller) -> None:
        self._callers[caller.call_id] = caller
        self._be_patient(caller.call_id)
        self._join(caller.call_id, caller.target)

    def _be_patient(self, call_id: str) -> None:
        patience_s = self._callers[call_id].patience_s
        if patience_s < math.inf:
            self._at(self._now + patience_s, self._give_up, call_id)

    def _join(self, call_id: str, target: QueueTarget) -> None:
        came = CallerCame(
            call_id=call_id,
            contact_id=call_id,
            caller_number=self._callers[call_id].number,
            queues=target.queues,
            priority=target.priority,
            requirement=target.requirement,
            preferred=target.preferred,
            preferred_wait_s=target.preferred_wait_s,
            tags=target.tags,
        )
        self._tell(came)

    def _give_up(self, call_id: str) -> None:
        entry = self._core.state.entry_of(call_id)
        if entry is not None and not entry.connected_at:
            self._tell(CallerGone(call_id=call_id, reason=LeaveReason.ABANDONED))

    def _left(self, left: CallerLeft) -> None:
        if left.reason is LeaveReason.CONNECTED:
            self._at(self._now + self._callers[left.call_id].talk_s, self._hang_up, left.call_id)

    def _hang_up(self, call_id: str) -> None:
        self._tell(CallerGone(call_id=call_id, reason=LeaveReason.ABANDONED))

    def _pass_on(self, command: PassOnCaller) -> None:
        """To another queue; what else there is takes the caller out of the picture."""
        scheme, name = parse_target(command.target)
        if scheme == QUEUE_SCHEME:
            self._join(command.call_id, parse_queue_target(name))

    # --- customers who are called back ---

    def _change_call(self, dialled: CallbackDialled) -> None:
        self._callers[dialled.call_id] = self._callers.pop(dialled.former_call_id)

    def _dial(self, command: DialCustomer) -> None:
        customer = self._callers[command.call_id].call_id
        self._dialled[customer] += 1
        luck = self._chance.draw("callback", f"{customer}.{self._dialled[customer]}")
        if luck < self._centre.habits.callback_answered_share:
            self._at(self._now + min(CUSTOMER_ANSWERS_S, command.ring_s), self._be_there, command.call_id)
        else:
            self._at(self._now + command.ring_s, self._miss_callback, command.call_id)

    def _be_there(self, call_id: str) -> None:
        """As patient as the first time."""
        self._tell(CustomerAnswered(call_id=call_id))
        self._be_patient(call_id)

    def _miss_callback(self, call_id: str) -> None:
        self._tell(CallerGone(call_id=call_id, reason=LeaveReason.ABANDONED, cause="NO_ANSWER"))

    def _press_key(self, asked: AskForKey) -> None:
        entry = self._core.state.entry_of(asked.call_id)
        if entry is not None and entry.callback is not None:
            rules = self._core.state.queues[entry.callback.queue_name].config
            pressed = KeyPressed(call_id=asked.call_id, key=rules.callback_confirm_key)
            self._at(self._now + KEY_PRESSED_S, self._tell, pressed)

    # --- phones ---

    def _ring(self, command: RingStation) -> None:
        caller = self._callers[command.call_id].call_id
        self._offers[caller] += 1
        name = f"{caller}.{self._offers[caller]}"
        habits = self._centre.habits
        rings_at = self._now + habits.ring_delay.at(self._chance.draw("ring", name))
        answers_at = rings_at + habits.answer.at(self._chance.draw("answer", name))
        self._at(rings_at, self._tell, PhoneRang(offer_id=command.offer_id))
        fate = self._chance.draw("fate", name)
        if fate < habits.refused_share:
            lost = PhoneLost(offer_id=command.offer_id, result=OfferResult.REJECTED, by_agent=True)
            self._at(answers_at, self._tell, lost)
        elif fate >= habits.refused_share + habits.missed_share:
            self._at(answers_at, self._tell, PhoneAnswered(offer_id=command.offer_id))

    def _greet(self, command: GreetAgent) -> None:
        over = PlaybackOver(call_id=command.call_id, playback_id=command.playback_id)
        self._at(self._now + GREETING_S, self._tell, over)

    def _connect(self, command: ConnectCaller) -> None:
        self._tell(CallerConnected(offer_id=command.offer_id))

    # --- agents ---

    def _plan(self, duty: Duty) -> None:
        self._at(duty.begins_s, self._want, duty.agent_id, "")
        for begins_s, ends_s in duty.breaks_s:
            self._at(begins_s, self._want, duty.agent_id, PAUSE)
            self._at(ends_s, self._want, duty.agent_id, "")
        self._at(duty.ends_s, self._want, duty.agent_id, END_OF_SHIFT)

    def _want(self, agent_id: str, reason: str) -> None:
        self._wanted[agent_id] = reason
        state = self._core.state.agents[agent_id].state
        if state is AgentState.LOGGED_OUT:
            if reason == "":
                self._tell(SignIn(agent_id=agent_id, station=_phone_of(agent_id)))
        elif reason:
            self._tell(MakeNotReady(agent_id=agent_id, reason=reason))
        elif state is not AgentState.WRAP_UP:
            self._tell(MakeReady(agent_id=agent_id))

    def _changed(self, changed: AgentStateChanged) -> None:
        """Who is not ready goes on as planned; who missed a call comes back after a while."""
        if changed.to_state is not AgentState.NOT_READY:
            return
        if changed.reason in _PLANNED:
            self._go_on(changed.agent)
        else:
            self._at(self._now + self._centre.habits.back_after_s, self._go_on, changed.agent)

    def _go_on(self, agent_id: str) -> None:
        if self._core.state.agents[agent_id].state is not AgentState.NOT_READY:
            return
        wanted = self._wanted[agent_id]
        if wanted == END_OF_SHIFT:
            self._tell(SignOut(agent_id=agent_id))
        elif wanted == "":
            self._tell(MakeReady(agent_id=agent_id))

    def _wrap_up(self, started: WrapUpStarted) -> None:
        spread = self._centre.habits.wrap_up
        if spread is None or not started.limit_s:
            return
        length_s = spread.at(self._chance.draw("wrap_up", started.call_id))
        if length_s < started.limit_s:
            self._at(self._now + length_s, self._end_wrap_up, started.agent, started.call_id)

    def _end_wrap_up(self, agent_id: str, call_id: str) -> None:
        agent = self._core.state.agents[agent_id]
        if agent.state is AgentState.WRAP_UP and agent.call_id == call_id:
            self._tell(MakeReady(agent_id=agent_id))


_REACTIONS: Mapping[type[Output], Callable[[Day, Any], None]] = {
    CallerLeft: Day._left,
    PassOnCaller: Day._pass_on,
    CallbackDialled: Day._change_call,
    DialCustomer: Day._dial,
    AskForKey: Day._press_key,
    RingStation: Day._ring,
    GreetAgent: Day._greet,
    ConnectCaller: Day._connect,
    AgentStateChanged: Day._changed,
    WrapUpStarted: Day._wrap_up,
}


def _phone_of(agent_id: str) -> str:
    return f"phone-{agent_id}"
