import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.ids import SeededIds
from switch.causes import Cause
from switch.sip.commands import AnswerLeg, DialStation, HangUpLeg, RingLeg
from switch.sip.events import LegArrived
from switch.sip.headers.session_id import NIL, SessionId, Sessions, read_session_id
from switch.sip.messages.message import Headers, Message, Request
from tests.helpers.sip_messages import SDP, make_request, make_response
from tests.helpers.sip_rig import STATION, SipRig

CALLER, PHONE_UUID = "a" * 32, "b" * 32
uuids = st.text(alphabet="0123456789abcdef", min_size=32, max_size=32)


def told(message: Message) -> SessionId:
    found = read_session_id(message.headers)
    assert found is not None
    return found


@given(st.builds(SessionId, uuids, st.none() | uuids))
def test_what_is_written_is_read_back(value: SessionId) -> None:
    assert read_session_id(Headers({"session-id": [str(value)]})) == value


@pytest.mark.parametrize("text", ["", "x", "a" * 31, "a" * 33, f"{CALLER};remote=1;", "é" * 32])
def test_what_is_no_session_id_counts_as_none(text: str) -> None:
    assert read_session_id(Headers({"session-id": [text]})) in (None, SessionId(CALLER))


def test_further_parameters_are_no_hindrance() -> None:
    value = f"{CALLER.upper()} ; remote = {PHONE_UUID};logme"
    assert read_session_id(Headers({"session-id": [value]})) == SessionId(CALLER, PHONE_UUID)


def test_both_legs_of_a_call_carry_the_same_pair() -> None:
    rig = SipRig()
    rig.register()
    trying = rig.hear_out(make_request("INVITE", body=SDP, session_id=f"{CALLER};remote={NIL}"))
    (arrived,) = rig.reported(LegArrived)
    assert arrived.session_id == CALLER
    ringing = told(rig.order(RingLeg(leg_id=arrived.leg_id))[0])
    assert told(trying[0]) == ringing
    ours = ringing.local
    invite = rig.one_request(
        rig.order(
            DialStation(
                leg_id="agent",
                station=STATION,
                caller_number="1",
                caller_name="",
                sdp=SDP,
                session_id=arrived.session_id,
            )
        )
    )
    assert told(invite) == SessionId(CALLER, ours)
    answer = make_response(invite, 200, body=SDP, session_id=f"{PHONE_UUID};remote={CALLER}")
    assert told(rig.receive(answer)[0]) == SessionId(CALLER, PHONE_UUID)
    ok = rig.order(AnswerLeg(leg_id=arrived.leg_id, sdp=SDP))[0]
    assert told(ok) == SessionId(PHONE_UUID, CALLER)
    (bye,) = rig.order(HangUpLeg(leg_id="agent", cause=Cause.NORMAL_CLEARING))
    assert told(bye) == SessionId(CALLER, PHONE_UUID)


@pytest.mark.parametrize(
    ("arrives_with", "goes_on_with"), [("70", "69"), ("12", "11"), ("1", "0"), ("255", "70"), ([], "70")]
)
def test_a_call_that_is_passed_on_may_go_one_hop_less_far(
    arrives_with: str | list[str], goes_on_with: str
) -> None:
    rig = SipRig()
    rig.register()
    rig.receive(make_request("INVITE", body=SDP, max_forwards=arrives_with))
    (arrived,) = rig.reported(LegArrived)
    dialled = DialStation(
        leg_id="agent",
        station=STATION,
        caller_number="1",
        caller_name="",
        sdp=SDP,
        session_id=arrived.session_id,
    )
    invite = rig.one_request(rig.order(dialled))
    assert invite.headers.get("max-forwards") == goes_on_with
    refusal = make_response(invite, 420, unsupported="timer")
    again = next(
        message
        for message in rig.receive(refusal)
        if isinstance(message, Request) and message.method == "INVITE"
    )
    assert again.headers.get("max-forwards") == goes_on_with


def test_a_call_of_our_own_may_go_all_the_way() -> None:
    rig = SipRig()
    rig.register()
    dialled = DialStation(leg_id="agent", station=STATION, caller_number="1", caller_name="", sdp=SDP)
    assert rig.one_request(rig.order(dialled)).headers.get("max-forwards") == "70"


def test_a_caller_who_tells_none_gets_one_from_us_in_every_call() -> None:
    rig = SipRig()
    rig.receive(make_request("INVITE", body=SDP))
    rig.receive(make_request("INVITE", body=SDP, sip_call_id="2@phone", branch="z9hG4bKtwo"))
    first, second = rig.reported(LegArrived)
    assert len(first.session_id) == 32
    assert first.session_id != second.session_id
    (ringing,) = rig.order(RingLeg(leg_id=first.leg_id))
    assert told(ringing).remote == first.session_id


def test_a_peer_of_the_older_form_gets_the_older_form() -> None:
    rig = SipRig()
    (trying,) = rig.hear_out(make_request("INVITE", body=SDP, session_id=CALLER))
    (ringing,) = rig.order(RingLeg(leg_id="leg-1"))
    assert told(trying) == told(ringing) == SessionId(CALLER)


def test_a_refusal_carries_it_too() -> None:
    rig = SipRig()
    rig.receive(make_request("INVITE", body=SDP, session_id=f"{CALLER};remote={NIL}"))
    (refusal,) = rig.order(HangUpLeg(leg_id="leg-1", cause=Cause.USER_BUSY))
    assert told(refusal).remote == CALLER


@pytest.mark.parametrize(
    ("method", "cseq", "status"),
    [
        ("INFO", 3, 200),
        ("OPTIONS", 3, 200),
        ("UPDATE", 3, 200),
        ("REFER", 3, 400),
        ("PRACK", 3, 400),
        ("MESSAGE", 3, 404),
        ("BYE", 3, 200),
        ("INFO", 1, 500),
    ],
)
def test_every_answer_in_a_dialog_tells_it_also_who_does_not(method: str, cseq: int, status: int) -> None:
    rig = SipRig()
    rig.receive(make_request("INVITE", body=SDP, cseq=2))
    (arrived,) = rig.reported(LegArrived)
    answer = rig.one_response(rig.order(AnswerLeg(leg_id=arrived.leg_id, sdp=SDP)))
    called = answer.headers.get("to") or ""
    rig.receive(make_request("ACK", called=called, cseq=2, branch="z9hG4bKack"))
    request = make_request(method, called=called, cseq=cseq, branch="z9hG4bKnext")
    said = rig.one_response(rig.hear_out(request))
    assert (said.status, told(said)) == (status, told(answer))


def test_sessions_are_known_as_long_as_a_leg_has_them() -> None:
    sessions = Sessions(SeededIds())
    first = sessions.arrive(Headers({}))
    for _ in range(1000):
        last = sessions.arrive(Headers({}))
        gone = last.session.calling
        assert sessions.dial(gone) is last.session
    del last
    assert sessions.dial(first.session.calling) is first.session
    assert sessions.dial(gone).called == NIL
    assert len(sessions._by_caller) < 100
