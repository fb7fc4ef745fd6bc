import gc

import pytest

from runtime.errors import UsageError
from switch.causes import Cause
from switch.sip.commands import DialStation, HangUpLeg
from switch.sip.events import LegAnswered, LegEnded, LegRinging
from switch.sip.hop import Hop
from switch.sip.legs.legs import Attempt
from switch.sip.messages.message import Message, Request
from switch.sip.transactions.client_transaction import ClientTransaction
from tests.helpers.sip_messages import SDP, make_request, make_response
from tests.helpers.sip_rig import LIFETIME_S, STATION, SipRig, methods, statuses

OURS = "v=0\r\n"


def dial(rig: SipRig) -> Request:
    """Dial the registered station; returns the INVITE."""
    rig.register()
    command = DialStation(leg_id="leg", station=STATION, caller_number="138", caller_name="Li, Na", sdp=OURS)
    return rig.one_request(rig.order(command))


def hang_up(rig: SipRig, cause: Cause = Cause.NORMAL_CLEARING) -> list[Message]:
    return rig.order(HangUpLeg(leg_id="leg", cause=cause))


def ended(rig: SipRig) -> tuple[Cause, int | None, bool]:
    """How the leg ended: cause, status and whether by the peer."""
    (event,) = rig.reported(LegEnded)
    return event.cause, event.sip_status, event.by_peer


def test_a_station_is_invited_at_its_contact_and_where_it_registered_from() -> None:
    rig = SipRig()
    behind_nat = Hop("udp", "192.0.2.7", 40000)
    rig.register(behind_nat, contact="<sip:agent@10.0.0.9:5062;line=2>")
    command = DialStation(leg_id="leg", station=STATION, caller_number="1+1", caller_name="李娜", sdp=OURS)
    invite = rig.one_request(rig.order(command))
    assert (invite.uri, rig.hops[-1]) == ("sip:agent@10.0.0.9:5062;line=2", behind_nat)
    assert (invite.headers.get("from") or "").startswith('"李娜" <sip:1+1@127.0.0.1>;tag=')
    assert invite.headers.get("to") == "<sip:1001@127.0.0.1>"
    assert (invite.headers.get("content-type"), invite.body) == ("application/sdp", OURS.encode())


def test_a_station_that_is_not_registered_ends_the_leg_at_once() -> None:
    rig = SipRig()
    rig.order(DialStation(leg_id="leg", station="nobody", caller_number="1", caller_name="", sdp=OURS))
    assert ended(rig) == (Cause.USER_NOT_REGISTERED, None, False)
    assert rig.messages == []


def test_a_leg_id_can_be_dialled_once() -> None:
    rig = SipRig()
    dial(rig)
    with pytest.raises(UsageError, match="in use"):
        rig.order(DialStation(leg_id="leg", station=STATION, caller_number="1", caller_name="", sdp=OURS))


def test_the_first_ringing_is_reported_and_no_other() -> None:
    rig = SipRig()
    invite = dial(rig)
    rig.receive(make_response(invite, 100))
    rig.receive(make_response(invite, 183, body=SDP))
    rig.receive(make_response(invite, 180))
    assert rig.reported(LegRinging) == [LegRinging(leg_id="leg", status=183, sdp=SDP)]


def test_an_answer_is_acked_at_its_contact_and_reported_once_but_acked_again() -> None:
    rig = SipRig()
    invite = dial(rig)
    ok = make_response(invite, 200, body=SDP, contact="<sip:agent@127.0.0.1:6002>")
    ack = rig.one_request(rig.receive(ok))
    assert (ack.method, ack.uri, ack.headers.get("cseq")) == ("ACK", "sip:agent@127.0.0.1:6002", "1 ACK")
    assert rig.hops[-1] == Hop("udp", "127.0.0.1", 6002)
    assert ack.headers.get("via") != invite.headers.get("via")
    assert rig.receive(ok) == [ack]
    (answered,) = rig.reported(LegAnswered)
    assert (answered.leg_id, answered.sdp) == ("leg", SDP)


def test_the_ack_goes_the_recorded_route_backwards() -> None:
    rig = SipRig()
    route = "<sip:far.example;lr>, <sip:127.0.0.1:7000;lr>"
    ack = rig.one_request(rig.receive(make_response(dial(rig), 200, body=SDP, record_route=route)))
    assert ack.headers.get_all("route") == ["<sip:127.0.0.1:7000;lr>", "<sip:far.example;lr>"]
    assert rig.hops[-1] == Hop("udp", "127.0.0.1", 7000)


def test_an_answer_without_sdp_uses_what_the_ringing_brought() -> None:
    rig = SipRig()
    invite = dial(rig)
    rig.receive(make_response(invite, 183, body=SDP))
    rig.receive(make_response(invite, 200))
    (answered,) = rig.reported(LegAnswered)
    assert (answered.leg_id, answered.sdp) == ("leg", SDP)


def test_an_answer_without_any_sdp_is_acked_and_ended() -> None:
    rig = SipRig()
    assert methods(rig.receive(make_response(dial(rig), 200))) == ["ACK", "BYE"]
    assert ended(rig) == (Cause.INCOMPATIBLE_DESTINATION, 200, False)


@pytest.mark.parametrize(
    ("status", "reason", "cause"),
    [
        (486, None, Cause.USER_BUSY),
        (480, None, Cause.NO_ANSWER),
        (603, None, Cause.CALL_REJECTED),
        (302, None, Cause.NORMAL_UNSPECIFIED),
        (480, "Q.850;cause=20", Cause.USER_NOT_REGISTERED),
        (480, "Q.850;cause=99", Cause.NO_ANSWER),
    ],
)
def test_a_refusal_ends_the_leg_with_its_reason_or_its_status(
    status: int, reason: str | None, cause: Cause
) -> None:
    rig = SipRig()
    headers = {"reason": reason} if reason else {}
    assert methods(rig.receive(make_response(dial(rig), status, **headers))) == ["ACK"]
    assert ended(rig) == (cause, status, True)
    rig.pass_time(LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)


def test_no_answer_at_all_ends_the_leg_after_64_t1() -> None:
    rig = SipRig()
    dial(rig)
    rig.pass_time(LIFETIME_S)
    assert ended(rig) == (Cause.NO_USER_RESPONSE, 408, False)
    assert rig.leftovers() == (0, 0, 0)


def test_a_station_that_rings_for_ever_is_cancelled_at_the_limit() -> None:
    rig = SipRig(dial_limit_s=60)
    invite = dial(rig)
    rig.receive(make_response(invite, 180))
    assert methods(rig.pass_time(59.9)) == []
    assert methods(rig.pass_time(0.2)) == ["CANCEL"]
    assert ended(rig) == (Cause.NO_ANSWER, None, False)


def test_hanging_up_while_it_rings_cancels() -> None:
    rig = SipRig()
    invite = dial(rig)
    rig.receive(make_response(invite, 180))
    cancel = rig.one_request(hang_up(rig, Cause.LOSE_RACE))
    assert cancel.headers.get("via") == invite.headers.get("via")
    assert cancel.headers.get("reason") == 'SIP;cause=200;text="Call completed elsewhere"'
    assert ended(rig) == (Cause.LOSE_RACE, None, False)
    rig.receive(make_response(cancel, 200))
    assert methods(rig.receive(make_response(invite, 487))) == ["ACK"]
    rig.pass_time(LIFETIME_S)
    assert len(rig.reported(LegEnded)) == 1
    assert rig.leftovers() == (0, 0, 0)


def test_hanging_up_before_anything_was_heard_cancels_with_the_first_answer() -> None:
    rig = SipRig()
    invite = dial(rig)
    assert hang_up(rig) == []
    assert methods(rig.receive(make_response(invite, 100))) == ["CANCEL"]
    assert methods(rig.receive(make_response(invite, 180))) == []
    assert rig.reported(LegRinging) == []


def test_hanging_up_before_anything_is_ever_heard_leaves_nothing_after_64_t1() -> None:
    rig = SipRig()
    dial(rig)
    hang_up(rig)
    rig.pass_time(LIFETIME_S)
    assert ended(rig) == (Cause.NORMAL_CLEARING, None, False)
    assert rig.leftovers() == (0, 0, 0)


def test_an_answer_that_crosses_the_cancel_is_acked_and_ended_by_bye() -> None:
    rig = SipRig()
    invite = dial(rig)
    rig.receive(make_response(invite, 180))
    hang_up(rig)
    ack, bye = rig.receive(make_response(invite, 200, body=SDP))
    assert methods([ack, bye]) == ["ACK", "BYE"]
    assert rig.reported(LegAnswered) == []
    assert isinstance(bye, Request)
    rig.receive(make_response(bye, 200))
    rig.pass_time(LIFETIME_S)
    assert len(rig.reported(LegEnded)) == 1
    assert rig.leftovers() == (0, 0, 0)


def test_an_answer_of_one_phone_that_crosses_the_cancel_ends_the_ringing_of_the_others_too() -> None:
    rig = SipRig()
    invite = dial(rig)
    rig.receive(make_response(invite, 180, tag="rings"))
    hang_up(rig)
    rig.receive(make_response(invite, 200, tag="answers", body=SDP))
    rig.pass_time(LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)


def test_a_cancelled_invite_that_never_ends_is_forgotten_after_64_t1() -> None:
    rig = SipRig()
    invite = dial(rig)
    rig.receive(make_response(invite, 180))
    hang_up(rig)
    rig.pass_time(LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)


def test_hanging_up_an_answered_leg_says_bye() -> None:
    rig = SipRig()
    rig.receive(make_response(dial(rig), 200, body=SDP))
    bye = rig.one_request(hang_up(rig))
    assert (bye.method, bye.headers.get("cseq")) == ("BYE", "2 BYE")
    assert rig.stack.open_dialogs == 1
    rig.receive(make_response(bye, 200))
    assert rig.stack.open_dialogs == 0


def test_a_bye_that_nobody_answers_is_forgotten() -> None:
    rig = SipRig()
    rig.receive(make_response(dial(rig), 200, body=SDP))
    hang_up(rig)
    assert len(methods(rig.pass_time(LIFETIME_S))) == 10
    assert rig.leftovers() == (0, 0, 0)


def test_of_several_phones_the_first_that_answers_gets_the_leg_and_the_others_a_bye() -> None:
    rig = SipRig()
    invite = dial(rig)
    for tag in ("one", "two"):
        rig.receive(make_response(invite, 180, tag=tag))
    assert rig.stack.open_dialogs == 2
    assert methods(rig.receive(make_response(invite, 200, tag="two", body=SDP))) == ["ACK"]
    assert rig.stack.open_dialogs == 1
    late = make_response(invite, 200, tag="one", body=SDP)
    ack, bye = rig.receive(late)
    assert methods([ack, bye]) == ["ACK", "BYE"]
    assert bye.headers.get("reason") == 'SIP;cause=200;text="Call completed elsewhere"'
    assert methods(rig.receive(late)) == ["ACK"]
    assert len(rig.reported(LegAnswered)) == 1
    assert rig.reported(LegEnded) == []
    assert isinstance(bye, Request)
    rig.receive(make_response(bye, 200))
    final_bye = rig.one_request(hang_up(rig))
    assert (final_bye.headers.get("to") or "").endswith(";tag=two")
    rig.receive(make_response(final_bye, 200))
    rig.pass_time(LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)


def test_a_phone_that_answers_when_the_call_is_over_is_acked_and_gets_a_bye_in_its_own_dialog() -> None:
    rig = SipRig()
    invite = dial(rig)
    rig.receive(make_response(invite, 200, tag="first", body=SDP), Hop("udp", "192.0.2.1", 5060))
    rig.receive(make_response(rig.one_request(hang_up(rig)), 200))
    late = make_response(invite, 200, tag="late", body=SDP)
    ack, bye = rig.receive(late)
    assert isinstance(bye, Request)
    assert methods([ack, bye]) == ["ACK", "BYE"]
    for name in ("call-id", "from"):
        assert bye.headers.get(name) == invite.headers.get(name)
    assert (bye.headers.get("to"), bye.headers.get("cseq")) == (late.headers.get("to"), "2 BYE")
    assert (bye.headers.get("session-id") or "")[:32] == (invite.headers.get("session-id") or "")[:32]
    assert (bye.uri, rig.stack.open_dialogs) == ((late.headers.get("contact") or "")[1:-1], 1)
    assert methods(rig.receive(late)) == ["ACK"]
    rig.receive(make_response(bye, 200))
    rig.pass_time(2 * LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)


@pytest.mark.parametrize("status", [200, 486])
def test_of_an_answered_invite_nothing_is_left_even_for_the_garbage_collector(
    status: int,
) -> None:
    gc.collect()
    gc.disable()
    rig = SipRig()
    invite = dial(rig)
    rig.receive(make_response(invite, 180, body=SDP))
    rig.receive(make_response(invite, status, body=SDP))
    kept = [one for one in gc.get_objects() if isinstance(one, Attempt | ClientTransaction)]
    gc.enable()
    assert kept == []


def test_a_phone_that_hangs_up_an_early_dialog_leaves_the_leg_to_the_others() -> None:
    rig = SipRig()
    invite = dial(rig)
    ringing = make_response(invite, 180)
    rig.receive(ringing)
    bye = make_request(
        "BYE",
        caller=ringing.headers.get("to") or "",
        called=invite.headers.get("from") or "",
        sip_call_id=invite.headers.get("call-id") or "",
    )
    assert statuses(rig.receive(bye)) == [200]
    assert rig.reported(LegEnded) == []
    rig.receive(make_response(invite, 200, tag="another", body=SDP))
    assert len(rig.reported(LegAnswered)) == 1


def test_an_answer_that_cannot_be_read_counts_as_none_and_leaves_nothing() -> None:
    rig = SipRig()
    assert rig.receive(make_response(dial(rig), 200, body=SDP, contact="<sip:")) == []
    assert rig.stack.counters.rejected == 1
    rig.pass_time(0)
    assert ended(rig) == (Cause.NO_USER_RESPONSE, 408, False)
    rig.pass_time(2 * LIFETIME_S)
    assert rig.leftovers() == (0, 0, 0)


def test_a_station_that_cannot_be_reached_ends_the_leg_at_once() -> None:
    rig = SipRig()
    dial(rig)
    rig.send_failed()
    assert ended(rig) == (Cause.DESTINATION_OUT_OF_ORDER, 503, False)
    assert rig.leftovers()[0] == 0
