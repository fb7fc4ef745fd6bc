"""A small contact centre on a clock that the test moves: the core, and short words for what it is told."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from acd.agent import AgentState
from acd.agent_config import AgentConfig
from acd.callback import CallbackStage
from acd.commands import CancelCallback, MakeNotReady, MakeReady, RequestCallback, SignIn, SignOut
from acd.config import AcdConfig
from acd.core import AcdCore
from acd.differences import AcdSections, differences
from acd.events import LeaveReason, OfferMade, OfferResult
from acd.inputs import (
    CalendarChanged,
    CallerCame,
    CallerConnected,
    CallerGone,
    CallerReturned,
    ConfirmationHeard,
    CustomerAnswered,
    Input,
    KeyPressed,
    PhoneAnswered,
    PhoneLost,
    PhoneRang,
    StationChanged,
)
from acd.queue_config import QueueConfig
from acd.state import CanDial, KnowsTarget, dialling_anybody, knowing_every_target
from runtime.ids import SeededIds
from runtime.vocabulary import Command, Output

T = TypeVar("T")

SERVICE = QueueConfig(name="service", ring_timeout_s=15, wrap_up_s=10, refusal_delay_s=5)

STARTED_AT = 100.0
"""When a centre opens, in monotonic seconds."""


def agents_of(*queues: str, count: int = 1) -> list[AgentConfig]:
    """Agents 1001, 1002 … who all serve the same queues."""
    return [AgentConfig(id=str(1001 + number), queues=list(queues)) for number in range(count)]


class Centre:
    """Every word returns the outputs of its step and adds them to ``outputs``."""

    def __init__(
        self,
        queues: Sequence[QueueConfig] = (SERVICE,),
        agents: Iterable[AgentConfig] | None = None,
        config: AcdConfig | None = None,
        can_dial: CanDial = dialling_anybody,
        now: float = STARTED_AT,
        knows_target: KnowsTarget = knowing_every_target,
    ) -> None:
        self.queues = list(queues)
        self.agents = list(agents_of("service") if agents is None else agents)
        self.rules = config or AcdConfig()
        self.core = AcdCore(
            self.queues,
            self.agents,
            SeededIds(),
            config,
            can_dial=can_dial,
            knows_target=knows_target,
            now=now,
        )
        self.now = now
        self.inputs: list[tuple[float, Command | Input | None]] = []
        """All that was told, and None where the core was woken, with the time."""
        self.outputs: list[Output] = []
        self.doubts_refusals = True
        """Whether what is refused is looked at for whether it changed something."""
        self.named = 0
        """How many ids it gave to callers and callbacks."""

    def tell(self, given: Command | Input) -> list[Output]:
        self.inputs.append((self.now, given))
        return self._note(self.core.handle(given, now=self.now))

    def wait(self, seconds: float) -> list[Output]:
        """Let time pass, from deadline to deadline."""
        end, outputs = self.now + seconds, list[Output]()
        while (deadline := self.core.next_deadline()) is not None and deadline <= end:
            self.now = max(self.now, deadline)
            self.inputs.append((self.now, None))
            outputs += self.core.wake(now=self.now)
        self.now = end
        return self._note(outputs)

    def new_id(self, kind: str) -> str:
        self.named += 1
        return f"{kind}-{self.named}"

    def _note(self, outputs: list[Output]) -> list[Output]:
        self.outputs += outputs
        return outputs

    def configure(
        self,
        queues: Iterable[QueueConfig] | None = None,
        agents: Iterable[AgentConfig] | None = None,
        rules: AcdConfig | None = None,
    ) -> list[Output]:
        """Go by another configuration; what is left out stays."""
        before = AcdSections(self.rules, self.queues, self.agents)
        self.queues = self.queues if queues is None else list(queues)
        self.agents = self.agents if agents is None else list(agents)
        self.rules = rules or self.rules
        return self.tell(differences(before, AcdSections(self.rules, self.queues, self.agents)))

    # --- agents ---

    def seat(self, *agents: str) -> None:
        """Sign agents in at phones that are registered, not ready yet."""
        for agent_id in agents:
            self.phone(agent_id, reachable=True)
            self.tell(SignIn(agent_id=agent_id, station=f"phone-{agent_id}"))

    def staff(self, *agents: str) -> None:
        """Seat agents and make them ready, a second apart, so that who is idle longest is known."""
        for agent_id in agents:
            self.seat(agent_id)
            self.ready(agent_id)
            self.wait(1)

    def ready(self, agent_id: str) -> list[Output]:
        return self.tell(MakeReady(agent_id=agent_id))

    def not_ready(self, agent_id: str, reason: str = "午休") -> list[Output]:
        return self.tell(MakeNotReady(agent_id=agent_id, reason=reason))

    def sign_out(self, agent_id: str) -> list[Output]:
        return self.tell(SignOut(agent_id=agent_id))

    def phone(self, agent_id: str, *, reachable: bool) -> list[Output]:
        return self.tell(StationChanged(station=f"phone-{agent_id}", reachable=reachable))

    def calendar(self, name: str, *, opens: bool) -> list[Output]:
        return self.tell(CalendarChanged(calendar=name, open=opens))

    def state(self, agent_id: str = "1001") -> AgentState:
        return self.core.state.agents[agent_id].state

    # --- callers ---

    def join(
        self,
        call_id: str,
        *queues: str,
        priority: int | None = None,
        requirement: str = "",
        preferred: Sequence[str] = (),
        preferred_wait_s: float = 0.0,
        language: str = "",
        number: str = "13800138000",
        callback_number: str | None = None,
        place: str = "",
        back: str = "",
    ) -> list[Output]:
        """Without a queue: in service."""
        came = CallerCame(
            call_id=call_id,
            contact_id=f"contact-of-{call_id}",
            caller_number=number,
            access_code="95598",
            queues=queues or ("service",),
            priority=priority,
            requirement=requirement,
            preferred=tuple(preferred),
            preferred_wait_s=preferred_wait_s,
            language=language,
            callback_number=callback_number,
            place=place,
            back=back,
        )
        return self.tell(came)

    def press(self, call_id: str, key: str) -> list[Output]:
        return self.tell(KeyPressed(call_id=call_id, key=key))

    def come_back(self, call_id: str) -> list[Output]:
        """From self-service."""
        return self.tell(CallerReturned(call_id=call_id))

    def hang_up(self, call_id: str, reason: LeaveReason = LeaveReason.ABANDONED) -> list[Output]:
        return self.tell(CallerGone(call_id=call_id, reason=reason))

    # --- callbacks ---

    def call_of(self, callback_id: str) -> str:
        """The call that a callback has now."""
        return self.core.state.entries[callback_id].call_id

    def stage(self, callback_id: str) -> CallbackStage | None:
        callback = self.core.state.entries[callback_id].callback
        return None if callback is None else callback.stage

    def ask_back(
        self,
        callback_id: str,
        *numbers: str,
        queues: Sequence[str] = ("service",),
        priority: int | None = None,
        level: int | None = None,
    ) -> list[Output]:
        """For a customer who has not called."""
        command = RequestCallback(
            callback_id=callback_id,
            numbers=numbers,
            contact_id=f"contact-of-{callback_id}",
            queues=tuple(queues),
            priority=priority,
            level=level,
        )
        return self.tell(command)

    def cancel_back(self, callback_id: str) -> list[Output]:
        return self.tell(CancelCallback(callback_id=callback_id))

    def hear(self, call_id: str) -> list[Output]:
        return self.tell(ConfirmationHeard(call_id=call_id))

    def customer_answers(self, callback_id: str) -> list[Output]:
        return self.tell(CustomerAnswered(call_id=self.call_of(callback_id)))

    def customer_fails(
        self, callback_id: str, cause: str = "USER_BUSY", *, no_line: bool = False
    ) -> list[Output]:
        call_id = self.call_of(callback_id)
        gone = CallerGone(call_id=call_id, reason=LeaveReason.ABANDONED, cause=cause, no_line=no_line)
        return self.tell(gone)

    # --- the offer of a caller ---

    def offer_of(self, call_id: str) -> str:
        """The one offer of a caller."""
        (offer_id,) = self.core.state.entries[call_id].offer_ids
        return offer_id

    def offered_to(self, call_id: str) -> str | None:
        """The agent a caller is offered to, or talks with."""
        agents = self.rung_for(call_id)
        assert len(agents) < 2, f"{call_id} is offered to several"
        return agents[0] if agents else None

    def rung_for(self, call_id: str) -> list[str]:
        """All agents a caller is offered to."""
        return [self.core.state.offers[o].agent_id for o in self.core.state.entries[call_id].offer_ids]

    def offer_to(self, agent_id: str) -> str:
        """The offer an agent is rung for."""
        offer_id = self.core.state.agents[agent_id].offer_id
        assert offer_id is not None, f"{agent_id} is rung for nobody"
        return offer_id

    def ring(self, call_id: str) -> list[Output]:
        return self.tell(PhoneRang(offer_id=self.offer_of(call_id)))

    def accept(self, call_id: str) -> list[Output]:
        return self.tell(PhoneAnswered(offer_id=self.offer_of(call_id)))

    def talk(self, call_id: str) -> list[Output]:
        """Ring, accept and connect."""
        self.ring(call_id)
        self.accept(call_id)
        return self.tell(CallerConnected(offer_id=self.offer_of(call_id)))

    def end_offer(
        self, call_id: str, result: OfferResult = OfferResult.FAILED, *, by_agent: bool = True
    ) -> list[Output]:
        return self.tell(PhoneLost(offer_id=self.offer_of(call_id), result=result, by_agent=by_agent))


def only(kind: type[T], outputs: Iterable[Output]) -> list[T]:
    return [output for output in outputs if isinstance(output, kind)]


def one(kind: type[T], outputs: Iterable[Output]) -> T:
    (found,) = only(kind, outputs)
    return found


def offered_calls(outputs: Iterable[Output]) -> list[str]:
    return [made.call_id for made in only(OfferMade, outputs)]
