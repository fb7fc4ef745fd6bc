import pytest

from switch.causes import Cause
from switch.sip.capabilities import CAPABILITIES, SERVED
from switch.sip.commands import AnswerLeg, AnswerReoffer, DialStation, HangUpLeg, RingLeg
from switch.sip.events import LegConfirmed, LegEnded, LegReoffered
from switch.sip.hop import Hop
from tests.helpers.sip_messages import SDP, make_request, make_response
from tests.helpers.sip_rig import LIFETIME_S, STATION, SipRig, methods, statuses
from tests.helpers.sip_talk import LEG, OURS, Talk


def test_a_bye_ends_the_leg() -> None:
    rig = Talk()
    assert statuses(rig.receive(rig.ask("BYE"))) == [200]
    assert rig.events[-1] == LegEnded(leg_id=LEG, cause=Cause.NORMAL_CLEARING, sip_status=None, by_peer=True)
    assert statuses(rig.receive(rig.ask("BYE"))) == [200]
    rig.pass_time(LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)


def test_a_phone_may_go_on_from_another_address() -> None:
    rig = Talk()
    moved = Hop("udp", "127.0.0.1", 6200)
    assert statuses(rig.receive(rig.ask("OPTIONS", hop=moved), moved)) == [200]
    assert rig.hops[-1] == moved
    assert statuses(rig.receive(rig.ask("BYE", cseq=3, hop=moved), moved)) == [200]
    assert rig.reported(LegEnded)[0].by_peer


def test_a_request_that_a_strict_router_readdressed_finds_its_dialog() -> None:
    rig = Talk()
    bye = rig.ask("BYE", uri="sip:127.0.0.1:5060", route="<sip:95598@127.0.0.1:5060>")
    assert statuses(rig.receive(bye)) == [200]


def test_the_end_of_the_last_dialog_is_told_once() -> None:
    rig = Talk()
    bye = rig.one_request(rig.order(HangUpLeg(leg_id=LEG, cause=Cause.NORMAL_CLEARING)))
    assert rig.times_all_closed == 0, "the phone has not confirmed yet"
    rig.receive(make_response(bye, 200))
    rig.pass_time(LIFETIME_S)
    assert rig.times_all_closed == 1


@pytest.mark.parametrize("contact", ["", ",", " , "])
def test_a_reoffer_whose_contact_names_nobody_leaves_the_target_as_it_was(contact: str) -> None:
    rig = Talk()
    rig.receive(rig.ask("INVITE", body=SDP, contact=[contact]))
    assert statuses(rig.order(AnswerReoffer(leg_id=LEG, sdp=SDP))) == [200]
    rig.receive(rig.ask("ACK"))
    bye = rig.one_request(rig.order(HangUpLeg(leg_id=LEG, cause=Cause.NORMAL_CLEARING)))
    assert bye.uri == "sip:phone@127.0.0.1:6000"


def test_a_bye_may_tell_its_reason() -> None:
    rig = Talk()
    rig.receive(rig.ask("BYE", reason='Q.850;cause=27;text="gone"'))
    assert rig.events[-1].cause is Cause.DESTINATION_OUT_OF_ORDER


def test_a_bye_before_the_ack_ends_the_leg_and_the_repetitions() -> None:
    rig = Talk(acked=False)
    assert statuses(rig.receive(rig.ask("BYE"))) == [200]
    assert rig.pass_time(LIFETIME_S) == []
    assert rig.leftovers() == (0, 0, 0)


def test_byes_that_cross_are_both_answered() -> None:
    rig = Talk()
    bye = rig.one_request(rig.order(HangUpLeg(leg_id=LEG, cause=Cause.NORMAL_CLEARING)))
    assert statuses(rig.receive(rig.ask("BYE"))) == [200]
    rig.receive(make_response(bye, 200))
    rig.pass_time(LIFETIME_S)
    assert len(rig.reported(LegEnded)) == 1
    assert rig.leftovers() == (0, 0, 0)


@pytest.mark.parametrize("method", ["BYE", "INVITE", "OPTIONS"])
def test_a_request_for_an_unknown_dialog_gets_481(method: str) -> None:
    rig = SipRig()
    request = make_request(method, called="<sip:95598@switch>;tag=nobody")
    assert statuses(rig.receive(request)) == [481]
    rig.pass_time(LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)


def test_an_ack_for_an_unknown_dialog_is_dropped() -> None:
    assert SipRig().receive(make_request("ACK", called="<sip:95598@switch>;tag=nobody")) == []


def test_another_caller_tag_is_another_dialog() -> None:
    rig = Talk()
    assert statuses(rig.receive(rig.ask("BYE", caller="<sip:1@phone>;tag=stranger"))) == [481]
    assert rig.reported(LegEnded) == []


def test_a_request_out_of_order_gets_500() -> None:
    rig = Talk()
    rig.receive(rig.ask("OPTIONS", cseq=5))
    assert statuses(rig.receive(rig.ask("BYE", cseq=4))) == [500]
    assert rig.reported(LegEnded) == []


def test_options_in_a_dialog_tell_what_we_can() -> None:
    rig = Talk()
    answer = rig.one_response(rig.receive(rig.ask("OPTIONS")))
    assert (answer.status, answer.headers.get("accept")) == (200, CAPABILITIES["accept"])


@pytest.mark.parametrize(("method", "status"), [("PUBLISH", 405), ("DANCE", 501)])
def test_a_method_we_do_not_serve_is_refused_with_those_we_do(method: str, status: int) -> None:
    rig = Talk()
    refusal = rig.one_response(rig.receive(rig.ask(method)))
    assert (refusal.status, refusal.headers.get("allow")) == (
        status,
        ", ".join(SERVED),
    )


def test_a_reoffer_is_reported_answered_and_confirmed() -> None:
    rig = Talk()
    assert statuses(rig.receive(rig.ask("INVITE", body=SDP))) == [100]
    assert rig.events[-1] == LegReoffered(leg_id=LEG, sdp=SDP)
    ok = rig.one_response(rig.order(AnswerReoffer(leg_id=LEG, sdp=OURS)))
    assert (ok.status, ok.body, ok.headers.get("to")) == (200, OURS.encode(), rig.called)
    assert statuses(rig.pass_time(0.6)) == [200]
    rig.receive(rig.ask("ACK"))
    assert rig.reported(LegConfirmed) == [LegConfirmed(leg_id=LEG)] * 2
    assert rig.pass_time(LIFETIME_S) == []


def test_a_reoffer_may_ask_for_our_offer() -> None:
    rig = Talk()
    rig.receive(rig.ask("INVITE"))
    assert rig.events[-1] == LegReoffered(leg_id=LEG, sdp=None)
    rig.order(AnswerReoffer(leg_id=LEG, sdp=OURS))
    rig.receive(rig.ask("ACK", body=SDP))
    assert rig.events[-1] == LegConfirmed(leg_id=LEG, sdp=SDP)


def test_a_reoffer_moves_the_peers_address_when_it_is_accepted() -> None:
    rig = Talk()
    rig.receive(rig.ask("INVITE", body=SDP, contact="<sip:moved@127.0.0.1:6100>"))
    rig.order(AnswerReoffer(leg_id=LEG, sdp=OURS))
    rig.receive(rig.ask("ACK"))
    bye = rig.one_request(rig.order(HangUpLeg(leg_id=LEG, cause=Cause.NORMAL_CLEARING)))
    assert (bye.uri, rig.hops[-1]) == ("sip:moved@127.0.0.1:6100", Hop("udp", "127.0.0.1", 6100))


def test_a_refused_reoffer_changes_nothing() -> None:
    rig = Talk()
    rig.receive(rig.ask("INVITE", body=SDP, contact="<sip:moved@127.0.0.1:6100>"))
    assert statuses(rig.order(AnswerReoffer(leg_id=LEG, sdp=None))) == [488]
    rig.receive(rig.ask("ACK"))
    bye = rig.one_request(rig.order(HangUpLeg(leg_id=LEG, cause=Cause.NORMAL_CLEARING)))
    assert bye.uri == "sip:phone@127.0.0.1:6000"


def test_a_second_reoffer_has_to_wait_for_the_first() -> None:
    rig = Talk()
    rig.receive(rig.ask("INVITE", body=SDP))
    refusal = rig.one_response(rig.receive(rig.ask("INVITE", cseq=3, body=SDP)))
    assert refusal.status == 500
    assert 0 <= int(refusal.headers.get("retry-after") or "") <= 10
    assert len(rig.reported(LegReoffered)) == 1


def test_an_invite_on_a_dialog_whose_first_has_no_answer_yet_has_to_wait() -> None:
    rig = SipRig()
    rig.receive(make_request("INVITE", body=SDP))
    ringing = rig.one_response(rig.order(RingLeg(leg_id=LEG)))
    called = ringing.headers.get("to") or ""
    early = make_request("INVITE", branch="z9hG4bK2", cseq=2, called=called)
    assert statuses(rig.receive(early)) == [500]


def test_a_reoffer_that_overtakes_the_ack_is_told_to_try_again() -> None:
    rig = Talk(acked=False)
    assert statuses(rig.receive(rig.ask("INVITE", body=SDP))) == [491]
    rig.receive(rig.ask("ACK", cseq=1))
    assert statuses(rig.receive(rig.ask("INVITE", cseq=3, body=SDP))) == [100]


def test_a_reoffer_that_meets_our_own_invite_is_told_to_try_again() -> None:
    rig = SipRig()
    rig.register()
    command = DialStation(leg_id="leg", station=STATION, caller_number="1", caller_name="", sdp=OURS)
    invite = rig.one_request(rig.order(command))
    ringing = make_response(invite, 183, body=SDP)
    rig.receive(ringing)
    reinvite = make_request(
        "INVITE",
        caller=ringing.headers.get("to") or "",
        called=invite.headers.get("from") or "",
        sip_call_id=invite.headers.get("call-id") or "",
    )
    assert statuses(rig.receive(reinvite)) == [491]


def test_a_reoffer_with_a_strange_body_is_refused() -> None:
    rig = Talk()
    assert statuses(rig.receive(rig.ask("INVITE", body="x", content_type="text/plain"))) == [415]
    assert rig.reported(LegReoffered) == []


def test_a_cancelled_reoffer_leaves_the_call_up() -> None:
    rig = Talk()
    rig.receive(rig.ask("INVITE", body=SDP))
    cancel = make_request("CANCEL", branch="z9hG4bKINVITE2", cseq=2, called=rig.called)
    assert statuses(rig.receive(cancel)) == [200, 487]
    assert rig.order(AnswerReoffer(leg_id=LEG, sdp=OURS)) == []
    assert rig.reported(LegEnded) == []


def test_hanging_up_answers_a_reoffer_that_waits() -> None:
    rig = Talk()
    rig.receive(rig.ask("INVITE", body=SDP))
    sent = rig.order(HangUpLeg(leg_id=LEG, cause=Cause.NORMAL_CLEARING))
    assert (statuses(sent), methods(sent)) == ([487], ["BYE"])


def test_a_bye_answers_a_reoffer_that_waits() -> None:
    rig = Talk()
    rig.receive(rig.ask("INVITE", body=SDP))
    assert statuses(rig.receive(rig.ask("BYE", cseq=3))) == [200, 487]
    assert len(rig.reported(LegEnded)) == 1


def test_a_reoffer_after_our_bye_gets_481() -> None:
    rig = Talk()
    rig.order(HangUpLeg(leg_id=LEG, cause=Cause.NORMAL_CLEARING))
    assert statuses(rig.receive(rig.ask("INVITE", body=SDP))) == [481]


def test_an_answered_reoffer_without_ack_ends_the_leg() -> None:
    rig = Talk()
    rig.receive(rig.ask("INVITE", body=SDP))
    rig.order(AnswerReoffer(leg_id=LEG, sdp=OURS))
    assert methods(rig.pass_time(LIFETIME_S)) == ["BYE"]
    assert rig.events[-1].cause is Cause.RECOVERY_ON_TIMER_EXPIRE


def test_our_requests_go_the_recorded_route_of_the_invite() -> None:
    rig = SipRig()
    routes = ["<sip:127.0.0.1:7000;lr>, <sip:far.example;lr>"]
    rig.receive(make_request("INVITE", body=SDP, record_route=routes))
    ok = rig.one_response(rig.order(AnswerLeg(leg_id=LEG, sdp=OURS)))
    rig.receive(make_request("ACK", branch="z9hG4bKack", called=ok.headers.get("to") or ""))
    bye = rig.one_request(rig.order(HangUpLeg(leg_id=LEG, cause=Cause.NORMAL_CLEARING)))
    assert bye.headers.get_all("route") == ["<sip:127.0.0.1:7000;lr>", "<sip:far.example;lr>"]
    assert (bye.uri, rig.hops[-1]) == ("sip:phone@127.0.0.1:6000", Hop("udp", "127.0.0.1", 7000))


def test_a_strict_router_gets_its_address_in_the_request_uri() -> None:
    rig = SipRig()
    rig.receive(make_request("INVITE", body=SDP, record_route="<sip:strict.example>"))
    ok = rig.one_response(rig.order(AnswerLeg(leg_id=LEG, sdp=OURS)))
    rig.receive(make_request("ACK", branch="z9hG4bKack", called=ok.headers.get("to") or ""))
    bye = rig.one_request(rig.order(HangUpLeg(leg_id=LEG, cause=Cause.NORMAL_CLEARING)))
    assert (bye.uri, bye.headers.get_all("route")) == (
        "sip:strict.example",
        ["<sip:phone@127.0.0.1:6000>"],
    )
