"""Races between the branches of one leg, and what is told of each."""

import pytest

from runtime.errors import UsageError
from switch.causes import Cause
from switch.sip.commands import DialLeg, DialStation, HangUpLeg
from switch.sip.events import (
    BranchFailed,
    BranchTried,
    LegAnswered,
    LegEnded,
    LegRinging,
)
from switch.sip.hop import Hop
from switch.sip.legs.branches import Forking
from switch.sip.messages.message import Request
from tests.helpers.sip_branches import OURS, Phone, branch, dial, phones_of
from tests.helpers.sip_messages import SDP
from tests.helpers.sip_rig import LIFETIME_S, STATION, SipRig, methods

ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere"'
ONE, TWO, THREE = branch("one", 7001), branch("two", 7002), branch("three", 7003)
SERIAL = Forking.SERIAL


def two_phones(rig: SipRig) -> tuple[Phone, Phone]:
    phones = dial(rig, ONE, TWO)
    return phones["one"], phones["two"]


def ended(rig: SipRig) -> tuple[Cause, int | None]:
    (event,) = rig.reported(LegEnded)
    return event.cause, event.sip_status


def failed(rig: SipRig) -> list[tuple[str, int]]:
    return [(event.branch, event.status) for event in rig.reported(BranchFailed)]


def nothing_is_left(rig: SipRig) -> bool:
    rig.pass_time(2 * LIFETIME_S)
    return rig.leftovers() == (0, 0, 0) and rig.stack.next_deadline() is None


def hang_up(rig: SipRig, cause: Cause = Cause.NORMAL_CLEARING) -> list[str]:
    return methods(rig.order(HangUpLeg(leg_id="leg", cause=cause)))


# -- together ------------------------------------------------------------------------------------------


def test_all_contacts_of_a_station_ring_at_once() -> None:
    rig = SipRig()
    desk, mobile = Hop("udp", "127.0.0.1", 6001), Hop("udp", "127.0.0.1", 6002)
    rig.register(desk, contact="<sip:desk@127.0.0.1:6001>")
    rig.register(mobile, contact="<sip:mobile@127.0.0.1:6002>")
    command = DialStation(leg_id="leg", station=STATION, caller_number="1", caller_name="", sdp=OURS)
    phones = phones_of(rig, rig.order(command))
    assert {name: phone.hop for name, phone in phones.items()} == {"desk": desk, "mobile": mobile}
    assert rig.reported(BranchTried) == []
    phones["desk"].answers(180)
    assert methods(phones["mobile"].answers(200)) == ["ACK", "CANCEL"]
    assert len(rig.reported(LegAnswered)) == 1


FLOWS = [Hop("udp", "127.0.0.1", port) for port in (6001, 6002, 6003)]


def phone_with_flows(rig: SipRig) -> Phone:
    """A phone that keeps three flows to us is called; returns it at the flow that is tried first."""
    for reg_id, hop in enumerate(FLOWS, 1):
        name = f'<sip:flow{reg_id}@127.0.0.1:{hop.port}>;+sip.instance="<urn:uuid:1>";reg-id={reg_id}'
        rig.register(hop, contact=name, supported="outbound")
    order = DialStation(leg_id="leg", station=STATION, caller_number="1", caller_name="", sdp=OURS)
    (phone,) = phones_of(rig, rig.order(order)).values()
    return phone


def test_a_phone_with_several_flows_is_called_by_the_next_only_when_one_is_broken() -> None:
    rig = SipRig(attempt_timeout_s=4)
    newest = phone_with_flows(rig)
    assert newest.hop == FLOWS[2]
    (second,) = phones_of(rig, newest.answers(430)).values()
    assert second.hop == FLOWS[1]
    (oldest,) = phones_of(rig, [m for m in rig.pass_time(4) if "flow1@" in getattr(m, "uri", "")]).values()
    oldest.answers(180)
    assert len(rig.reported(LegRinging)) == 1
    assert rig.reported(LegEnded) == []
    oldest.answers(430)
    assert [ended.sip_status for ended in rig.reported(LegEnded)] == [430]


@pytest.mark.parametrize("status", [486, 503, 603])
def test_a_phone_that_has_answered_by_one_flow_is_called_by_no_other(status: int) -> None:
    rig = SipRig()
    assert methods(phone_with_flows(rig).answers(status)) == ["ACK"]
    assert [ended.sip_status for ended in rig.reported(LegEnded)] == [status]


def test_each_branch_has_a_call_id_and_a_tag_of_its_own_which_name_no_address_of_ours() -> None:
    rig = SipRig()
    invites = [phone.invite for phone in two_phones(rig)]
    for name in ("call-id", "from"):
        assert len({invite.headers.get(name) for invite in invites}) == 2
    assert not any("127.0.0.1" in (invite.headers.get("call-id") or "") for invite in invites)


def test_named_branches_are_told_of() -> None:
    rig = SipRig()
    one, two = two_phones(rig)
    assert [event.branch for event in rig.reported(BranchTried)] == ["one", "two"]
    one.answers(486)
    two.answers(200)
    assert failed(rig) == [("one", 486)]
    (answered,) = rig.reported(LegAnswered)
    assert (answered.leg_id, answered.sdp, answered.branch) == ("leg", SDP, "two")


def test_the_first_answer_wins_and_the_others_are_cancelled_with_the_reason() -> None:
    rig = SipRig()
    one, two = two_phones(rig)
    one.answers(180)
    two.answers(180)
    ack, cancel = one.answers(200)
    assert methods([ack, cancel]) == ["ACK", "CANCEL"]
    assert cancel.headers.get("reason") == ELSEWHERE
    assert rig.hops[-1] == two.hop
    assert failed(rig) == [("two", 487)]
    two.confirms(cancel)
    assert methods(two.answers(487)) == ["ACK"]
    assert rig.reported(LegEnded) == []
    assert hang_up(rig) == ["BYE"]
    one.confirms(rig.messages[-1])
    assert nothing_is_left(rig)


def test_a_branch_that_has_said_nothing_is_cancelled_with_its_first_word() -> None:
    rig = SipRig()
    one, two = two_phones(rig)
    assert methods(one.answers(200)) == ["ACK"]
    assert methods(two.answers(100)) == ["CANCEL"]
    assert methods(two.answers(180)) == []


def test_of_two_answers_the_second_is_acked_and_ended() -> None:
    rig = SipRig()
    one, two = two_phones(rig)
    one.answers(200)
    ack, bye = two.answers(200)
    assert methods([ack, bye]) == ["ACK", "BYE"]
    assert bye.headers.get("reason") == ELSEWHERE
    assert [event.branch for event in rig.reported(LegAnswered)] == ["one"]
    assert methods(two.answers(200)) == ["ACK"]
    two.confirms(bye)
    hang_up(rig)
    one.confirms(rig.messages[-1])
    assert nothing_is_left(rig)


def test_an_answer_that_crosses_its_cancel_is_acked_and_ended() -> None:
    rig = SipRig()
    one, two = two_phones(rig)
    two.answers(180)
    cancel = one.answers(200)[-1]
    ack, bye = two.answers(200)
    assert methods([ack, bye]) == ["ACK", "BYE"]
    two.confirms(cancel)
    two.confirms(bye)
    hang_up(rig)
    one.confirms(rig.messages[-1])
    assert len(rig.reported(LegEnded)) == 1
    assert nothing_is_left(rig)


def test_a_global_failure_ends_all() -> None:
    rig = SipRig()
    one, two = two_phones(rig)
    two.answers(180)
    assert methods(one.answers(603)) == ["ACK", "CANCEL"]
    assert ended(rig) == (Cause.CALL_REJECTED, 603)
    assert methods(two.answers(200)) == ["ACK", "BYE"]
    assert rig.reported(LegAnswered) == []


def test_one_busy_phone_leaves_the_ringing_to_the_other() -> None:
    rig = SipRig()
    one, two = two_phones(rig)
    assert methods(one.answers(486)) == ["ACK"]
    assert rig.reported(LegEnded) == []
    assert methods(two.answers(200)) == ["ACK"]


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        (486, 486, (Cause.USER_BUSY, 486)),
        (503, 486, (Cause.USER_BUSY, 486)),
        (486, 503, (Cause.USER_BUSY, 486)),
        (480, 408, (Cause.NO_ANSWER, 480)),
        (486, 603, (Cause.CALL_REJECTED, 603)),
    ],
)
def test_when_all_fail_the_leg_ends_with_what_tells_most(
    first: int, second: int, outcome: tuple[Cause, int]
) -> None:
    rig = SipRig()
    one, two = two_phones(rig)
    one.answers(first)
    two.answers(second)
    assert ended(rig) == outcome
    assert failed(rig) == [("one", first), ("two", second)]
    assert nothing_is_left(rig)


def test_hanging_up_cancels_every_branch() -> None:
    rig = SipRig()
    one, two = two_phones(rig)
    one.answers(180)
    two.answers(180)
    assert hang_up(rig) == ["CANCEL", "CANCEL"]
    assert methods(one.answers(200)) == ["ACK", "BYE"]
    assert methods(two.answers(487)) == ["ACK"]
    assert ended(rig) == (Cause.NORMAL_CLEARING, None)
    one.confirms(rig.messages[-2])
    assert nothing_is_left(rig)


def test_the_limit_of_the_order_ends_all_branches() -> None:
    rig = SipRig()
    dial(rig, ONE, TWO, dial_limit_s=20)["one"].answers(180)
    assert methods(rig.pass_time(21))[-1] == "CANCEL"
    assert ended(rig) == (Cause.NO_ANSWER, None)
    assert nothing_is_left(rig)


def test_more_phones_behind_one_branch_than_anybody_has_are_not_heard() -> None:
    rig = SipRig()
    phone = dial(rig, ONE)["one"]
    for number in range(100):
        phone.answers(180, tag=f"tag{number}")
    assert rig.stack.open_dialogs == 16
    assert phone.answers(200, tag="one-too-many") == []
    assert methods(phone.answers(200, tag="tag3")) == ["ACK"]


def test_an_answer_of_a_second_phone_that_cannot_be_read_harms_no_call() -> None:
    rig = SipRig()
    phone = dial(rig, ONE)["one"]
    phone.answers(200, tag="first")
    assert phone.answers(200, tag="second", contact="<sip:") == []
    rig.pass_time(1)
    assert rig.reported(LegEnded) == []
    assert hang_up(rig) == ["BYE"]


def test_a_leg_without_branches_cannot_be_dialled() -> None:
    with pytest.raises(UsageError, match="at least one"):
        SipRig().order(DialLeg(leg_id="leg", branches=(), sdp=OURS))


# -- in turn -------------------------------------------------------------------------------------------


def test_in_turn_only_the_first_branch_is_tried_at_first() -> None:
    rig = SipRig()
    assert list(dial(rig, ONE, TWO, forking=SERIAL)) == ["one"]


@pytest.mark.parametrize("status", [408, 491, 500, 503])
def test_a_way_that_fails_gives_way_to_the_next_and_the_leg_goes_on(status: int) -> None:
    rig = SipRig()
    one = dial(rig, ONE, TWO, forking=SERIAL)["one"]
    two = phones_of(rig, one.answers(status, retry_after="30")[1:])["two"]
    assert rig.reported(BranchFailed) == [
        BranchFailed(leg_id="leg", branch="one", status=status, retry_after_s=30)
    ]
    two.answers(180)
    two.answers(200)
    (answered,) = rig.reported(LegAnswered)
    assert (answered.leg_id, answered.sdp, answered.branch) == ("leg", SDP, "two")
    assert rig.reported(LegEnded) == []


@pytest.mark.parametrize("status", [302, 404, 486, 600, 603])
def test_a_refusal_by_the_party_ends_the_leg(status: int) -> None:
    rig = SipRig()
    assert methods(dial(rig, ONE, TWO, forking=SERIAL)["one"].answers(status)) == ["ACK"]
    assert ended(rig)[1] == status
    assert nothing_is_left(rig)


@pytest.mark.parametrize("status", [404, 603])
def test_a_listed_status_gives_way_too(status: int) -> None:
    rig = SipRig()
    one = dial(rig, ONE, TWO, forking=SERIAL, failover_statuses=frozenset({404, 603}))["one"]
    assert methods(one.answers(status)) == ["ACK", "INVITE"]
    assert rig.reported(LegEnded) == []


def test_a_branch_that_cannot_be_sent_gives_way() -> None:
    rig = SipRig()
    dial(rig, ONE, TWO, forking=SERIAL)
    assert list(phones_of(rig, rig.send_failed())) == ["two"]
    assert failed(rig) == [("one", 503)]


def test_a_silent_branch_gives_way_and_is_cancelled_when_it_speaks_up_late() -> None:
    rig = SipRig()
    one = dial(rig, ONE, TWO, forking=SERIAL, attempt_timeout_s=2)["one"]
    sent = rig.pass_time(2)
    assert sent[-1].uri == TWO.uri if isinstance(sent[-1], Request) else False
    assert failed(rig) == [("one", 408)]
    assert methods(one.answers(180)) == ["CANCEL"]
    assert methods(one.answers(487)) == ["ACK"]
    assert failed(rig) == [("one", 408)]
    assert rig.reported(LegRinging) == []


def test_a_silent_branch_that_answers_late_is_hung_up() -> None:
    rig = SipRig()
    one = dial(rig, ONE, TWO, forking=SERIAL, attempt_timeout_s=2)["one"]
    rig.pass_time(2)
    assert methods(one.answers(200)) == ["ACK", "BYE"]
    assert rig.reported(LegAnswered) == []


def test_a_branch_that_has_said_anything_may_ring_as_long_as_it_likes() -> None:
    rig = SipRig()
    one = dial(rig, ONE, TWO, forking=SERIAL, attempt_timeout_s=2)["one"]
    one.answers(100)
    assert methods(rig.pass_time(60)) == []


def test_a_branch_may_have_statuses_and_a_patience_of_its_own() -> None:
    rig = SipRig()
    own = branch("one", 7001, failover_statuses=frozenset({404}), attempt_timeout_s=9)
    one = dial(rig, own, TWO, THREE, forking=SERIAL, attempt_timeout_s=2)["one"]
    assert methods(rig.pass_time(2.1)) == ["INVITE", "INVITE"]  # repeated to the same
    assert failed(rig) == []
    two = phones_of(rig, one.answers(404))["two"]
    two.answers(404)
    assert ended(rig)[1] == 404


def test_a_branch_that_is_held_back_is_passed_over() -> None:
    rig = SipRig(held_back={"two"})
    one = dial(rig, ONE, TWO, THREE, forking=SERIAL)["one"]
    assert list(phones_of(rig, one.answers(503))) == ["three"]
    assert [event.branch for event in rig.reported(BranchTried)] == ["one", "three"]
    assert failed(rig) == [("one", 503)]


def test_when_all_that_is_left_is_held_back_the_leg_ends_as_the_last_branch_did() -> None:
    rig = SipRig(held_back={"two", "three"})
    one = dial(rig, ONE, TWO, THREE, forking=SERIAL)["one"]
    assert methods(one.answers(503)) == ["ACK"]
    assert ended(rig)[1] == 503
    assert nothing_is_left(rig)


def test_without_an_order_a_silent_branch_gives_way_as_configured_but_the_last_has_all_its_time() -> None:
    rig = SipRig(attempt_timeout_s=3)
    dial(rig, ONE, TWO, forking=SERIAL)
    rig.pass_time(3)
    assert failed(rig) == [("one", 408)]
    rig.pass_time(LIFETIME_S - 1)
    assert rig.reported(LegEnded) == []
    rig.pass_time(1)
    assert ended(rig) == (Cause.NO_USER_RESPONSE, 408)
    assert nothing_is_left(rig)


def test_when_all_ways_fail_the_leg_ends_once_with_what_tells_most() -> None:
    rig = SipRig()
    phones = dial(rig, ONE, TWO, THREE, forking=SERIAL)
    phones |= phones_of(rig, phones["one"].answers(503)[1:])
    phones |= phones_of(rig, phones["two"].answers(500)[1:])
    phones["three"].answers(503)
    assert failed(rig) == [("one", 503), ("two", 500), ("three", 503)]
    assert ended(rig) == (Cause.NORMAL_TEMPORARY_FAILURE, 503)
    assert nothing_is_left(rig)


def test_hanging_up_between_two_ways_tries_no_further() -> None:
    rig = SipRig()
    one = dial(rig, ONE, TWO, forking=SERIAL)["one"]
    one.answers(180)
    assert hang_up(rig) == ["CANCEL"]
    assert methods(one.answers(503)) == ["ACK"]
    assert nothing_is_left(rig)


def test_ringing_is_told_again_when_the_way_that_was_heard_fails() -> None:
    rig = SipRig()
    one = dial(rig, ONE, TWO, forking=SERIAL)["one"]
    one.answers(183, body=SDP)
    two = phones_of(rig, one.answers(503)[1:])["two"]
    two.answers(180)
    told = [(event.status, event.sdp) for event in rig.reported(LegRinging)]
    assert told == [(183, SDP), (180, None)]


# -- early media ---------------------------------------------------------------------------------------


def test_early_media_is_told_once_after_plain_ringing() -> None:
    rig = SipRig()
    one, two = two_phones(rig)
    one.answers(180)
    one.answers(183, body=SDP)
    one.answers(183, body=SDP)
    two.answers(183, body="v=0\r\nanother")
    told = [(event.status, event.sdp) for event in rig.reported(LegRinging)]
    assert told == [(180, None), (183, SDP)]


def test_a_phone_that_plays_on_is_heard_when_the_one_that_was_heard_has_gone() -> None:
    rig = SipRig()
    phones = dial(rig, branch("one"), branch("two", 7001))
    phones["one"].answers(183, body=SDP)
    phones["two"].answers(183, body=SDP.replace("4000", "4002"))
    phones["one"].answers(486)
    assert [event.sdp for event in rig.reported(LegRinging)] == [SDP, SDP.replace("4000", "4002")]
    phones["two"].answers(486)
    assert len(rig.reported(LegRinging)) == 2
