from collections.abc import Sequence
from typing import Any

import pytest

from switch.sip.messages.message import Response
from switch.sip.transactions.server_transaction import AckReceived, ServedRequest
from switch.sip.transactions.transaction_tables import State
from tests.helpers.sip_messages import PHONE, make_request, make_response, sent
from tests.helpers.sip_transactions import Moves, Step, TransactionRig, Ways, check_step


class Server(TransactionRig):
    """Takes statuses we answer, timers, and requests that come: ``again`` or ``ACK``."""

    transaction: ServedRequest

    def __init__(self, method: str) -> None:
        super().__init__(method)
        self.transaction = ServedRequest(self.context, "identity", method, PHONE, PHONE)

    def take(self, step: Step) -> list[Any]:
        if isinstance(step, int):
            message = self.transaction.respond(make_response(self.request, step), self.now)
            return [] if message is None else self.tell([message])
        if step in ("ACK", "again"):
            request = make_request("ACK") if step == "ACK" else self.request
            return self.tell(self.transaction.receive(request, PHONE, self.now))
        return self.fire(step)

    def tell(self, outputs: Sequence[Any]) -> list[Any]:
        words: list[Any] = []
        for output in outputs:
            if isinstance(output, AckReceived):
                words.append("up")
            else:
                words += [m.status for m in sent([output]) if isinstance(m, Response)]
        return words


INVITE_WAYS: Ways = {
    State.PROCEEDING: [180],
    State.ACCEPTED: [200],
    State.COMPLETED: [486],
    State.CONFIRMED: [486, "ACK"],
    State.TERMINATED: [200, "L"],
}
INVITE_MOVES: Moves = {
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
OTHER_WAYS: Ways = {
    State.TRYING: [],
    State.PROCEEDING: [180],
    State.COMPLETED: [200],
    State.TERMINATED: [200, "J"],
}
OTHER_MOVES: Moves = {
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
@pytest.mark.parametrize("state", INVITE_WAYS)
def test_invite_in_every_state_takes_every_input(state: State, step: Step) -> None:
    check_step(Server("INVITE"), INVITE_WAYS, INVITE_MOVES, state, step)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", OTHER_WAYS)
def test_another_request_in_every_state_takes_every_input(state: State, step: Step) -> None:
    check_step(Server("BYE"), OTHER_WAYS, OTHER_MOVES, state, step)


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
    assert server.context.counters.retransmissions_received == 1
    assert server.context.counters.retransmissions_sent == 2
    assert server.context.counters.responses_sent == {486: 1}
