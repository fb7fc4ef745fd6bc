"""Who is on which channel: the customer stays on the left, whoever called and whoever passes them on."""

import pytest

from media.commands import Channel
from switch.causes import Cause
from switch.commands import StartCallRecording
from switch.events import CallEnded, RecordingLegJoined, RecordingLegLeft
from switch.leg_role import LegRole
from switch.sip.events import LegAnswered
from switch.trunks.commands import DialTrunk
from tests.helpers.exchange_rig import AGENT_SDP, OUTSIDE_NUMBER
from tests.switch.test_transfers import TransferRig


class CallingOut(TransferRig):
    """Station 1001 has called an outside number, and the call is recorded."""

    def __init__(self) -> None:
        super().__init__()
        self.arrive("caller", OUTSIDE_NUMBER, station="1001")
        self.number = self.answer_number()
        (self.call,) = self.exchange.calls()
        self.feed(StartCallRecording(call_id=self.call.call_id))

    def answer_number(self) -> str:
        leg_id = self.last(DialTrunk).leg_id
        self.feed(LegAnswered(leg_id=leg_id, sdp=AGENT_SDP))
        return leg_id


@pytest.fixture
def rig() -> CallingOut:
    return CallingOut()


def test_an_outside_number_that_a_station_calls_is_on_the_left(rig: CallingOut) -> None:
    assert rig.media.recorded == {rig.number: Channel.CUSTOMER, "caller": Channel.AGENT}
    told = {(each.role, each.party, each.outside) for each in rig.all(RecordingLegJoined)}
    assert told == {(LegRole.AGENT, "1001", False), (LegRole.CUSTOMER, OUTSIDE_NUMBER, True)}


def test_of_two_stations_the_caller_is_on_the_left() -> None:
    rig = TransferRig()
    call_id = rig.call_between("1001", "1002", "caller")
    rig.feed(StartCallRecording(call_id=call_id))
    assert rig.media.recorded == {"caller": Channel.CUSTOMER, rig.station_leg: Channel.AGENT}


def test_a_number_that_is_passed_on_stays_on_the_left(rig: CallingOut) -> None:
    rig.refer("caller", "1002")
    rig.answer_station()
    assert rig.media.recorded == {rig.number: Channel.CUSTOMER, rig.station_leg: Channel.AGENT}
    assert [left.leg_id for left in rig.all(RecordingLegLeft)] == ["caller"]
    assert len([joined for joined in rig.all(RecordingLegJoined) if joined.leg_id == rig.number]) == 1


def test_a_number_takes_contact_and_recording_along_to_the_colleague_who_was_consulted(
    rig: CallingOut,
) -> None:
    contact_id, recording_id = rig.call.contact_id, rig.call.recording_id
    rig.call_between("1001", "1002", "consultation")
    rig.refer("caller", replaces="consultation")
    (call,) = rig.exchange.calls()
    assert (call.contact_id, call.recording_id) == (contact_id, recording_id)
    assert (call.caller_number, call.caller_station) == (OUTSIDE_NUMBER, None)
    assert rig.media.recorded == {rig.number: Channel.CUSTOMER, rig.station_leg: Channel.AGENT}
    assert rig.media.open_recordings == {recording_id}


def test_a_number_takes_them_along_to_a_colleague_who_had_called(rig: CallingOut) -> None:
    contact_id, recording_id = rig.call.contact_id, rig.call.recording_id
    rig.call_between("1002", "1001", "colleague")
    rig.refer("caller", replaces=rig.station_leg)
    (call,) = rig.exchange.calls()
    assert (call.contact_id, call.recording_id, call.caller_station) == (contact_id, recording_id, "1002")
    assert rig.media.recorded == {rig.number: Channel.CUSTOMER, "colleague": Channel.AGENT}


def test_a_colleague_who_is_joined_with_a_number_does_not_take_its_recording_away(rig: CallingOut) -> None:
    """1002 had called 1001, who consulted the number."""
    contact_id, recording_id = rig.call.contact_id, rig.call.recording_id
    first = rig.call_between("1002", "1001", "colleague")
    rig.refer(rig.station_leg, replaces="caller")
    (call,) = rig.exchange.calls()
    assert rig.last(CallEnded).call_id == first
    assert (call.contact_id, call.recording_id, call.caller_station) == (contact_id, recording_id, "1002")
    assert rig.media.recorded == {rig.number: Channel.CUSTOMER, "colleague": Channel.AGENT}


def test_who_is_joined_with_whom_another_called_is_the_caller_since() -> None:
    """1001 had called 1002 and 1003, and joins them."""
    rig = TransferRig()
    rig.call_between("1001", "1002", "first")
    rig.call_between("1001", "1003", "second")
    rig.refer("first", replaces="second")
    (call,) = rig.exchange.calls()
    assert (call.caller_number, call.caller_station, call.station) == ("1002", "1002", "1003")


def test_a_station_that_is_joined_with_a_number_is_on_the_right_from_then_on() -> None:
    rig = CallingOut.__new__(CallingOut)
    TransferRig.__init__(rig)
    call_id = rig.call_between("1001", "1002", "caller")
    called = rig.station_leg
    rig.feed(StartCallRecording(call_id=call_id))
    rig.refer(called, OUTSIDE_NUMBER)
    assert rig.media.recorded == {"caller": Channel.CUSTOMER, called: Channel.AGENT}
    number = rig.answer_number()
    assert rig.media.recorded == {number: Channel.CUSTOMER, "caller": Channel.AGENT}


def test_the_end_of_a_call_is_told_as_nobodys_leaving(rig: CallingOut) -> None:
    rig.end("caller", Cause.NORMAL_CLEARING)
    assert rig.all(RecordingLegLeft) == []
    rig.assert_idle()
