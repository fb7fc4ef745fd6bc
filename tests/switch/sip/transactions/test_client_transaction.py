from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from switch.sip.counters import Counters
from switch.sip.messages.message import Request
from switch.sip.transactions.client_transaction import (
    FurtherAnswer,
    RequestUnanswered,
    ResponseReceived,
    State,
)
from tests.helpers.sip_messages import PHONE, make_response, sent
from tests.helpers.sip_transactions import fail, hear, make_layer, make_ours, one, run

Step = int | str
"""A status that arrives, or ``fail``: the transport could not send."""


class Client:
    """A request of ours."""

    def __init__(self, method: str, **headers: str) -> None:
        self.counters = Counters()
        self.layer = make_layer(counters=self.counters)
        self.request = make_ours(method)
        for name, value in headers.items():
            self.request.headers.set(name, value)
        self.transaction, self.first = self.layer.send(self.request, PHONE, None, 0.0)

    def take(self, step: Step) -> list[Any]:
        if isinstance(step, int):
            return tell(hear(self.layer, make_response(self.request, step), PHONE, 0.0))
        return tell(fail(self.layer, sent([self.first])[0], PHONE, 0.0))

    def answers(self, tag: str) -> Sequence[Any]:
        """What follows from a 200 of a phone."""
        return hear(self.layer, make_response(self.request, 200, tag=tag), PHONE, 1.0)

    def ack(self, tag: str) -> Request:
        """What that phone is told."""
        ack = make_ours("ACK")
        ack.headers.set("to", make_response(self.request, 200, tag=tag).headers.get("to") or "")
        return ack

    def run(self) -> list[tuple[float, Any]]:
        told = [(at, word) for at, output in run(self.layer) for word in tell([output])]
        return [*((0.0, word) for word in tell([self.first])), *told]


def tell(outputs: Iterable[Any]) -> list[Any]:
    """In short words."""
    words: list[Any] = []
    for output in outputs:
        if isinstance(output, ResponseReceived):
            words.append(("up", output.response.status))
        elif isinstance(output, RequestUnanswered):
            words.append(("unanswered", output.status))
        else:
            words += [m.method for m in sent([output]) if isinstance(m, Request)]
    return words


@pytest.mark.parametrize(
    ("method", "steps", "told", "state"),
    [
        ("INVITE", [], [], State.CALLING),
        ("INVITE", [180, 183], [("up", 180), ("up", 183)], State.PROCEEDING),
        ("INVITE", [180, 200, 200], [("up", 180), ("up", 200), ("up", 200)], State.ACCEPTED),
        ("INVITE", [200, 180, 486], [("up", 200)], State.ACCEPTED),
        ("INVITE", [486, 486], ["ACK", ("up", 486), "ACK"], State.COMPLETED),
        ("INVITE", [180, 486, 200], [("up", 180), "ACK", ("up", 486)], State.COMPLETED),
        ("INVITE", [180, "fail"], [("up", 180)], State.PROCEEDING),
        ("INVITE", [486, "fail"], ["ACK", ("up", 486)], State.TERMINATED),
        ("INVITE", ["fail", 200], [("unanswered", 503)], State.TERMINATED),
        ("BYE", [], [], State.TRYING),
        ("BYE", [100, 180], [("up", 100), ("up", 180)], State.PROCEEDING),
        ("BYE", [100, 200, 200, 100], [("up", 100), ("up", 200)], State.COMPLETED),
        ("BYE", [486, 486, "fail"], [("up", 486)], State.COMPLETED),
        ("BYE", [100, "fail"], [("up", 100), ("unanswered", 503)], State.TERMINATED),
    ],
)
def test_a_request_takes_what_its_state_waits_for_and_absorbs_the_rest(
    method: str, steps: Sequence[Step], told: list[Any], state: State
) -> None:
    client = Client(method)
    assert [word for step in steps for word in client.take(step)] == told
    assert client.transaction.state is state


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
    assert list(run(client.layer)) == [(lasts_s, None)]
    assert (client.transaction.state, client.layer.open_transactions) == (State.TERMINATED, 0)


def test_who_sent_an_invite_is_held_by_it_no_longer_than_an_answer_may_come() -> None:
    client = Client("INVITE")
    client.transaction.owner = "leg"
    client.take(200)
    client.layer.wake(now=31.9)
    assert client.transaction.owner == "leg"
    client.layer.wake(now=32.0)
    assert client.transaction.owner is None


def test_an_acknowledged_invite_answers_repetitions_itself_and_tells_of_further_phones() -> None:
    client = Client("INVITE")
    client.take(200)
    number = client.transaction.number
    first = client.layer.acknowledge(number, client.ack("one"), PHONE, "owner")
    assert client.answers("one") == [first]
    further = one(client.answers("two"), FurtherAnswer)
    assert (further.number, further.owner, further.response.status) == (number, "owner", 200)
    assert (further.invite.method, further.invite.uri) == ("INVITE", client.request.uri)
    for name in ("call-id", "from"):
        assert further.invite.headers.get(name) == client.request.headers.get(name)
    second = client.layer.acknowledge(number, client.ack("two"), PHONE, "owner")
    assert [client.answers("two"), client.answers("one")] == [[second], [first]]
    assert list(run(client.layer)) == [(32, None)]
    assert client.layer.open_transactions == 0


def test_inside_a_dialog_any_2xx_is_a_repetition() -> None:
    client = Client("INVITE")
    client.take(200)
    ack = client.layer.acknowledge(client.transaction.number, make_ours("ACK"), PHONE, None)
    assert client.answers("any") == [ack]


def test_the_ack_of_a_failure_repeats_the_invite_and_takes_to_from_the_answer() -> None:
    client = Client("INVITE", route="<sip:proxy.example;lr>")
    response = make_response(client.request, 486, tag="busy")
    (ack,) = sent(hear(client.layer, response, PHONE, 0.0))
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
    client.layer.wake(now=0.5)
    client.take(486)
    client.take(486)
    client.layer.wake(now=32.5)
    assert client.counters.requests_sent == {"INVITE": 1}
    assert client.counters.responses_received == {486: 2}
    assert client.counters.retransmissions_received == 1
    assert client.counters.retransmissions_sent == 1
