from typing import Any

import pytest

from runtime.errors import UsageError
from switch.causes import Cause
from switch.sip.commands import AnswerLeg, DialStation, HangUpLeg, RingLeg
from switch.sip.events import LegArrived, LegConfirmed, LegEnded
from switch.sip.hop import Hop
from switch.sip.messages.message import Request, Response
from tests.helpers.sip_messages import SDP, make_request, make_response
from tests.helpers.sip_rig import LIFETIME_S, STATION, SipRig, methods, statuses

OURS = "v=0\r\n"


def arrive(rig: SipRig, **headers: Any) -> str:
    """A caller's INVITE; returns the leg's id."""
    rig.receive(make_request("INVITE", body=SDP, **headers))
    leg_id = rig.reported(LegArrived)[-1].leg_id
    assert isinstance(leg_id, str)
    return leg_id


def answer(rig: SipRig, leg_id: str) -> Response:
    """Answer the leg; returns the 200 OK."""
    return rig.one_response(rig.order(AnswerLeg(leg_id=leg_id, sdp=OURS)))


def from_caller(method: str, response: Response, *, cseq: int = 1, body: str = "", **headers: Any) -> Request:
    """A request of the caller inside the dialog of our answer."""
    called = response.headers.get("to") or ""
    return make_request(
        method, branch=f"z9hG4bK{method}{cseq}", called=called, cseq=cseq, body=body, **headers
    )


def test_an_invite_is_reported() -> None:
    rig = SipRig()
    sent = rig.receive(
        make_request(
            "INVITE",
            uri="sip:%39%35598@switch",
            caller='"张伟" <sip:138%2B1@phone>;tag=caller',
            body=SDP,
        )
    )
    assert sent == []
    assert rig.events == [
        LegArrived(
            leg_id="leg-1",
            sip_call_id="call@phone",
            caller_number="138+1",
            caller_name="张伟",
            called_number="95598",
            peer="udp:127.0.0.1:6000",
            sdp=SDP,
            session_id=rig.events[0].session_id,
        )
    ]


def test_an_invite_to_which_nothing_is_said_for_a_while_gets_trying_once() -> None:
    rig = SipRig()
    arrive(rig)
    assert rig.pass_time(0.14) == []
    trying = rig.one_response(rig.pass_time(0.02))
    assert (trying.status, trying.headers.get("to")) == (100, "<sip:95598@switch>")
    assert rig.pass_time(600) == []


@pytest.mark.parametrize(
    "order",
    [
        RingLeg(leg_id="leg-1"),
        AnswerLeg(leg_id="leg-1", sdp=OURS),
        HangUpLeg(leg_id="leg-1", cause=Cause.USER_BUSY),
    ],
)
def test_who_hears_something_else_soon_gets_no_trying(order: RingLeg | AnswerLeg | HangUpLeg) -> None:
    rig = SipRig()
    arrive(rig)
    assert 100 not in statuses(rig.order(order) + rig.pass_time(5))


def test_who_cancels_soon_gets_no_trying() -> None:
    rig = SipRig()
    arrive(rig)
    assert statuses(rig.receive(make_request("CANCEL"))) == [200, 487]
    assert 100 not in statuses(rig.pass_time(5))


def test_a_repeated_invite_is_answered_by_the_trying_that_was_said() -> None:
    rig = SipRig()
    invite = make_request("INVITE", body=SDP)
    assert rig.receive(invite) == rig.receive(invite) == []
    (trying,) = rig.pass_time(0.2)
    assert rig.receive(invite) == [trying]


def test_text_that_is_not_utf_8_is_reported_in_a_form_that_can_be_encoded() -> None:
    rig = SipRig()
    invite = make_request("INVITE", caller='"\udcb0\udca1" <sip:1@phone>;tag=caller')
    rig.receive(invite)
    assert rig.events[0].caller_name == "\ufffd\ufffd"


def test_an_invite_without_offer_gets_ours_and_its_answer_comes_with_the_ack() -> None:
    rig = SipRig()
    rig.receive(make_request("INVITE"))
    assert rig.events[0].sdp is None
    ok = answer(rig, "leg-1")
    assert ok.body == OURS.encode()
    rig.receive(from_caller("ACK", ok, body=SDP))
    assert rig.events[-1] == LegConfirmed(leg_id="leg-1", sdp=SDP)


def test_ringing_and_answering_carry_one_tag_contact_and_record_route() -> None:
    rig = SipRig()
    leg_id = arrive(rig, record_route="<sip:proxy.example;lr>")
    ringing = rig.one_response(rig.order(RingLeg(leg_id=leg_id)))
    ok = answer(rig, leg_id)
    assert (ringing.status, ok.status) == (180, 200)
    assert ringing.headers.get("to") == ok.headers.get("to") != "<sip:95598@switch>"
    for response in (ringing, ok):
        assert response.headers.get("contact") == "<sip:127.0.0.1:5060>"
        assert response.headers.get("record-route") == "<sip:proxy.example;lr>"
    assert (ok.headers.get("content-type"), ok.body) == ("application/sdp", OURS.encode())


def test_ringing_twice_is_said_once() -> None:
    rig = SipRig()
    leg_id = arrive(rig)
    rig.order(RingLeg(leg_id=leg_id))
    assert rig.order(RingLeg(leg_id=leg_id)) == []


def test_the_answer_is_repeated_until_the_ack_comes() -> None:
    rig = SipRig()
    leg_id = arrive(rig)
    ok = answer(rig, leg_id)
    assert statuses(rig.pass_time(3.6)) == [200, 200, 200]
    assert rig.reported(LegConfirmed) == []
    rig.receive(from_caller("ACK", ok))
    rig.receive(from_caller("ACK", ok))
    assert rig.reported(LegConfirmed) == [LegConfirmed(leg_id=leg_id)]
    assert rig.pass_time(LIFETIME_S) == []


def test_an_ack_with_another_number_confirms_nothing() -> None:
    rig = SipRig()
    ok = answer(rig, arrive(rig))
    rig.receive(from_caller("ACK", ok, cseq=2))
    assert rig.reported(LegConfirmed) == []


def test_an_answer_without_ack_ends_in_a_bye_after_64_t1() -> None:
    rig = SipRig()
    leg_id = arrive(rig)
    answer(rig, leg_id)
    sent = rig.pass_time(LIFETIME_S)
    assert len(statuses(sent)) == 10
    assert methods(sent) == ["BYE"]
    cause = Cause.RECOVERY_ON_TIMER_EXPIRE
    assert rig.events[-1] == LegEnded(leg_id=leg_id, cause=cause, sip_status=None, by_peer=False)
    rig.pass_time(LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)


@pytest.mark.parametrize("rings", [False, True])
@pytest.mark.parametrize(
    ("cause", "retry_after_s", "status", "retry_after"),
    [
        (Cause.USER_BUSY, None, 486, None),
        (Cause.UNALLOCATED_NUMBER, None, 404, None),
        (Cause.SWITCH_CONGESTION, 30, 503, "30"),
        (Cause.SWITCH_CONGESTION, None, 503, None),
        (Cause.USER_BUSY, 30, 486, None),
    ],
)
def test_hanging_up_before_the_answer_refuses_with_the_causes_status(
    rings: bool, cause: Cause, retry_after_s: int | None, status: int, retry_after: str | None
) -> None:
    rig = SipRig()
    leg_id = arrive(rig)
    if rings:
        rig.order(RingLeg(leg_id=leg_id))
    command = HangUpLeg(leg_id=leg_id, cause=cause, retry_after_s=retry_after_s)
    refusal = rig.one_response(rig.order(command))
    assert refusal.status == status
    assert refusal.headers.get("retry-after") == retry_after
    assert refusal.headers.get("reason") == f'Q.850;cause={cause.number};text="{cause}"'
    assert rig.events[-1] == LegEnded(leg_id=leg_id, cause=cause, sip_status=status, by_peer=False)
    rig.receive(make_request("ACK", called=refusal.headers.get("to") or ""))
    assert rig.pass_time(LIFETIME_S) == []
    assert rig.leftovers() == (0, 0, 0)


def test_a_caller_may_be_sent_elsewhere_in_place_of_an_answer() -> None:
    """RFC 3261 §21.3.3."""
    rig = SipRig()
    leg_id = arrive(rig)
    rig.order(RingLeg(leg_id=leg_id))
    command = HangUpLeg(leg_id=leg_id, cause=Cause.NORMAL_CLEARING, redirect_to="sip:10000@192.0.2.9")
    sent = rig.one_response(rig.order(command))
    assert (sent.status, sent.reason) == (302, "Moved Temporarily")
    assert sent.headers.get("contact") == "<sip:10000@192.0.2.9>"
    rig.receive(make_request("ACK", called=sent.headers.get("to") or ""))
    assert rig.pass_time(LIFETIME_S) == []
    assert rig.leftovers() == (0, 0, 0)


def test_hanging_up_a_confirmed_leg_says_bye_with_the_reason() -> None:
    rig = SipRig()
    leg_id = arrive(rig)
    rig.receive(from_caller("ACK", answer(rig, leg_id)))
    bye = rig.one_request(rig.order(HangUpLeg(leg_id=leg_id, cause=Cause.MANAGER_REQUEST)))
    assert (bye.method, bye.uri) == ("BYE", "sip:phone@127.0.0.1:6000")
    assert bye.headers.get("reason") == 'Q.850;cause=16;text="MANAGER_REQUEST"'
    assert bye.headers.get("to") == "<sip:13800138000@phone>;tag=caller"
    assert rig.events[-1] == LegEnded(
        leg_id=leg_id, cause=Cause.MANAGER_REQUEST, sip_status=None, by_peer=False
    )
    rig.receive(make_response(bye, 200))
    rig.pass_time(LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)


def test_hanging_up_between_answer_and_ack_says_bye_when_the_ack_comes() -> None:
    rig = SipRig()
    leg_id = arrive(rig)
    ok = answer(rig, leg_id)
    assert rig.order(HangUpLeg(leg_id=leg_id, cause=Cause.NORMAL_CLEARING)) == []
    assert len(rig.reported(LegEnded)) == 1
    assert statuses(rig.pass_time(1)) == [200]
    assert methods(rig.receive(from_caller("ACK", ok))) == ["BYE"]
    assert rig.reported(LegConfirmed) == []
    assert len(rig.reported(LegEnded)) == 1


@pytest.mark.parametrize("rings", [False, True])
def test_a_cancel_before_the_answer_ends_the_leg(rings: bool) -> None:
    rig = SipRig()
    leg_id = arrive(rig)
    if rings:
        rig.order(RingLeg(leg_id=leg_id))
    sent = rig.receive(make_request("CANCEL"))
    assert [(m.headers.get("cseq"), s) for m, s in zip(sent, statuses(sent), strict=True)] == [
        ("1 CANCEL", 200),
        ("1 INVITE", 487),
    ]
    assert sent[0].headers.get("to") == sent[1].headers.get("to")
    assert rig.events[-1] == LegEnded(
        leg_id=leg_id, cause=Cause.ORIGINATOR_CANCEL, sip_status=487, by_peer=True
    )
    assert rig.order(AnswerLeg(leg_id=leg_id, sdp=OURS)) == []
    rig.receive(make_request("ACK"))
    rig.pass_time(LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ('SIP;cause=200;text="Call completed elsewhere"', Cause.LOSE_RACE),
        ("Q.850;cause=16", Cause.ORIGINATOR_CANCEL),
        ("Q.850;cause=19", Cause.NO_ANSWER),
        ('"broken', Cause.ORIGINATOR_CANCEL),
    ],
)
def test_a_cancel_may_tell_its_reason(reason: str, cause: Cause) -> None:
    rig = SipRig()
    arrive(rig)
    rig.receive(make_request("CANCEL", reason=reason))
    assert rig.events[-1].cause is cause


def test_a_cancel_after_the_answer_comes_too_late() -> None:
    rig = SipRig()
    leg_id = arrive(rig)
    ok = answer(rig, leg_id)
    too_late = rig.receive(make_request("CANCEL"))
    assert statuses(too_late) == [200]
    assert too_late[0].headers.get("to") == ok.headers.get("to")
    assert rig.reported(LegEnded) == []
    rig.receive(from_caller("ACK", ok))
    assert rig.reported(LegConfirmed) == [LegConfirmed(leg_id=leg_id)]


def test_a_cancel_of_nothing_gets_481() -> None:
    assert statuses(SipRig().receive(make_request("CANCEL"))) == [481]


def test_a_bye_before_the_answer_ends_the_leg_and_its_invite() -> None:
    rig = SipRig()
    leg_id = arrive(rig)
    ringing = rig.one_response(rig.order(RingLeg(leg_id=leg_id)))
    assert statuses(rig.receive(from_caller("BYE", ringing, cseq=2))) == [200, 487]
    assert rig.events[-1] == LegEnded(
        leg_id=leg_id, cause=Cause.NORMAL_CLEARING, sip_status=487, by_peer=True
    )


def test_an_invite_that_came_on_two_ways_is_taken_once() -> None:
    rig = SipRig()
    arrive(rig)
    assert statuses(rig.receive(make_request("INVITE", branch="z9hG4bKother"))) == [482]
    assert len(rig.reported(LegArrived)) == 1


@pytest.mark.parametrize(
    ("uri", "route", "called"),
    [
        ("sip:127.0.0.1", "<sip:95598@switch>", "95598"),
        ("sip:127.0.0.1:5060;lr", "<sip:elsewhere;lr>, <sip:95598@switch>", "95598"),
        ("sip:95599@127.0.0.1", "<sip:127.0.0.1;lr>", "95599"),
        ("sip:127.0.0.1", "", ""),
    ],
)
def test_a_strict_router_has_put_the_called_number_last_into_the_route(
    uri: str, route: str, called: str
) -> None:
    rig = SipRig()
    rig.receive(make_request("INVITE", body=SDP, uri=uri, route=route))
    assert rig.reported(LegArrived)[0].called_number == called


@pytest.mark.parametrize("route", ["<sip:", "<<>", "<mailto:x@y>"])
def test_a_strict_route_that_cannot_be_read_is_malformed(route: str) -> None:
    rig = SipRig()
    refusal = rig.one_response(
        rig.receive(make_request("INVITE", body=SDP, uri="sip:127.0.0.1", route=route))
    )
    assert refusal.status in (400, 416)


@pytest.mark.parametrize(
    ("headers", "status", "header", "value"),
    [
        ({"max_forwards": "0"}, 483, None, None),
        ({"content_type": "text/plain"}, 415, "accept", "application/sdp, multipart/mixed"),
        ({"content_encoding": "gzip"}, 415, "accept-encoding", "identity"),
        ({"require": "100rel, timer, privacy-x"}, 420, "unsupported", "privacy-x"),
        ({"contact": ""}, 400, None, None),
        ({"contact": "<sip:"}, 400, None, None),
        ({"uri": "mailto:someone@example.com"}, 416, None, None),
        ({"record_route": "<<>"}, 400, None, None),
    ],
)
def test_an_invite_that_cannot_be_served_is_refused(
    headers: dict[str, Any], status: int, header: str | None, value: str | None
) -> None:
    rig = SipRig()
    refusal = rig.one_response(rig.receive(make_request("INVITE", body=SDP, **headers)))
    assert refusal.status == status
    if header is not None:
        assert refusal.headers.get(header) == value
    assert rig.reported(LegArrived) == []
    assert rig.leftovers()[:2] == (0, 0)


def test_only_an_arriving_leg_that_was_not_answered_can_be_rung_or_answered() -> None:
    rig = SipRig()
    leg_id = arrive(rig)
    answer(rig, leg_id)
    with pytest.raises(UsageError, match="which is answered"):
        rig.order(AnswerLeg(leg_id=leg_id, sdp=OURS))
    with pytest.raises(UsageError, match="which is answered"):
        rig.order(RingLeg(leg_id=leg_id))
    rig.register()
    rig.order(DialStation(leg_id="dialled", station=STATION, caller_number="1", caller_name="", sdp=OURS))
    with pytest.raises(UsageError, match="dialled by us"):
        rig.order(RingLeg(leg_id="dialled"))


@pytest.mark.parametrize(
    "command",
    [
        RingLeg(leg_id="gone"),
        AnswerLeg(leg_id="gone", sdp=OURS),
        HangUpLeg(leg_id="gone", cause=Cause.NORMAL_CLEARING),
    ],
)
def test_an_order_for_a_leg_that_has_ended_does_nothing(command: RingLeg | AnswerLeg | HangUpLeg) -> None:
    assert SipRig().order(command) == []


def test_who_calls_by_sips_is_answered_by_sips_from_the_first_ringing_on() -> None:
    rig = SipRig()
    hop = Hop("tls", "127.0.0.1", 6001)
    invite = make_request(
        "INVITE", uri="sips:95598@127.0.0.1", body=SDP, hop=hop, contact="<sips:a@127.0.0.1>"
    )
    rig.receive(invite, hop)
    ringing = rig.one_response(rig.order(RingLeg(leg_id="leg-1")))
    answered = answer(rig, "leg-1")
    assert ringing.headers.get("contact") == answered.headers.get("contact") == "<sips:127.0.0.1:5060>"


@pytest.mark.parametrize("ringing", [False, True])
def test_an_invite_that_no_longer_holds_ends_as_if_it_was_cancelled(ringing: bool) -> None:
    rig = SipRig()
    leg_id = arrive(rig, expires="20")
    if ringing:
        rig.order(RingLeg(leg_id=leg_id))
    assert statuses(rig.pass_time(19.9)) == ([] if ringing else [100])
    assert statuses(rig.pass_time(0.2)) == [487]
    (ended,) = rig.reported(LegEnded)
    assert (ended.cause, ended.sip_status, ended.by_peer) == (Cause.ORIGINATOR_CANCEL, 487, True)


def test_an_invite_that_was_answered_in_time_holds() -> None:
    rig = SipRig()
    leg_id = arrive(rig, expires="20")
    rig.receive(from_caller("ACK", answer(rig, leg_id)))
    rig.pass_time(60)
    assert rig.reported(LegEnded) == []


@pytest.mark.parametrize("expires", ["", "soon", "-1", "9" * 11, "٣"])
def test_a_time_that_cannot_be_read_limits_nothing(expires: str) -> None:
    rig = SipRig()
    arrive(rig, expires=expires)
    rig.pass_time(60)
    assert rig.reported(LegEnded) == []


def test_an_offer_that_fits_nothing_is_refused_with_a_warning() -> None:
    rig = SipRig()
    leg_id = arrive(rig)
    refusal = rig.one_response(rig.order(HangUpLeg(leg_id=leg_id, cause=Cause.INCOMPATIBLE_DESTINATION)))
    assert (refusal.status, refusal.headers.get("warning")) == (
        488,
        '305 127.0.0.1 "Incompatible media format"',
    )
