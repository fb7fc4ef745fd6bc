"""The 49 messages of RFC 4475, each with the outcome prescribed for a user agent server and registrar."""

import pytest

from switch.causes import Cause
from switch.sip.commands import AnswerLeg, DialStation, HangUpLeg
from switch.sip.events import LegArrived
from switch.sip.messages.grammar import unquote
from switch.sip.messages.header_values import (
    is_wildcard,
    parse_contacts,
    parse_cseq,
    parse_name_addr,
    parse_via,
    read_q,
    split_values,
)
from switch.sip.messages.message import Headers, Request, Response
from switch.sip.messages.uri import parse_uri
from tests.fuzz.properties import check_sip_bytes
from tests.helpers.sip_messages import PHONE, SDP
from tests.helpers.sip_rig import SipRig, statuses
from tests.helpers.torture import Vector, check_outcome, files, load, send

VECTORS = load("rfc4475")
BY_NAME = {vector.name: vector for vector in VECTORS}


def headers_of(name: str) -> Headers:
    return BY_NAME[name].message().headers


def address(name: str, header: str) -> str:
    return headers_of(name).get(header) or ""


def body_of(name: str) -> bytes:
    return BY_NAME[name].message().body


def test_all_messages_of_the_rfc_are_here() -> None:
    assert len(BY_NAME) == 49
    assert files("rfc4475") == BY_NAME.keys()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_message_comes_to_what_the_rfc_prescribes(vector: Vector) -> None:
    check_outcome(vector, PHONE)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_message_means_the_same_after_rewriting_or_is_refused(vector: Vector) -> None:
    refused_by_parser = vector.counted == "rejected" and vector.name not in ("badaspec", "regbadct", "unksm2")
    assert check_sip_bytes(vector.data) is not refused_by_parser


def test_folds_spaces_and_short_names_hide_nothing() -> None:
    headers = headers_of("wsinv")
    called, caller = (parse_name_addr(headers.get(name) or "") for name in ("to", "from"))
    assert (str(called.uri), called.tag) == ("sip:vivekg@chair-dnrc.example.com", "1918181833n")
    assert (caller.display_name, caller.tag) == ('J Rosenberg \\"', "98asjd8")
    assert (headers.get("max-forwards"), headers.get("subject")) == ("0068", "")
    assert parse_cseq(headers.get("cseq") or "") == (9, "INVITE")
    vias = [parse_via(value) for value in split_values(headers.get_all("via"))]
    assert [(via.transport, via.host, via.branch) for via in vias] == [
        ("UDP", "192.0.2.2", "390skdjuw"),
        ("TCP", "spindle.example.com", "z9hG4bK9ikj8"),
        ("UDP", "192.168.255.111", "z9hG4bK30239"),
    ]
    (contact,) = parse_contacts(headers.get_all("contact"))
    assert contact.display_name == 'Quoted string ""'
    assert (contact.param("newparam"), contact.param("secondparam"), read_q(contact)) == (
        "newvalue",
        "",
        0.33,
    )
    (route,) = parse_contacts(headers.get_all("route"))
    assert (route.uri.param("lr"), route.uri.param("unknownwith")) == ("", "value")
    assert headers.get("newfangledheader") == "newfangled value continued newfangled value"
    assert headers.get("unknownheaderwithunusualvalue") == ";;,,;;,;"


def test_every_character_that_is_allowed_is_read() -> None:
    headers = headers_of("intmeth")
    called, caller = (parse_name_addr(headers.get(name) or "") for name in ("to", "from"))
    assert called.display_name == "BEL:\x07 NUL:\x00 DEL:\x7f"
    assert called.uri.user == "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"
    assert caller.display_name == "token1~` token2'+_ token3*%!.-"
    assert unquote(caller.param("fromparam''~+*_!.-%") or "") == "работающий"
    assert caller.tag == "_token~1'+`*%!-."
    assert headers.get("call-id") == "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{"
    assert headers.get("extensionheader-!.%*+_`'~") == "\ufeff大停電"


def test_escapes_are_undone_in_user_parts_alone() -> None:
    headers = headers_of("esc01")
    assert parse_name_addr(headers.get("to") or "").uri.user == "user"
    assert parse_name_addr(headers.get("from") or "").uri.user == "I have spaces"
    (contact,) = parse_contacts(headers.get_all("contact"))
    assert contact.uri.user == "caller"
    assert contact.uri.params == (("%6C%72", None), ("n%61me", "v%61lue%25%34%31"))


def test_escaped_nulls_make_users_of_their_own() -> None:
    headers = headers_of("escnull")
    assert parse_name_addr(headers.get("to") or "").uri.user == "null-\0-null"
    assert [contact.uri.user for contact in parse_contacts(headers.get_all("contact"))] == ["\0", "\0\0"]
    assert not is_wildcard(headers.get_all("contact"))


def test_a_percent_sign_outside_of_uris_stands_for_itself() -> None:
    headers = headers_of("esc02")
    assert parse_name_addr(headers.get("to") or "").display_name == "%Z%45"
    assert len(headers.get_all("contact")) == 2
    assert "c%6fntact" in headers


def test_a_display_name_may_touch_its_address() -> None:
    assert parse_name_addr(address("lwsdisp", "from")).display_name == "caller"


def test_long_values_are_read_to_their_end() -> None:
    headers = headers_of("longreq")
    called, caller = (parse_name_addr(headers.get(name) or "") for name in ("to", "from"))
    assert called.display_name == f"I have a user name of {'extreme' * 10} proportion"
    assert called.uri.param("unknownparam1") == f"very{'long' * 20}value"
    assert caller.tag == f"12{'982' * 50}424"
    assert len(split_values(headers.get_all("via"))) == 34


def test_semicolons_and_escapes_of_a_user_part_are_its_own() -> None:
    request = BY_NAME["semiuri"].message()
    assert isinstance(request, Request)
    uri = parse_uri(request.uri)
    assert (uri.user, uri.host, uri.params) == ("user;par=u@example.net", "example.com", ())


def test_an_answer_carries_every_via_of_its_request_whatever_the_transports() -> None:
    rig = SipRig()
    (answer,) = send(BY_NAME["transports"], rig, PHONE)
    vias = [parse_via(value) for value in answer.headers.get_all("via")]
    assert [via.transport for via in vias] == ["UDP", "SCTP", "TLS", "UNKNOWN", "TCP"]


def test_nulls_in_a_body_are_part_of_it() -> None:
    assert len(body_of("mpart01")) == 553
    assert body_of("mpart01").count(b"\0") == 2


def test_reasons_are_utf8_or_empty() -> None:
    spelled, empty = BY_NAME["unreason"].message(), BY_NAME["noreason"].message()
    assert isinstance(spelled, Response)
    assert isinstance(empty, Response)
    assert (spelled.status, spelled.reason) == (200, "= 2**3 * 5**2 но сто девяносто девять - простое")
    assert (empty.status, empty.reason) == (100, "")


def test_requests_whose_branch_is_the_bare_cookie_are_told_apart() -> None:
    rig = SipRig()
    first = BY_NAME["badbranch"].data
    second = first.replace(b"Call-ID: badbranch.", b"Call-ID: another.").replace(b"CSeq: 8", b"CSeq: 9")
    for data, cseq in ((first, "8 OPTIONS"), (second, "9 OPTIONS"), (first, "8 OPTIONS")):
        assert rig.one_response(rig.receive(data)).headers.get("cseq") == cseq
    assert rig.stack.counters.responses_sent[200] == 2, "the third was the first again"


def test_a_contact_is_called_without_the_headers_it_names() -> None:
    rig = SipRig(stations=("user",))
    assert statuses(send(BY_NAME["regescrt"], rig, PHONE)) == [401, 200]
    command = DialStation(leg_id="out", station="user", caller_number="1", caller_name="", sdp=SDP)
    invite = rig.one_request(rig.order(command))
    assert invite.uri == "sip:user@example.com"
    assert "route" not in invite.headers


def test_the_second_request_of_a_datagram_opens_no_call() -> None:
    rig = SipRig(stations=("j.user",))
    rig.receive(BY_NAME["dblreq"].data)
    assert rig.reported(LegArrived) == []
    assert sum(rig.stack.counters.requests_received.values()) == 1


def test_an_rfc_2543_caller_is_talked_to_at_its_from() -> None:
    rig = SipRig()
    invite = BY_NAME["inv2543"]
    send(invite, rig, PHONE)
    (ok,) = rig.order(AnswerLeg(leg_id="leg-1", sdp=SDP))
    ack = invite.data.split(b"\r\n\r\n")[0].replace(b"INVITE", b"ACK")
    ack = ack.replace(
        b"To: sip:+16505552222@ss1.example.net;user=phone", b"To: " + str(ok.headers.get("to")).encode()
    )
    rig.receive(ack.replace(b"Content-Type: application/sdp\r\n", b"") + b"\r\n\r\n")
    bye = rig.one_request(rig.order(HangUpLeg(leg_id="leg-1", cause=Cause.NORMAL_CLEARING)))
    assert (bye.method, bye.uri) == ("BYE", "sip:UserB@example.com;maddr=ss1.example.com")
    assert bye.headers.get_all("route") == ["<sip:+13035551111@ift.client.example.net;user=phone>"]
