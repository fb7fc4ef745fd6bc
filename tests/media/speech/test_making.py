"""The core of speech: who asks for the same shares it, engines take turns, and everybody is answered once."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.speech.commands import FetchSpeech, ForgetSpeech, MakeSpeech, Synthesise, TakeSpeech
from media.speech.events import SpeechEngineDown, SpeechEngineUp, SpeechFailed, SpeechFault, SpeechMade
from media.speech.health import Standing
from media.speech.making import EngineTraits, Limits, SpeechMaking
from runtime.errors import UsageError

T = TypeVar("T")

NEURAL = EngineTraits("neural", "command", {"zh": "xiaoyi", "zh-warm": "xiaomei"}, at_once=1)
ESPEAK = EngineTraits("espeak", "espeak-ng", {"zh": "cmn", "en": "en-us"}, at_once=2)
LIMITS = Limits(max_characters=20, answer_within_s=10, max_waiting=2, memory_bytes=1000)


def of_kind(kind: type[T], outputs: Iterable[Any]) -> list[T]:
    return [output for output in outputs if isinstance(output, kind)]


class Making:
    """The core with a disk and engines that answer when the test lets them."""

    def __init__(self, *engines: EngineTraits, limits: Limits = LIMITS) -> None:
        self.core = SpeechMaking(engines or (NEURAL, ESPEAK), limits)
        self.now = 100.0
        self.requests = 0
        self.kept: set[str] = set()
        """On the disk."""
        self.saying: list[Synthesise] = []
        self.told: list[Any] = []

    def ask(self, text: str = "您好", language: str = "zh", voice: str = "") -> str:
        self.requests += 1
        request_id = f"speech-{self.requests}"
        request = MakeSpeech(
            request_id=request_id, call_id="call-1", text=text, language=language, voice=voice
        )
        self.follow(self.core.make(request, self.now))
        return request_id

    def follow(self, outputs: Sequence[Any]) -> None:
        """What is fetched is answered at once, what is said when the test says so."""
        for output in outputs:
            if isinstance(output, FetchSpeech):
                found = output.prompt in self.kept
                length_ms = 900 if found else 0
                taken = TakeSpeech(making_id=output.making_id, length_ms=length_ms, size_bytes=400)
                self.follow(self.core.take(taken, self.now))
            elif isinstance(output, Synthesise):
                self.saying.append(output)
            else:
                self.told.append(output)

    def said(self, index: int = 0, **outcome: Any) -> None:
        command = self.saying.pop(index)
        taken = TakeSpeech(making_id=command.making_id, **({"length_ms": 900, "size_bytes": 400} | outcome))
        if taken.length_ms:
            self.kept.add(command.prompt)
        self.follow(self.core.take(taken, self.now))

    def failed(self, index: int = 0, *, missing: bool = False) -> None:
        self.said(index, length_ms=0, problem="no licence", engine_failed=True, engine_missing=missing)

    def pass_time(self, seconds: float) -> None:
        until = self.now + seconds
        while (at := self.core.next_deadline()) is not None and at <= until:
            self.now = at
            self.follow(self.core.wake(now=at))
        self.now = until

    def take(self, kind: type[T]) -> list[T]:
        taken = of_kind(kind, self.told)
        self.told = [output for output in self.told if not isinstance(output, kind)]
        return taken


def test_a_text_is_said_by_the_first_engine_and_told_with_its_prompt() -> None:
    making = Making()
    request_id = making.ask(" 您好\n")
    (command,) = making.saying
    assert (command.engine, command.voice, command.text) == ("neural", "xiaoyi", "您好")
    making.said()
    (made,) = making.take(SpeechMade)
    assert (made.request_id, made.call_id, made.engine) == (request_id, "call-1", "neural")
    assert (made.prompt, made.length_ms, made.was_kept) == (command.prompt, 900, False)
    assert made.prompt.startswith("speech:")
    assert making.core.next_deadline() is None
    assert making.core.under_way == 0


def test_a_hundred_who_ask_for_the_same_share_one_engine_and_are_each_answered() -> None:
    making = Making()
    asked = [making.ask() for _ in range(100)]
    assert len(making.saying) == 1
    making.said()
    assert [made.request_id for made in making.take(SpeechMade)] == asked


def test_what_is_in_memory_is_told_in_the_same_run() -> None:
    making = Making()
    making.ask()
    making.said()
    making.take(SpeechMade)
    making.kept.clear()
    making.ask("您 好".replace(" ", ""))
    (made,) = making.take(SpeechMade)
    assert made.was_kept
    assert making.saying == []


def test_what_is_on_the_disk_needs_no_engine_even_while_it_is_down() -> None:
    making = Making(NEURAL)
    making.ask("再见")
    making.said()
    making.core = SpeechMaking([NEURAL], LIMITS)  # started anew
    making.ask("您好")
    making.failed(missing=True)
    making.told.clear()
    making.ask("再见")
    (made,) = making.take(SpeechMade)
    assert made.was_kept


def test_another_text_voice_language_or_engine_is_another_prompt() -> None:
    english = EngineTraits("neural", "command", {"zh": "xiaoyi", "en": "xiaoyi", "warm": "xiaomei"}, 9)
    other = EngineTraits("neural", "command2", english.voices, 9)
    making, changed = Making(english), Making(other)
    for text, language, voice in (("好", "zh", ""), ("你", "zh", ""), ("好", "en", ""), ("好", "zh", "warm")):
        making.ask(text, language, voice)
    changed.ask("好")
    prompts = [command.prompt for command in (*making.saying, *changed.saying)]
    assert len(set(prompts)) == 5


@pytest.mark.parametrize(
    ("language", "voice", "expected"),
    [
        ("zh", "zh-warm", "xiaomei"),
        ("zh-CN", "", "xiaoyi"),
        ("zh_TW", "unknown", "xiaoyi"),
        ("en-GB", "", "en-us"),
    ],
)
def test_a_voice_is_found_by_its_name_or_its_language(language: str, voice: str, expected: str) -> None:
    making = Making()
    making.ask("a", language, voice)
    assert [command.voice for command in making.saying] == [expected]


@pytest.mark.parametrize(
    ("text", "language", "reason"),
    [
        (" \t\x00\n", "zh", SpeechFault.EMPTY),
        ("长" * 21, "zh", SpeechFault.TOO_LONG),
        ("Bonjour", "fr", SpeechFault.NO_VOICE),
    ],
)
def test_what_cannot_be_said_is_told_at_once(text: str, language: str, reason: SpeechFault) -> None:
    making = Making()
    request_id = making.ask(text, language)
    (failed,) = making.take(SpeechFailed)
    assert (failed.request_id, failed.reason) == (request_id, reason)
    assert making.saying == []
    assert making.core.counts.failed == {(reason.value,): 1}


def test_the_next_engine_speaks_where_one_fails() -> None:
    making = Making()
    making.ask()
    making.failed()
    assert [command.engine for command in making.saying] == ["espeak"]
    making.said()
    (made,) = making.take(SpeechMade)
    assert made.engine == "espeak"
    assert making.take(SpeechEngineDown) == []


def test_an_engine_that_fails_three_times_in_a_row_is_passed_over_and_tried_again() -> None:
    making = Making()
    for text in "一二三":
        making.ask(text)
        making.failed()
        making.said()
    (down,) = making.take(SpeechEngineDown)
    assert (down.engine, down.problem, down.for_s) == ("neural", "no licence", 5)
    making.ask("四")
    assert [command.engine for command in making.saying] == ["espeak"]
    making.said()
    making.pass_time(5)
    making.ask("五")
    assert [command.engine for command in making.saying] == ["neural"]
    making.failed()
    making.said()
    (down,) = making.take(SpeechEngineDown)
    assert down.for_s == 10
    making.pass_time(10)
    making.ask("六")
    making.said()
    assert [up.engine for up in making.take(SpeechEngineUp)] == ["neural"]
    assert making.core.standings(making.now)["neural"] is Standing.SPEAKING


def test_a_missing_engine_is_passed_over_at_once_and_its_queue_goes_elsewhere() -> None:
    making = Making()
    for text in "一二三":
        making.ask(text)
    assert [command.engine for command in making.saying] == ["neural"]
    making.failed(missing=True)
    assert [command.engine for command in making.saying] == ["espeak", "espeak"]
    making.said()
    making.said()
    making.said()
    assert len(making.take(SpeechMade)) == 3


def test_an_engine_on_trial_is_given_one_text_only() -> None:
    making = Making(ESPEAK)
    making.ask("一")
    making.failed(missing=True)
    making.told.clear()
    making.pass_time(5)
    making.ask("二")
    making.ask("三")
    assert [command.text for command in making.saying] == ["二"]
    assert [failed.reason for failed in making.take(SpeechFailed)] == [SpeechFault.NO_ENGINE]


def test_a_text_nothing_is_heard_of_does_no_harm_to_the_engine() -> None:
    making = Making(ESPEAK)
    for _ in range(5):
        making.ask("。")
        making.said(length_ms=0, problem="nothing is heard of the text")
    reasons = [failed.reason for failed in making.take(SpeechFailed)]
    assert reasons == [SpeechFault.FAILED] * 5
    assert making.core.standings(making.now) == {"espeak": Standing.SPEAKING}


def test_an_engine_is_given_as_many_texts_as_it_takes_and_the_next_when_one_ends() -> None:
    making = Making(ESPEAK)
    for text in "一二三":
        making.ask(text)
    assert [command.text for command in making.saying] == ["一", "二"]
    making.said()
    assert [command.text for command in making.saying] == ["二", "三"]


def test_those_beyond_who_may_wait_go_to_the_next_engine() -> None:
    making = Making()
    for text in "一二三四":
        making.ask(text)
    assert [(command.engine, command.text) for command in making.saying] == [
        ("neural", "一"),
        ("espeak", "四"),
    ]


def test_who_waits_too_long_is_told_and_what_was_begun_is_kept_for_the_next() -> None:
    making = Making(ESPEAK)
    first = making.ask("一")
    making.pass_time(6)
    second = making.ask("一")
    making.pass_time(4)
    (failed,) = making.take(SpeechFailed)
    assert (failed.request_id, failed.reason) == (first, SpeechFault.LATE)
    making.pass_time(6)
    assert [failed.request_id for failed in making.take(SpeechFailed)] == [second]
    making.said()
    assert making.take(SpeechMade) == []
    making.ask("一")
    (made,) = making.take(SpeechMade)
    assert made.was_kept


def test_who_lost_patience_in_line_takes_nobodys_place() -> None:
    making = Making(NEURAL)
    making.ask("一")
    making.ask("二")
    making.pass_time(10)
    assert making.core.under_way == 1
    making.said()
    assert making.saying == []
    assert making.core.under_way == 0


def test_memory_is_made_room_in_but_not_of_what_was_asked_for_just_now() -> None:
    making = Making(ESPEAK)
    for text in "一二三":
        making.ask(text)
        making.said()
    assert making.take(ForgetSpeech) == []
    assert making.core.memory_bytes == 1200
    making.pass_time(61)
    making.ask("一")
    making.ask("四")
    prompts = {made.request_id: made.prompt for made in making.take(SpeechMade)}
    making.said()
    assert [forgotten.prompt for forgotten in making.take(ForgetSpeech)] == [
        prompts["speech-2"],
        prompts["speech-3"],
    ]
    assert making.core.memory_bytes == 800


def test_a_request_is_not_made_twice() -> None:
    making = Making()
    making.ask()
    making.requests = 0
    with pytest.raises(UsageError, match="speech-1"):
        making.ask()


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.sampled_from("一二三四五"), st.sampled_from(["zh", "en", "fr"])),
        st.tuples(st.sampled_from(["said", "failed", "missing", "silent"]), st.integers(0, 3)),
        st.tuples(st.just("time"), st.floats(0, 8)),
    ),
    max_size=60,
)


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_whatever_engines_do_everybody_is_answered_exactly_once(steps: list[Any]) -> None:
    making = Making()
    for step, *values in steps:
        if step == "ask":
            making.ask(*values)
        elif step == "time":
            making.pass_time(*values)
        elif making.saying:
            _carry_on(making, step, values[0] % len(making.saying))
    making.pass_time(LIMITS.answer_within_s)
    while making.saying:
        making.said()
    answered = [told.request_id for told in making.told if isinstance(told, SpeechMade | SpeechFailed)]
    assert sorted(answered) == sorted(f"speech-{number + 1}" for number in range(making.requests))
    assert making.core.under_way == 0
    assert making.core.next_deadline() is None


def _carry_on(making: Making, outcome: str, index: int) -> None:
    if outcome == "said":
        making.said(index)
    elif outcome == "silent":
        making.said(index, length_ms=0, problem="nothing is heard of the text")
    else:
        making.failed(index, missing=outcome == "missing")
