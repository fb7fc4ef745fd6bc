"""Callers who leave a message, and all the ways it can end."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import pytest

from runtime.ids import SeededIds
from runtime.vocabulary import Output
from switch.archive.catalogue.events import RecordingTagged
from switch.causes import Cause
from switch.commands import (
    AnswerCall,
    HandOff,
    HangUpCall,
    PlayPrompt,
    StartCallRecording,
    StopCallRecording,
)
from switch.events import (
    CallArrived,
    CallDueBack,
    CallEnded,
    CallHandedOff,
    CallRecorded,
    DigitReceived,
    PromptFinished,
)
from switch.voice_messages.config import MessageBoxConfig
from switch.voice_messages.events import MessageEnd, VoiceMessageLeft, VoiceMessageStarted
from switch.voice_messages.voice_messages import VoiceMessages

T = TypeVar("T")
BOX = MessageBoxConfig(name="service", greeting=["hello"], thanks=["thanks"], max_s=30, min_s=1)
ARRIVED = CallArrived(
    call_id="call",
    contact_id="contact",
    leg_id="leg",
    sip_call_id="x@y",
    caller_number="13800138000",
    caller_name="",
    called_number="95598",
    access_code="95598",
    target="message:service",
    peer="udp:192.0.2.1:5060",
)


class Boxes:
    """The core with a clock, and what it said last."""

    def __init__(self, box: MessageBoxConfig = BOX, recording: str | None = None) -> None:
        self.core = VoiceMessages([box], SeededIds(), lambda call_id: recording)
        self.is_recorded_before = recording is not None
        self.now = 100.0
        self.outputs: Sequence[Output] = ()

    def arrive(self) -> None:
        self.outputs = self.core.call_arrived(ARRIVED, self.now)

    def come_from_a_queue(self, target: str = "message:service", back: str | None = None) -> None:
        event = CallHandedOff(
            call_id="call",
            contact_id="contact",
            caller_number="13800138000",
            caller_name="",
            access_code="95598",
            target=target,
            back=back,
        )
        self.outputs = self.core.call_handed_off(event, self.now)

    def finish_prompts(self, reason: str = "finished") -> None:
        (play,) = self.of(PlayPrompt)
        event = PromptFinished(call_id="call", playback_id=play.playback_id, reason=reason)
        self.outputs = self.core.prompt_finished(event, self.now)

    def begin(self, recording_id: str = "recording") -> None:
        """Up to the moment when the caller speaks."""
        self.arrive()
        self.finish_prompts()
        if not self.is_recorded_before:
            self.core.call_recorded(CallRecorded(call_id="call", recording_id=recording_id), self.now)

    def press(self, key: str) -> None:
        event = DigitReceived(call_id="call", digit=key, duration_ms=100)
        self.outputs = self.core.digit_received(event, self.now)

    def wait(self, seconds: float) -> None:
        self.now += seconds
        due = self.core.next_deadline()
        self.outputs = self.core.wake(now=self.now) if due is not None and due <= self.now else ()

    def hang_up(self) -> None:
        ended = CallEnded(call_id="call", contact_id="contact", cause=Cause.NORMAL_CLEARING, by_caller=True)
        self.outputs = self.core.call_ended(ended, self.now)

    def of(self, kind: type[T]) -> list[T]:
        return [output for output in self.outputs if isinstance(output, kind)]

    def left(self) -> VoiceMessageLeft:
        (left,) = self.of(VoiceMessageLeft)
        return left


def test_a_caller_is_answered_greeted_and_recorded_after_the_tone() -> None:
    boxes = Boxes()
    boxes.arrive()
    assert boxes.of(AnswerCall) == [AnswerCall(call_id="call")]
    assert boxes.of(PlayPrompt)[0].prompts == ("hello", "tone:recorded")
    assert boxes.of(StartCallRecording) == []
    boxes.finish_prompts()
    assert boxes.of(StartCallRecording) == [StartCallRecording(call_id="call")]
    assert boxes.of(VoiceMessageStarted)[0].caller_number == "13800138000"


@pytest.mark.parametrize("reason", ["finished", "failed", "stopped"])
def test_a_prompt_that_cannot_be_played_does_not_keep_the_caller_from_speaking(reason: str) -> None:
    boxes = Boxes()
    boxes.come_from_a_queue()
    assert boxes.of(AnswerCall) == []
    boxes.finish_prompts(reason)
    assert boxes.of(VoiceMessageStarted) != []


def test_a_key_ends_the_message_whose_recording_is_tagged_and_thanks_are_heard() -> None:
    boxes = Boxes()
    boxes.begin()
    boxes.wait(12)
    boxes.press("5")
    assert boxes.outputs == ()
    boxes.press("#")
    left = boxes.left()
    assert (left.recording_id, left.length_ms, left.end) == ("recording", 12_000, MessageEnd.KEY)
    assert boxes.of(RecordingTagged)[0].tag == "message:service"
    assert boxes.of(StopCallRecording) != []
    assert boxes.of(PlayPrompt)[0].prompts == ("thanks",)
    boxes.finish_prompts()
    assert boxes.of(HangUpCall) == [HangUpCall(call_id="call", cause=Cause.NORMAL_CLEARING)]
    boxes.hang_up()
    assert boxes.outputs == ()
    assert boxes.core.open_calls == 0


def test_a_message_ends_by_itself_at_its_limit() -> None:
    boxes = Boxes()
    boxes.begin()
    boxes.wait(29.9)
    assert boxes.outputs == ()
    boxes.wait(0.1)
    assert boxes.left().end is MessageEnd.LIMIT
    assert boxes.core.next_deadline() is None


def test_whoever_hangs_up_has_left_what_was_said() -> None:
    boxes = Boxes()
    boxes.begin()
    boxes.wait(5)
    boxes.hang_up()
    assert (boxes.left().end, boxes.left().length_ms) == (MessageEnd.HUNG_UP, 5000)
    assert boxes.of(RecordingTagged) != []
    assert boxes.of(HangUpCall) == []


def test_whoever_hangs_up_at_once_has_left_nothing_to_listen_to() -> None:
    boxes = Boxes()
    boxes.begin()
    boxes.wait(0.5)
    boxes.hang_up()
    assert boxes.left().recording_id is None
    assert boxes.of(RecordingTagged) == []


def test_whoever_hangs_up_during_the_greeting_has_left_no_message() -> None:
    boxes = Boxes()
    boxes.arrive()
    boxes.hang_up()
    assert boxes.outputs == ()
    assert boxes.core.open_calls == 0


def test_a_call_that_is_recorded_anyway_goes_on_being_recorded() -> None:
    boxes = Boxes(recording="whole")
    boxes.begin()
    boxes.wait(3)
    boxes.press("#")
    assert boxes.left().recording_id == "whole"
    assert boxes.of(StopCallRecording) == []


def test_the_caller_goes_where_the_box_says() -> None:
    boxes = Boxes(BOX.model_copy(update={"thanks": [], "then": "queue:service"}))
    boxes.begin()
    boxes.wait(3)
    boxes.press("#")
    assert boxes.of(HandOff) == [HandOff(call_id="call", target="queue:service")]


def test_a_call_that_somebody_takes_away_has_left_what_was_said() -> None:
    boxes = Boxes()
    boxes.begin()
    boxes.wait(3)
    boxes.come_from_a_queue(target="queue:service")
    assert boxes.left().end is MessageEnd.HANDED_OFF
    assert boxes.core.open_calls == 0


def test_a_box_without_greeting_and_tone_listens_at_once() -> None:
    boxes = Boxes(MessageBoxConfig(name="service", tone=""))
    boxes.arrive()
    assert boxes.of(VoiceMessageStarted) != []


def test_other_targets_other_calls_and_other_prompts_are_not_its_affair() -> None:
    boxes = Boxes()
    boxes.come_from_a_queue(target="queue:service")
    assert boxes.outputs == ()
    boxes.press("#")
    assert boxes.outputs == ()
    boxes.arrive()
    stranger = PromptFinished(call_id="call", playback_id="music", reason="stopped")
    assert boxes.core.prompt_finished(stranger, boxes.now) == ()
    assert boxes.core.knows("service")
    assert not boxes.core.knows("nowhere")


def test_a_core_rebuilt_from_a_snapshot_goes_on() -> None:
    boxes = Boxes()
    boxes.begin()
    twin = VoiceMessages([BOX], SeededIds(), lambda call_id: None, boxes.core.snapshot())
    boxes.core = twin
    boxes.wait(30)
    assert boxes.left().recording_id == "recording"


def test_who_waits_in_a_queue_goes_back_there_after_the_message_whatever_the_box_says() -> None:
    boxes = Boxes()
    boxes.come_from_a_queue(back="queue:billing?place=call")
    boxes.finish_prompts()
    boxes.wait(5)
    boxes.press("#")
    boxes.finish_prompts()
    assert boxes.of(HandOff) == [HandOff(call_id="call", target="queue:billing?place=call")]
    assert boxes.of(HangUpCall) == []


def test_who_comes_to_the_box_by_a_consultation_goes_back_to_the_flow_after_the_message() -> None:
    boxes = Boxes()
    boxes.arrive()
    due = CallDueBack(call_id="call", from_call_id="former", target="flow:hotline?return")
    for event in (due, replace(due, call_id="in no box")):
        boxes.core.call_due_back(event, boxes.now)
    boxes.finish_prompts()
    boxes.wait(5)
    boxes.press("#")
    boxes.finish_prompts()
    assert boxes.of(HandOff) == [HandOff(call_id="call", target="flow:hotline?return")]
    assert boxes.of(HangUpCall) == []


def test_a_message_that_is_interrupted_because_an_agent_is_there_is_kept() -> None:
    boxes = Boxes()
    boxes.come_from_a_queue(back="queue:billing?place=call")
    boxes.finish_prompts()
    boxes.core.call_recorded(CallRecorded(call_id="call", recording_id="recording"), boxes.now)
    boxes.wait(5)
    boxes.come_from_a_queue("queue:billing?place=call")
    (left,) = boxes.of(VoiceMessageLeft)
    assert (left.end, left.recording_id) == (MessageEnd.HANDED_OFF, "recording")
