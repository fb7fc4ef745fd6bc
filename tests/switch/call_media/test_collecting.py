"""Keys that programs take."""

from typing import Any

import pytest

from media.commands import MaskLeg, StartPlayback, UnmaskLeg
from switch.call_media.collecting import KEPT_S, DigitCollecting
from switch.call_media.events import CollectEnd, DigitsCollected, KeyCollected
from switch.causes import Cause
from switch.commands import HangUpCall
from switch.events import DigitReceived, PromptFinished
from tests.helpers.call_media_rig import CallMediaRig


@pytest.fixture
def rig() -> CallMediaRig:
    rig = CallMediaRig()
    rig.answered()
    return rig


def collect(rig: CallMediaRig, **params: Any) -> str:
    return str(rig.ask("call.collect", **({"max_digits": 4} | params))["collect_id"])


def came(rig: CallMediaRig) -> tuple[str, CollectEnd, str, bool]:
    (told,) = rig.all(DigitsCollected)
    return told.digits, told.reason, told.terminator, told.enough


def test_as_many_as_are_wanted_end_it(rig: CallMediaRig) -> None:
    collect_id = collect(rig)
    rig.press("1234")
    assert came(rig) == ("1234", CollectEnd.COMPLETE, "", True)
    assert rig.last(DigitsCollected).collect_id == collect_id
    assert [event.digit for event in rig.all(KeyCollected)] == list("1234")


def test_whoever_has_the_call_gets_the_other_keys_only(rig: CallMediaRig) -> None:
    rig.press("9")
    collect(rig, max_digits=2)
    rig.press("127")
    assert [event.digit for event in rig.all(DigitReceived)] == ["9", "7"]


def test_a_terminator_ends_it_and_is_no_part_of_it(rig: CallMediaRig) -> None:
    collect(rig, terminators="*#", min_digits=2)
    rig.press("12*")
    assert came(rig) == ("12", CollectEnd.TERMINATED, "*", True)


def test_too_few_are_told_to_be(rig: CallMediaRig) -> None:
    collect(rig, min_digits=2)
    rig.press("1#")
    assert came(rig) == ("1", CollectEnd.TERMINATED, "#", False)


def test_the_first_key_may_take_its_time_and_the_next_less(rig: CallMediaRig) -> None:
    collect(rig, first_s=10, between_s=3)
    rig.pass_time(9)
    rig.press("1")
    rig.pass_time(2.9)
    assert rig.all(DigitsCollected) == []
    rig.pass_time(0.2)
    assert came(rig) == ("1", CollectEnd.TIMED_OUT, "", True)


def test_nobody_presses_anything(rig: CallMediaRig) -> None:
    collect(rig, first_s=10)
    rig.pass_time(10)
    assert came(rig) == ("", CollectEnd.TIMED_OUT, "", False)


def test_time_counts_from_the_end_of_the_prompts(rig: CallMediaRig) -> None:
    collect_id = collect(rig, prompts=["zh/pin"], first_s=5)
    assert rig.last(StartPlayback).barge_in
    rig.pass_time(60)
    rig.hear_end()
    rig.pass_time(4.9)
    assert rig.all(DigitsCollected) == []
    rig.pass_time(0.2)
    assert came(rig)[1] is CollectEnd.TIMED_OUT
    assert rig.last(PromptFinished).playback_id == collect_id


def test_a_key_ends_the_prompts(rig: CallMediaRig) -> None:
    collect(rig, prompts=["zh/pin"])
    rig.press("1")
    assert rig.media.playing == {}
    rig.press("234")
    assert came(rig)[0] == "1234"


def test_masked_keys_are_told_once_to_who_asks_and_to_nobody_else(rig: CallMediaRig) -> None:
    collect_id = collect(rig, masked=True)
    rig.press("0427")
    told = rig.last(DigitsCollected)
    assert (told.digits, told.count) == ("", 4)
    assert {event.digit for event in rig.all(KeyCollected)} == {"x"}
    assert "0427" not in repr(rig.events)
    assert rig.all(MaskLeg)[0].leg_id == rig.last(UnmaskLeg).leg_id == "customer"
    assert rig.ask("call.take_digits", collect_id=collect_id)["digits"] == "0427"
    assert rig.refusal("call.take_digits", collect_id=collect_id) == "no_such_collection"


def test_masked_keys_that_nobody_takes_are_forgotten(rig: CallMediaRig) -> None:
    collect_id = collect(rig, masked=True)
    rig.press("0427")
    rig.pass_time(KEPT_S)
    assert rig.refusal("call.take_digits", collect_id=collect_id) == "no_such_collection"
    assert rig.collecting.next_deadline() is None


def test_it_is_stopped_by_verb(rig: CallMediaRig) -> None:
    collect_id = collect(rig)
    rig.press("1")
    rig.ask("call.stop_collecting", collect_id=collect_id)
    assert came(rig) == ("1", CollectEnd.STOPPED, "", True)
    assert rig.refusal("call.stop_collecting", collect_id=collect_id) == "no_such_collection"


def test_the_end_of_the_call_ends_it(rig: CallMediaRig) -> None:
    collect(rig)
    rig.press("12")
    rig.feed(HangUpCall(call_id=rig.call_id, cause=Cause.NORMAL_CLEARING))
    assert came(rig)[:2] == ("12", CollectEnd.LEFT)
    assert rig.exchange.snapshot().collecting == {}
    assert rig.collecting.next_deadline() is None


def test_a_stations_keys_can_be_taken(rig: CallMediaRig) -> None:
    rig = CallMediaRig()
    rig.talk()
    collect(rig, side="station", max_digits=1)
    rig.press("5", rig.agent)
    assert came(rig)[0] == "5"
    rig.press("6", rig.agent)
    assert rig.all(DigitReceived) == []


def test_one_at_a_time(rig: CallMediaRig) -> None:
    collect(rig)
    assert rig.refusal("call.collect", max_digits=1) == "collected_already"


def test_what_cannot_be_collected_is_refused(rig: CallMediaRig) -> None:
    assert rig.refusal("call.collect", call_id="call-99", max_digits=1) == "no_such_call"
    assert rig.refusal("call.collect", max_digits=1, side="station") == "not_connected"
    assert rig.refusal("call.collect", max_digits=1, min_digits=2) == "bad_limits"
    rig.call_id = rig.arrive("other", sdp=None)
    assert rig.refusal("call.collect", max_digits=1) == "not_answered"


def test_a_snapshot_goes_on(rig: CallMediaRig) -> None:
    collect_id = collect(rig, first_s=10)
    rig.press("1")
    again = DigitCollecting(rig.collecting.snapshot())
    assert again.is_under_way(collect_id)
    assert again.next_deadline() == rig.collecting.next_deadline()
    now = rig.clock.now() + 60
    assert [type(told).__name__ for told in again.wake(now=now)] == ["StopListening", "DigitsCollected"]
