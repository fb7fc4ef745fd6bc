"""What client and server transactions share: a state in a table, timers, and the last message sent."""

from abc import ABC, abstractmethod

from runtime.deadlines import Deadlines
from switch.sip.commands import SendMessage
from switch.sip.counters import Counters
from switch.sip.facts import Fact
from switch.sip.hop import Hop
from switch.sip.timers import REPEATING, Timer, Timers
from switch.sip.transaction_tables import Action, Input, Machine, State


class TransactionDesk:
    """What all transactions of a stack use together: one timer heap, the durations, the counters."""

    __slots__ = ("counters", "deadlines", "durations", "timers")

    def __init__(self, timers: Timers, counters: Counters) -> None:
        self.timers = timers
        self.durations = timers.durations()
        self.counters = counters
        self.deadlines: Deadlines[tuple[Transaction, Timer]] = Deadlines()


class Transaction(ABC):
    """One machine at work. ``step`` is the only way its state changes."""

    __slots__ = ("_desk", "_machine", "_pause_s", "data", "hop", "method", "owner", "state")

    def __init__(self, desk: TransactionDesk, machine: Machine, method: str, hop: Hop) -> None:
        self._desk = desk
        self._machine = machine
        self._pause_s = 0.0
        self.method = method
        self.hop = hop
        """Where its messages go."""
        self.data = b""
        """The last message sent, for repetition; empty before the first."""
        self.owner: object = None
        """Whatever the user agent hangs on it, to know it again."""
        self.state = machine.initial

    def start_timers(self, now: float) -> None:
        """Run the timers of the first state."""
        self._exchange_timers((), self._machine.timers[self.state], now)

    def step(self, step: Input | Timer, now: float) -> tuple[Action, ...]:
        """Move on; return what is to be done. An input the table does not list is absorbed."""
        move = self._machine.table[self.state].get(step)
        if move is None:
            return ()
        if move.state is not self.state:
            timers = self._machine.timers
            self._exchange_timers(timers[self.state], timers[move.state], now)
            self.state = move.state
        if step in REPEATING:
            self._run_again(step, now)
        return move.actions

    @abstractmethod
    def fire(self, timer: Timer, now: float) -> list[SendMessage | Fact]:
        """A timer is due."""

    def terminate(self) -> None:
        """Stop at once, without a word to anybody."""
        self._exchange_timers(self._machine.timers[self.state], (), 0.0)
        self.state = State.TERMINATED

    def _exchange_timers(self, old: tuple[Timer, ...], new: tuple[Timer, ...], now: float) -> None:
        desk = self._desk
        for timer in old:
            if timer not in new:
                desk.deadlines.cancel((self, timer))
        for timer in new:
            if timer not in old:
                pause_s = desk.durations[timer]
                if timer in REPEATING:
                    self._pause_s = pause_s
                desk.deadlines.set((self, timer), now + pause_s)

    def _run_again(self, timer: Input | Timer, now: float) -> None:
        """The next interval: doubled (RFC 3261 §17.1.1.2), for E and G up to T2 (§17.1.2.2, §17.2.1)."""
        desk = self._desk
        pause_s = 2 * self._pause_s
        if timer is Timer.E and self.state is State.PROCEEDING:
            pause_s = desk.timers.t2_s
        if timer is not Timer.A:
            pause_s = min(pause_s, desk.timers.t2_s)
        self._pause_s = pause_s
        desk.deadlines.set((self, Timer(timer)), now + pause_s)
