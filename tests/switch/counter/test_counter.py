"""Recording at the counter: a station dials for it or is called, and is found again with who sat there."""

from typing import Any

import pytest

from media.commands import AttachToRecording, Channel, StartPlayback
from media.events import DigitDetected
from runtime.errors import UsageError
from runtime.ids import SeededIds
from switch.archive.attendance import Attendance
from switch.archive.ledger import Ledger
from switch.archive.manifests import manifest_of
from switch.causes import Cause
from switch.commands import HandOff
from switch.config import AccessCodeConfig
from switch.counter.counter import CounterRecording
from switch.counter.events import StationRecorded
from switch.counter.service import CounterVerbs, RecordParams, StationParams, build
from switch.events import CallEnded, CallRecorded
from switch.exchange import Exchange
from switch.sip.commands import DialStation, HangUpLeg
from switch.sip.events import LegEnded
from tests.helpers.exchange_rig import TARGETS, ExchangeRig
from tests.switch.records.stories import journal_of, recording_completed

CODE = AccessCodeConfig(number="*80", target="counter:record", record=False)
LIMIT_S = 600


class CounterRig(ExchangeRig):
    """The exchange with the application, where agent 8001 sits at station 1001."""

    def __init__(self) -> None:
        known = {*TARGETS, "counter:record"}
        super().__init__(exchange=Exchange([CODE], SeededIds(4), known.__contains__))
        self.core = CounterRecording(
            SeededIds(5), {"1001": "8001"}.get, tone="tone:recorded", limit_s=LIMIT_S
        )
        phones = {"1001": ("a phone",), "1002": ("a phone",)}
        self.verbs = CounterVerbs(
            self.core,
            lambda station: phones.get(station, ()),
            self.exchange.find,
            SeededIds(8),
            self.driver.submit,
        )
        application = build(self.core, self.verbs)
        self.driver.add_routes(application.routes)
        self.driver.add_routes(Attendance({"1001": "8001"}.get).routes())
        self.driver.add_core(self.core)
        handles: list[Any] = [verb.handle for verb in application.verbs]
        self.record, self.stop = handles

    def press(self, digit: str) -> None:
        self.feed(DigitDetected(leg_id=self.leg, digit=digit, duration_ms=100))

    @property
    def leg(self) -> str:
        (call,) = self.exchange.calls()
        return call.customer.leg_id

    def assert_over(self, cause: Cause = Cause.NORMAL_CLEARING) -> None:
        assert self.last(CallEnded).cause is cause
        assert self.core.open_calls == 0
        assert self.core.next_deadline() is None
        self.assert_idle()


@pytest.fixture
def rig() -> CounterRig:
    return CounterRig()


def test_a_station_that_dials_for_it_is_recorded_from_the_answer_on(rig: CounterRig) -> None:
    call_id = rig.arrive(called="*80", station="1001")
    told = rig.last(StationRecorded)
    assert (told.call_id, told.station, told.agent, told.by) == (call_id, "1001", "8001", "")
    assert rig.last(AttachToRecording).channel is Channel.CUSTOMER
    assert rig.last(CallRecorded).call_id == call_id
    assert rig.last(StartPlayback).prompts == ("tone:recorded",)


def test_nobody_from_outside_is_let_in(rig: CounterRig) -> None:
    rig.arrive(called="*80")
    assert rig.last(HangUpLeg).cause is Cause.CALL_REJECTED
    assert rig.all(StationRecorded) == []
    rig.assert_over(Cause.CALL_REJECTED)


def test_a_call_that_is_passed_on_to_the_counter_must_be_a_stations(rig: CounterRig) -> None:
    call_id = rig.arrive(called="*80", station="1002")
    rig.feed(HandOff(call_id=call_id, target="queue:service"))
    assert rig.core.open_calls == 0
    rig.feed(HandOff(call_id=call_id, target="counter:record"))
    assert rig.core.call_at("1002") == call_id


def test_a_station_that_is_called_is_recorded_when_it_answers(rig: CounterRig) -> None:
    answer = rig.record(RecordParams(station="1001", by="班长", ring_s=20))
    assert (rig.last(DialStation).station, rig.last(DialStation).limit_s) == ("1001", 20)
    assert rig.all(StationRecorded) == []
    rig.answer_station()
    told = rig.last(StationRecorded)
    assert (told.call_id, told.agent, told.by) == (answer["call_id"], "8001", "班长")
    assert rig.last(CallRecorded).call_id == answer["call_id"]


def test_the_key_ends_it_and_no_other_does(rig: CounterRig) -> None:
    rig.arrive(called="*80", station="1001")
    rig.press("1")
    assert rig.core.open_calls == 1
    rig.press("#")
    rig.assert_over()


def test_hanging_up_ends_it(rig: CounterRig) -> None:
    rig.arrive(called="*80", station="1001")
    rig.feed(LegEnded(leg_id=rig.leg, cause=Cause.NORMAL_CLEARING, sip_status=None, by_peer=True))
    rig.assert_over()


def test_the_verb_ends_it_and_names_the_recording(rig: CounterRig) -> None:
    rig.arrive(called="*80", station="1001")
    recording_id = rig.last(CallRecorded).recording_id
    assert rig.stop(StationParams(station="1001"))["recording_id"] == recording_id
    rig.assert_over()


def test_a_station_that_has_not_answered_yet_is_called_no_more(rig: CounterRig) -> None:
    rig.record(RecordParams(station="1001"))
    assert rig.stop(StationParams(station="1001"))["recording_id"] is None
    rig.assert_over()


def test_one_that_was_forgotten_ends_by_itself(rig: CounterRig) -> None:
    rig.arrive(called="*80", station="1001")
    rig.pass_time(LIMIT_S - 1)
    assert rig.core.open_calls == 1
    rig.pass_time(2)
    rig.assert_over(Cause.RECOVERY_ON_TIMER_EXPIRE)


def test_a_station_that_does_not_answer_leaves_nothing(rig: CounterRig) -> None:
    rig.record(RecordParams(station="1001"))
    leg_id = rig.last(DialStation).leg_id
    rig.feed(LegEnded(leg_id=leg_id, cause=Cause.NO_ANSWER, sip_status=None, by_peer=False))
    assert rig.all(StationRecorded) == []
    rig.assert_over(Cause.NO_ANSWER)


def test_what_cannot_be_is_refused(rig: CounterRig) -> None:
    with pytest.raises(UsageError, match="no phone is registered at station 1009"):
        rig.record(RecordParams(station="1009"))
    with pytest.raises(UsageError, match="station 1001 is not recorded"):
        rig.stop(StationParams(station="1001"))
    rig.arrive(called="*80", station="1001")
    with pytest.raises(UsageError, match="station 1001 is recorded already"):
        rig.record(RecordParams(station="1001"))


def test_a_restored_core_goes_on_where_it_was(rig: CounterRig) -> None:
    call_id = rig.arrive(called="*80", station="1001")
    restored = CounterRecording(
        SeededIds(), lambda station: None, tone="", limit_s=LIMIT_S, counters=rig.core.snapshot()
    )
    assert restored.call_at("1001") == call_id
    assert restored.next_deadline() == rig.core.next_deadline()


@pytest.mark.parametrize("is_called", [True, False])
def test_catalogue_and_manifest_name_the_station_and_who_sat_there(rig: CounterRig, is_called: bool) -> None:
    if is_called:
        rig.record(RecordParams(station="1001"))
        rig.answer_station()
    else:
        rig.arrive(called="*80", station="1001")
    recorded = rig.last(CallRecorded)
    over = recording_completed(recorded.call_id, recorded.recording_id)
    ledger = Ledger()
    ended = [ledger.apply(entry) for entry in journal_of([(0, event) for event in (*rig.events, over)])]
    manifest = manifest_of(next(one for one in ended if one is not None), None)
    assert (manifest.stations, manifest.agents, manifest.caller) == (("1001",), ("8001",), "1001")
    (leg,) = manifest.legs
    assert (leg.channel, leg.party, leg.agent) == ("customer", "1001", "8001")
