from typing import Any

import pytest

from runtime.errors import UsageError
from switch.causes import Cause
from switch.sip.commands import AnswerLeg, AnswerReoffer, HangUpLeg, ReofferLeg, RingLeg
from switch.sip.events import LegEnded, LegReofferAnswered, LegReoffered, LegReofferRefused
from switch.sip.messages.message import Message, Request
from tests.helpers.sip_messages import SDP, make_response
from tests.helpers.sip_rig import LIFETIME_S, SipRig, methods, statuses
from tests.helpers.sip_talk import LEG, OURS, UPDATES, Caller, DialledTalk, Talk, next_request

NEW = "v=0\r\no=- 7 8 IN IP4 192.0.2.1\r\n"
REOFFER = ReofferLeg(leg_id=LEG, sdp=NEW)
HANG_UP = HangUpLeg(leg_id=LEG, cause=Cause.NORMAL_CLEARING)


def cseq_of(request: Request) -> str:
    return request.headers.get("cseq") or ""


def invites(messages: list[Message]) -> list[Request]:
    return [m for m in messages if isinstance(m, Request) and m.method == "INVITE"]


@pytest.mark.parametrize("talk", [Talk, DialledTalk])
def test_a_reinvite_carries_our_offer_and_its_answer_is_acked_and_told(
    talk: type[Talk | DialledTalk],
) -> None:
    rig = talk()
    invite = rig.one_request(rig.order(REOFFER))
    assert (invite.method, invite.body) == ("INVITE", NEW.encode())
    assert {"contact", "allow", "supported"} <= {name for name, _ in invite.headers.items()}
    ack = rig.one_request(rig.receive(make_response(invite, 200, body=SDP)))
    assert ack.method == "ACK"
    assert cseq_of(ack).split()[0] == cseq_of(invite).split()[0]
    assert rig.events[-1] == LegReofferAnswered(leg_id=LEG, sdp=SDP)
    assert rig.receive(make_response(invite, 200, body=SDP)) == [ack], "once for each repetition"
    assert len(rig.reported(LegReofferAnswered)) == 1


def test_a_reinvite_and_its_answer_move_the_peer() -> None:
    rig = Talk()
    invite = rig.one_request(rig.order(REOFFER))
    ok = make_response(invite, 200, body=SDP)
    ok.headers.set("contact", "<sip:moved@127.0.0.1:6100>")
    ack = rig.one_request(rig.receive(ok))
    assert (ack.uri, rig.hops[-1].port) == ("sip:moved@127.0.0.1:6100", 6100)


@pytest.mark.parametrize("status", [488, 403, 503, 606])
def test_a_refused_offer_leaves_the_session(status: int) -> None:
    rig = Talk()
    invite = rig.one_request(rig.order(REOFFER))
    assert methods(rig.receive(make_response(invite, status))) == ["ACK"]
    assert rig.events[-1] == LegReofferRefused(leg_id=LEG, status=status)
    assert rig.reported(LegEnded) == []
    assert methods(rig.order(REOFFER)) == ["INVITE"], "it may be tried again"


@pytest.mark.parametrize(
    ("status", "cause", "by_peer"),
    [(481, Cause.DESTINATION_OUT_OF_ORDER, True), (408, Cause.RECOVERY_ON_TIMER_EXPIRE, False)],
)
def test_a_dialog_the_peer_does_not_know_ends(status: int, cause: Cause, by_peer: bool) -> None:
    rig = Talk()
    invite = rig.one_request(rig.order(REOFFER))
    assert methods(rig.receive(make_response(invite, status))) == ["ACK", "BYE"]
    assert rig.events[-1] == LegEnded(leg_id=LEG, cause=cause, sip_status=status, by_peer=by_peer)


def test_a_peer_that_says_nothing_to_our_offer_has_gone() -> None:
    rig = Talk()
    rig.order(REOFFER)
    assert methods(rig.pass_time(LIFETIME_S))[-1] == "BYE"
    assert rig.events[-1].cause is Cause.RECOVERY_ON_TIMER_EXPIRE
    rig.pass_time(LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)


@pytest.mark.parametrize(("talk", "shortest_s", "longest_s"), [(Talk, 0.0, 2.0), (DialledTalk, 2.1, 4.0)])
def test_offers_that_cross_are_tried_again_the_owner_of_the_call_id_later(
    talk: type[Talk | DialledTalk], shortest_s: float, longest_s: float
) -> None:
    rig = talk()
    first = rig.one_request(rig.order(REOFFER))
    refused_at = rig.now
    rig.receive(make_response(first, 491))
    again = next_request(rig, longest_s)
    assert refused_at + shortest_s <= rig.now <= refused_at + longest_s
    assert (again.body, cseq_of(again)) == (NEW.encode(), f"{int(cseq_of(first).split()[0]) + 1} INVITE")
    rig.receive(make_response(again, 200, body=SDP))
    assert rig.events[-1] == LegReofferAnswered(leg_id=LEG, sdp=SDP)


def test_offers_that_cross_for_ever_are_given_up() -> None:
    rig = Talk()
    invite = rig.one_request(rig.order(REOFFER))
    for _ in range(20):
        rig.receive(make_response(invite, 491))
        if rig.reported(LegReofferRefused):
            break
        invite = next_request(rig, 2)
    assert rig.events[-1] == LegReofferRefused(leg_id=LEG, status=491)


@pytest.mark.parametrize(
    ("retry_after", "again"), [("3", True), ("3;duration=1", True), ("60", False), ("x", False)]
)
def test_a_busy_peer_is_asked_again_when_it_says_soon(retry_after: str, again: bool) -> None:
    rig = Talk()
    invite = rig.one_request(rig.order(REOFFER))
    rig.receive(make_response(invite, 500, retry_after=retry_after))
    assert (len(invites(rig.pass_time(3.1))) == 1) is again
    assert (rig.reported(LegReofferRefused) == []) is again


def test_an_offer_of_the_peers_takes_the_place_of_ours_that_waits() -> None:
    rig = DialledTalk()
    rig.receive(make_response(rig.one_request(rig.order(REOFFER)), 491))
    rig.receive(rig.ask("INVITE", body=SDP))
    assert rig.events[-2:] == [
        LegReofferRefused(leg_id=LEG, status=491),
        LegReoffered(leg_id=LEG, sdp=SDP),
    ]
    rig.order(AnswerReoffer(leg_id=LEG, sdp=OURS))
    rig.receive(rig.ask("ACK"))
    assert rig.pass_time(LIFETIME_S) == []


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
def test_an_offer_that_meets_ours_is_told_to_try_again(method: str) -> None:
    rig = Talk()
    rig.order(REOFFER)
    assert statuses(rig.receive(rig.ask(method, body=SDP))) == [491]


def test_an_offer_waits_for_the_ack_of_the_answer() -> None:
    rig = Talk(acked=False)
    assert rig.order(REOFFER) == []
    assert methods(rig.receive(rig.ask("ACK", cseq=1))) == ["INVITE"]


def test_an_offer_while_the_peers_waits_is_refused_at_once() -> None:
    rig = Talk()
    rig.receive(rig.ask("INVITE", body=SDP))
    assert rig.order(REOFFER) == []
    assert rig.events[-1] == LegReofferRefused(leg_id=LEG, status=491)


@pytest.mark.parametrize("acked", [True, False])
def test_one_offer_at_a_time(acked: bool) -> None:
    rig = Talk(acked=acked)
    rig.order(REOFFER)
    with pytest.raises(UsageError, match="no answer yet"):
        rig.order(REOFFER)


def test_an_offer_for_a_leg_that_has_ended_does_nothing() -> None:
    assert SipRig().order(REOFFER) == []


def test_before_the_answer_an_offer_goes_by_update_when_the_first_is_surely_answered() -> None:
    rig = Caller(require="100rel", allow=UPDATES)
    progress = rig.one_response(rig.hear(rig.order(RingLeg(leg_id=LEG, sdp=OURS))))
    assert rig.order(REOFFER) == []
    assert rig.events[-1] == LegReofferRefused(leg_id=LEG, status=491)
    rig.receive(rig.ask("PRACK", rack=f"{progress.headers.get('rseq')} 1 INVITE"))
    update = rig.one_request(rig.order(REOFFER))
    assert (update.method, update.body) == ("UPDATE", NEW.encode())
    assert rig.receive(make_response(update, 200, body=SDP)) == []
    assert rig.events[-1] == LegReofferAnswered(leg_id=LEG, sdp=SDP)


def test_an_early_dialog_the_caller_does_not_know_ends_and_so_does_the_invite() -> None:
    rig = Caller(require="100rel", allow=UPDATES)
    progress = rig.one_response(rig.hear(rig.order(RingLeg(leg_id=LEG, sdp=OURS))))
    rig.receive(rig.ask("PRACK", rack=f"{progress.headers.get('rseq')} 1 INVITE"))
    update = rig.one_request(rig.order(REOFFER))
    refused = rig.one_response(rig.receive(make_response(update, 481)))
    assert (refused.status, refused.headers.get("cseq")) == (487, "1 INVITE")
    assert len(rig.reported(LegEnded)) == 1
    rig.pass_time(2 * LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)


@pytest.mark.parametrize(
    "caller", [{}, {"allow": UPDATES}, {"require": "100rel"}, {"require": "100rel", "allow": UPDATES}]
)
def test_before_anything_is_agreed_nothing_can_be_changed(caller: dict[str, Any]) -> None:
    rig = Caller(**caller)
    rig.order(RingLeg(leg_id=LEG))
    rig.order(REOFFER)
    assert rig.events[-1] == LegReofferRefused(leg_id=LEG, status=491)


def test_an_answer_without_a_description_is_no_answer() -> None:
    rig = Talk()
    invite = rig.one_request(rig.order(REOFFER))
    assert methods(rig.receive(make_response(invite, 200))) == ["ACK"]
    assert rig.events[-1] == LegReofferRefused(leg_id=LEG, status=488)


def test_a_late_answer_after_the_hang_up_is_still_acked() -> None:
    rig = Talk()
    invite = rig.one_request(rig.order(REOFFER))
    bye = rig.one_request(rig.order(HANG_UP))
    assert methods(rig.receive(make_response(invite, 200, body=SDP))) == ["ACK"]
    rig.receive(make_response(bye, 200))
    rig.pass_time(3 * LIFETIME_S)
    assert rig.reported(LegReofferAnswered) == []
    assert rig.leftovers() == (0, 0, 0)


@pytest.mark.parametrize("ends", ["we", "peer", "nobody"])
def test_a_peer_that_ponders_for_ever_is_asked_to_stop_and_forgotten(ends: str) -> None:
    rig = Talk()
    invite = rig.one_request(rig.order(REOFFER))
    rig.receive(make_response(invite, 180))
    if ends == "we":
        rig.receive(make_response(rig.one_request(rig.order(HANG_UP)), 200))
    if ends == "peer":
        rig.receive(rig.ask("BYE"))
    sent = rig.pass_time(2 * LIFETIME_S)
    cancel = next(m for m in sent if isinstance(m, Request) and m.method == "CANCEL")
    rig.receive(make_response(cancel, 200))
    rig.pass_time(3 * LIFETIME_S)
    assert len(rig.reported(LegEnded)) == 1
    assert rig.leftovers() == (0, 0, 0)


def test_a_cancelled_offer_is_a_refused_one() -> None:
    rig = Talk()
    invite = rig.one_request(rig.order(REOFFER))
    rig.receive(make_response(invite, 100))
    assert methods(rig.pass_time(2 * LIFETIME_S))[-1:] == ["CANCEL"]
    rig.receive(make_response(invite, 487))
    assert rig.events[-1] == LegReofferRefused(leg_id=LEG, status=487)
    assert rig.reported(LegEnded) == []


def test_hanging_up_drops_an_offer_that_waits() -> None:
    rig = Talk(acked=False)
    rig.order(REOFFER)
    assert rig.order(HANG_UP) == []
    assert methods(rig.receive(rig.ask("ACK", cseq=1))) == ["BYE"]


def test_a_bye_waits_for_the_ack_of_a_reoffer_we_took() -> None:
    rig = DialledTalk()
    rig.receive(rig.ask("INVITE", body=SDP))
    rig.order(AnswerReoffer(leg_id=LEG, sdp=OURS))
    assert rig.order(HANG_UP) == []
    assert methods(rig.receive(rig.ask("ACK"))) == ["BYE"]
    assert methods(rig.receive(rig.ask("ACK"))) == []


def test_a_broken_contact_in_the_answer_does_not_cost_the_ack() -> None:
    rig = Talk()
    invite = rig.one_request(rig.order(REOFFER))
    ok = make_response(invite, 200, body=SDP)
    ok.headers.set("contact", "<sip:")
    ack = rig.one_request(rig.receive(ok))
    assert ack.uri == "sip:phone@127.0.0.1:6000"


def test_answering_goes_on_while_an_update_of_ours_is_open() -> None:
    rig = Caller(require="100rel", allow=UPDATES)
    progress = rig.one_response(rig.hear(rig.order(RingLeg(leg_id=LEG, sdp=OURS))))
    rig.receive(rig.ask("PRACK", rack=f"{progress.headers.get('rseq')} 1 INVITE"))
    update = rig.one_request(rig.order(REOFFER))
    assert statuses(rig.order(AnswerLeg(leg_id=LEG, sdp=OURS))) == [200]
    rig.receive(rig.ask("ACK", cseq=1))
    rig.receive(make_response(update, 200, body=SDP))
    assert rig.events[-1] == LegReofferAnswered(leg_id=LEG, sdp=SDP)
