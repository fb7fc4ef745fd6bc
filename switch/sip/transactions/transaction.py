"""What client and server transactions share: a state in a table, timers, and the last message sent."""

from typing import NamedTuple

from switch.sip.commands import SendMessage
from switch.sip.counters import Counters
from switch.sip.hop import Hop
from switch.sip.transactions.running_timers import RunningTimers
from switch.sip.transactions.timers import REPEATING, Timer, Timers
from switch.sip.transactions.transaction_tables import Action, Input, Machine, State


class TransactionContext:
    """What all transactions of a stack use together: the durations, the timers that run, the counters."""

    __slots__ = ("counters", "running", "timers")

    def __init__(self, timers: Timers, counters: Counters) -> None:
        self.timers = timers
        self.running: RunningTimers[Transaction] = RunningTimers(timers.durations())
        self.counters = counters


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
        self._pause_s = context.timers.t1_s
        """How long the timer that repeats runs before it fires next."""
        self.method = method
        self.hop = hop
        """Where its messages go."""
        self.data = b""
        """The last message sent, for repetition; empty before the first."""
        self.owner: object = None
        """Whatever the user agent hangs on it, to know it again."""
        self.state = machine.initial

    def step(self, step: Input | Timer, now: float) -> tuple[Action, ...]:
        """Move on; return what is to be done. An input the table does not list is absorbed."""
        turn = self._machine.turns[self.state].get(step)
        if turn is None:
            return ()
        self.state, actions, stops, starts = turn
        if stops or starts:
            self._context.running.change(self, stops, starts, now)
        if step in REPEATING:
            self._run_again(Timer(step), now)
        return actions

    def fire(self, timer: Timer, now: float) -> list[SendMessage | RequestUnanswered]:
        """A timer is due: send the last message again, give up, or just end, as the table says."""
        actions = self.step(timer, now)
        if not actions:  # most only end a transaction
            return []
        return [
            self._repeat() if action is Action.REPEAT else RequestUnanswered(self, 408) for action in actions
        ]

    def terminate(self) -> None:
        """Stop at once, without a word to anybody."""
        self._context.running.change(self, self._machine.timers[self.state], (), 0.0)
        self.state = State.TERMINATED

    def _repeat(self) -> SendMessage:
        self._context.counters.retransmissions_sent += 1
        return SendMessage(data=self.data, hop=self.hop)

    def _run_again(self, timer: Timer, now: float) -> None:
        """The next interval: doubled (RFC 3261 §17.1.1.2), for E and G up to T2 (§17.1.2.2, §17.2.1)."""
        context = self._context
        pause_s = 2 * self._pause_s
        if timer is Timer.E and self.state is State.PROCEEDING:
            pause_s = context.timers.t2_s
        if timer is not Timer.A:
            pause_s = min(pause_s, context.timers.t2_s)
        self._pause_s = pause_s
        context.running.repeat(self, timer, now + pause_s)
