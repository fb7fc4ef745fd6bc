"""Recording a prompt by phone, from the call of the station to the prompt in the library."""

import pytest

from media.commands import AttachToRecording, Channel, StartPlayback, StartRecording, StopRecording
from media.events import DigitDetected, KeySource, PlaybackEnded
from runtime.driver import Outputs
from runtime.errors import UsageError
from runtime.ids import SeededIds
from runtime.vocabulary import Command
from switch.archive.catalogue.events import RecordingTagged
from switch.causes import Cause
from switch.commands import HandOff
from switch.config import AccessCodeConfig
from switch.events import CallEnded
from switch.exchange import Exchange
from switch.prompt_recording import booth
from switch.prompt_recording.booth import MOST_TAKES, PATIENCE_S, PromptBooth
from switch.prompt_recording.commands import ForgetTake, KeepTake, ReadTake, TakeWasKept, TakeWasRead
from switch.prompt_recording.events import PromptNotRecorded, PromptRecorded
from switch.prompt_recording.service import PromptVerbs, RecordPromptParams, build
from switch.recording_rule import RecordingPolicies, RecordingPolicy, RecordingRule
from switch.sip.commands import DialStation, HangUpLeg
from switch.sip.events import LegEnded
from tests.helpers.exchange_rig import TARGETS, ExchangeRig
from tests.switch.records.stories import recording_completed, recording_failed

CODE = AccessCodeConfig(number="*77", target="prompt:zh/停电通知", record=False)
NAMES = {name: f"zh/prompt_recording/{name}" for name in booth.INSTRUCTIONS}
BEGIN, CHOICES, KEPT, DISCARDED, FAILED = (NAMES[name] for name in booth.INSTRUCTIONS)
TONE = "tone:recorded"


class BoothRig(ExchangeRig):
    """The exchange with the application, where station 1001 may dial for it; the shell does as it is told."""

    def __init__(
        self, rule: RecordingRule = RecordingRule.ON_COMMAND, instructions: dict[str, str] = NAMES
    ) -> None:
        known = {*TARGETS, CODE.target}
        policies = RecordingPolicies({CODE.number: RecordingPolicy(rule)})
        super().__init__(exchange=Exchange([CODE], SeededIds(4), known.__contains__, recording=policies))
        self.shell: list[Command] = []
        self.core = PromptBooth(
            SeededIds(5),
            {"1001": "8001"}.get,
            stations=["1001"],
            instructions=instructions,
            tone=TONE if instructions else "",
            max_s=60,
        )
        self.verbs = PromptVerbs(
            lambda name: ":" not in name,
            lambda station: ("a phone",) if station == "1002" else (),
            SeededIds(8),
            self.driver.submit,
        )
        shell = dict.fromkeys((ReadTake, KeepTake, ForgetTake), self._note)
        self.driver.add_core(self.core)
        self.driver.add_routes(build(self.core, shell, self.verbs).routes)

    def _note(self, command: Command, now: float) -> Outputs:
        self.shell.append(command)
        return ()

    @property
    def leg(self) -> str:
        (call,) = self.exchange.calls()
        return call.customer.leg_id

    @property
    def call_id(self) -> str:
        (call,) = self.exchange.calls()
        return call.call_id

    def press(self, digit: str) -> None:
        self.feed(DigitDetected(leg_id=self.leg, digit=digit, duration_ms=100))

    def heard(self) -> tuple[str, ...]:
        return self.last(StartPlayback).prompts

    def begin(self) -> None:
        """The station dials, hears what to do to the end, and speaks."""
        self.arrive(called=CODE.number, station="1001")
        self.finish_playback()

    def finish_playback(self) -> None:
        playback_id = self.media.playing.pop(self.leg)
        self.feed(PlaybackEnded(playback_id=playback_id, leg_id=self.leg, reason="finished"))

    def end_take(self) -> None:
        """The key ends it, and the file is there."""
        recording_id = self.last(StartRecording).recording_id
        self.press("#")
        self.feed(recording_completed(self.call_id, recording_id))

    def read(self, problem: str = "") -> None:
        command = self.shell[-1]
        assert isinstance(command, ReadTake)
        self.feed(TakeWasRead(call_id=command.call_id, take=command.take, problem=problem))

    def choose(self) -> None:
        """To the point where one of the keys is to be pressed."""
        self.begin()
        self.end_take()
        self.read()

    def keep(self, problem: str = "") -> None:
        command = self.shell[-1]
        assert isinstance(command, KeepTake)
        self.feed(TakeWasKept(call_id=command.call_id, length_ms=2400, replaced=True, problem=problem))

    def assert_over(self) -> None:
        self.assert_idle()
        assert self.core.open_calls == 0
        assert self.core.next_deadline() is None


@pytest.fixture
def rig() -> BoothRig:
    return BoothRig()


def test_a_station_is_led_through_speaks_hears_it_back_and_keeps_it(rig: BoothRig) -> None:
    call_id = rig.arrive(called=CODE.number, station="1001")
    assert rig.heard() == (BEGIN, TONE)
    assert rig.all(StartRecording) == []
    rig.finish_playback()
    recording = rig.last(StartRecording)
    assert rig.last(AttachToRecording).channel is Channel.CUSTOMER
    rig.press("#")
    assert rig.last(StopRecording).recording_id == recording.recording_id
    over = recording_completed(call_id, recording.recording_id)
    rig.feed(over)
    tagged = rig.last(RecordingTagged)
    assert (tagged.recording_id, tagged.tag) == (over.recording_id, "prompt:zh/停电通知")
    (read,) = rig.shell
    assert isinstance(read, ReadTake)
    assert (read.path, read.cut_ms) == (over.path, 0)
    rig.read()
    assert rig.heard() == (read.take, CHOICES)
    rig.press("1")
    keep = KeepTake(call_id=call_id, take=read.take, prompt="zh/停电通知")
    assert rig.shell[1:] == [keep]
    rig.keep()
    told = rig.last(PromptRecorded)
    assert (told.prompt, told.station, told.agent) == ("zh/停电通知", "1001", "8001")
    assert (told.length_ms, told.replaced, told.by) == (2400, True, "")
    assert rig.shell[2:] == [ForgetTake(take=read.take)]
    assert rig.heard() == (KEPT,)
    rig.finish_playback()
    assert rig.last(CallEnded).cause is Cause.NORMAL_CLEARING
    rig.assert_over()


def test_the_instructions_may_be_cut_short(rig: BoothRig) -> None:
    rig.arrive(called=CODE.number, station="1001")
    rig.press("1")
    assert rig.all(StartRecording) == []
    rig.press("#")
    assert len(rig.all(StartRecording)) == 1
    rig.end_take()
    assert isinstance(rig.shell[-1], ReadTake)


def test_it_is_heard_again_and_spoken_again_as_often_as_wanted(rig: BoothRig) -> None:
    rig.choose()
    first = rig.heard()
    rig.press("2")
    assert rig.heard() == first
    assert len([command for command in rig.shell if isinstance(command, ReadTake)]) == 1
    rig.press("3")
    assert rig.shell[-1] == ForgetTake(take=first[0])
    assert rig.heard() == (BEGIN, TONE)
    rig.finish_playback()
    rig.end_take()
    rig.read()
    assert rig.heard()[0] not in ("", first[0])


def test_what_is_discarded_is_forgotten(rig: BoothRig) -> None:
    rig.choose()
    rig.press("9")
    assert rig.heard()[1:] == (CHOICES,)
    rig.press("*")
    assert isinstance(rig.shell[-1], ForgetTake)
    assert rig.heard() == (DISCARDED,)
    rig.finish_playback()
    assert rig.all(PromptRecorded) == []
    rig.assert_over()


def test_who_does_not_choose_is_reminded_and_then_let_go(rig: BoothRig) -> None:
    rig.choose()
    take = rig.heard()
    for _ in range(booth.REMINDERS):
        rig.finish_playback()
        rig.pass_time(PATIENCE_S)
        assert rig.heard() == take
    rig.finish_playback()
    rig.pass_time(PATIENCE_S)
    assert rig.heard() == (DISCARDED,)
    rig.finish_playback()
    rig.assert_over()


def test_who_speaks_too_long_hears_what_there_is(rig: BoothRig) -> None:
    rig.begin()
    recording_id = rig.last(StartRecording).recording_id
    rig.pass_time(60)
    rig.feed(recording_completed(rig.call_id, recording_id))
    assert isinstance(rig.shell[-1], ReadTake)


def test_a_key_heard_as_a_tone_is_cut_off(rig: BoothRig) -> None:
    rig.begin()
    recording_id = rig.last(StartRecording).recording_id
    rig.feed(DigitDetected(leg_id=rig.leg, digit="#", duration_ms=120, source=KeySource.IN_BAND))
    rig.feed(recording_completed(rig.call_id, recording_id))
    command = rig.shell[-1]
    assert isinstance(command, ReadTake)
    assert command.cut_ms >= 120


@pytest.mark.parametrize("moment", ["invited", "speaking", "choosing"])
def test_who_hangs_up_before_it_is_kept_leaves_nothing(rig: BoothRig, moment: str) -> None:
    rig.arrive(called=CODE.number, station="1001")
    if moment != "invited":
        rig.finish_playback()
    if moment == "choosing":
        rig.end_take()
        rig.read()
    rig.feed(LegEnded(leg_id=rig.leg, cause=Cause.NORMAL_CLEARING, sip_status=None, by_peer=True))
    assert not [command for command in rig.shell if isinstance(command, KeepTake)]
    assert moment != "choosing" or isinstance(rig.shell[-1], ForgetTake)
    rig.assert_over()


def test_a_take_that_is_read_after_the_end_is_forgotten(rig: BoothRig) -> None:
    rig.begin()
    rig.end_take()
    rig.feed(LegEnded(leg_id=rig.leg, cause=Cause.NORMAL_CLEARING, sip_status=None, by_peer=True))
    read = next(command for command in rig.shell if isinstance(command, ReadTake))
    rig.feed(TakeWasRead(call_id=read.call_id, take=read.take))
    assert rig.shell[-1] == ForgetTake(take=read.take)
    rig.assert_over()


def test_what_was_chosen_to_be_kept_is_kept_though_the_phone_is_hung_up(rig: BoothRig) -> None:
    rig.choose()
    rig.press("1")
    keep = rig.shell[-1]
    rig.feed(LegEnded(leg_id=rig.leg, cause=Cause.NORMAL_CLEARING, sip_status=None, by_peer=True))
    assert isinstance(keep, KeepTake)
    rig.feed(TakeWasKept(call_id=keep.call_id, length_ms=900, replaced=False))
    assert rig.last(PromptRecorded).length_ms == 900
    rig.assert_over()


def test_silence_is_told_and_may_be_spoken_over(rig: BoothRig) -> None:
    rig.begin()
    rig.end_take()
    rig.read(problem="the sound is silent")
    assert rig.last(PromptNotRecorded).problem == "the sound is silent"
    assert rig.heard() == (FAILED, BEGIN, TONE)
    rig.finish_playback()
    rig.end_take()
    rig.read()
    assert rig.heard()[1:] == (CHOICES,)


def test_a_recording_that_fails_is_told(rig: BoothRig) -> None:
    rig.begin()
    rig.feed(recording_failed(rig.call_id, rig.last(StartRecording).recording_id))
    assert rig.last(PromptNotRecorded).problem == "No space left on device"
    assert rig.heard() == (FAILED, BEGIN, TONE)


def test_a_disk_that_does_not_answer_is_not_waited_for(rig: BoothRig) -> None:
    rig.begin()
    rig.press("#")
    rig.pass_time(PATIENCE_S)
    assert "did not answer" in rig.last(PromptNotRecorded).problem


def test_a_library_that_takes_nothing_is_told(rig: BoothRig) -> None:
    rig.choose()
    rig.press("1")
    rig.keep(problem="No space left on device")
    assert rig.last(PromptNotRecorded).problem == "No space left on device"
    assert rig.all(PromptRecorded) == []
    assert rig.heard() == (FAILED,)


def test_nobody_fails_for_ever(rig: BoothRig) -> None:
    rig.arrive(called=CODE.number, station="1001")
    for _ in range(MOST_TAKES):
        rig.finish_playback()
        rig.end_take()
        rig.read(problem="the sound is silent")
    assert rig.heard() == (FAILED,)
    rig.finish_playback()
    rig.assert_over()


def test_a_call_that_must_not_be_recorded_records_no_prompt() -> None:
    rig = BoothRig(RecordingRule.NEVER)
    rig.begin()
    rig.press("#")
    assert "may not be recorded" in rig.last(PromptNotRecorded).problem


def test_a_call_that_is_recorded_anyway_has_a_recording_of_its_own_for_the_prompt() -> None:
    rig = BoothRig(RecordingRule.FROM_ANSWER)
    rig.arrive(called=CODE.number, station="1001")
    whole = rig.last(StartRecording).recording_id
    rig.finish_playback()
    assert rig.last(StopRecording).recording_id == whole
    rig.feed(recording_completed(rig.call_id, whole))
    assert rig.shell == []
    rig.end_take()
    assert isinstance(rig.shell[-1], ReadTake)


def test_without_instructions_one_speaks_at_once_and_hears_the_take() -> None:
    rig = BoothRig(instructions={})
    rig.arrive(called=CODE.number, station="1001")
    rig.end_take()
    rig.read()
    assert len(rig.heard()) == 1
    rig.press("*")
    rig.assert_over()


@pytest.mark.parametrize("station", [None, "1003"])
def test_others_are_not_let_in(rig: BoothRig, station: str | None) -> None:
    rig.arrive(called=CODE.number, station=station)
    assert rig.last(HangUpLeg).cause is Cause.CALL_REJECTED
    rig.assert_over()


def test_a_station_that_is_called_may_record_whatever_prompt_is_ordered(rig: BoothRig) -> None:
    (verb,) = rig.verbs.verbs()
    answer = verb.handle(RecordPromptParams(prompt="zh/停电通知", station="1002", by="班长"))
    assert rig.last(DialStation).station == "1002"
    rig.answer_station()
    rig.finish_playback()
    rig.end_take()
    rig.read()
    rig.press("1")
    rig.keep()
    told = rig.last(PromptRecorded)
    assert isinstance(answer, dict)
    assert (told.call_id, told.station, told.by) == (answer["call_id"], "1002", "班长")


def test_a_station_that_does_not_answer_leaves_nothing(rig: BoothRig) -> None:
    (verb,) = rig.verbs.verbs()
    verb.handle(RecordPromptParams(prompt="zh/停电通知", station="1002"))
    leg_id = rig.last(DialStation).leg_id
    rig.feed(LegEnded(leg_id=leg_id, cause=Cause.NO_ANSWER, sip_status=None, by_peer=False))
    rig.assert_over()


def test_what_cannot_be_is_refused(rig: BoothRig) -> None:
    (verb,) = rig.verbs.verbs()
    with pytest.raises(UsageError, match="no phone is registered at station 1009"):
        verb.handle(RecordPromptParams(prompt="zh/a", station="1009"))
    with pytest.raises(UsageError, match="no name for a prompt"):
        verb.handle(RecordPromptParams(prompt="tone:busy", station="1002"))


def test_a_call_that_is_led_elsewhere_is_let_go_of(rig: BoothRig) -> None:
    rig.choose()
    rig.feed(HandOff(call_id=rig.call_id, target="queue:service"))
    assert rig.core.open_calls == 0
    assert isinstance(rig.shell[-1], ForgetTake)
