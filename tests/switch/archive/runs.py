"""Lives of the archive's thread, with a journal and recordings in one folder."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np
import soundfile

from media.events import RecordingCompleted, RecordingStarted
from media.recordings.digest import sha256_of
from media.recordings.homecoming import Folders
from runtime.vocabulary import Event
from switch.archive.archive import Archive
from switch.records.config import RecordsConfig
from switch.records.journal import Journal
from tests.switch.records.stories import START, Moment, arrived, ended

SECONDS = 2


def config(folder: Path, **changes: Any) -> RecordsConfig:
    defaults = {
        "journal": folder / "journal",
        "flush_interval_ms": 1,
        "fsync": False,
        "retry_max_s": 0.01,
        "batch_entries": 1,
    }
    return RecordsConfig(**(defaults | changes))


class Run:
    """One life of journal and archive. What the archive reports is in the journal, as in the switch."""

    def __init__(self, settings: RecordsConfig, most_reports: int, folders: Folders | None) -> None:
        """It is killed when the journal has so many of what the archive reports."""
        self.reports: SimpleQueue[Event] = SimpleQueue()
        self._reports_left = most_reports
        self.journal = Journal(settings)
        folder = settings.journal.parent / "recordings"
        self.archive = Archive(folders or Folders(folder), settings, self.journal, self._take_report)
        self.archive.start()

    def _take_report(self, event: Event) -> None:
        self._reports_left -= 1
        if self._reports_left >= 0:
            self.journal.observe(event, START + 100)
        self.reports.put(event)

    def tell(self, *moments: Moment) -> None:
        for at, event in moments:
            self.journal.observe(event, START + at)

    def end(self) -> None:
        self.journal.close()
        self.archive.close()


@contextmanager
def running(
    settings: RecordsConfig, most_reports: int = 1_000, folders: Folders | None = None
) -> Iterator[Run]:
    run = Run(settings, most_reports, folders)
    try:
        yield run
    finally:
        run.end()


def tell_journal(settings: RecordsConfig, *moments: Moment) -> None:
    """What a run wrote that was killed before its archive saw anything of it."""
    journal = Journal(settings)
    for at, event in moments:
        journal.observe(event, START + at)
    journal.close()


def recording_file(folder: Path, name: str = "recording-1", *, left_behind: bool = False) -> Path:
    """Two seconds, both channels talk. What is not left behind is written to while the next run is up."""
    path = folder / "recordings" / "2026-09-21" / f"{name}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    frames = np.full((SECONDS * 8000, 2), (900, 700), np.int16)
    soundfile.write(path, frames, 8000)
    return last_written(path, -60 if left_behind else 60)


def last_written(path: Path, seconds: float) -> Path:
    """Let a file be last written to so many seconds from now."""
    moment = path.stat().st_mtime + seconds
    os.utime(path, (moment, moment))
    return path


def begun(path: Path) -> RecordingStarted:
    return RecordingStarted(
        recording_id=path.stem, contact_id="contact-of-call-1", call_id="call-1", path=str(path)
    )


def completed(path: Path) -> RecordingCompleted:
    return RecordingCompleted(
        recording_id=path.stem,
        contact_id="contact-of-call-1",
        call_id="call-1",
        path=str(path),
        duration_ms=SECONDS * 1000,
        size_bytes=path.stat().st_size,
        sha256=sha256_of(path),
        customer_packets=100,
        customer_lost_ms=40,
        agent_packets=90,
        agent_lost_ms=0,
    )


def call_of(path: Path) -> list[Moment]:
    """A recorded call, from its arrival to the end of its recording."""
    return [(0, arrived()), (1, begun(path)), (3, ended()), (3.1, completed(path))]
