"""What client and server transactions share: a state in a table, timers, and the last message sent."""

from typing import NamedTuple

from runtime.deadlines import Deadlines
from switch.sip.commands import SendMessage
from switch.sip.counters import Counters
from switch.sip.hop import Hop
from switch.sip.transactions.timers import REPEATING, Timer, Timers
from switch.sip.transactions.transaction_tables import Action, Input, Machine, State


class TransactionContext:
    """What all transactions of a stack use together: one timer heap, the durations, the counters."""

    __slots__ = ("counters", "deadlines", "durations", "timers")

    def __init__(self, timers: Timers, counters: Counters) -> None:
        self.timers = timers
        self.durations = timers.durations()
        self.counters = counters
        self.deadlines: Deadlines[tuple[Transaction, Timer]] = Deadlines()


class RequestUnanswered(NamedTuple):
    """No final answer will come. ``status`` is what it counts as (RFC 3261 §8.1.3.1): 408 when nothing
    came in time, 503 when the request could not be sent."""

    transaction: "Transaction"
    status: int


class Transaction:
    """One machine at work. ``step`` is the only way its state changes."""

    __slots__ = ("_context", "_machine", "_pause_s", "data", "hop", "method", "owner", "state")

    def __init__(self, context: TransactionContext, machine: Machine, method: str, hop: Hop) -> None:
        self._context = context
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
        self._change_timers((), self._machine.timers[self.state], now)

    def step(self, step: Input | Timer, now: float) -> tuple[Action, ...]:
        """Move on; return what is to be done. An input the table does not list is absorbed."""
        state, machine = self.state, self._machine
        move = machine.table[state].get(step)
        if move is None:
            return ()
        if move.state is not state:
            self.state = move.state
            self._change_timers(*machine.timer_changes[state, move.state], now)
        if step in REPEATING:
            self._run_again(step, now)
        return move.actions

    def fire(self, timer: Timer, now: float) -> list[SendMessage | RequestUnanswered]:
        """A timer is due: send the last message again, give up, or just end, as the table says."""
        return [
            self._repeat() if action is Action.REPEAT else RequestUnanswered(self, 408)
            for action in self.step(timer, now)
        ]

    def terminate(self) -> None:
        """Stop at once, without a word to anybody."""
        self._change_timers(self._machine.timers[self.state], (), 0.0)
        self.state = State.TERMINATED

    def _repeat(self) -> SendMessage:
        self._context.counters.retransmissions_sent += 1
        return SendMessage(data=self.data, hop=self.hop)

    def _change_timers(self, stops: tuple[Timer, ...], starts: tuple[Timer, ...], now: float) -> None:
        context = self._context
        for timer in stops:
            context.deadlines.cancel((self, timer))
        for timer in starts:
            pause_s = context.durations[timer]
            if timer in REPEATING:
                self._pause_s = pause_s
            context.deadlines.set((self, timer), now + pause_s)

    def _run_again(self, timer: Input | Timer, now: float) -> None:
        """The next interval: doubled (RFC 3261 §17.1.1.2), for E and G up to T2 (§17.1.2.2, §17.2.1)."""
        context = self._context
        pause_s = 2 * self._pause_s
        if timer is Timer.E and self.state is State.PROCEEDING:
            pause_s = context.timers.t2_s
        if timer is not Timer.A:
            pause_s = min(pause_s, context.timers.t2_s)
        self._pause_s = pause_s
        context.deadlines.set((self, Timer(timer)), now + pause_s)
