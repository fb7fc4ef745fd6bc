"""Speech made from text while a caller is on the line, played, and found again in what SIPp's phone heard."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile
import uvloop

from cli.configuration.installation import load_installation
from cli.switchboard import Switchboard
from media.prompts import SAMPLE_RATE_HZ, resampled
from media.speech.commands import MakeSpeech
from media.speech.events import SpeechMade
from runtime.driver import Outputs
from runtime.vocabulary import Event
from sipp_scenarios.audio import Samples, find, speech
from sipp_scenarios.follower import EventFollower
from sipp_scenarios.phones import CallerPhone
from sipp_scenarios.runner import Address
from switch.commands import PlayPrompt
from switch.events import CallAnswered, PromptFinished
from tests.helpers.switch_process import QUEUE_ONLY, switch_process
from tests.helpers.toml_text import section

PATIENCE_S = 60
TEXT = "尊敬的客户，您本月的电费为一百二十三元四角五分。"


class SpeakingSwitch:
    """The whole switch on a loop of its own, with an application that plays what was made for a call."""

    def __init__(self, folder: Path) -> None:
        switch_process(folder)  # writes the configuration; the process is not started
        self._loop = uvloop.new_event_loop()
        self.board = Switchboard(load_installation(folder / "ringmain.toml"), self._loop)
        self.board.driver.add_routes({SpeechMade: self._play})
        self.board.driver.observe(self._hear)
        self.answered: Future[str] = Future()
        self.made: list[SpeechMade] = []
        self.finished: list[Future[PromptFinished]] = [Future(), Future()]

    @property
    def address(self) -> Address:
        return Address(self.board.configuration.sip.host, self.board.configuration.sip.port)

    @contextmanager
    def running(self) -> Iterator[None]:
        thread = threading.Thread(target=self._loop.run_forever)
        thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self.board.open(), self._loop).result(PATIENCE_S)
            yield
        finally:
            asyncio.run_coroutine_threadsafe(self.board.close(), self._loop).result(PATIENCE_S)
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join(PATIENCE_S)
            self._loop.close()

    def say(self, call_id: str, text: str, number: int) -> PromptFinished:
        """Returns when the caller has heard it."""
        request = MakeSpeech(request_id=str(number), call_id=call_id, text=text, language="zh")
        self._loop.call_soon_threadsafe(self.board.driver.submit, request)
        return self.finished[number].result(PATIENCE_S)

    def _play(self, event: SpeechMade, now: float) -> Outputs:
        assert event.call_id is not None
        return [PlayPrompt(call_id=event.call_id, playback_id=event.request_id, prompts=(event.prompt,))]

    def _hear(self, event: Event, wall: float) -> None:
        if isinstance(event, CallAnswered):
            self.answered.set_result(event.call_id)
        elif isinstance(event, SpeechMade):
            self.made.append(event)
        elif isinstance(event, PromptFinished) and event.playback_id in ("0", "1"):
            self.finished[int(event.playback_id)].set_result(event)


def kept_samples(folder: Path) -> Samples:
    """The one text the switch has kept, as a telephone carries it."""
    (file,) = (folder / "speech").glob("*.wav")
    samples, rate_hz = soundfile.read(file, dtype="int16")
    return resampled(samples, rate_hz, SAMPLE_RATE_HZ)


def test_a_caller_hears_a_text_that_was_made_speech_while_they_wait(tmp_path: Path) -> None:
    switch = SpeakingSwitch(tmp_path)
    with switch.running():
        caller = CallerPhone(switch.address, QUEUE_ONLY, speech(1, 5), tmp_path, "13800138000")
        with caller:
            caller.wait_answered()
            call_id = switch.answered.result(PATIENCE_S)
            first = switch.say(call_id, TEXT, 0)
            second = switch.say(call_id, TEXT, 1)
            caller.hang_up()
        heard = caller.talker.heard
    kept = kept_samples(tmp_path)
    assert len(kept) / SAMPLE_RATE_HZ > 3
    assert [made.was_kept for made in switch.made] == [False, True]
    for finished, made in zip((first, second), switch.made, strict=True):
        assert finished.reason == "finished"
        assert abs(finished.position_ms - made.length_ms) <= 20
        assert abs(made.length_ms - 1000 * len(kept) / SAMPLE_RATE_HZ) <= 1
    match = find(kept, heard)
    assert match.score > 0.95
    again = find(kept, heard[match.at + len(kept) :])
    assert max(again.score, find(kept, heard[: match.at]).score) > 0.95
    energy = np.mean(heard[match.at : match.at + len(kept)].astype(float) ** 2) / np.mean(
        kept.astype(float) ** 2
    )
    assert 0.9 < energy < 1.1


FLOW = f"""
name: spoken
title: 电费播报
language: zh
start: tell
nodes:
  tell: {{type: say, text: "{TEXT}", next: bye}}
  bye: {{type: hang_up}}
"""
SPOKEN = "95511"


def test_a_flow_says_a_text_to_two_callers_and_has_it_made_once(tmp_path: Path) -> None:
    code = section("[[access_codes]]", number=SPOKEN, target="flow:spoken")
    switch = switch_process(tmp_path, more=code)
    (tmp_path / "flows" / "spoken.yaml").write_text(FLOW, encoding="utf-8")
    with switch, EventFollower(switch.control_socket) as events:
        for was_kept in (False, True):
            caller = CallerPhone(switch.sip, SPOKEN, speech(1, 5), tmp_path, "13800138000")
            with caller:
                caller.wait_answered()
                caller.wait_hung_up_on()
            made = events.wait_for("speech.made", was_kept=was_kept).fields
            kept = kept_samples(tmp_path)
            assert abs(made["length_ms"] - 1000 * len(kept) / SAMPLE_RATE_HZ) <= 1
            assert find(kept, caller.talker.heard).score > 0.95
