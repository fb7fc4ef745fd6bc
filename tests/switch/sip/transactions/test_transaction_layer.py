import gc

import pytest

from switch.sip.commands import ReuseConnection, SendMessage
from switch.sip.errors import SipSyntaxError
from switch.sip.hop import Hop
from switch.sip.messages.message import Request, Response
from switch.sip.transactions.client_transaction import RequestUnanswered, ResponseReceived
from switch.sip.transactions.server_transaction import AckReceived, ServerTransaction
from switch.sip.transactions.transaction_layer import RequestTurnedAway, reused
from tests.helpers.sip_messages import PHONE, make_request, make_response, sent
from tests.helpers.sip_transactions import fail, hear, make_layer, make_ours, one


def test_a_repeated_request_is_absorbed_and_its_answer_repeated() -> None:
    layer = make_layer()
    invite = make_request("INVITE")
    transaction = one(hear(layer, invite, PHONE, 0.0), ServerTransaction)
    layer.respond(transaction, 180, 0.0)
    (repeated,) = sent(hear(layer, make_request("INVITE"), PHONE, 0.1))
    assert isinstance(repeated, Response)
    assert repeated.status == 180
    assert layer.open_transactions == 1


@pytest.mark.parametrize(
    "other",
    [
        make_request("INVITE", branch="z9hG4bKtwo"),
        make_request("INVITE", hop=Hop("udp", "127.0.0.1", 6001)),
        make_request("OPTIONS"),
    ],
    ids=["branch", "sent-by", "method"],
)
def test_branch_sent_by_and_method_tell_transactions_apart(other: Request) -> None:
    layer = make_layer()
    hear(layer, make_request("INVITE"), PHONE, 0.0)
    one(hear(layer, other, PHONE, 0.0), ServerTransaction)
    assert layer.open_transactions == 2


@pytest.mark.parametrize("branch", [None, "1"])
def test_an_old_element_without_the_cookie_is_known_by_its_headers(branch: str | None) -> None:
    layer = make_layer()
    hear(layer, make_request("INVITE", branch=branch), PHONE, 0.0)
    assert hear(layer, make_request("INVITE", branch=branch), PHONE, 0.0) == []
    one(
        hear(layer, make_request("INVITE", branch=branch, sip_call_id="other"), PHONE, 0.0), ServerTransaction
    )


@pytest.mark.parametrize("branch", ["z9hG4bKone", "1"])
def test_the_ack_of_a_failure_stays_inside(branch: str) -> None:
    layer = make_layer()
    invite = make_request("INVITE", branch=branch)
    transaction = one(hear(layer, invite, PHONE, 0.0), ServerTransaction)
    layer.respond(transaction, 486, 0.0)
    ack = make_request("ACK", branch=branch, called="<sip:95598@switch>;tag=callee")
    assert hear(layer, ack, PHONE, 0.0) == []
    assert layer.wake(now=4.9) is None
    layer.wake(now=5.0)
    assert layer.open_transactions == 0


def test_the_ack_of_a_success_goes_up_and_opens_nothing() -> None:
    layer = make_layer()
    one(hear(layer, make_request("ACK", branch="z9hG4bKack"), PHONE, 0.0), AckReceived)
    assert layer.open_transactions == 0


@pytest.mark.parametrize("branch", ["z9hG4bKone", "1"])
def test_a_cancel_finds_its_invite(branch: str) -> None:
    layer = make_layer()
    invite = one(hear(layer, make_request("INVITE", branch=branch), PHONE, 0.0), ServerTransaction)
    cancel = one(hear(layer, make_request("CANCEL", branch=branch), PHONE, 0.0), ServerTransaction)
    assert layer.cancelled_invite(cancel) == (invite, None)


def test_a_cancel_of_nothing_finds_nothing() -> None:
    layer = make_layer()
    cancel = one(hear(layer, make_request("CANCEL"), PHONE, 0.0), ServerTransaction)
    assert layer.cancelled_invite(cancel) is None


def test_the_same_invite_on_a_second_way_is_merged_until_the_first_is_forgotten() -> None:
    layer = make_layer()
    invite = make_request("INVITE")
    first = one(hear(layer, invite, PHONE, 0.0), ServerTransaction)
    second_way = make_request("INVITE", branch="z9hG4bKtwo")
    second = one(hear(layer, second_way, PHONE, 0.0), ServerTransaction)
    assert not layer.is_merged(first)
    assert layer.is_merged(second)
    for transaction in (first, second):
        layer.respond(transaction, 200, 0.0)
    layer.wake(now=32.0)
    third = one(hear(layer, make_request("INVITE"), PHONE, 33.0), ServerTransaction)
    assert not layer.is_merged(third)


@pytest.mark.parametrize(
    ("via", "source", "expected_via", "expected_hop"),
    [
        ("192.0.2.1:5070", ("192.0.2.1", 5070), "192.0.2.1:5070;branch=z9hG4bKx", ("192.0.2.1", 5070)),
        ("192.0.2.1", ("192.0.2.1", 5999), "192.0.2.1;branch=z9hG4bKx", ("192.0.2.1", 5060)),
        (
            "10.0.0.1:5070",
            ("192.0.2.1", 6000),
            "10.0.0.1:5070;branch=z9hG4bKx;received=192.0.2.1",
            ("192.0.2.1", 5070),
        ),
        (
            "10.0.0.1;rport",
            ("192.0.2.1", 6000),
            "10.0.0.1;rport=6000;branch=z9hG4bKx;received=192.0.2.1",
            ("192.0.2.1", 6000),
        ),
    ],
)
def test_an_answer_goes_where_via_and_source_say(
    via: str, source: tuple[str, int], expected_via: str, expected_hop: tuple[str, int]
) -> None:
    layer = make_layer()
    request = make_request("OPTIONS", via=[f"SIP/2.0/UDP {via};branch=z9hG4bKx", "SIP/2.0/UDP far"])
    transaction = one(hear(layer, request, Hop("udp", *source), 0.0), ServerTransaction)
    noted = transaction.request.headers.get_all("via")
    assert noted == [f"SIP/2.0/UDP {expected_via}", "SIP/2.0/UDP far"]
    assert transaction.hop == Hop("udp", *expected_hop)


def test_answers_go_to_the_source_in_any_case_when_so_configured() -> None:
    layer = make_layer(answer_to_source=True)
    source = Hop("udp", "192.0.2.1", 6001)
    transaction = one(hear(layer, make_request("OPTIONS"), source, 0.0), ServerTransaction)
    assert transaction.hop == source


def test_a_request_of_ours_asks_for_rport_and_knows_its_answer_by_branch_and_method() -> None:
    layer = make_layer()
    transaction, message = layer.send(make_ours("OPTIONS"), PHONE, "owner", 0.0)
    (request,) = sent([message])
    assert isinstance(request, Request)
    assert (request.headers.get("via") or "").startswith("SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bK")
    report = one(hear(layer, make_response(request, 200), PHONE, 0.0), ResponseReceived)
    assert report.transaction is transaction
    assert report.transaction.owner == "owner"


def test_an_answer_to_nothing_is_dropped_and_counted() -> None:
    layer = make_layer()
    assert hear(layer, make_response(make_request("OPTIONS"), 200), PHONE, 0.0) == []
    assert layer._counters.unmatched_responses == 1


@pytest.mark.parametrize("via", [["{ours}", "SIP/2.0/UDP 192.0.2.9"], ["{ours}, SIP/2.0/UDP 192.0.2.9"]])
def test_an_answer_that_is_to_go_on_to_somebody_behind_us_is_dropped(via: list[str]) -> None:
    layer = make_layer()
    request = make_ours("OPTIONS")
    layer.send(request, PHONE, None, 0.0)
    answer = make_response(request, 200)
    ours = answer.headers.get("via") or ""
    answer.headers.set_all("via", [line.format(ours=ours) for line in via])
    assert hear(layer, answer, PHONE, 0.0) == []
    answer.headers.set("via", ours)
    assert one(hear(layer, answer, PHONE, 0.0), ResponseReceived).response.status == 200


def test_every_transaction_is_forgotten_when_its_timers_have_run_out() -> None:
    layer = make_layer()
    invite = make_request("INVITE")
    transaction = one(hear(layer, invite, PHONE, 0.0), ServerTransaction)
    layer.respond(transaction, 486, 0.0)
    layer.send(make_ours("BYE"), PHONE, None, 0.0)
    while (at := layer.next_deadline()) is not None:
        layer.wake(now=at)
    assert layer.open_transactions == 0


def test_what_only_lingered_is_forgotten_together_up_to_a_timer_with_something_to_say() -> None:
    layer = make_layer()
    for branch in ("z9hG4bK-1", "z9hG4bK-2"):
        bye = make_request("BYE", branch=branch)
        layer.respond(one(hear(layer, bye, PHONE, 0.0), ServerTransaction), 200, 0.0)
    layer.send(make_ours("BYE"), PHONE, None, 32.1)
    assert isinstance(layer.wake(now=33.0), SendMessage)
    assert layer.open_transactions == 1


def test_an_abandoned_request_leaves_nothing() -> None:
    layer = make_layer()
    transaction, _ = layer.send(make_ours("INVITE"), PHONE, None, 0.0)
    layer.give_up(transaction)
    assert (layer.open_transactions, layer.next_deadline()) == (0, None)


def test_an_answered_request_that_is_abandoned_leaves_nothing_and_may_come_again() -> None:
    layer = make_layer()
    request = make_request("OPTIONS")
    transaction = one(hear(layer, request, PHONE, 0.0), ServerTransaction)
    layer.respond(transaction, 401, 0.0)
    layer.forget(transaction)
    assert (layer.open_transactions, layer.next_deadline()) == (0, None)
    one(hear(layer, make_request("OPTIONS"), PHONE, 0.1), ServerTransaction)


def test_an_answer_that_comes_too_late_costs_no_other_request_its_place() -> None:
    layer = make_layer()
    via = "SIP/2.0/TCP phone.invalid;branch=z9hG4bKo"
    request = make_request("OPTIONS", via=via)
    answered = one(hear(layer, request, TCP, 0.0), ServerTransaction)
    layer.respond(answered, 200, 0.0)
    again = one(hear(layer, make_request("OPTIONS", via=via), TCP, 0.1), ServerTransaction)
    assert layer.respond(answered, 200, 0.2) is None
    assert layer.open_transactions == 1
    assert layer.respond(again, 200, 0.3) is not None
    assert layer.open_transactions == 0


@pytest.mark.parametrize("method", ["INVITE", "BYE"])
def test_of_an_answered_request_only_what_repetitions_need_is_kept(method: str) -> None:
    layer, request = make_layer(), make_request(method)
    transaction = one(hear(layer, request, PHONE, 0.0), ServerTransaction)
    layer.respond(transaction, 486, 0.0)
    headers = transaction.request.headers
    del transaction
    known = [known for known in gc.get_objects() if isinstance(known, ServerTransaction)]
    kept = [transaction for transaction in known if transaction.request.headers is headers]
    assert (layer.open_transactions, kept) == (1, [])
    (repeated,) = sent(hear(layer, make_request(method), PHONE, 0.1))
    assert isinstance(repeated, Response)


def test_a_request_that_cannot_be_sent_fails_at_once() -> None:
    layer = make_layer()
    _, message = layer.send(make_ours("INVITE"), PHONE, None, 0.0)
    (request,) = sent([message])
    assert one(fail(layer, request, PHONE, 0.0), RequestUnanswered).status == 503
    assert layer.open_transactions == 0


def test_an_answer_that_cannot_be_sent_changes_nothing() -> None:
    layer = make_layer()
    request = make_request("OPTIONS")
    hear(layer, request, PHONE, 0.0)
    assert fail(layer, make_response(request, 200), PHONE, 0.0) == []
    assert layer.open_transactions == 1


def test_beyond_its_capacity_new_requests_are_turned_away_but_old_ones_are_known() -> None:
    layer = make_layer(capacity=1)
    hear(layer, make_request("INVITE"), PHONE, 0.0)
    one(hear(layer, make_request("INVITE", branch="z9hG4bKtwo"), PHONE, 0.0), RequestTurnedAway)
    assert hear(layer, make_request("INVITE"), PHONE, 0.0) == []
    one(hear(layer, make_request("ACK", branch="z9hG4bKthree"), PHONE, 0.0), AckReceived)


def test_an_unreadable_via_opens_nothing() -> None:
    layer = make_layer()
    with pytest.raises(SipSyntaxError):
        hear(layer, make_request("OPTIONS", via="nonsense"), PHONE, 0.0)
    assert layer.open_transactions == 0


TCP = Hop("tcp", "127.0.0.1", 40_000)


def request_in(message: SendMessage) -> Request:
    (request,) = sent([message])
    assert isinstance(request, Request)
    return request


def test_over_tcp_nothing_is_repeated_and_a_request_is_forgotten_with_its_answer() -> None:
    layer = make_layer()
    transaction, message = layer.send(make_ours("BYE"), TCP, None, 0.0)
    request = request_in(message)
    assert (request.headers.get("via") or "").startswith("SIP/2.0/TCP ")
    assert layer.next_deadline() == 32.0
    one(hear(layer, make_response(request, 200), TCP, 1.0), ResponseReceived)
    assert (transaction.state, layer.open_transactions, layer.next_deadline()) == ("terminated", 0, None)


def test_over_tcp_an_answered_request_and_an_acknowledged_failure_are_forgotten_at_once() -> None:
    layer = make_layer()
    options = make_request("OPTIONS", via="SIP/2.0/TCP phone.invalid;branch=z9hG4bKo")
    invite = make_request("INVITE", via="SIP/2.0/TCP phone.invalid;branch=z9hG4bKi")
    for request, status in ((options, 200), (invite, 486)):
        transaction = one(hear(layer, request, TCP, 0.0), ServerTransaction)
        assert layer.respond(transaction, status, 0.0) is not None
    assert layer.open_transactions == 1
    assert hear(layer, make_request("ACK", via="SIP/2.0/TCP phone.invalid;branch=z9hG4bKi"), TCP, 0.1) == []
    assert (layer.open_transactions, layer.next_deadline()) == (0, None)


def test_an_answer_goes_by_the_connection_and_when_that_is_gone_to_sent_by() -> None:
    layer = make_layer()
    request = make_request("OPTIONS", via="SIP/2.0/TCP 10.0.0.1:5080;rport;branch=z9hG4bKo")
    transaction = one(hear(layer, request, TCP, 0.0), ServerTransaction)
    assert transaction.hop == TCP
    answer = make_response(transaction.request, 200)
    listening = Hop("tcp", "127.0.0.1", 5080)
    (again,) = fail(layer, answer, TCP, 0.0)
    assert isinstance(again, SendMessage)
    assert again.hop == listening
    assert fail(layer, answer, listening, 0.0) == []


@pytest.mark.parametrize("transport", ["ws", "wss", "udp"])
def test_who_cannot_be_connected_to_gets_no_second_answer(transport: str) -> None:
    layer = make_layer()
    request = make_request("OPTIONS", via=f"SIP/2.0/{transport.upper()} 10.0.0.1;branch=z9hG4bKo")
    assert fail(layer, make_response(request, 200), Hop(transport, "127.0.0.1", 4), 0.0) == []


@pytest.mark.parametrize("method", ["INVITE", "BYE", "ACK"])
def test_a_request_whose_connection_is_gone_goes_to_where_its_target_listens_and_then_fails(
    method: str,
) -> None:
    layer = make_layer()
    request = make_ours(method)
    request.uri = "sip:phone@192.0.2.7:5070;transport=tcp"
    first = layer.send_ack(request, TCP) if method == "ACK" else layer.send(request, TCP, None, 0.0)[1]
    (as_sent,) = sent([first])
    (again,) = fail(layer, as_sent, TCP, 0.0)
    listening = Hop("tcp", "192.0.2.7", 5070)
    assert again == SendMessage(data=first.data, hop=listening)
    last = fail(layer, as_sent, listening, 0.1)
    assert [report.status for report in last if isinstance(report, RequestUnanswered)] == (
        [] if method == "ACK" else [503]
    )
    assert layer.open_transactions == 0


def long_request() -> Request:
    request = make_ours("INVITE")
    request.body = b"x" * 1300
    return request


def test_a_request_too_long_for_udp_goes_by_tcp_and_comes_back_when_tcp_is_refused() -> None:
    layer = make_layer()
    transaction, first = layer.send(long_request(), PHONE, "owner", 0.0)
    by_tcp = PHONE._replace(transport="tcp")
    assert first.hop == by_tcp
    assert first.data.split(b"\r\n")[1].startswith(b"Via: SIP/2.0/TCP ")
    assert layer.next_deadline() == 32.0
    (again,) = fail(layer, sent([first])[0], by_tcp, 4.0)
    assert isinstance(again, SendMessage)
    assert again.hop == PHONE
    assert again.data == first.data.replace(b"SIP/2.0/TCP", b"SIP/2.0/UDP").replace(b";alias", b"")
    assert layer.next_deadline() == 4.5  # timer A runs again
    report = one(hear(layer, make_response(request_in(again), 200), PHONE, 5.0), ResponseReceived)
    assert report.transaction is transaction
    assert layer.send(long_request(), PHONE, None, 10.0)[1].hop == PHONE
    assert layer.send(long_request(), PHONE, None, 700.0)[1].hop == by_tcp


def test_the_cancel_of_a_long_request_follows_it() -> None:
    layer = make_layer()
    transaction, first = layer.send(long_request(), PHONE, None, 0.0)
    hear(layer, make_response(request_in(first), 180), first.hop, 0.0)
    cancel = layer.send_cancel(transaction, {}, 0.1)
    assert cancel.hop == first.hop
    assert cancel.data.split(b"\r\n")[1] == first.data.split(b"\r\n")[1]


def test_an_invite_of_ours_that_comes_back_as_it_was_sent_is_a_loop() -> None:
    layer = make_layer()
    _, message = layer.send(make_ours("INVITE"), PHONE, None, 0.0)
    ours = request_in(message)
    proxy = "SIP/2.0/UDP 127.0.0.1:6000;branch=z9hG4bKproxy"
    for uri, looped in ((ours.uri, True), ("sip:other@127.0.0.1", False)):
        back = make_request("INVITE", uri=uri, via=[proxy + uri, ours.headers.get("via") or ""])
        assert layer.is_looped(one(hear(layer, back, PHONE, 0.0), ServerTransaction)) is looped
    direct = make_request("INVITE", branch="z9hG4bKdirect")
    assert not layer.is_looped(one(hear(layer, direct, PHONE, 0.0), ServerTransaction))


def test_an_invite_whose_way_is_no_text_is_no_loop() -> None:
    layer = make_layer()
    way = ["SIP/2.0/UDP 127.0.0.1:6000;branch=z9hG4bKproxy", "SIP/2.0/UDP far;branch=z9hG4bK\udcff"]
    invite = one(hear(layer, make_request("INVITE", via=way), PHONE, 0.0), ServerTransaction)
    assert not layer.is_looped(invite)


@pytest.mark.parametrize(
    ("hop", "via", "alias"),
    [
        (TCP, "TCP 127.0.0.1:5080;alias", Hop("tcp", "127.0.0.1", 5080)),
        (TCP, "TCP phone.invalid:5080;alias", Hop("tcp", "127.0.0.1", 5080)),
        (Hop("tls", "127.0.0.1", 40_000), "TLS 127.0.0.1;alias", Hop("tls", "127.0.0.1", 5061)),
        (TCP, "TCP 127.0.0.1:5080", None),
        (PHONE, "UDP 127.0.0.1:5080;alias", None),
        (Hop("ws", "127.0.0.1", 40_000), "WS phone.invalid;alias", None),
    ],
)
def test_a_peer_may_ask_for_our_requests_on_its_own_connection(hop: Hop, via: str, alias: Hop | None) -> None:
    request = make_request("OPTIONS", via=f"SIP/2.0/{via};branch=z9hG4bKo")
    served = one(hear(make_layer(), request, hop, 0.0), ServerTransaction)
    assert reused(served.request, hop) == ([] if alias is None else [ReuseConnection(hop=hop, alias=alias)])
