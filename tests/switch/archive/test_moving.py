"""The thread that has recordings moved to the second tier when their time has come."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from time import sleep
from typing import Any

import numpy as np
import pytest
import soundfile

from media.config import RecordingsConfig
from media.events import RecordingCompleted
from media.recordings.config import SecondTierConfig
from media.recordings.manifest import Manifest, write_manifest
from media.recordings.tiers import Access
from runtime.errors import UsageError
from runtime.vocabulary import Event
from switch.archive.in_hand import InHand, RecordingBusy
from switch.archive.moving import timetable
from switch.archive.moving.events import (
    RecordingMoved,
    RecordingNotMoved,
    SecondTierFailed,
    SecondTierRecovered,
)
from switch.archive.moving.service import Moving
from switch.records.columns import record_tables
from switch.records.config import RecordsConfig
from switch.records.recording_changes import RecordingChanges, recording_changes
from switch.records.recordings import recordings
from switch.records.store import RecordStore
from tests.switch.records.stories import fold, journal_of

PATIENCE_S = 45.0
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Moving, "LOOK_AGAIN_S", 0.05)
    monkeypatch.setattr(timetable, "_RECORDED_WITHIN", timedelta(seconds=0.05))


class Place:
    """Recordings in a folder and in the records, and a second folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.second = folder / "recordings", folder / "second"
        self.records = RecordsConfig(journal=folder / "journal", database=f"sqlite:///{folder}/records.db")
        self.reports: SimpleQueue[Event] = SimpleQueue()
        self.in_hand = InHand()
        self._moving: Moving | None = None
        self._store = RecordStore(self.records.database, record_tables.tables.values())
        self._store.open()

    def recording(self, name: str, age: timedelta = timedelta(hours=1), *, manifest: bool = True) -> Path:
        path = self.folder / "2026-11-21" / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.full((8000, 2), (900, 700), np.int16), 8000, subtype="PCM_16")
        same: dict[str, Any] = {
            "recording_id": name,
            "contact_id": "contact-1",
            "started_at": NOW - age,
            "state": "completed",
            "recovered": False,
        }
        if manifest:
            write_manifest(Manifest(**same, call_ids=("call-1",)), path)
        assert self._store.write({recordings: [same | {"call_id": "call-1", "path": str(path)}]}, 1) == []
        if self._moving is not None:
            self._moving.observe(completed(name), (NOW - age).timestamp())
        return path

    def note(self, *events: Event) -> None:
        """What the database knows of."""
        rows = fold(RecordingChanges(), journal_of([(n, event) for n, event in enumerate(events)]))
        assert self._store.write({recording_changes: [*rows]}, 1) == []

    @contextmanager
    def moving(self, tier: SecondTierConfig | None = None, **recordings: Any) -> Iterator[Moving]:
        moving = Moving(
            RecordingsConfig(folder=self.folder, **recordings),
            Access(tier=tier or SecondTierConfig(to=str(self.second))),
            self.records,
            self.in_hand,
            self.reports.put,
            wall=NOW.timestamp,
            oldest_under_way=lambda: None,
        )
        moving.start()
        self._moving = moving
        try:
            yield moving
        finally:
            self._moving = None
            moving.close()

    def told(self) -> Event:
        return self.reports.get(timeout=PATIENCE_S)

    def moved(self) -> str:
        """Which recording was moved next."""
        event = self.told()
        assert isinstance(event, RecordingMoved)
        return event.recording_id


def completed(recording_id: str) -> RecordingCompleted:
    """What is told of one that just began."""
    return RecordingCompleted(
        recording_id=recording_id,
        contact_id="contact-1",
        call_id="call-1",
        path="",
        duration_ms=0,
        size_bytes=0,
        sha256="",
        customer_packets=0,
        customer_lost_ms=0,
        agent_packets=0,
        agent_lost_ms=0,
    )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_recordings_move_at_once_the_oldest_first_and_it_is_told(place: Place) -> None:
    later, earlier = place.recording("later"), place.recording("earlier", timedelta(hours=2))
    with place.moving() as moving:
        assert [place.moved(), place.moved()] == ["earlier", "later"]
        assert moving.moved == 2
    assert not later.exists()
    assert not earlier.exists()
    assert sorted(path.name for path in place.second.rglob("*.wav")) == ["earlier.wav", "later.wav"]


def test_recordings_stay_until_their_time_has_come(place: Place) -> None:
    young = place.recording("young", timedelta(days=29))
    place.recording("old", timedelta(days=31))
    with place.moving(SecondTierConfig(to=str(place.second), after_days=30)):
        assert place.moved() == "old"
    assert young.exists()
    assert place.reports.empty()


def test_what_the_records_say_was_moved_or_deleted_is_left_alone(place: Place) -> None:
    path = place.recording("moved")
    place.note(RecordingMoved(recording_id="moved", path="elsewhere", size_bytes=1, sha256="00", by="rule"))
    place.recording("other")
    with place.moving():
        assert place.moved() == "other"
    assert path.exists()


def test_one_that_was_moved_when_the_process_was_killed_is_told_in_the_next_run(place: Place) -> None:
    place.recording("one")
    with place.moving():
        told = place.told()
    with place.moving():
        assert place.told() == told


def test_a_second_tier_that_fails_is_told_once_and_everything_moves_when_it_is_back(place: Place) -> None:
    place.second.write_text("no folder")
    paths = [place.recording("one"), place.recording("two", timedelta(minutes=1))]
    with place.moving() as moving:
        failed = place.told()
        assert isinstance(failed, SecondTierFailed)
        assert moving.is_failed
        assert all(path.exists() for path in paths)
        place.second.unlink()
        assert isinstance(place.told(), SecondTierRecovered)
        assert [place.moved(), place.moved()] == ["one", "two"]
        assert not moving.is_failed


def test_one_that_cannot_be_moved_is_told_once_and_holds_up_no_other(place: Place) -> None:
    place.recording("gone", timedelta(hours=2)).unlink()
    place.recording("there")
    with place.moving():
        gone = place.told()
        assert isinstance(gone, RecordingNotMoved)
        assert "is gone" in gone.reason
        assert place.moved() == "there"
        place.recording("later", timedelta(minutes=1))
        assert place.moved() == "later"
    assert place.reports.empty()


def test_one_that_waits_for_its_manifest_is_moved_when_it_has_one(place: Place) -> None:
    waits = place.recording("waits", timedelta(days=9), manifest=False)
    place.recording("other")
    with place.moving():
        assert place.moved() == "other"
        manifest = Manifest(
            recording_id="waits", contact_id="contact-1", call_ids=(), started_at=NOW, state="completed"
        )
        write_manifest(manifest, waits)
        assert place.moved() == "waits"


def test_what_is_to_be_converted_is_so_before_it_moves(place: Place) -> None:
    place.recording("one")
    with place.moving(convert="flac"):
        assert place.told().topic == "recording.converted"
        assert place.moved() == "one"
    assert [path.name for path in place.second.rglob("one.*a*")] == ["one.flac"]


def test_nothing_moves_that_somebody_else_has_in_hand(place: Place) -> None:
    path = place.recording("one")
    with place.moving() as moving:
        assert place.moved() == "one"
        with place.in_hand.holding("two"):
            second = place.recording("two", timedelta(minutes=1))
            with pytest.raises(RecordingBusy), place.in_hand.holding("two", 0.2):
                pass
            assert second.exists()
            assert moving.moved == 1
        assert place.moved() == "two"
    assert not path.exists()


def test_a_mover_that_is_killed_is_replaced(place: Place) -> None:
    place.recording("one")
    with place.moving() as moving:
        assert place.moved() == "one"
        assert moving._worker.process is not None
        moving._worker.process.kill()
        place.recording("two", timedelta(minutes=1))
        assert place.moved() == "two"


def test_the_records_are_looked_at_when_something_is_over_and_not_otherwise(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []
    look = Moving._look

    def counted(moving: Moving) -> None:
        looks.append("look")
        look(moving)

    monkeypatch.setattr(Moving, "_look", counted)
    place.recording("young", timedelta(days=29))
    with place.moving(SecondTierConfig(to=str(place.second), after_days=30)) as moving:
        moving.observe(completed("young"), NOW.timestamp())
        place.recording("old", timedelta(days=31))
        assert place.moved() == "old"
        sleep(0.3)
        assert len(looks) == 2, "at the start, and for the old one"


def test_a_recording_that_is_not_in_the_records_yet_is_looked_for_again(place: Place) -> None:
    with place.moving() as moving:
        moving.observe(completed("late"), NOW.timestamp())
        sleep(0.2)
        place._moving = None  # it has been told already
        place.recording("late", timedelta(minutes=1))
        assert place.moved() == "late"


def test_what_somebody_wants_moved_moves_before_its_time_and_it_is_told_by_whom(place: Place) -> None:
    young, other = place.recording("young"), place.recording("other")
    row = {"recording_id": "young", "path": str(young)}
    with place.moving(SecondTierConfig(to=str(place.second), after_days=30)) as moving:
        moving.request(row, "李娜")
        told = place.told()
        assert isinstance(told, RecordingMoved)
        assert (told.recording_id, told.by) == ("young", "李娜")
    assert other.exists()
    with place.moving(SecondTierConfig()) as nowhere, pytest.raises(UsageError, match="no second tier"):
        nowhere.request(row, "李娜")


def test_what_somebody_wants_moved_waits_for_a_second_tier_that_fails(place: Place) -> None:
    place.second.write_text("no folder")
    young = place.recording("young")
    with place.moving(SecondTierConfig(to=str(place.second), after_days=30)) as moving:
        moving.request({"recording_id": "young", "path": str(young)}, "李娜")
        assert isinstance(place.told(), SecondTierFailed)
        place.second.unlink()
        assert isinstance(place.told(), SecondTierRecovered)
        assert place.moved() == "young"


def test_one_that_is_wanted_and_waits_for_its_manifest_holds_up_no_other(place: Place) -> None:
    waits, wanted = place.recording("waits", manifest=False), place.recording("wanted")
    place.recording("old", timedelta(days=31))
    with place.moving(SecondTierConfig(to=str(place.second), after_days=30)) as moving:
        assert place.moved() == "old"
        place.recording("as-old", timedelta(days=32))
        for path in (waits, wanted):
            moving.request({"recording_id": path.stem, "path": str(path)}, "李娜")
        assert {place.moved(), place.moved()} == {"wanted", "as-old"}


def test_without_a_second_tier_nothing_runs(place: Place) -> None:
    path = place.recording("one")
    with place.moving(SecondTierConfig()) as moving:
        assert moving._worker.process is None
    assert path.exists()
