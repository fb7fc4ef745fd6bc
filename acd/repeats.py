"""Who talked with whom lately, so that customers who call again can get the same agent: a fold over events.

Of each customer the latest conversations are known, of at most so many customers; who has not called for
longest is forgotten first. A number that calls two tenants is a customer of each. Times are the wall clock's,
since they outlive the process.
"""

from bisect import insort
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from acd.events import CallCompleted
from acd.media import VOICE
from acd.queue_config import QueueConfig, RepeatPolicy
from runtime.tenancy import tenant_of

MAX_NUMBERS = 100_000
MAX_CONVERSATIONS = 16
"""Of one number."""
HOUR_S = 3600.0


class Customer(NamedTuple):
    """A number, and whose customer it is."""

    tenant: str
    number: str


class Conversation(NamedTuple):
    """One that is over."""

    ended_at: float
    agent_id: str


class Repeat(NamedTuple):
    """What is known of one who calls again."""

    conversations: int = 0
    """Within the queue's period."""
    agent_id: str | None = None
    """Whom the queue prefers for this caller; None: nobody."""


class RepeatCallers:
    """The memory of conversations by customer."""

    def __init__(self, wall: Callable[[], float]) -> None:
        self._wall = wall
        self._known: OrderedDict[Customer, list[Conversation]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def call_completed(self, event: CallCompleted) -> None:
        """Remember a conversation by voice with a number that can call again."""
        if event.medium == VOICE:
            customer = Customer(tenant_of(event.queue), event.caller_number)
            self._remember(customer, Conversation(self._wall(), event.agent))

    def restore(self, told: Iterable[tuple[Customer, Conversation]]) -> None:
        """Conversations of the runs before, in any order; what is known already stays."""
        for customer, conversation in told:
            self._remember(customer, conversation)

    def of(self, number: str, queue: QueueConfig) -> Repeat:
        """What a queue makes of one who calls now."""
        customer = Customer(tenant_of(queue.name), number)
        since = self._wall() - queue.repeat_period_h * HOUR_S
        recent = [one for one in self._known.get(customer, ()) if one.ended_at >= since]
        return Repeat(len(recent), _preferred(recent, queue.repeat))

    def latest(self, number: str, queue: QueueConfig) -> Conversation | None:
        """The last conversation with a customer of the queue, if it is remembered."""
        known = self._known.get(Customer(tenant_of(queue.name), number))
        return known[-1] if known else None

    def _remember(self, customer: Customer, conversation: Conversation) -> None:
        if not any(sign.isdigit() for sign in customer.number):
            return
        known = self._known.setdefault(customer, [])
        insort(known, conversation)
        del known[:-MAX_CONVERSATIONS]
        self._known.move_to_end(customer)
        if len(self._known) > MAX_NUMBERS:
            self._known.popitem(last=False)


def _preferred(recent: Sequence[Conversation], policy: RepeatPolicy) -> str | None:
    """The agent of the latest, or of most of them; of several with as many the one who talked last."""
    if not recent or policy is RepeatPolicy.OFF:
        return None
    if policy is RepeatPolicy.LAST_AGENT:
        return recent[-1].agent_id
    times = Counter(one.agent_id for one in recent)
    return max(recent, key=lambda one: (times[one.agent_id], one.ended_at)).agent_id
