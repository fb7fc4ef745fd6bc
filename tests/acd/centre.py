"""A small contact centre on a clock that the test moves: the core, and short words for what it is told."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from acd.agent import AgentState
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
from acd.core import AcdCore
from acd.events import LeaveReason, OfferMade, OfferResult
from acd.step import Output
from runtime.ids import SeededIds
from runtime.vocabulary import Command

T = TypeVar("T")

SERVICE = QueueConfig(name="service", ring_timeout_s=15, wrap_up_s=10, refusal_delay_s=5)


def agents_of(*queues: str, count: int = 1) -> list[AgentConfig]:
    """Agents 1001, 1002 … who all serve the same queues."""
    return [AgentConfig(id=str(1001 + number), queues=list(queues)) for number in range(count)]


class Centre:
    """Every word returns the outputs of its step and adds them to ``outputs``."""

    def __init__(
        self, queues: Sequence[QueueConfig] = (SERVICE,), agents: Iterable[AgentConfig] | None = None
    ) -> None:
        self.queues = list(queues)
        self.agents = list(agents_of("service") if agents is None else agents)
        self.core = AcdCore(self.queues, self.agents, SeededIds())
        self.now = 100.0
        self.inputs: list[tuple[float, Command | None]] = []
        """All that was told, and None where the core was woken, with the time."""
        self.outputs: list[Output] = []

    def tell(self, order: Command) -> list[Output]:
        self.inputs.append((self.now, order))
        return self._note(self.core.handle(order, now=self.now))

    def wait(self, seconds: float) -> list[Output]:
        """Let time pass, from deadline to deadline."""
        end, outputs = self.now + seconds, list[Output]()
        while (deadline := self.core.next_deadline()) is not None and deadline <= end:
            self.now = max(self.now, deadline)
            self.inputs.append((self.now, None))
            outputs += self.core.wake(now=self.now)
        self.now = end
        return self._note(outputs)

    def _note(self, outputs: list[Output]) -> list[Output]:
        self.outputs += outputs
        return outputs

    # --- agents ---

    def seat(self, *agents: str) -> None:
        """Sign agents in at phones that are registered, not ready yet."""
        for agent in agents:
            self.tell(MarkStation(station=f"phone-{agent}", reachable=True))
            self.tell(SignIn(agent=agent, station=f"phone-{agent}"))

    def staff(self, *agents: str) -> None:
        """Seat agents and make them ready, a second apart, so that their order is known."""
        for agent in agents:
            self.seat(agent)
            self.ready(agent)
            self.wait(1)

    def ready(self, agent: str) -> list[Output]:
        return self.tell(MakeReady(agent=agent))

    def not_ready(self, agent: str, reason: str = "午休") -> list[Output]:
        return self.tell(MakeNotReady(agent=agent, reason=reason))

    def sign_out(self, agent: str) -> list[Output]:
        return self.tell(SignOut(agent=agent))

    def phone(self, agent: str, *, reachable: bool) -> list[Output]:
        return self.tell(MarkStation(station=f"phone-{agent}", reachable=reachable))

    def state(self, agent: str = "1001") -> AgentState:
        return self.core.state.agents[agent].state

    # --- callers ---

    def join(self, call_id: str, queue: str = "service") -> list[Output]:
        order = JoinQueue(
            call_id=call_id, contact_id=f"contact-of-{call_id}", caller_number="13800138000", queue=queue
        )
        return self.tell(order)

    def hang_up(self, call_id: str, reason: LeaveReason = LeaveReason.ABANDONED) -> list[Output]:
        return self.tell(RemoveCaller(call_id=call_id, reason=reason))

    # --- the offer of a caller ---

    def offer_of(self, call_id: str) -> str:
        offer_id = self.core.state.entries[call_id].offer_id
        assert offer_id is not None, f"{call_id} is not offered to anybody"
        return offer_id

    def offered_to(self, call_id: str) -> str | None:
        """The agent a caller is offered to, or talks with."""
        offer_id = self.core.state.entries[call_id].offer_id
        return None if offer_id is None else self.core.state.offers[offer_id].agent

    def ring(self, call_id: str) -> list[Output]:
        return self.tell(NoteRinging(offer_id=self.offer_of(call_id)))

    def accept(self, call_id: str) -> list[Output]:
        return self.tell(AcceptOffer(offer_id=self.offer_of(call_id)))

    def talk(self, call_id: str) -> list[Output]:
        """Ring, accept and connect."""
        self.ring(call_id)
        self.accept(call_id)
        return self.tell(ConfirmConnection(offer_id=self.offer_of(call_id)))

    def end_offer(
        self, call_id: str, result: OfferResult = OfferResult.FAILED, *, by_agent: bool = True
    ) -> list[Output]:
        order = EndOffer(offer_id=self.offer_of(call_id), result=result, by_agent=by_agent)
        return self.tell(order)


def only(kind: type[T], outputs: Iterable[Output]) -> list[T]:
    return [output for output in outputs if isinstance(output, kind)]


def one(kind: type[T], outputs: Iterable[Output]) -> T:
    (found,) = only(kind, outputs)
    return found


def offered_calls(outputs: Iterable[Output]) -> list[str]:
    return [made.call_id for made in only(OfferMade, outputs)]
