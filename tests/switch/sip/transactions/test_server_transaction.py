from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from switch.sip.counters import Counters
from switch.sip.messages.message import Fields, Response
from switch.sip.transactions.server_transaction import AckReceived, ServerTransaction
from tests.helpers.sip_messages import PHONE, make_request, sent
from tests.helpers.sip_transactions import hear, make_layer, one, run

Step = int | str
"""A status we answer, or a request that comes: ``again`` or ``ACK``."""


class Server:
    """A request that came."""

    def __init__(self, method: str) -> None:
        self.counters = Counters()
        self.layer = make_layer(counters=self.counters)
        self.request = make_request(method)
        self.transaction = one(hear(self.layer, self.request, PHONE, 0.0), ServerTransaction)

    def take(self, step: Step) -> list[Any]:
        if isinstance(step, int):
            return tell([self.layer.respond(self.transaction, step, 0.0)])
        request = make_request("ACK") if step == "ACK" else self.request
        return tell(hear(self.layer, request, PHONE, 0.0))


def tell(outputs: Iterable[Any]) -> list[Any]:
    """In short words."""
    words: list[Any] = []
    for output in outputs:
        if isinstance(output, AckReceived):
            words.append("up")
        else:
            words += [m.status for m in sent([output]) if isinstance(m, Response)]
    return words


@pytest.mark.parametrize(
    ("method", "steps", "told"),
    [
        ("INVITE", ["again"], []),
        ("INVITE", [180, "again", 183, "again"], [180, 180, 183, 183]),
        ("INVITE", [180, 200, "again", "ACK", "ACK", 486], [180, 200, "up", "up"]),
        ("INVITE", [486, "again", 200], [486, 486]),
        ("INVITE", [180, 486, "ACK", "again", "ACK"], [180, 486]),
        ("BYE", ["again"], []),
        ("BYE", [180, "again"], [180, 180]),
        ("BYE", [200, "again", 486, "again"], [200, 200, 200]),
        ("BYE", [180, 486, "again", 200], [180, 486, 486]),
    ],
)
def test_a_request_is_answered_once_and_its_repetitions_with_the_last_answer(
    method: str, steps: Sequence[Step], told: list[Any]
) -> None:
    server = Server(method)
    assert [word for step in steps for word in server.take(step)] == told
    assert server.transaction.is_answered is any(isinstance(step, int) and step >= 200 for step in steps)


def test_a_failure_answer_is_repeated_at_intervals_up_to_t2_until_the_ack_is_given_up() -> None:
    server = Server("INVITE")
    server.take(486)
    told = list(run(server.layer))
    assert [at for at, _ in told] == [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5, 32.0]
    assert [word for at, output in told[:-1] for word in tell([output])] == [486] * 10
    assert server.layer.open_transactions == 0


def test_the_ack_ends_the_repetitions() -> None:
    server = Server("INVITE")
    server.take(486)
    server.take("ACK")
    assert list(run(server.layer)) == [(5.0, None)]
    assert server.layer.open_transactions == 0


@pytest.mark.parametrize("method", ["INVITE", "BYE"])
def test_an_accepted_request_absorbs_repetitions_for_64_t1(method: str) -> None:
    server = Server(method)
    server.take(200)
    assert list(run(server.layer)) == [(32.0, None)]
    assert server.layer.open_transactions == 0


def test_repetitions_are_counted_both_ways() -> None:
    server = Server("INVITE")
    server.take(486)
    server.take("again")
    server.layer.wake(now=0.5)
    assert server.counters.requests_received == {"INVITE": 2}
    assert server.counters.retransmissions_received == 1
    assert server.counters.retransmissions_sent == 2
    assert server.counters.responses_sent == {486: 1}


def test_methods_that_nobody_knows_are_counted_together() -> None:
    counters = Counters()
    layer = make_layer(counters=counters)
    for method in ("OPTIONS", "FETCH", "STORE"):
        hear(layer, make_request(method), PHONE, 0.0)
    assert counters.requests_received == {"OPTIONS": 1, "other": 2}


@pytest.mark.parametrize(
    ("called", "status", "answered"),
    [
        ("<sip:95598@switch>", 100, "<sip:95598@switch>"),
        ("<sip:95598@switch>", 180, "<sip:95598@switch>;tag=ours"),
        ('"tag" <sip:tag@switch;tag=uri>', 200, '"tag" <sip:tag@switch;tag=uri>;tag=ours'),
        ("sip:95598@switch", 486, "sip:95598@switch;tag=ours"),
        ("<sip:95598@switch> ; TAG = t", 200, "<sip:95598@switch> ; TAG = t"),
    ],
)
def test_an_answer_carries_our_tag_where_to_has_none(called: str, status: int, answered: str) -> None:
    layer = make_layer()
    request = make_request("INVITE", called=called)
    transaction = one(hear(layer, request, PHONE, 0.0), ServerTransaction)
    (answer,) = sent([layer.respond(transaction, status, 0.0, tag="ours")])
    assert answer.headers.get_all("to") == [answered]


def test_an_answer_says_what_every_answer_says_then_the_rest_in_its_order() -> None:
    layer = make_layer()
    session = f"{'1' * 32};remote={'2' * 32}"
    request = make_request("INVITE", timestamp="54", session_id=session)
    transaction = one(hear(layer, request, PHONE, 0.0), ServerTransaction)
    extra: Fields = {"record-route": ["<sip:b;lr>", "<sip:a;lr>"], "content-type": "text/plain"}
    (answer,) = sent([layer.respond(transaction, 200, 0.0, extra=extra, body="停电".encode())])
    fields = dict(answer.headers.items())
    expected = ["via", "from", "to", "call-id", "cseq", "timestamp", "server", "session-id", *extra]
    assert [*fields] == [*expected, "content-length"]
    assert fields["session-id"] == [f"{'2' * 32};remote={'1' * 32}"]
    assert fields["record-route"] == extra["record-route"]
    assert (fields["timestamp"], fields["content-length"], answer.body) == (["54"], ["6"], "停电".encode())
