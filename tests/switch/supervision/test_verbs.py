"""The verbs of supervisors: each in every state of a call, done or refused with its reason."""

from collections.abc import Callable

import pytest

from runtime.errors import UsageError
from switch.commands import AnswerCall, ConnectCall, OfferCall, PlaceCall, StartDraining
from switch.sip.events import LegAnswered, LegReoffered
from switch.supervision.verbs import MOST_AT_ONE_CALL
from switch.trunks.commands import DialTrunk
from tests.helpers.exchange_rig import AGENT_SDP, OUTSIDE_NUMBER, TARGETS
from tests.helpers.supervision_rig import BY, SupervisionRig

Why = tuple[str, str]
"""The reason for programs, and what people are told."""
DONE = ("", "")
NO_CALL = ("no_such_call", "no call call-none is up")
UNANSWERED = ("not_connected", "is not answered yet; there is nobody to supervise")
NO_AGENT = ("not_connected", "is with no agent; there is nobody to supervise")
OUTSIDE = ("no_such_station", "is between outside numbers; there is nobody to supervise")
OWN = ("same_station", "station 1003 is in call")
AT_CALL = ("call.monitor", "call.whisper", "call.barge", "call.intercept")


@pytest.fixture
def rig() -> SupervisionRig:
    return SupervisionRig()


def no_call(rig: SupervisionRig) -> str:
    return "call-none"


def calling(rig: SupervisionRig) -> str:
    rig.feed(PlaceCall(call_id="placed", contact_id="c", whom="station:1001", target="queue:service"))
    return "placed"


def alerting(rig: SupervisionRig) -> str:
    return rig.arrive()


def answered(rig: SupervisionRig) -> str:
    call_id = rig.arrive()
    rig.feed(AnswerCall(call_id=call_id))
    return call_id


def ringing(rig: SupervisionRig) -> str:
    call_id = answered(rig)
    rig.feed(OfferCall(call_id=call_id, offer_id="o1", station="1001"))
    return call_id


def talking(rig: SupervisionRig) -> str:
    return rig.customer_talks()


def held(rig: SupervisionRig) -> str:
    call_id = rig.customer_talks()
    rig.feed(LegReoffered(leg_id=rig.agent, sdp=AGENT_SDP + "a=sendonly\r\n"))
    return call_id


def being_transferred(rig: SupervisionRig) -> str:
    call_id = rig.customer_talks()
    rig.refer(rig.agent, "1002")
    return call_id


def between_outside_numbers(rig: SupervisionRig) -> str:
    call_id = rig.arrive(called="8003")
    rig.feed(LegAnswered(leg_id=rig.last(DialTrunk).leg_id, sdp=AGENT_SDP))
    return call_id


def of_a_supervisor(rig: SupervisionRig) -> str:
    rig.customer_talks()
    rig.listens("call.monitor", agent="81", station="1002")
    return rig.supervision.watches[0].call_id


def of_the_supervisor_himself(rig: SupervisionRig) -> str:
    call_id = rig.arrive()
    rig.feed(AnswerCall(call_id=call_id), OfferCall(call_id=call_id, offer_id="o3", station="1003"))
    rig.answer_station()
    rig.feed(ConnectCall(call_id=call_id, offer_id="o3"))
    return call_id


STATES: dict[Callable[[SupervisionRig], str], Why] = {
    no_call: NO_CALL,
    calling: UNANSWERED,
    alerting: UNANSWERED,
    answered: NO_AGENT,
    ringing: NO_AGENT,
    talking: DONE,
    held: DONE,
    being_transferred: DONE,
    between_outside_numbers: OUTSIDE,
    of_a_supervisor: NO_AGENT,
    of_the_supervisor_himself: OWN,
}


def assert_refused(rig: SupervisionRig, verb: str, why: Why, **params: object) -> None:
    reason, told = why
    with pytest.raises(UsageError, match=told) as refusal:
        rig.call(verb, **params)
    assert refusal.value.reason == reason


@pytest.mark.parametrize("verb", AT_CALL)
@pytest.mark.parametrize(("state", "why"), STATES.items(), ids=lambda part: getattr(part, "__name__", ""))
def test_a_call_in_any_state_is_supervised_or_the_verb_says_why_not(
    rig: SupervisionRig, verb: str, state: Callable[[SupervisionRig], str], why: Why
) -> None:
    call_id = state(rig)
    before = (len(rig.commands), rig.told)
    if why == DONE:
        assert rig.call(verb, call_id=call_id)["call_id"] == call_id
        rig.answer_station()
        assert len(rig.told) > len(before[1])
        return
    assert_refused(rig, verb, why, call_id=call_id)
    assert (len(rig.commands), rig.told) == before


def test_known_targets_are_those_of_the_rig(rig: SupervisionRig) -> None:
    assert all(map(rig.knows_target, TARGETS))
    assert not rig.knows_target("supervision:call-of-nobody")


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({}, ("call_or_agent", "give either call_id or agent")),
        ({"agent": "81", "call_id": "call-1"}, ("call_or_agent", "give either call_id or agent")),
        ({"agent": "82"}, ("not_connected", "agent 82 talks to nobody")),
        ({"agent": "99"}, ("signed_out", "agent 99 is not signed in")),
        (
            {"agent": "81", "station": "", "by": "99"},
            ("signed_out", "no agent 99 is signed in; give station"),
        ),
        (
            {"agent": "81", "station": "1009"},
            ("not_registered", "no phone is registered at station 1009"),
        ),
        ({"agent": "81", "station": "1001"}, ("same_station", "station 1001 is in call")),
    ],
)
def test_what_would_be_in_vain_is_refused(rig: SupervisionRig, params: dict[str, str], why: Why) -> None:
    rig.customer_talks()
    before = len(rig.commands)
    assert_refused(rig, "call.monitor", why, **params)
    assert len(rig.commands) == before


def test_nobody_supervises_another_call_centre(rig: SupervisionRig) -> None:
    rig.customer_talks()
    rig.registered.add("acme/1003")
    for verb in (*AT_CALL, "agent.follow"):
        why = ("no_such_target", "station acme/1003 is of another call centre than station 1001")
        assert_refused(rig, verb, why, agent="81", station="acme/1003")


def test_a_supervisor_who_is_signed_in_is_rung_there(rig: SupervisionRig) -> None:
    rig.customer_talks()
    answer = rig.call("call.monitor", agent="81", by="83")
    assert (answer["supervisor"], answer["by"]) == ("1003", "83")


def test_one_supervises_one_call_at_a_time(rig: SupervisionRig) -> None:
    rig.customer_talks()
    rig.listens()
    other = rig.arrive("other", OUTSIDE_NUMBER, station="1002")
    rig.feed(LegAnswered(leg_id=rig.last(DialTrunk).leg_id, sdp=AGENT_SDP))
    why = ("already_supervising", r"station 1003 supervises call .*; call.stop_supervising ends that")
    assert_refused(rig, "call.monitor", why, call_id=other)


def test_a_call_has_so_many_supervisors_and_no_more(rig: SupervisionRig) -> None:
    rig.customer_talks()
    for number in range(MOST_AT_ONE_CALL):
        rig.registered.add(f"30{number}")
        rig.listens("call.monitor", agent="81", station=f"30{number}")
    assert_refused(rig, "call.monitor", ("full", f"{MOST_AT_ONE_CALL} supervise call"), agent="81")


def test_a_switch_that_is_draining_rings_no_supervisor(rig: SupervisionRig) -> None:
    rig.customer_talks()
    rig.feed(StartDraining(retry_after_s=30))
    assert_refused(rig, "call.monitor", ("draining", "draining"), agent="81")


def test_who_supervises_need_not_name_the_phone_again(rig: SupervisionRig) -> None:
    rig.customer_talks()
    rig.listens("call.monitor", agent="81")
    assert rig.call("call.whisper", by=BY, agent="81")["mode"] == "whisper"
    assert rig.call("call.stop_supervising", by=BY)["supervisor"] == "1003"
    assert rig.listed() == []
    assert_refused(rig, "call.stop_supervising", ("signed_out", f"no agent {BY} is signed in"), by=BY)


def test_who_supervises_nobody_cannot_stop(rig: SupervisionRig) -> None:
    why = ("not_supervising", "station 1003 supervises no call")
    assert_refused(rig, "call.stop_supervising", why)


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"agent": "99"}, ("signed_out", "agent 99 is not signed in")),
        ({"agent": "83"}, ("same_station", "agent 83 sits at station 1003, the supervisor's own")),
    ],
)
def test_whom_nobody_can_follow(rig: SupervisionRig, params: dict[str, str], why: Why) -> None:
    assert_refused(rig, "agent.follow", why, **params)


def test_who_supervises_whom_can_be_listed(rig: SupervisionRig) -> None:
    call_id = rig.customer_talks()
    rig.listens("call.whisper")
    (listed,) = rig.listed()
    assert listed == {
        "call_id": call_id,
        "supervisor_call_id": rig.supervision.watches[0].call_id,
        "supervisor": "1003",
        "station": "1001",
        "mode": "whisper",
        "by": BY,
        "follows": None,
        "listens": True,
    }
