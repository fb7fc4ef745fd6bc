"""One transaction on a hand-moved clock, whose every output is told in short words."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from switch.sip.counters import Counters
from switch.sip.transactions.timers import Timer, Timers
from switch.sip.transactions.transaction import Transaction, TransactionContext
from switch.sip.transactions.transaction_tables import State
from tests.helpers.sip_messages import make_request

Step = int | str
"""A status, the letter of a timer that is due, or a word that the rig explains."""
Ways = Mapping[State, Sequence[Step]]
"""How each state is reached."""
Moves = Mapping[State, Mapping[Step, tuple[State, list[Any]]]]
"""The steps that do something in each state: the next state and what is told."""


class TransactionRig(ABC):
    """What client and server transactions are tested with."""

    transaction: Transaction

    def __init__(self, method: str) -> None:
        self.context = TransactionContext(Timers(), Counters())
        self.request = make_request(method)
        self.now = 0.0

    @abstractmethod
    def take(self, step: Step) -> list[Any]:
        """Do this step; returns what is told."""

    @abstractmethod
    def tell(self, outputs: Sequence[Any]) -> list[Any]:
        """The outputs in short words."""

    def fire(self, letter: str) -> list[Any]:
        """Let this timer be due, whether it runs or not."""
        return self.tell(self.transaction.fire(Timer(letter), self.now))

    def run(self) -> list[tuple[float, Any]]:
        """Everything told until no timer is left, with its time."""
        told: list[tuple[float, Any]] = []
        while (at := self.context.running.next()) is not None:
            self.now = at
            while due := self.context.running.first_due(at):
                transaction, timer = due
                told += [(at, word) for word in self.tell(transaction.fire(timer, at))]
        return told


def check_step(rig: TransactionRig, ways: Ways, moves: Moves, state: State, step: Step) -> None:
    """In this state the step does what ``moves`` lists, and nothing when it is not listed."""
    for earlier in ways[state]:
        rig.take(earlier)
    assert rig.transaction.state is state
    reached, told = moves[state].get(step, (state, []))
    assert (rig.take(step), rig.transaction.state) == (told, reached)
