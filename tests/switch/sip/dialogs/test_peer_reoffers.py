from typing import Any

import pytest

from switch.causes import Cause
from switch.sip.commands import (
    AnswerLeg,
    AnswerReoffer,
    DialLeg,
    DialStation,
    HangUpLeg,
    ReofferLeg,
    RingLeg,
)
from switch.sip.events import LegAnswered, LegConfirmed, LegReoffered, LegRinging
from switch.sip.legs.branches import Branch
from switch.sip.messages.message import Request
from tests.helpers.sip_messages import PHONE, SDP, make_request, make_response
from tests.helpers.sip_rig import LIFETIME_S, STATION, SipRig, methods, statuses
from tests.helpers.sip_talk import LEG, OURS, Caller, DialledTalk, Talk

TAKE = AnswerReoffer(leg_id=LEG, sdp=OURS)
MIXED = f"--b\r\nContent-Type: application/sdp\r\n\r\n{SDP}\r\n--b--"


def ringing_reliably(*, pracked: bool = True) -> Caller:
    rig = Caller(require="100rel")
    progress = rig.one_response(rig.hear(rig.order(RingLeg(leg_id=LEG, sdp=OURS))))
    if pracked:
        rig.receive(rig.ask("PRACK", rack=f"{progress.headers.get('rseq')} 1 INVITE"))
    return rig


@pytest.mark.parametrize("talk", [Talk, DialledTalk])
def test_an_update_with_an_offer_is_reported_and_answered_without_ack(talk: type[Talk | DialledTalk]) -> None:
    rig = talk()
    assert rig.receive(rig.ask("UPDATE", body=SDP)) == []
    assert rig.events[-1] == LegReoffered(leg_id=LEG, sdp=SDP)
    confirmed = len(rig.reported(LegConfirmed))
    ok = rig.one_response(rig.order(TAKE))
    assert (ok.status, ok.body) == (200, OURS.encode())
    assert {"contact", "allow"} <= {name for name, _ in ok.headers.items()}
    assert rig.pass_time(LIFETIME_S) == []
    assert len(rig.reported(LegConfirmed)) == confirmed


def test_a_bare_update_moves_the_peer() -> None:
    rig = Talk()
    moved = rig.ask("UPDATE", contact="<sip:moved@127.0.0.1:6100>")
    assert statuses(rig.receive(moved)) == [200]
    assert rig.reported(LegReoffered) == []
    bye = rig.one_request(rig.order(HangUpLeg(leg_id=LEG, cause=Cause.NORMAL_CLEARING)))
    assert (bye.uri, rig.hops[-1].port) == ("sip:moved@127.0.0.1:6100", 6100)


def test_a_refused_update_changes_nothing() -> None:
    rig = Talk()
    rig.receive(rig.ask("UPDATE", body=SDP, contact="<sip:moved@127.0.0.1:6100>"))
    assert statuses(rig.order(AnswerReoffer(leg_id=LEG, sdp=None))) == [488]
    bye = rig.one_request(rig.order(HangUpLeg(leg_id=LEG, cause=Cause.NORMAL_CLEARING)))
    assert bye.uri == "sip:phone@127.0.0.1:6000"


@pytest.mark.parametrize("first", ["INVITE", "UPDATE"])
def test_an_update_while_another_offer_waits_is_put_off(first: str) -> None:
    rig = Talk()
    rig.receive(rig.ask(first, body=SDP))
    refusal = rig.one_response(rig.receive(rig.ask("UPDATE", cseq=3, body=SDP)))
    assert refusal.status == 500
    assert 0 <= int(refusal.headers.get("retry-after") or "") <= 10


def test_a_bare_update_may_come_while_an_offer_waits() -> None:
    rig = Talk()
    rig.receive(rig.ask("INVITE", body=SDP))
    assert statuses(rig.receive(rig.ask("UPDATE", cseq=3))) == [200]


def test_an_update_may_overtake_the_ack_of_an_answer_but_not_of_an_offer() -> None:
    answered = Talk(acked=False)
    assert answered.receive(answered.ask("UPDATE", body=SDP)) == []
    offered = Talk(acked=False, body="")
    assert statuses(offered.receive(offered.ask("UPDATE", body=SDP))) == [491]


def test_an_early_update_needs_a_reliable_answer_to_the_first_offer() -> None:
    unreliable = Caller()
    unreliable.hear(unreliable.order(RingLeg(leg_id=LEG, sdp=OURS)))
    assert statuses(unreliable.receive(unreliable.ask("UPDATE", body=SDP))) == [500]
    hasty = ringing_reliably(pracked=False)
    assert statuses(hasty.receive(hasty.ask("UPDATE", body=SDP))) == [500]
    rig = ringing_reliably()
    assert rig.receive(rig.ask("UPDATE", cseq=3, body=SDP)) == []
    assert statuses(rig.order(TAKE)) == [200]


def test_an_answer_waits_until_an_early_update_is_answered() -> None:
    rig = ringing_reliably()
    rig.receive(rig.ask("UPDATE", cseq=3, body=SDP))
    assert rig.order(AnswerLeg(leg_id=LEG, sdp=OURS)) == []
    update, invite = rig.order(TAKE)
    assert [m.headers.get("cseq") for m in (update, invite)] == ["3 UPDATE", "1 INVITE"]


def test_a_refused_call_answers_an_early_update_that_waits() -> None:
    rig = ringing_reliably()
    rig.receive(rig.ask("UPDATE", cseq=3, body=SDP))
    assert statuses(rig.order(HangUpLeg(leg_id=LEG, cause=Cause.USER_BUSY))) == [487, 486]
    rig.pass_time(2 * LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)


def test_a_bye_answers_an_update_that_waits() -> None:
    rig = Talk()
    rig.receive(rig.ask("UPDATE", body=SDP))
    assert statuses(rig.receive(rig.ask("BYE", cseq=3))) == [200, 487]


def test_an_update_after_our_bye_gets_481() -> None:
    rig = Talk()
    rig.order(HangUpLeg(leg_id=LEG, cause=Cause.NORMAL_CLEARING))
    assert statuses(rig.receive(rig.ask("UPDATE"))) == [481]


def test_an_update_outside_a_dialog_gets_481() -> None:
    assert statuses(SipRig().receive(make_request("UPDATE"))) == [481]


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content_type": "text/plain"}, 415),
        ({"require": "precondition"}, 420),
        ({"contact": "<sip:"}, 400),
        ({"supported": "timer", "session_expires": "10"}, 422),
        ({"session_expires": "soon"}, 400),
    ],
)
def test_a_reoffer_we_cannot_take_is_refused(method: str, headers: dict[str, Any], status: int) -> None:
    rig = Talk()
    assert statuses(rig.receive(rig.ask(method, body=SDP, **headers))) == [status]
    assert rig.reported(LegReoffered) == []


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
def test_an_offer_may_be_one_part_of_several(method: str) -> None:
    rig = Talk()
    rig.receive(rig.ask(method, body=MIXED, content_type="multipart/mixed;boundary=b"))
    assert rig.events[-1].sdp.strip() == SDP.strip()


class EarlyPhone(SipRig):
    """A phone that was dialled, and rings with a session that it answered reliably."""

    def __init__(self, *, reliable: bool = True) -> None:
        super().__init__()
        self.register()
        command = DialStation(leg_id=LEG, station=STATION, caller_number="1", caller_name="", sdp=OURS)
        self.invite = self.one_request(self.order(command))
        self.receive(self.progress("one", reliable=reliable))

    def progress(self, tag: str, *, reliable: bool) -> Any:
        headers = {"require": "100rel", "rseq": "5"} if reliable else {}
        return make_response(self.invite, 183, tag=tag, body=SDP, **headers)

    def update(self, body: str) -> Request:
        headers = self.invite.headers
        return make_request(
            "UPDATE",
            caller=f"{headers.get('to')};tag=one",
            called=headers.get("from") or "",
            sip_call_id=headers.get("call-id") or "",
            body=body,
        )


def test_a_ringing_phone_may_change_what_it_answered_reliably() -> None:
    rig = EarlyPhone()
    assert rig.reported(LegRinging)[-1].sdp == SDP
    changed = SDP.replace("4000", "4002")
    assert rig.receive(rig.update(changed)) == []
    assert rig.events[-1] == LegReoffered(leg_id=LEG, sdp=changed)
    assert statuses(rig.order(TAKE)) == [200]
    rig.receive(make_response(rig.invite, 200, tag="one"))
    assert rig.reported(LegAnswered)[-1].sdp == changed


def test_a_ringing_phone_whose_change_was_refused_has_what_it_answered_before() -> None:
    rig = EarlyPhone()
    rig.receive(rig.update(SDP.replace("4000", "4002")))
    assert statuses(rig.order(AnswerReoffer(leg_id=LEG, sdp=None))) == [488]
    rig.receive(make_response(rig.invite, 200, tag="one"))
    assert rig.reported(LegAnswered)[-1].sdp == SDP


def test_a_phone_that_is_lifted_before_its_change_is_decided_means_the_change() -> None:
    rig = EarlyPhone()
    changed = SDP.replace("4000", "4002")
    rig.receive(rig.update(changed))
    rig.receive(make_response(rig.invite, 200, tag="one"))
    assert rig.reported(LegAnswered)[-1].sdp == changed
    assert statuses(rig.order(TAKE)) == [200]


def test_a_ringing_phone_that_answered_unreliably_must_wait() -> None:
    rig = EarlyPhone(reliable=False)
    assert statuses(rig.receive(rig.update(SDP))) == [491]
    assert len(rig.reported(LegReoffered)) == 0


def test_one_of_two_ringing_phones_must_wait() -> None:
    rig = EarlyPhone()
    rig.receive(rig.progress("two", reliable=True))
    assert statuses(rig.receive(rig.update(SDP))) == [491]


def test_the_winner_of_a_race_is_not_changed_by_an_update_before_it() -> None:
    rig = EarlyPhone()
    rig.receive(rig.update(SDP))
    rig.receive(make_response(rig.invite, 200, tag="one"))
    assert statuses(rig.order(TAKE)) == [200]
    assert methods(rig.order(HangUpLeg(leg_id=LEG, cause=Cause.NORMAL_CLEARING))) == ["BYE"]


def test_a_leg_that_is_given_up_answers_an_early_update_that_waits() -> None:
    rig = EarlyPhone()
    rig.receive(rig.update(SDP))
    sent = rig.order(HangUpLeg(leg_id=LEG, cause=Cause.USER_BUSY))
    assert (statuses(sent), methods(sent)) == ([487], ["CANCEL"])


def test_our_contact_stays_in_a_dialog_as_our_invite_named_it() -> None:
    rig = SipRig()
    branch = Branch(
        uri="sip:b@127.0.0.1:6000", hop=PHONE, caller="<sip:a@a>", called="<sip:b@b>", contact_user="line1"
    )
    invite = rig.one_request(rig.order(DialLeg(leg_id=LEG, branches=(branch,), sdp=OURS)))
    ok = make_response(invite, 200, body=SDP)
    rig.receive(ok)
    ours = rig.one_request(rig.order(ReofferLeg(leg_id=LEG, sdp=OURS)))
    rig.receive(make_response(ours, 200, body=SDP))
    theirs = make_request(
        "UPDATE",
        caller=ok.headers.get("to") or "",
        called=invite.headers.get("from") or "",
        sip_call_id=invite.headers.get("call-id") or "",
    )
    named = {message.headers.get("contact") for message in (invite, ours, *rig.receive(theirs))}
    assert named == {"<sip:line1@127.0.0.1:5060>"}
