"""What was said at a station becomes a prompt of the library, heard at once, with the one before kept."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from media.prompt_sound import loudness_db
from media.prompts import Samples, load_prompts
from runtime.errors import UsageError
from runtime.vocabulary import Command
from switch.prompt_recording.commands import ForgetTake, KeepTake, ReadTake, TakeWasKept, TakeWasRead
from switch.prompt_recording.libraries import Libraries
from switch.prompt_recording.takes import Takes

RATE_HZ = 8000
PATIENCE_S = 20


class Shell:
    """The shell with a library, and what it answered."""

    def __init__(self, folder: Path) -> None:
        self.library = folder / "prompts"
        self.library.mkdir()
        self.own = folder / "acme"
        self.prompts: dict[str, tuple[Samples, Samples]] = {}
        self._answers: list[Command] = []
        self._answered = threading.Semaphore(0)
        libraries = Libraries(self.library, {"acme": self.own, "globex": None})
        self.takes = Takes(
            libraries.place_of,
            keep=lambda name, narrow, wide: self.prompts.__setitem__(name, (narrow, wide)),
            forget=lambda name: self.prompts.pop(name, None),
            submit=self._take,
        )

    def do(self, command: Command) -> Any:
        """Its answer."""
        assert list(self.takes.routes()[type(command)](command, 0.0)) == []
        assert self._answered.acquire(timeout=PATIENCE_S)
        return self._answers.pop()

    def _take(self, command: Command) -> None:
        self._answers.append(command)
        self._answered.release()


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def recording(folder: Path, *, customer: float = 0.3, agent: float = 0.5) -> Path:
    """Half a second of silence, one of a voice, half of silence; another voice on the right."""
    path = folder / "recording.wav"
    time = np.arange(RATE_HZ) / RATE_HZ
    silence = np.zeros(RATE_HZ // 2)
    left, right = (
        np.concatenate([silence, loudness * np.sin(2 * np.pi * pitch_hz * time), silence])
        for loudness, pitch_hz in ((customer, 300), (agent, 900))
    )
    soundfile.write(path, np.column_stack([left, right]), RATE_HZ, subtype="PCM_16")
    return path


def read(shell: Shell, path: Path, cut_ms: int = 0) -> TakeWasRead:
    answer = shell.do(ReadTake(call_id="call-1", take="take:1", path=str(path), cut_ms=cut_ms))
    assert isinstance(answer, TakeWasRead)
    return answer


def keep(shell: Shell, prompt: str) -> TakeWasKept:
    answer = shell.do(KeepTake(call_id="call-1", take="take:1", prompt=prompt))
    assert isinstance(answer, TakeWasKept)
    return answer


def pitch_hz(samples: Samples) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * RATE_HZ / len(samples))


def test_what_the_station_said_is_trimmed_levelled_and_heard(shell: Shell, tmp_path: Path) -> None:
    assert read(shell, recording(tmp_path)).problem == ""
    narrow, wide = shell.prompts["take:1"]
    assert len(narrow) / RATE_HZ == pytest.approx(1.06, abs=0.02)
    assert len(wide) == 2 * len(narrow)
    assert pitch_hz(narrow) == pytest.approx(300, abs=2)
    assert loudness_db(narrow / 32768, RATE_HZ) == pytest.approx(-20, abs=1)
    assert list(shell.library.iterdir()) == []


def test_what_is_kept_is_in_the_library_and_heard_by_its_name(shell: Shell, tmp_path: Path) -> None:
    read(shell, recording(tmp_path))
    kept = keep(shell, "zh/停电通知")
    assert (kept.problem, kept.replaced) == ("", False)
    library, problems = load_prompts(shell.library)
    assert (library.names, problems) == (("zh/停电通知",), [])
    assert library.samples("zh/停电通知").tolist() == shell.prompts["zh/停电通知"][0].tolist()
    assert kept.length_ms == len(library.samples("zh/停电通知")) // 8


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_the_one_before_stays_hidden_beside_it(shell: Shell, tmp_path: Path, suffix: str) -> None:
    before = shell.library / f"notice{suffix}"
    soundfile.write(before, np.full(800, 0.1), RATE_HZ)
    content = before.read_bytes()
    read(shell, recording(tmp_path))
    assert keep(shell, "notice").replaced
    library, problems = load_prompts(shell.library)
    assert (library.names, problems) == (("notice",), [])
    assert pitch_hz(library.samples("notice")) == pytest.approx(300, abs=2)
    assert (shell.library / f".notice{suffix}.before").read_bytes() == content


def test_a_tenants_prompt_goes_to_its_own_library(shell: Shell, tmp_path: Path) -> None:
    read(shell, recording(tmp_path))
    assert keep(shell, "acme/zh/notice").problem == ""
    assert (shell.own / "zh" / "notice.wav").exists()
    assert "no prompts of its own" in keep(shell, "globex/zh/notice").problem
    with pytest.raises(UsageError, match="globex"):
        Libraries(shell.library, {"globex": None}).place_of("globex/a")


def test_the_end_that_is_no_speech_is_cut_off(shell: Shell, tmp_path: Path) -> None:
    assert read(shell, recording(tmp_path), cut_ms=1000).problem == ""
    assert len(shell.prompts["take:1"][0]) / RATE_HZ == pytest.approx(0.53, abs=0.02)


@pytest.mark.parametrize(("customer", "cut_ms"), [(0.0, 0), (0.3, 1500), (0.3, 60_000)])
def test_silence_and_nothing_are_told(shell: Shell, tmp_path: Path, customer: float, cut_ms: int) -> None:
    assert "silent" in read(shell, recording(tmp_path, customer=customer), cut_ms).problem
    assert shell.prompts == {}


def test_a_recording_that_is_gone_or_broken_is_told(shell: Shell, tmp_path: Path) -> None:
    assert "gone.wav" in read(shell, tmp_path / "gone.wav").problem
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    assert read(shell, tmp_path / "broken.wav").problem != ""


def test_a_library_that_takes_nothing_is_told(shell: Shell, tmp_path: Path) -> None:
    read(shell, recording(tmp_path))
    (shell.library / "zh").write_bytes(b"a file where a folder is to be")
    kept = keep(shell, "zh/notice")
    assert (kept.length_ms, "zh" in kept.problem) == (0, True)
    assert "zh/notice" not in shell.prompts


def test_what_is_forgotten_is_neither_heard_nor_kept(shell: Shell, tmp_path: Path) -> None:
    read(shell, recording(tmp_path))
    shell.takes.routes()[ForgetTake](ForgetTake(take="take:1"), 0.0)
    assert shell.prompts == {}
    assert keep(shell, "zh/notice").problem != ""
