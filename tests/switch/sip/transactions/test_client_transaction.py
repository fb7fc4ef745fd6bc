from collections.abc import Sequence
from typing import Any

import pytest

from switch.sip.messages.message import Request
from switch.sip.transactions.client_transaction import ClientTransaction, ResponseReceived
from switch.sip.transactions.transaction import RequestUnanswered
from switch.sip.transactions.transaction_tables import State
from tests.helpers.sip_messages import PHONE, make_response, sent
from tests.helpers.sip_transactions import Moves, Step, TransactionRig, Ways, check_step


class Client(TransactionRig):
    """Takes statuses that arrive, timers, and ``fail``: the transport could not send."""

    transaction: ClientTransaction

    def __init__(self, method: str) -> None:
        super().__init__(method)
        self.transaction = ClientTransaction(self.context, "z9hG4bKone", self.request, PHONE, None)
        self.first = self.tell([self.transaction.start(self.now)])

    def take(self, step: Step) -> list[Any]:
        if isinstance(step, int):
            return self.tell(self.transaction.receive(make_response(self.request, step), PHONE, self.now))
        return self.tell(self.transaction.fail(self.now)) if step == "fail" else self.fire(step)

    def run(self) -> list[tuple[float, Any]]:
        return [*((0.0, word) for word in self.first), *super().run()]

    def tell(self, outputs: Sequence[Any]) -> list[Any]:
        words: list[Any] = []
        for output in outputs:
            if isinstance(output, ResponseReceived):
                words.append(("up", output.response.status))
            elif isinstance(output, RequestUnanswered):
                words.append(("unanswered", output.status))
            else:
                words += [m.method for m in sent([output]) if isinstance(m, Request)]
        return words


INVITE_WAYS: Ways = {
    State.CALLING: [],
    State.PROCEEDING: [180],
    State.ACCEPTED: [200],
    State.COMPLETED: [486],
    State.TERMINATED: ["B"],
}
INVITE_MOVES: Moves = {
    State.CALLING: {
        180: (State.PROCEEDING, [("up", 180)]),
        200: (State.ACCEPTED, [("up", 200)]),
        486: (State.COMPLETED, ["ACK", ("up", 486)]),
        "A": (State.CALLING, ["INVITE"]),
        "B": (State.TERMINATED, [("unanswered", 408)]),
        "fail": (State.TERMINATED, [("unanswered", 503)]),
    },
    State.PROCEEDING: {
        180: (State.PROCEEDING, [("up", 180)]),
        200: (State.ACCEPTED, [("up", 200)]),
        486: (State.COMPLETED, ["ACK", ("up", 486)]),
    },
    State.ACCEPTED: {200: (State.ACCEPTED, [("up", 200)]), "M": (State.TERMINATED, [])},
    State.COMPLETED: {
        486: (State.COMPLETED, ["ACK"]),
        "D": (State.TERMINATED, []),
        "fail": (State.TERMINATED, []),
    },
    State.TERMINATED: {},
}
OTHER_WAYS: Ways = {
    State.TRYING: [],
    State.PROCEEDING: [180],
    State.COMPLETED: [200],
    State.TERMINATED: ["F"],
}
OTHER_MOVES: Moves = {
    State.TRYING: {
        180: (State.PROCEEDING, [("up", 180)]),
        200: (State.COMPLETED, [("up", 200)]),
        486: (State.COMPLETED, [("up", 486)]),
        "E": (State.TRYING, ["BYE"]),
        "F": (State.TERMINATED, [("unanswered", 408)]),
        "fail": (State.TERMINATED, [("unanswered", 503)]),
    },
    State.PROCEEDING: {
        180: (State.PROCEEDING, [("up", 180)]),
        200: (State.COMPLETED, [("up", 200)]),
        486: (State.COMPLETED, [("up", 486)]),
        "E": (State.PROCEEDING, ["BYE"]),
        "F": (State.TERMINATED, [("unanswered", 408)]),
        "fail": (State.TERMINATED, [("unanswered", 503)]),
    },
    State.COMPLETED: {"K": (State.TERMINATED, [])},
    State.TERMINATED: {},
}
STEPS: list[Step] = [180, 200, 486, "A", "B", "D", "E", "F", "K", "M", "fail"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", INVITE_WAYS)
def test_invite_in_every_state_takes_every_input(state: State, step: Step) -> None:
    check_step(Client("INVITE"), INVITE_WAYS, INVITE_MOVES, state, step)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", OTHER_WAYS)
def test_another_request_in_every_state_takes_every_input(state: State, step: Step) -> None:
    check_step(Client("BYE"), OTHER_WAYS, OTHER_MOVES, state, step)


def test_an_unanswered_invite_is_repeated_at_doubling_intervals_and_given_up_after_64_t1() -> None:
    told = Client("INVITE").run()
    assert [at for at, word in told if word == "INVITE"] == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
    assert told[-1] == (32.0, ("unanswered", 408))


def test_another_request_is_repeated_at_intervals_up_to_t2() -> None:
    told = Client("BYE").run()
    times = [at for at, word in told if word == "BYE"]
    assert times == [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert told[-1] == (32.0, ("unanswered", 408))


def test_another_request_with_a_provisional_answer_is_repeated_every_t2_only() -> None:
    client = Client("BYE")
    client.take(100)
    assert [at for at, word in client.run() if word == "BYE"] == [
        0,
        0.5,
        4.5,
        8.5,
        12.5,
        16.5,
        20.5,
        24.5,
        28.5,
    ]


def test_a_provisional_answer_ends_the_repetitions_of_an_invite_for_good() -> None:
    client = Client("INVITE")
    client.take(180)
    assert client.run() == [(0.0, "INVITE")]


@pytest.mark.parametrize(
    ("method", "status", "lasts_s"), [("INVITE", 200, 32), ("INVITE", 486, 32), ("BYE", 200, 5)]
)
def test_a_finished_transaction_absorbs_repetitions_for_its_time(
    method: str, status: int, lasts_s: float
) -> None:
    client = Client(method)
    client.take(status)
    client.run()
    assert (client.now, client.transaction.state) == (lasts_s, State.TERMINATED)


def test_the_ack_of_a_failure_repeats_the_invite_and_takes_to_from_the_answer() -> None:
    client = Client("INVITE")
    client.request.headers.set("route", "<sip:proxy.example;lr>")
    response = make_response(client.request, 486, tag="busy")
    (ack,) = sent(client.transaction.receive(response, PHONE, 0.0))
    assert isinstance(ack, Request)
    assert (ack.method, ack.uri) == ("ACK", client.request.uri)
    for name in ("via", "from", "call-id", "route"):
        assert ack.headers.get_all(name) == client.request.headers.get_all(name)
    assert ack.headers.get("to") == response.headers.get("to")
    assert ack.headers.get("cseq") == "1 ACK"


def test_a_cancel_repeats_the_invite_with_its_branch() -> None:
    client = Client("INVITE")
    cancel = client.transaction.make_cancel()
    for name in ("via", "from", "to", "call-id"):
        assert cancel.headers.get_all(name) == client.request.headers.get_all(name)
    assert (cancel.method, cancel.uri, cancel.headers.get("cseq")) == (
        "CANCEL",
        client.request.uri,
        "1 CANCEL",
    )


def test_repetitions_are_counted() -> None:
    client = Client("INVITE")
    client.take(486)
    client.take(486)
    client.take("D")
    assert client.context.counters.retransmissions_received == 1
    assert client.context.counters.retransmissions_sent == 0
