from typing import Any

import pytest

from runtime.errors import UsageError
from switch.sip.authentication.client_authentication import Account
from switch.sip.authentication.digest import Credentials
from switch.sip.commands import GiveUpRequest, SendRequest
from switch.sip.events import RequestAnswered
from switch.sip.hop import Hop
from switch.sip.messages.message import Headers, Request, Response
from tests.helpers.sip_messages import make_response
from tests.helpers.sip_rig import LIFETIME_S, SipRig, methods

CARRIER = Hop("udp", "192.0.2.9", 5060)
ASKED = 'Digest realm="carrier", nonce="n1", algorithm=MD5, qop="auth"'


def ask(rig: SipRig, method: str = "OPTIONS", **fields: Any) -> Request:
    given = {"caller": "<sip:ringmain@carrier.example>", "called": "<sip:carrier.example>"}
    command = SendRequest(
        request_id="req", method=method, uri="sip:carrier.example", hop=CARRIER, **{**given, **fields}
    )
    return rig.one_request(rig.order(command))


def answers(rig: SipRig, request: Request, status: int, **headers: str) -> list[Any]:
    return rig.receive(make_response(request, status, **headers), CARRIER)


def answered(rig: SipRig) -> RequestAnswered:
    (event,) = rig.reported(RequestAnswered)
    assert isinstance(event, RequestAnswered)
    return event


def test_a_request_stands_on_the_wire_as_ordered() -> None:
    rig = SipRig()
    request = ask(
        rig,
        "MESSAGE",
        routes=("<sip:192.0.2.9;lr>",),
        headers=(("p-asserted-identity", "<sip:1@x>"), ("p-asserted-identity", "<tel:+1>")),
        content_type="text/plain",
        body="你好".encode(),
    )
    headers = request.headers
    assert (request.method, request.uri, rig.hops) == ("MESSAGE", "sip:carrier.example", [CARRIER])
    assert (headers.get("from") or "").startswith("<sip:ringmain@carrier.example>;tag=")
    assert (headers.get("to"), headers.get("cseq")) == ("<sip:carrier.example>", "1 MESSAGE")
    assert headers.get_all("route") == ["<sip:192.0.2.9;lr>"]
    assert headers.get_all("p-asserted-identity") == ["<sip:1@x>", "<tel:+1>"]
    assert (headers.get("content-type"), request.body.decode()) == ("text/plain", "你好")
    assert "contact" not in headers


@pytest.mark.parametrize(
    ("user", "contact"),
    [("", "<sip:127.0.0.1:5060>"), ("86 10", "<sip:86%2010@127.0.0.1:5060>")],
)
def test_contact_is_written_on_request(user: str, contact: str) -> None:
    assert ask(SipRig(), "REGISTER", contact=user).headers.get_all("contact") == [contact]


@pytest.mark.parametrize("status", [200, 302, 404, 503, 603])
def test_the_final_answer_is_reported_once(status: int) -> None:
    rig = SipRig()
    request = ask(rig)
    answers(rig, request, 100)
    assert rig.reported(RequestAnswered) == []
    answers(rig, request, status)
    answers(rig, request, status)
    event = answered(rig)
    assert (event.request_id, event.status, event.by_peer) == ("req", status, True)
    assert (event.cseq, event.peer) == (1, "udp:192.0.2.9:5060")
    rig.pass_time(LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)


def test_the_headers_a_registration_needs_are_told() -> None:
    rig = SipRig()
    request = ask(rig, "REGISTER", contact="")
    response = make_response(
        request, 200, expires="600", retry_after="5", min_expires="60", path="<sip:p;lr>"
    )
    response.headers.set_all("contact", ["<sip:a@b>;expires=60", "<sip:c@d>;expires=90"])
    response.headers.set("service-route", "<sip:s;lr>")
    rig.receive(response, CARRIER)
    event = answered(rig)
    assert event.contact == "<sip:a@b>;expires=60, <sip:c@d>;expires=90"
    assert (event.expires, event.min_expires, event.retry_after) == ("600", "60", "5")
    assert (event.service_route, event.path) == ("<sip:s;lr>", "<sip:p;lr>")


def test_what_is_told_of_an_answer_is_bounded_and_printable() -> None:
    rig = SipRig()
    request = ask(rig)
    fields = {name: request.headers.get_all(name) for name in ("via", "from", "to", "call-id", "cseq")}
    fields["contact"] = ["<sip:a@b>"] * 50
    fields["path"] = ["x" * 1000 + "\x07"]
    rig.receive(Response(200, "", Headers(fields)), CARRIER)
    event = answered(rig)
    assert event.contact.count("<") == 16
    assert len(event.path) == 256


def test_a_request_nobody_answers_is_reported_as_408() -> None:
    rig = SipRig()
    ask(rig)
    rig.pass_time(LIFETIME_S)
    event = answered(rig)
    assert (event.status, event.by_peer, event.peer) == (408, False, "udp:192.0.2.9:5060")
    assert rig.leftovers() == (0, 0, 0)


def test_a_request_that_is_given_up_is_repeated_and_told_of_no_more() -> None:
    rig = SipRig()
    request = ask(rig)
    rig.pass_time(5)
    repeats = len(rig.messages)
    assert repeats > 1
    rig.order(GiveUpRequest(request_id="req"))
    assert rig.leftovers() == (0, 0, 0)
    rig.pass_time(LIFETIME_S)
    answers(rig, request, 200)
    assert len(rig.messages) == repeats
    assert rig.reported(RequestAnswered) == []


def test_the_proof_of_a_request_is_given_up_with_it() -> None:
    rig = SipRig()
    request = ask(rig, credentials=Account("ringmain", "secret"))
    answers(rig, request, 401, www_authenticate=ASKED)
    rig.order(GiveUpRequest(request_id="req"))
    rig.pass_time(LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)
    assert rig.reported(RequestAnswered) == []


def test_giving_up_what_was_answered_does_no_harm() -> None:
    rig = SipRig()
    answers(rig, ask(rig), 200)
    assert rig.order(GiveUpRequest(request_id="req")) == []
    assert answered(rig).status == 200


def test_a_request_that_cannot_be_sent_is_reported_as_503() -> None:
    rig = SipRig()
    ask(rig)
    rig.send_failed()
    assert (answered(rig).status, answered(rig).by_peer) == (503, False)


def test_a_challenge_is_answered_before_anything_is_reported() -> None:
    rig = SipRig()
    request = ask(rig, "REGISTER", credentials=Account("ringmain", "secret"), sip_call_id="mine", cseq=7)
    (again,) = answers(rig, request, 401, www_authenticate=ASKED)
    assert rig.reported(RequestAnswered) == []
    assert (again.headers.get("call-id"), again.headers.get("cseq")) == ("mine", "8 REGISTER")
    assert Credentials.parse(again.headers.get("authorization") or "").username == "ringmain"
    answers(rig, again, 200)
    assert (answered(rig).status, answered(rig).cseq) == (200, 8)


def test_a_wrong_password_is_reported() -> None:
    rig = SipRig()
    request = ask(rig, credentials=Account("ringmain", "secret"))
    (again,) = answers(rig, request, 401, www_authenticate=ASKED)
    assert answers(rig, again, 401, www_authenticate=ASKED.replace("n1", "n2")) == []
    assert answered(rig).status == 401


def test_the_next_request_brings_its_proof_at_once() -> None:
    rig = SipRig()
    account = Account("ringmain", "secret")
    answers(rig, ask(rig, credentials=account), 401, www_authenticate=ASKED)
    proof = Credentials.parse(ask(rig, credentials=account).headers.get("authorization") or "")
    assert proof.nonce_count == 2


@pytest.mark.parametrize("method", ["INVITE", "BYE", "ACK", "CANCEL", "PRACK"])
def test_what_belongs_to_a_leg_is_not_sent_here(method: str) -> None:
    with pytest.raises(UsageError, match="belongs to a leg"):
        ask(SipRig(), method)


@pytest.mark.parametrize("name", ["via", "from", "cseq", "call-id", "route"])
def test_a_header_of_the_stack_cannot_be_ordered(name: str) -> None:
    with pytest.raises(UsageError, match="written by the SIP stack"):
        ask(SipRig(), headers=((name, "x"),))


def test_a_line_break_in_an_ordered_header_starts_no_other() -> None:
    rig = SipRig()
    request = ask(rig, headers=(("subject", "a\r\nx-evil: b"),))
    assert "x-evil" not in request.headers
    assert methods(rig.messages) == ["OPTIONS"]
