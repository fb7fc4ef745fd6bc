from typing import Any

import pytest

from switch.causes import Cause
from switch.sip.commands import AnswerReoffer, HangUpLeg, ReofferLeg
from switch.sip.events import LegEnded, LegReofferAnswered, LegReofferRefused
from switch.sip.messages.message import Request
from tests.helpers.sip_messages import SDP, make_request, make_response
from tests.helpers.sip_rig import LIFETIME_S, SipRig, methods
from tests.helpers.sip_talk import LEG, OURS, UPDATES, DialledTalk, Talk, next_request

WE_REFRESH: dict[str, Any] = {"session_expires": "600;refresher=uas", "supported": "timer"}
PEER_REFRESHES: dict[str, Any] = {"session_expires": "600;refresher=uac", "supported": "timer"}


def _allowing(methods: str | None) -> dict[str, Any]:
    return {"allow": methods} if methods else {}


def expired(rig: SipRig) -> bool:
    ended = rig.reported(LegEnded)
    return [event.cause for event in ended] == [Cause.RECOVERY_ON_TIMER_EXPIRE]


@pytest.mark.parametrize(
    ("asked", "granted", "requires"),
    [
        (WE_REFRESH, "600;refresher=uas", None),
        (PEER_REFRESHES, "600;refresher=uac", "timer"),
        ({"supported": "timer"}, "1800;refresher=uac", "timer"),
        ({}, None, None),
    ],
)
def test_the_answer_says_what_is_granted(asked: dict[str, Any], granted: str | None, requires: str) -> None:
    headers = Talk(**asked).answered.headers
    assert (headers.get("session-expires"), headers.get("require")) == (granted, requires)


def test_a_call_for_too_short_a_session_is_refused() -> None:
    rig = SipRig()
    refusal = rig.one_response(
        rig.receive(make_request("INVITE", body=SDP, supported="timer", session_expires="20"))
    )
    assert (refusal.status, refusal.headers.get("min-se")) == (422, "90")


def test_where_nobody_asked_a_session_never_expires() -> None:
    rig = Talk()
    assert rig.pass_time(100_000) == []
    assert rig.reported(LegEnded) == []


@pytest.mark.parametrize("allow", [UPDATES, None])
def test_we_refresh_at_half_time_by_update_where_the_peer_serves_it(allow: str | None) -> None:
    rig = Talk(**WE_REFRESH, **_allowing(allow))
    refresh = next_request(rig, 300)
    assert refresh.method == ("UPDATE" if allow else "INVITE")
    assert refresh.body == (b"" if allow else OURS.encode())
    assert refresh.headers.get("session-expires") == "600;refresher=uac"
    ok = make_response(refresh, 200, body="" if allow else SDP, session_expires="600;refresher=uac")
    rig.receive(ok)
    assert next_request(rig, 300).method == refresh.method, "and again"
    assert rig.reported(LegEnded) == []


def test_the_answer_to_a_refreshing_reinvite_is_told_for_it_may_say_something_new() -> None:
    rig = Talk(**WE_REFRESH)
    refresh = next_request(rig, 300)
    rig.receive(make_response(refresh, 200, body=SDP, session_expires="600;refresher=uac"))
    assert rig.reported(LegReofferAnswered) == [LegReofferAnswered(leg_id=LEG, sdp=SDP)]


@pytest.mark.parametrize("status", [405, 501])
def test_a_peer_that_does_not_serve_update_after_all_gets_a_reinvite(status: int) -> None:
    rig = Talk(**WE_REFRESH, allow=UPDATES)
    sent = rig.receive(make_response(next_request(rig, 300), status))
    assert methods(sent) == ["INVITE"]


def test_a_refused_refresh_ends_nothing_until_the_session_expires() -> None:
    rig = Talk(**WE_REFRESH, allow=UPDATES)
    rig.receive(make_response(next_request(rig, 300), 403))
    assert rig.reported(LegReofferRefused) == []
    assert rig.pass_time(600 - 300 - 33) == []
    assert next_request(rig, 2).method == "BYE"
    assert expired(rig)


def test_a_refresh_without_answer_ends_the_call() -> None:
    rig = Talk(**WE_REFRESH, allow=UPDATES)
    sent = rig.pass_time(300 + LIFETIME_S)
    assert methods(sent)[-1] == "BYE"
    assert expired(rig)
    rig.pass_time(LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)


def test_a_peer_that_should_refresh_and_does_not_is_hung_up_on_shortly_before_the_end() -> None:
    rig = Talk(**PEER_REFRESHES)
    assert rig.pass_time(600 - 33) == []
    assert next_request(rig, 2).method == "BYE"
    assert expired(rig)


@pytest.mark.parametrize("method", ["UPDATE", "INVITE"])
def test_a_refresh_of_the_peers_keeps_the_session(method: str) -> None:
    rig = Talk(**PEER_REFRESHES)
    rig.pass_time(500)
    body = "" if method == "UPDATE" else SDP
    sent = rig.receive(rig.ask(method, body=body, **PEER_REFRESHES))
    if method == "INVITE":
        sent = rig.order(AnswerReoffer(leg_id=LEG, sdp=OURS))
        rig.receive(rig.ask("ACK"))
    assert rig.one_response(sent).headers.get("session-expires") == "600;refresher=uac"
    assert rig.pass_time(500) == []
    assert next_request(rig, 100).method == "BYE"


def test_a_refresh_that_asks_for_no_interval_any_more_ends_the_watch() -> None:
    rig = Talk(**PEER_REFRESHES)
    rig.receive(rig.ask("UPDATE"))
    assert rig.pass_time(10_000) == []


@pytest.mark.parametrize(
    ("granted", "method", "at_s"),
    [("1800;refresher=uac", "INVITE", 900), ("1800;refresher=uas", "BYE", 1768), ("600", "INVITE", 300)],
)
def test_a_dialled_phone_may_ask_us_to_refresh_or_do_it_itself(granted: str, method: str, at_s: int) -> None:
    rig = DialledTalk(session_expires=granted)
    assert rig.invite.headers.get("session-expires") == "1800"
    assert "timer" in (rig.invite.headers.get("supported") or "")
    assert rig.pass_time(at_s - 1) == []
    assert next_request(rig, 2).method == method


def test_a_dialled_phone_that_knows_no_timers_is_left_in_peace() -> None:
    rig = DialledTalk()
    assert rig.pass_time(100_000) == []


def test_a_refresh_is_not_sent_while_an_offer_is_on_its_way() -> None:
    rig = Talk(**WE_REFRESH, allow=UPDATES)
    rig.pass_time(299)
    offer = rig.one_request(rig.order(ReofferLeg(leg_id=LEG, sdp=OURS)))
    assert offer.headers.get("session-expires") == "600;refresher=uac"
    rig.receive(make_response(offer, 100))
    assert rig.pass_time(2) == []
    rig.receive(make_response(offer, 200, body=SDP, session_expires="600;refresher=uac"))
    assert rig.pass_time(290) == [], "the offer was a refresh"
    assert next_request(rig, 11).method == "UPDATE"


def test_an_offer_waits_for_a_refresh_that_is_on_its_way() -> None:
    rig = Talk(**WE_REFRESH, allow=UPDATES)
    refresh = next_request(rig, 300)
    assert rig.order(ReofferLeg(leg_id=LEG, sdp=OURS)) == []
    assert methods(rig.receive(make_response(refresh, 200))) == ["INVITE"]


def test_a_refresh_for_too_short_a_session_asks_for_longer() -> None:
    rig = Talk(**WE_REFRESH, allow=UPDATES)
    refused = next_request(rig, 300)
    again = rig.one_request(rig.receive(make_response(refused, 422, min_se="1200")))
    assert again.headers.get("session-expires") == "1200;refresher=uac"


def test_a_session_that_expires_while_an_ack_is_missing_ends_once() -> None:
    rig = Talk(settings={"session_min_s": 10}, session_expires="10;refresher=uac", supported="timer")
    rig.receive(rig.ask("INVITE", body=SDP, session_expires="10;refresher=uac", supported="timer"))
    rig.order(AnswerReoffer(leg_id=LEG, sdp=OURS))
    sent = rig.pass_time(2 * LIFETIME_S)
    assert methods(sent).count("BYE") > 0
    byes = {m.headers.get("cseq") for m in sent if isinstance(m, Request) and m.method == "BYE"}
    assert len(byes) == 1
    assert len(rig.reported(LegEnded)) == 1


def test_a_call_that_is_over_has_no_session_to_keep() -> None:
    rig = Talk(**WE_REFRESH)
    rig.receive(make_response(rig.one_request(rig.order(HangUpLeg(leg_id=LEG, cause=Cause.USER_BUSY))), 200))
    assert rig.pass_time(10_000) == []
    assert rig.leftovers() == (0, 0, 0)


def test_glare_of_a_refresh_is_told_to_nobody() -> None:
    rig = Talk(**WE_REFRESH)
    rig.receive(make_response(next_request(rig, 300), 491))
    rig.receive(rig.ask("INVITE", body=SDP, **WE_REFRESH))
    rig.order(AnswerReoffer(leg_id=LEG, sdp=OURS))
    rig.receive(rig.ask("ACK"))
    assert rig.reported(LegReofferRefused) == []
    assert rig.pass_time(290) == []
