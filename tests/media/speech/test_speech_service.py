"""The shell of speech on a running loop: the real espeak-ng, the disk, and engines that are broken."""

import asyncio
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import uvloop

from media._core import Ways
from media.prompts import Samples
from media.speech.commands import MakeSpeech
from media.speech.config import SpeechConfig, SpeechEngineConfig
from media.speech.engine import EngineFailed
from media.speech.events import SpeechEngineDown, SpeechFailed, SpeechFault, SpeechMade
from media.speech.service import SpeechService, build_engine
from runtime.alarm import LoopAlarm
from runtime.clock import LoopClock
from runtime.driver import Driver, Outputs
from runtime.vocabulary import Event

ESPEAK = SpeechEngineConfig(name="espeak", kind="espeak", timeout_s=30)
HANGING = SpeechEngineConfig(
    name="hanging",
    kind="command",
    command=[sys.executable, "-c", "import time; time.sleep(600)"],
    timeout_s=0.5,
)
MISSING = SpeechEngineConfig(name="missing", kind="command", command=["/nowhere/tts"])


class Counting:
    """An engine in front of another that counts what it is asked, and may be broken."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.asked = 0
        self.fault: Exception | None = None
        self._lock = threading.Lock()

    def synthesise(self, text: str, language: str, voice: str) -> bytes:
        with self._lock:
            self.asked += 1
        if self.fault is not None:
            raise self.fault
        said: bytes = self.engine.synthesise(text, language, voice)
        return said

    def close(self) -> None:
        self.engine.close()


class House:
    """A driver with speech alone."""

    def __init__(self, folder: Path, *engines: SpeechEngineConfig) -> None:
        loop = asyncio.get_running_loop()
        config = SpeechConfig(engines=list(engines), cache=folder, answer_within_s=60)
        self.engines = {engine.name: Counting(build_engine(engine, time.monotonic)) for engine in engines}
        self.prompts: dict[str, tuple[Samples, Samples]] = {}
        self.events: list[Event] = []
        self.changed = asyncio.Event()
        self.driver = Driver(LoopClock(loop.time), LoopAlarm(loop), _fail, Ways())
        self.service = SpeechService(
            config,
            self.engines,
            keep=lambda name, narrow, wide: self.prompts.__setitem__(name, (narrow, wide)),
            forget=self.prompts.__delitem__,
            submit=lambda command: loop.call_soon_threadsafe(self.driver.submit, command),
        )
        self.driver.add_core(self.service.core)
        self.driver.add_routes(self.service.routes())
        self.driver.observe(self._heard)

    async def ask(self, *texts: str, language: str = "zh") -> list[SpeechMade | SpeechFailed]:
        """All at once; the answers in the order of asking."""
        first = len(self.answers)
        for number, text in enumerate(texts, first):
            self.driver.submit(
                MakeSpeech(request_id=f"speech-{number}", call_id=None, text=text, language=language)
            )
        while len(self.answers) < first + len(texts):
            self.changed.clear()
            await self.changed.wait()
        return sorted(self.answers[first:], key=lambda answer: int(answer.request_id.partition("-")[2]))

    @property
    def answers(self) -> list[SpeechMade | SpeechFailed]:
        return [event for event in self.events if isinstance(event, SpeechMade | SpeechFailed)]

    def close(self) -> None:
        """And wait until what is to be written is."""
        self.service.close()
        self.service._disk.shutdown(wait=True)

    def _heard(self, event: Event, wall: float) -> None:
        self.events.append(event)
        self.changed.set()


def _fail(item: object, fault: Exception) -> Outputs:
    raise AssertionError(f"{item} failed") from fault


def _cut_in_half(folder: Path) -> tuple[Path, bytes]:
    """The one file there is, and what was in it."""
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    return file, whole


Steps = Callable[[], Awaitable[None]]


def run(steps: Steps) -> None:
    async def limited() -> None:
        await asyncio.wait_for(steps(), 100)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(limited())


def test_a_hundred_same_requests_at_once_make_one_process(tmp_path: Path) -> None:
    async def steps() -> None:
        house = House(tmp_path, ESPEAK)
        answers = await house.ask(*["您好，请稍候。"] * 100)
        assert len({answer.prompt for answer in answers if isinstance(answer, SpeechMade)}) == 1
        assert len(answers) == 100
        assert house.engines["espeak"].asked == 1
        house.close()

    run(steps)


def test_a_restarted_switch_plays_from_the_disk_what_was_said_before(tmp_path: Path) -> None:
    async def steps() -> None:
        house = House(tmp_path, ESPEAK)
        (made,) = await house.ask("您的余额为五元。")
        assert isinstance(made, SpeechMade)
        house.service._disk.submit(int).result()  # what is to be written is written
        house.close()
        again = House(tmp_path, ESPEAK)
        (kept,) = await again.ask("您的余额为五元。")
        assert isinstance(kept, SpeechMade)
        assert (kept.prompt, kept.length_ms, kept.was_kept) == (made.prompt, made.length_ms, True)
        assert again.engines["espeak"].asked == 0
        for before, after in zip(house.prompts[made.prompt], again.prompts[made.prompt], strict=True):
            assert before.tolist() == after.tolist()
        again.close()

    run(steps)


def test_a_spoilt_file_is_said_anew(tmp_path: Path) -> None:
    async def steps() -> None:
        house = House(tmp_path, ESPEAK)
        await house.ask("您好")
        house.service._disk.submit(int).result()
        house.close()
        file, whole = _cut_in_half(tmp_path)
        again = House(tmp_path, ESPEAK)
        (made,) = await again.ask("您好")
        assert isinstance(made, SpeechMade)
        assert not made.was_kept
        again.service._disk.submit(int).result()
        assert file.read_bytes() == whole
        again.close()

    run(steps)


def test_the_loop_goes_on_while_an_engine_hangs_and_the_next_one_speaks(tmp_path: Path) -> None:
    async def steps() -> None:
        house = House(tmp_path, HANGING, ESPEAK)
        ticks = 0

        def tick() -> None:
            nonlocal ticks
            ticks += 1
            asyncio.get_running_loop().call_later(0.02, tick)

        tick()
        (made,) = await house.ask("您好")
        assert isinstance(made, SpeechMade)
        assert made.engine == "espeak"
        assert ticks >= 10
        house.close()

    run(steps)


def test_a_missing_engine_is_told_once_and_not_asked_again_soon(tmp_path: Path) -> None:
    async def steps() -> None:
        house = House(tmp_path, MISSING, ESPEAK)
        await house.ask("一")
        await house.ask("二")
        assert house.engines["missing"].asked == 1
        assert [event.engine for event in house.events if isinstance(event, SpeechEngineDown)] == ["missing"]
        house.close()

    run(steps)


def test_without_an_engine_that_works_the_reason_is_told(tmp_path: Path) -> None:
    async def steps() -> None:
        house = House(tmp_path, MISSING)
        (failed,) = await house.ask("一")
        assert isinstance(failed, SpeechFailed)
        assert failed.reason is SpeechFault.FAILED
        assert "missing: /nowhere/tts cannot be started" in failed.problem
        (failed,) = await house.ask("一")
        assert isinstance(failed, SpeechFailed)
        assert failed.reason is SpeechFault.NO_ENGINE
        house.close()

    run(steps)


@pytest.mark.parametrize("fault", [EngineFailed("it says no"), ZeroDivisionError("ours")])
def test_whatever_an_engine_raises_who_asked_is_answered(tmp_path: Path, fault: Exception) -> None:
    async def steps() -> None:
        house = House(tmp_path, ESPEAK)
        house.engines["espeak"].fault = fault
        (failed,) = await house.ask("一")
        assert isinstance(failed, SpeechFailed)
        assert str(fault) in failed.problem
        house.close()

    run(steps)


def test_what_cannot_be_written_is_played_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "full").write_bytes(b"a file where the folder is to be")

    async def steps() -> None:
        house = House(tmp_path / "full", ESPEAK)
        (made,) = await house.ask("一")
        assert isinstance(made, SpeechMade)
        assert made.prompt in house.prompts
        house.close()

    run(steps)
