"""The nightly check, with a database, files and the process that checks them."""

import os
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain, repeat
from pathlib import Path
from queue import SimpleQueue

import pytest

from media.config import RecordingsConfig
from media.recordings.digest import sha256_of
from media.recordings.disks import Disks, write_mark
from media.recordings.manifest import Manifest, manifest_path, write_manifest
from media.recordings.tiers import Access
from runtime.vocabulary import Event
from switch.archive.events import ReconciliationFailed, RecordingFaulty, RecordingsReconciled
from switch.archive.nightly import Nightly
from switch.archive.reconciliation import Request, findings
from switch.archive.state_file import StateFile
from switch.records.call_records import call_records
from switch.records.config import RecordsConfig
from switch.records.recording_changes import recording_changes
from switch.records.recordings import recordings
from switch.records.store import RecordStore
from tests.switch.archive.runs import SECONDS, recording_file

PATIENCE_S = 45.0
YESTERDAY = datetime(2026, 9, 21, 12, 0).astimezone()
"""When the recordings of this test began: the day that their folder is named by."""
NIGHT = datetime(2026, 9, 22, 3, 30).astimezone()


class Place:
    """An installation with one recording of yesterday."""

    def __init__(self, folder: Path) -> None:
        self.reports: SimpleQueue[Event] = SimpleQueue()
        self.records = RecordsConfig(journal=folder / "journal", database=f"sqlite:///{folder}/ringmain.db")
        self.records.journal.mkdir()
        self.recordings = RecordingsConfig(folder=folder / "recordings", reconcile_at="03:30")
        self.path = recording_file(folder)
        self.oldest_under_way: float | None = None
        old = YESTERDAY.timestamp()
        os.utime(self.path, (old, old))

    def fill(self) -> None:
        """Write the recording's row and manifest."""
        same = {
            "recording_id": self.path.stem,
            "contact_id": "contact-1",
            "started_at": YESTERDAY,
            "state": "completed",
            "recovered": False,
            "duration_ms": SECONDS * 1000,
            "size_bytes": self.path.stat().st_size,
            "sha256": sha256_of(self.path),
        }
        write_manifest(Manifest(**same, call_ids=("call-1",)), self.path)
        store = RecordStore(self.records.database, [call_records, recordings, recording_changes])
        store.open()
        row = same | {"call_id": "call-1", "path": str(self.path), "station": "1001"}
        assert store.write({recordings: [row]}, 1) == []
        store.close()

    disks = Disks()

    def nightly(self, wall: Iterator[float] | None = None) -> Nightly:
        moments = wall or repeat(NIGHT.timestamp())
        return Nightly(
            self.recordings,
            self.records,
            self.reports.put,
            access=Access(disks=self.disks),
            wall=lambda: next(moments),
            oldest_under_way=lambda: self.oldest_under_way,
        )

    def next_day(self) -> str | None:
        return StateFile(self.records.journal / "reconciliation.json").read().get("next_day")

    def told(self) -> list[Event]:
        return [self.reports.get() for _ in range(self.reports.qsize())]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_good_day_is_told_in_one_event_and_not_checked_again(place: Place) -> None:
    place.fill()
    place.nightly().reconcile(NIGHT)
    assert place.told() == [
        RecordingsReconciled(began_day="2026-09-21", until_day="2026-09-22", checked=1, faulty=0)
    ]
    assert place.next_day() == "2026-09-22"
    place.nightly().reconcile(NIGHT + timedelta(hours=1))
    assert place.told() == []


def test_each_finding_is_told(place: Place) -> None:
    place.fill()
    manifest_path(place.path).unlink()
    place.path.unlink()
    stray = recording_file(place.path.parents[2], "stray", left_behind=True)
    place.nightly().reconcile(NIGHT)
    missing, no_record, summary = place.told()
    assert isinstance(missing, RecordingFaulty)
    assert (missing.recording_id, missing.fault) == ("recording-1", "missing")
    assert isinstance(no_record, RecordingFaulty)
    assert (no_record.path, no_record.fault) == (str(stray), "no_record")
    assert isinstance(summary, RecordingsReconciled)
    assert (summary.checked, summary.faulty) == (1, 2)


def test_the_day_of_a_recording_that_still_runs_is_checked_again_the_next_night(place: Place) -> None:
    place.fill()
    place.oldest_under_way = YESTERDAY.timestamp()
    place.nightly().reconcile(NIGHT)
    assert place.next_day() == "2026-09-21"


def test_a_night_without_a_database_fails_and_is_made_up_for(place: Place) -> None:
    place.nightly().reconcile(NIGHT)
    (failed,) = place.told()
    assert isinstance(failed, ReconciliationFailed)
    assert place.next_day() is None


def test_the_thread_waits_for_the_night(place: Place) -> None:
    place.fill()
    evening = NIGHT.timestamp() - 0.01
    nightly = place.nightly(chain([evening, evening], repeat(NIGHT.timestamp() + 1)))
    nightly.start()
    assert isinstance(place.reports.get(timeout=PATIENCE_S), RecordingsReconciled)
    nightly.close()


def test_without_a_time_nothing_is_checked(place: Place) -> None:
    place.recordings = RecordingsConfig(folder=place.path.parent, reconcile_at="")
    nightly = place.nightly()
    nightly.start()
    nightly.close()
    assert place.told() == []


def test_a_disk_that_is_not_mounted_is_one_fault_and_its_recordings_are_none(place: Place) -> None:
    place.fill()
    folder = place.path.parents[1]
    place.disks = Disks(marks={folder: "disk-1"})
    place.nightly().reconcile(NIGHT)
    (fault,) = place.told()
    assert isinstance(fault, ReconciliationFailed)
    assert f"the disk of {folder} is not mounted" in fault.reason
    write_mark(folder, "disk-1")
    place.nightly().reconcile(NIGHT)
    assert [type(event) for event in place.told()] == [RecordingsReconciled]


@pytest.mark.parametrize("form", [".wav", ".opus", ".flac.age"])
def test_the_disk_has_time_for_calls_whatever_recordings_became(place: Place, form: str) -> None:
    place.fill()
    size_bytes = place.path.stat().st_size
    place.path.rename(place.path.with_suffix(form))
    waited: list[float] = []

    class Pause(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waited.append(timeout or 0)
            return False

    midnight = NIGHT.replace(hour=0, minute=0)
    request = Request(
        records=place.records,
        folder=place.recordings.folder,
        began=midnight - timedelta(days=1),
        until=midnight,
        access=Access(),
        spool=None,
    )
    *_, last = findings(request, NIGHT, Pause())
    assert last == {"checked": 1}
    assert waited == [size_bytes / 100e6]
