"""The four transaction machines as data (RFC 3261 §17 with the corrections of RFC 6026).

Two rules hold for every table. A pair of state and input that is not listed does nothing: the input is
absorbed. A timer runs exactly in the states that list it as an input: it is started on entering the first
of them, goes on when the next state lists it too, and is stopped on leaving.

Pictures in the documentation are drawn from these tables.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from switch.sip.transactions.timers import REPEATING, Timer


class State(StrEnum):
    """Where a transaction stands."""

    CALLING = "calling"
    TRYING = "trying"
    PROCEEDING = "proceeding"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    CONFIRMED = "confirmed"
    TERMINATED = "terminated"


class Input(StrEnum):
    """What can happen to a transaction besides its timers.

    Answers come from the network in a client transaction and from the user in a server transaction.
    """

    PROVISIONAL = "1xx"
    SUCCESS = "2xx"
    FAILURE = "3xx-6xx"
    REQUEST = "request again"
    ACK = "ACK"
    TRANSPORT_ERROR = "transport error"


@cache
def input_of_status(status: int) -> Input:
    """Which input an answer with this status is."""
    if status < 200:
        return Input.PROVISIONAL
    return Input.SUCCESS if status < 300 else Input.FAILURE


class Action(StrEnum):
    """What a transaction does on the way to its next state."""

    SEND = "send"
    """Put the user's answer on the wire."""
    REPEAT = "repeat"
    """Put the last message on the wire again."""
    ACKNOWLEDGE = "acknowledge"
    """Send the ACK that belongs to a failed INVITE (RFC 3261 §17.1.1.3)."""
    PASS_UP = "pass up"
    """Give the message to the user."""
    TIME_OUT = "time out"
    """Tell the user that no final answer came."""
    FAIL = "fail"
    """Tell the user that the message could not be sent."""


class Move(NamedTuple):
    """What an input leads to."""

    state: State
    actions: tuple[Action, ...] = ()


Step = Input | Timer
Table = Mapping[State, Mapping[Step, Move]]

CLIENT_INVITE: Table = {
    State.CALLING: {
        Timer.A: Move(State.CALLING, (Action.REPEAT,)),
        Timer.B: Move(State.TERMINATED, (Action.TIME_OUT,)),
        Input.TRANSPORT_ERROR: Move(State.TERMINATED, (Action.FAIL,)),
        Input.PROVISIONAL: Move(State.PROCEEDING, (Action.PASS_UP,)),
        Input.SUCCESS: Move(State.ACCEPTED, (Action.PASS_UP,)),
        Input.FAILURE: Move(State.COMPLETED, (Action.ACKNOWLEDGE, Action.PASS_UP)),
    },
    State.PROCEEDING: {
        Input.PROVISIONAL: Move(State.PROCEEDING, (Action.PASS_UP,)),
        Input.SUCCESS: Move(State.ACCEPTED, (Action.PASS_UP,)),
        Input.FAILURE: Move(State.COMPLETED, (Action.ACKNOWLEDGE, Action.PASS_UP)),
    },
    State.ACCEPTED: {
        Input.SUCCESS: Move(State.ACCEPTED, (Action.PASS_UP,)),
        Timer.M: Move(State.TERMINATED),
    },
    State.COMPLETED: {
        Input.FAILURE: Move(State.COMPLETED, (Action.ACKNOWLEDGE,)),
        Input.TRANSPORT_ERROR: Move(State.TERMINATED),
        Timer.D: Move(State.TERMINATED),
    },
    State.TERMINATED: {},
}
"""RFC 3261 figure 5 with RFC 6026 §8.4. A failed ACK needs no report: the user has the final answer."""

CLIENT_OTHER: Table = {
    State.TRYING: {
        Timer.E: Move(State.TRYING, (Action.REPEAT,)),
        Timer.F: Move(State.TERMINATED, (Action.TIME_OUT,)),
        Input.TRANSPORT_ERROR: Move(State.TERMINATED, (Action.FAIL,)),
        Input.PROVISIONAL: Move(State.PROCEEDING, (Action.PASS_UP,)),
        Input.SUCCESS: Move(State.COMPLETED, (Action.PASS_UP,)),
        Input.FAILURE: Move(State.COMPLETED, (Action.PASS_UP,)),
    },
    State.PROCEEDING: {
        Timer.E: Move(State.PROCEEDING, (Action.REPEAT,)),
        Timer.F: Move(State.TERMINATED, (Action.TIME_OUT,)),
        Input.TRANSPORT_ERROR: Move(State.TERMINATED, (Action.FAIL,)),
        Input.PROVISIONAL: Move(State.PROCEEDING, (Action.PASS_UP,)),
        Input.SUCCESS: Move(State.COMPLETED, (Action.PASS_UP,)),
        Input.FAILURE: Move(State.COMPLETED, (Action.PASS_UP,)),
    },
    State.COMPLETED: {Timer.K: Move(State.TERMINATED)},
    State.TERMINATED: {},
}
"""RFC 3261 figure 6."""

SERVER_INVITE: Table = {
    State.PROCEEDING: {
        Input.REQUEST: Move(State.PROCEEDING, (Action.REPEAT,)),
        Input.PROVISIONAL: Move(State.PROCEEDING, (Action.SEND,)),
        Input.SUCCESS: Move(State.ACCEPTED, (Action.SEND,)),
        Input.FAILURE: Move(State.COMPLETED, (Action.SEND,)),
    },
    State.ACCEPTED: {
        Input.ACK: Move(State.ACCEPTED, (Action.PASS_UP,)),
        Timer.L: Move(State.TERMINATED),
    },
    State.COMPLETED: {
        Input.REQUEST: Move(State.COMPLETED, (Action.REPEAT,)),
        Input.ACK: Move(State.CONFIRMED),
        Timer.G: Move(State.COMPLETED, (Action.REPEAT,)),
        Timer.H: Move(State.TERMINATED),
    },
    State.CONFIRMED: {Timer.I: Move(State.TERMINATED)},
    State.TERMINATED: {},
}
"""RFC 3261 figure 7 with RFC 6026 §8.7: 2xx are repeated by the user agent, not here. An answer that
could not be sent ends nothing: the peer asks again, or the timers run out."""

SERVER_OTHER: Table = {
    State.TRYING: {
        Input.PROVISIONAL: Move(State.PROCEEDING, (Action.SEND,)),
        Input.SUCCESS: Move(State.COMPLETED, (Action.SEND,)),
        Input.FAILURE: Move(State.COMPLETED, (Action.SEND,)),
    },
    State.PROCEEDING: {
        Input.REQUEST: Move(State.PROCEEDING, (Action.REPEAT,)),
        Input.PROVISIONAL: Move(State.PROCEEDING, (Action.SEND,)),
        Input.SUCCESS: Move(State.COMPLETED, (Action.SEND,)),
        Input.FAILURE: Move(State.COMPLETED, (Action.SEND,)),
    },
    State.COMPLETED: {
        Input.REQUEST: Move(State.COMPLETED, (Action.REPEAT,)),
        Timer.J: Move(State.TERMINATED),
    },
    State.TERMINATED: {},
}
"""RFC 3261 figure 8."""


class Turn(NamedTuple):
    """A move with what it means for the timers."""

    state: State
    actions: tuple[Action, ...]
    stops: tuple[Timer, ...]
    starts: tuple[Timer, ...]


class Machine:
    """One table with what follows from it."""

    __slots__ = ("initial", "timers", "turns")

    def __init__(self, table: Table) -> None:
        self.initial = next(iter(table))
        self.timers = {
            state: tuple(step for step in moves if isinstance(step, Timer)) for state, moves in table.items()
        }
        """The timers that run in each state."""
        self.turns = {
            state: {step: self._turn(state, step, move) for step, move in moves.items()}
            for state, moves in table.items()
        }
        """What each input leads to in each state."""

    def _turn(self, state: State, step: Step, move: Move) -> Turn:
        """A timer that fires runs no longer, so that it is not among those to be stopped."""
        before, then = self.timers[state], self.timers[move.state]
        stops = tuple(timer for timer in _without(before, then) if timer is not step)
        return Turn(move.state, move.actions, stops, _without(then, before))


def _without(timers: tuple[Timer, ...], others: tuple[Timer, ...]) -> tuple[Timer, ...]:
    return tuple(timer for timer in timers if timer not in others)


_ZERO = frozenset({Timer.D, Timer.I, Timer.J, Timer.K})
"""Timers that wait for repetitions only: zero where nothing is repeated."""


def over_stream(table: Table) -> Table:
    """The same where nothing is lost: no repetition (A, E, G), no wait for one (RFC 3261 §17)."""
    idle = {state for state, moves in table.items() if _ZERO & moves.keys()}
    return {
        state: {
            step: Move(State.TERMINATED, move.actions) if move.state in idle else move
            for step, move in moves.items()
            if step not in REPEATING
        }
        for state, moves in table.items()
        if state not in idle
    }


def _machines(table: Table) -> dict[bool, Machine]:
    return {True: Machine(table), False: Machine(over_stream(table))}


CLIENT_INVITE_MACHINES = _machines(CLIENT_INVITE)
CLIENT_OTHER_MACHINES = _machines(CLIENT_OTHER)
SERVER_INVITE_MACHINES = _machines(SERVER_INVITE)
SERVER_OTHER_MACHINES = _machines(SERVER_OTHER)
"""Each by whether it runs over UDP."""
