"""The thread that has recordings converted and encrypted once they are over."""

import errno
import math
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from pyrage.x25519 import Identity

from media.config import RecordingsConfig
from media.recordings.disks import Disks
from media.recordings.homecoming import Folders
from runtime.errors import UsageError
from runtime.ids import SeededIds
from runtime.vocabulary import Event
from switch.archive.events import RecordingConverted, RecordingEncrypted, RecordingNotTreated
from switch.archive.in_hand import InHand
from switch.archive.keeping import Keeping
from switch.archive.known_disks import meet_disks
from switch.records.config import RecordsConfig
from tests.switch.archive.runs import Run, call_of, config, recording_file, running, tell_journal

PATIENCE_S = 45.0
NO_DISKS = Disks()
KEY = str(Identity.generate().to_public())


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Keeping, "RETRY_S", 0.05)


@contextmanager
def keeping(
    settings: RecordsConfig, run: Run, disks: Disks = NO_DISKS, **recordings: Any
) -> Iterator[Keeping]:
    configured = RecordingsConfig(**recordings)
    keeper = Keeping(configured, disks, settings, run.journal, InHand(), run.reports.put)
    keeper.start()
    try:
        yield keeper
    finally:
        keeper.close()


def told(run: Run, count: int) -> list[Event]:
    """What the thread reported first. The archive beside it reports too."""
    events: list[Event] = []
    while len(events) < count:
        event = run.reports.get(timeout=PATIENCE_S)
        if isinstance(event, RecordingConverted | RecordingEncrypted | RecordingNotTreated):
            events.append(event)
    return events


def names(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.iterdir())


def test_a_recording_is_converted_and_encrypted_after_its_manifest(tmp_path: Path) -> None:
    settings, path = config(tmp_path), recording_file(tmp_path)
    with running(settings) as run, keeping(settings, run, convert="flac", encrypt_to=[KEY]):
        run.tell(*call_of(path))
        converted, encrypted = told(run, 2)
    assert names(path) == ["recording-1.flac.age", "recording-1.json"]
    assert isinstance(converted, RecordingConverted)
    assert converted.path == str(path.with_suffix(".flac"))
    sealed = path.with_suffix(".flac.age")
    assert encrypted == RecordingEncrypted(
        recording_id="recording-1", path=str(sealed), size_bytes=sealed.stat().st_size
    )


def test_what_could_not_be_done_is_done_in_the_next_run(tmp_path: Path) -> None:
    settings, path = config(tmp_path), recording_file(tmp_path)
    second = recording_file(tmp_path, "recording-2")
    with running(settings) as run, keeping(settings, run, convert="flac"):
        run.tell(*call_of(path))
        told(run, 1)
    tell_journal(settings, *call_of(second))
    with running(settings) as run, keeping(settings, run, convert="flac"):
        (converted,) = told(run, 1)
    assert isinstance(converted, RecordingConverted)
    assert converted.recording_id == "recording-2"
    assert names(path) == ["recording-1.flac", "recording-1.json", "recording-2.flac", "recording-2.json"]


def test_a_recording_that_is_no_sound_stays_and_is_told(tmp_path: Path) -> None:
    settings, path = config(tmp_path), recording_file(tmp_path)
    moments = call_of(path)
    path.write_bytes(b"no sound")
    with running(settings) as run, keeping(settings, run, convert="opus"):
        run.tell(*moments)
        (problem,) = told(run, 1)
    assert isinstance(problem, RecordingNotTreated)
    assert "cannot be read as audio" in problem.reason
    assert path.read_bytes() == b"no sound"


def test_it_is_given_up_when_no_manifest_ever_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("switch.archive.keeping._MOST_ATTEMPTS", 3)
    settings, path = config(tmp_path), recording_file(tmp_path)
    path.with_suffix(".json").mkdir()  # where no manifest can be written
    (path.with_suffix(".json") / "in the way").touch()
    with running(settings) as run, keeping(settings, run, convert="flac"):
        run.tell(*call_of(path))
        (problem,) = told(run, 1)
    assert isinstance(problem, RecordingNotTreated)
    assert path.exists()


def test_a_keeper_that_is_killed_is_replaced(tmp_path: Path) -> None:
    settings, path = config(tmp_path), recording_file(tmp_path)
    second = recording_file(tmp_path, "recording-2")
    with running(settings) as run, keeping(settings, run, convert="flac") as keeper:
        run.tell(*call_of(path))
        told(run, 1)
        assert keeper._worker.process is not None
        keeper._worker.process.kill()
        run.tell(*call_of(second))
        told(run, 1)
    assert second.with_suffix(".flac").exists()


def test_a_recording_whose_disk_is_away_for_long_is_encrypted_once_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switch.archive.keeping._MOST_ATTEMPTS", 3)
    settings, path = config(tmp_path), recording_file(tmp_path)
    with running(settings) as run:
        run.tell(*call_of(path))
    folder = tmp_path / "recordings"
    disks = meet_disks(settings.journal, [folder], SeededIds().new)
    away = folder.rename(tmp_path / "away")
    folder.mkdir()
    folders = Folders(folder, disks=disks)
    with (
        running(settings, folders=folders) as run,
        keeping(settings, run, disks, encrypt_to=[KEY]) as keeper,
    ):
        asked, often = watch(keeper, monkeypatch), 5
        keeper.request("recording-1", str(path))
        for _ in range(often):
            assert asked.get(timeout=PATIENCE_S)["away"]
        folder.rmdir()
        away.rename(folder)
        (encrypted,) = told(run, 1)
    assert isinstance(encrypted, RecordingEncrypted)
    assert names(path) == ["recording-1.json", "recording-1.wav.age"]


def watch(keeper: Keeping, monkeypatch: pytest.MonkeyPatch) -> "SimpleQueue[dict[str, Any]]":
    """What its process answers from now on."""
    answers: SimpleQueue[dict[str, Any]] = SimpleQueue()
    ask = keeper._worker.ask

    def asked(order: dict[str, Any]) -> dict[str, Any]:
        answer = ask(order)
        answers.put(answer)
        return answer

    monkeypatch.setattr(keeper._worker, "ask", asked)
    return answers


def refuse_forks(monkeypatch: pytest.MonkeyPatch, times: float) -> None:
    """No keeper can be begun, for so many attempts: the machine has no process or memory left."""
    begin, left = subprocess.Popen, [times]

    def popen(*command: Any, **options: Any) -> Any:
        left[0] -= 1
        if left[0] >= 0:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        return begin(*command, **options)

    monkeypatch.setattr("switch.archive.worker.subprocess.Popen", popen)


def test_a_recording_is_encrypted_though_no_keeper_could_be_begun_at_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_forks(monkeypatch, times=2)
    settings, path = config(tmp_path), recording_file(tmp_path)
    with running(settings) as run, keeping(settings, run, encrypt_to=[KEY]):
        run.tell(*call_of(path))
        (encrypted,) = told(run, 1)
    assert isinstance(encrypted, RecordingEncrypted)
    assert names(path) == ["recording-1.json", "recording-1.wav.age"]


def test_one_that_is_asked_for_is_encrypted_though_no_keeper_could_be_begun_at_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, path = config(tmp_path), recording_file(tmp_path)
    with running(settings) as run, keeping(settings, run):
        run.tell(*call_of(path))
    refuse_forks(monkeypatch, times=2)
    with running(settings) as run, keeping(settings, run, encrypt_to=[KEY]) as keeper:
        keeper.request("recording-1", str(path))
        (encrypted,) = told(run, 1)
    assert isinstance(encrypted, RecordingEncrypted)
    assert names(path) == ["recording-1.json", "recording-1.wav.age"]


def test_it_is_told_when_no_keeper_can_ever_be_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("switch.archive.keeping._MOST_ATTEMPTS", 3)
    refuse_forks(monkeypatch, times=math.inf)
    settings, path = config(tmp_path), recording_file(tmp_path)
    with running(settings) as run, keeping(settings, run, encrypt_to=[KEY]):
        run.tell(*call_of(path))
        (problem,) = told(run, 1)
    assert isinstance(problem, RecordingNotTreated)
    assert "cannot be begun" in problem.reason


def test_without_anything_to_do_nothing_runs(tmp_path: Path) -> None:
    settings, path = config(tmp_path), recording_file(tmp_path)
    with running(settings) as run, keeping(settings, run) as keeper:
        assert not keeper.has_work
        run.tell(*call_of(path))
    assert names(path) == ["recording-1.json", "recording-1.wav"]
    assert keeper._worker.process is None


def test_one_that_was_over_before_is_converted_when_asked_for(tmp_path: Path) -> None:
    settings, path = config(tmp_path), recording_file(tmp_path)
    with running(settings) as run, keeping(settings, run) as keeper:
        run.tell(*call_of(path))
        with pytest.raises(UsageError, match=r"recordings\.convert"):
            keeper.request("recording-1", str(path))
    second = recording_file(tmp_path, "recording-2")
    with running(settings) as run, keeping(settings, run, convert="flac") as keeper:
        run.tell(*call_of(second))
        told(run, 1)
        assert path.exists()
        keeper.request("recording-1", str(path))
        (converted,) = told(run, 1)
    flac = path.with_suffix(".flac")
    assert converted == RecordingConverted(
        recording_id="recording-1", path=str(flac), size_bytes=flac.stat().st_size
    )
    assert not path.exists()
