from typing import Any

import pytest

from switch.sip.dialogs.dialog import accept_dialog, join_dialog
from switch.sip.dialogs.remote_target import Reach, reach_of
from switch.sip.errors import SipSyntaxError
from switch.sip.hop import Hop
from tests.helpers.sip_messages import PHONE, make_request, make_response

NEAR = Hop("udp", "192.0.2.1", 5062)


def via(host: str) -> str:
    return f"SIP/2.0/UDP {host};branch=z9hG4bKx"


def test_a_dialog_accepted_from_an_invite_knows_both_sides() -> None:
    dialog = accept_dialog(make_request("INVITE", cseq=7), "ours", PHONE)
    assert dialog.key == ("call@phone", "ours", "caller")
    request = dialog.request("BYE")
    assert request.uri == "sip:phone@127.0.0.1:6000"
    assert request.headers.get("from") == "<sip:95598@switch>;tag=ours"
    assert request.headers.get("to") == "<sip:13800138000@phone>;tag=caller"
    assert request.headers.get("cseq") == "1 BYE"
    assert dialog.request("INFO").headers.get("cseq") == "2 INFO"


def test_a_dialog_joined_by_an_answer_knows_both_sides() -> None:
    invite = make_request("INVITE", cseq=3)
    dialog = join_dialog(invite, make_response(invite, 200), "caller", PHONE)
    assert dialog.key == ("call@phone", "caller", "callee")
    assert dialog.ack(invite).headers.get("cseq") == "3 ACK"
    assert dialog.request("BYE").headers.get("cseq") == "4 BYE"
    assert dialog.request("BYE").headers.get("to") == "<sip:95598@switch>;tag=callee"


def test_a_peer_of_the_old_kind_has_no_tag() -> None:
    dialog = accept_dialog(make_request("INVITE", caller="sip:old@phone"), "ours", PHONE)
    assert dialog.key == ("call@phone", "ours", "")


@pytest.mark.parametrize(
    ("sent_by", "contact", "expected"),
    [
        ("192.0.2.1:5062", "<sip:a@192.0.2.1:5070>", Hop("udp", "192.0.2.1", 5070)),
        ("192.0.2.1:5062", "<sip:a@192.0.2.1>", Hop("udp", "192.0.2.1", 5060)),
        ("192.0.2.1:5062", "<sip:a@198.51.100.9:5080>", Hop("udp", "198.51.100.9", 5080)),
        ("10.0.0.1:5062", "<sip:a@10.0.0.1:5062>", NEAR),
        ("192.0.2.1:5062", "<sip:a@phone.example>", NEAR),
        ("192.0.2.1:5062", "<tel:+861082357599>", NEAR),
    ],
    ids=["other port", "default port", "other host", "behind NAT", "a name", "no host"],
)
def test_requests_go_to_the_contact_as_far_as_it_is_an_address_that_can_be_reached(
    sent_by: str, contact: str, expected: Hop
) -> None:
    invite = make_request("INVITE", via=via(sent_by), contact=contact)
    assert accept_dialog(invite, "ours", NEAR).hop == expected


def test_a_peer_on_ipv6_is_reached_without_brackets() -> None:
    source = Hop("udp", "2001:db8::1", 5060)
    invite = make_request("INVITE", via=via("[2001:db8::1]"), contact="<sip:a@[2001:db8::1]:5070>")
    assert accept_dialog(invite, "ours", source).hop == Hop("udp", "2001:db8::1", 5070)


@pytest.mark.parametrize(
    ("asked", "contact", "expected"),
    [
        ("192.0.2.1", "192.0.2.1:5070", Hop("udp", "192.0.2.1", 5070)),
        ("10.0.0.9", "192.0.2.1:5070", Hop("udp", "192.0.2.1", 5070)),
        ("192.0.2.1", "198.51.100.9", Hop("udp", "198.51.100.9", 5060)),
        ("carrier.example", "198.51.100.9", Hop("udp", "198.51.100.9", 5060)),
        ("10.0.0.9", "10.0.0.9", NEAR),
        ("10.0.0.9", "198.51.100.9", NEAR),
        ("carrier.example", "10.0.0.9", NEAR),
        ("192.0.2.1", "127.0.0.1", NEAR),
        ("192.0.2.1", "0.0.0.0", NEAR),
        ("192.0.2.1", "inside.example", NEAR),
    ],
)
def test_who_answers_is_asked_at_the_contact_unless_nat_hides_it(
    asked: str, contact: str, expected: Hop
) -> None:
    invite = make_request("INVITE", uri=f"sip:95598@{asked}")
    answer = make_response(invite, 200, contact=f"<sip:a@{contact}>")
    dialog = join_dialog(invite, answer, "caller", NEAR)
    assert dialog.hop == expected
    dialog.refresh_target([f"<sip:a@{contact}>"], NEAR)
    assert dialog.hop == expected


def test_who_answers_through_a_proxy_is_asked_through_it() -> None:
    invite = make_request("INVITE", uri="sip:95598@192.0.2.1")
    answer = make_response(invite, 200, contact="<sip:a@198.51.100.9>", record_route="<sip:198.51.100.1;lr>")
    assert join_dialog(invite, answer, "caller", NEAR).hop == Hop("udp", "198.51.100.1", 5060)


@pytest.mark.parametrize(
    ("host", "reach"),
    [
        ("phone.example", Reach.NOWHERE),
        ("::", Reach.NOWHERE),
        ("239.1.1.1", Reach.NOWHERE),
        ("127.0.0.9", Reach.MACHINE),
        ("::1", Reach.MACHINE),
        ("169.254.1.1", Reach.LINK),
        ("fe80::1", Reach.LINK),
        ("172.31.0.1", Reach.SITE),
        ("100.64.0.1", Reach.SITE),
        ("fd00::1", Reach.SITE),
        ("172.32.0.1", Reach.WORLD),
        ("2001:db8::1", Reach.WORLD),
    ],
)
def test_an_address_tells_from_how_far_it_is_reached(host: str, reach: Reach) -> None:
    assert reach_of(host) is reach


def test_the_route_set_is_in_order_for_the_called_and_reversed_for_the_caller() -> None:
    lines = ["<sip:a.example;lr>, <sip:b.example;lr>", "<sip:c.example;lr>"]
    invite = make_request("INVITE", record_route=lines)
    names = ["<sip:a.example;lr>", "<sip:b.example;lr>", "<sip:c.example;lr>"]
    assert accept_dialog(invite, "ours", PHONE).routes == names
    response = make_response(invite, 200)
    response.headers.set_all("record-route", lines)
    assert join_dialog(invite, response, "caller", PHONE).routes == names[::-1]


def test_numbers_may_only_rise() -> None:
    dialog = accept_dialog(make_request("INVITE", cseq=5), "ours", PHONE)
    assert [dialog.take_cseq(n) for n in (5, 6, 4, 9)] == [True, True, False, True]


def test_a_new_contact_moves_the_target_and_an_unreadable_one_does_not() -> None:
    dialog = accept_dialog(make_request("INVITE"), "ours", PHONE)
    dialog.refresh_target(["<sip:moved@127.0.0.1:6001>"], PHONE)
    assert (dialog.target, dialog.hop.port) == ("sip:moved@127.0.0.1:6001", 6001)
    with pytest.raises(SipSyntaxError):
        dialog.refresh_target(["<sip:"], PHONE)
    dialog.refresh_target([], PHONE)
    assert (dialog.target, dialog.hop.port) == ("sip:moved@127.0.0.1:6001", 6001)


@pytest.mark.parametrize("headers", [{"contact": ""}, {"contact": "*"}, {"record_route": "<oops"}])
def test_an_invite_that_cannot_open_a_dialog_is_refused(headers: dict[str, Any]) -> None:
    with pytest.raises(SipSyntaxError):
        accept_dialog(make_request("INVITE", **headers), "ours", PHONE)
