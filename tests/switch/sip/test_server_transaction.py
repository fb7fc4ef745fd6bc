from typing import Any

import pytest

from switch.sip.counters import Counters
from switch.sip.facts import AckReceived
from switch.sip.message import Response
from switch.sip.server_transaction import ServerTransaction
from switch.sip.timers import Timer, Timers
from switch.sip.transaction import TransactionDesk
from switch.sip.transaction_tables import State
from tests.helpers.sip_messages import PHONE, make_request, make_response, sent

Step = int | str
"""A status we answer, the letter of a timer that is due, or a request that comes (again)."""


class Server:
    """A server transaction whose every output is collected as short words."""

    def __init__(self, method: str) -> None:
        self.desk = TransactionDesk(Timers(), Counters())
        self.method = method
        self.request = make_request(method)
        self.transaction = ServerTransaction(self.desk, "identity", self.request, PHONE, PHONE)
        self.now = 0.0

    def take(self, step: Step) -> list[Any]:
        if isinstance(step, int):
            return self._words(self.transaction.respond(make_response(self.request, step), self.now))
        if step in ("ACK", "again"):
            request = make_request("ACK" if step == "ACK" else self.method)
            return self._words(self.transaction.receive(request, PHONE, self.now))
        return self._words(self.transaction.fire(Timer(step), self.now))

    def run(self) -> list[tuple[float, Any]]:
        """Every output of the timers that are left, with its time."""
        told: list[tuple[float, Any]] = []
        while (at := self.desk.deadlines.next()) is not None:
            self.now = at
            for transaction, timer in self.desk.deadlines.due(at):
                told += [(at, word) for word in self._words(transaction.fire(timer, at))]
        return told

    @staticmethod
    def _words(outputs: list[Any]) -> list[Any]:
        words: list[Any] = []
        for output in outputs:
            if isinstance(output, AckReceived):
                words.append("up")
            else:
                words += [m.status for m in sent([output]) if isinstance(m, Response)]
        return words


INVITE_STATES: dict[State, list[Step]] = {
    State.PROCEEDING: [180],
    State.ACCEPTED: [200],
    State.COMPLETED: [486],
    State.CONFIRMED: [486, "ACK"],
    State.TERMINATED: [200, "L"],
}
INVITE_MOVES: dict[State, dict[Step, tuple[State, list[Any]]]] = {
    State.PROCEEDING: {
        "again": (State.PROCEEDING, [180]),
        180: (State.PROCEEDING, [180]),
        200: (State.ACCEPTED, [200]),
        486: (State.COMPLETED, [486]),
    },
    State.ACCEPTED: {"ACK": (State.ACCEPTED, ["up"]), "L": (State.TERMINATED, [])},
    State.COMPLETED: {
        "again": (State.COMPLETED, [486]),
        "ACK": (State.CONFIRMED, []),
        "G": (State.COMPLETED, [486]),
        "H": (State.TERMINATED, []),
    },
    State.CONFIRMED: {"I": (State.TERMINATED, [])},
    State.TERMINATED: {},
}
OTHER_STATES: dict[State, list[Step]] = {
    State.TRYING: [],
    State.PROCEEDING: [180],
    State.COMPLETED: [200],
    State.TERMINATED: [200, "J"],
}
OTHER_MOVES: dict[State, dict[Step, tuple[State, list[Any]]]] = {
    State.TRYING: {
        180: (State.PROCEEDING, [180]),
        200: (State.COMPLETED, [200]),
        486: (State.COMPLETED, [486]),
    },
    State.PROCEEDING: {
        "again": (State.PROCEEDING, [180]),
        180: (State.PROCEEDING, [180]),
        200: (State.COMPLETED, [200]),
        486: (State.COMPLETED, [486]),
    },
    State.COMPLETED: {"again": (State.COMPLETED, [200]), "J": (State.TERMINATED, [])},
    State.TERMINATED: {},
}
STEPS: list[Step] = ["again", "ACK", 180, 200, 486, "G", "H", "I", "J", "L"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", INVITE_STATES)
def test_invite_in_every_state_takes_every_input(state: State, step: Step) -> None:
    server = Server("INVITE")
    for earlier in INVITE_STATES[state]:
        server.take(earlier)
    assert server.transaction.state is state
    expected = INVITE_MOVES[state].get(step, (state, []))
    assert (server.take(step), server.transaction.state) == (expected[1], expected[0])


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", OTHER_STATES)
def test_another_request_in_every_state_takes_every_input(state: State, step: Step) -> None:
    server = Server("BYE")
    for earlier in OTHER_STATES[state]:
        server.take(earlier)
    assert server.transaction.state is state
    expected = OTHER_MOVES[state].get(step, (state, []))
    assert (server.take(step), server.transaction.state) == (expected[1], expected[0])


def test_a_request_that_comes_again_before_any_answer_stays_unanswered() -> None:
    assert Server("INVITE").take("again") == []


def test_a_failure_answer_is_repeated_at_intervals_up_to_t2_until_the_ack_is_given_up() -> None:
    server = Server("INVITE")
    server.take(486)
    assert [at for at, _ in server.run()] == [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert (server.now, server.transaction.state) == (32.0, State.TERMINATED)


def test_the_ack_ends_the_repetitions() -> None:
    server = Server("INVITE")
    server.take(486)
    server.take("ACK")
    assert server.run() == []
    assert (server.now, server.transaction.state) == (5.0, State.TERMINATED)


@pytest.mark.parametrize("method", ["INVITE", "BYE"])
def test_an_accepted_request_absorbs_repetitions_for_64_t1(method: str) -> None:
    server = Server(method)
    server.take(200)
    assert server.run() == []
    assert (server.now, server.transaction.state) == (32.0, State.TERMINATED)


def test_repetitions_are_counted_both_ways() -> None:
    server = Server("INVITE")
    server.take(486)
    server.take("again")
    server.take("G")
    assert server.desk.counters.retransmissions_received == 1
    assert server.desk.counters.retransmissions_sent == 2
    assert server.desk.counters.responses_sent == {486: 1}
