"""One side of a call is heard by nobody."""

import pytest

from media.commands import Channel, MixRole
from switch.call_media.events import CallMuted
from switch.causes import Cause
from switch.commands import ConnectCall, OfferCall
from switch.events import RecordingLegLeft
from tests.helpers.call_media_rig import CallMediaRig


@pytest.fixture
def rig() -> CallMediaRig:
    rig = CallMediaRig()
    rig.talk()
    return rig


def roles(rig: CallMediaRig) -> dict[str, MixRole]:
    return {leg: member.role for leg, member in rig.media.mixes.get(rig.call_id, {}).items()}


def test_who_is_muted_hears_and_is_not_heard(rig: CallMediaRig) -> None:
    rig.ask("call.mute", by="李娜")
    assert roles(rig) == {"customer": MixRole.SPEAKER, rig.agent: MixRole.MONITOR}
    told = rig.last(CallMuted)
    assert (told.side.value, told.muted, told.by) == ("station", True, "李娜")
    rig.ask("call.unmute")
    assert roles(rig) == {"customer": MixRole.SPEAKER, rig.agent: MixRole.SPEAKER}


def test_recordings_hold_silence_of_it(rig: CallMediaRig) -> None:
    rig.ask("call.mute", side="customer")
    assert rig.media.recorded == {rig.agent: Channel.AGENT}
    assert rig.last(RecordingLegLeft).leg_id == "customer"
    rig.ask("call.unmute", side="customer")
    assert rig.media.recorded == {"customer": Channel.CUSTOMER, rig.agent: Channel.AGENT}


def test_once_is_enough(rig: CallMediaRig) -> None:
    rig.ask("call.mute")
    rig.ask("call.mute")
    assert len(rig.all(CallMuted)) == 1
    rig.ask("call.unmute")
    rig.ask("call.unmute")
    assert len(rig.all(CallMuted)) == 2


def test_both_can_be_muted(rig: CallMediaRig) -> None:
    rig.ask("call.mute", side="station")
    rig.ask("call.mute", side="customer")
    assert set(roles(rig).values()) == {MixRole.MONITOR}


def test_a_hold_does_not_end_it(rig: CallMediaRig) -> None:
    rig.ask("call.mute")
    rig.ask("call.hold")
    rig.ask("call.retrieve")
    assert roles(rig) == {"customer": MixRole.SPEAKER, rig.agent: MixRole.MONITOR}
    assert rig.media.recorded == {"customer": Channel.CUSTOMER}


def test_mute_while_it_holds_counts_once_it_talks_again(rig: CallMediaRig) -> None:
    rig.ask("call.hold")
    rig.ask("call.mute")
    rig.ask("call.retrieve")
    assert roles(rig) == {"customer": MixRole.SPEAKER, rig.agent: MixRole.MONITOR}


def test_a_supervisor_does_not_end_it(rig: CallMediaRig) -> None:
    rig.ask("call.mute", side="customer")
    rig.listens()
    assert roles(rig)["customer"] is MixRole.MONITOR


def test_a_customer_who_waits_stays_muted_in_the_conversation() -> None:
    rig = CallMediaRig()
    rig.answered()
    rig.ask("call.mute", side="customer")
    assert rig.media.recorded == {}
    rig.feed(OfferCall(call_id=rig.call_id, offer_id="o1", station="1001"))
    agent = rig.answer_station()
    rig.feed(ConnectCall(call_id=rig.call_id, offer_id="o1"))
    assert roles(rig) == {"customer": MixRole.MONITOR, agent: MixRole.SPEAKER}
    assert rig.media.recorded == {agent: Channel.AGENT}


def test_the_next_agent_is_not_muted(rig: CallMediaRig) -> None:
    rig.ask("call.mute")
    rig.end(rig.agent, Cause.NORMAL_CLEARING)
    rig.feed(OfferCall(call_id=rig.call_id, offer_id="o2", station="1002"))
    rig.answer_station()
    rig.feed(ConnectCall(call_id=rig.call_id, offer_id="o2"))
    assert rig.media.mixes == {}
    assert len(rig.media.bridges) == 1


def test_who_is_not_there_cannot_be_muted() -> None:
    rig = CallMediaRig()
    rig.call_id = rig.arrive()
    assert rig.refusal("call.mute") == "not_connected"
    assert rig.refusal("call.mute", side="customer") == "not_answered"
    assert rig.refusal("call.mute", call_id="call-99") == "no_such_call"
