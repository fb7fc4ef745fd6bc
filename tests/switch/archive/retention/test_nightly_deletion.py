"""Recordings whose time is over go, with all that lies beside them; the audit tells of each."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain, repeat
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

import pytest

from media.config import RecordingsConfig, RetentionConfig
from media.recordings.disks import Disks
from media.recordings.removal import Remover
from media.recordings.tiers import Access
from runtime.vocabulary import Event
from switch.archive.catalogue.events import RecordingHeld, RecordingReleased, RecordingTagged
from switch.archive.catalogue.recent import RecentChanges
from switch.archive.in_hand import InHand
from switch.archive.retention.deletion import Deleter
from switch.archive.retention.events import RecordingDeleted, RecordingNotDeleted
from switch.archive.retention.nightly import NightlyDeletion
from switch.records.columns import record_tables
from switch.records.config import RecordsConfig
from switch.records.inserting import Row
from switch.records.recording_changes import RecordingChanges, recording_changes
from switch.records.recordings import recordings
from switch.records.store import RecordStore
from tests.switch.records.stories import fold, journal_of

PATIENCE_S = 45.0
NIGHT = datetime(2026, 11, 21, 2, 0).astimezone()
BESIDE = (".wav", ".json", ".png", ".analysis.json")


class Place:
    """An installation with three recordings 10, 20 and 40 days old, and a rule that keeps 30 days."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "2026-10"
        self.folder.mkdir()
        self.reports: SimpleQueue[Event] = SimpleQueue()
        self.recent = RecentChanges()
        self.knows_earlier_runs = True
        self.records = RecordsConfig(journal=folder / "journal", database=f"sqlite:///{folder}/ringmain.db")
        rules = [RetentionConfig(keep_days=15, queue="service"), RetentionConfig(keep_days=100, tag="vip")]
        self.in_hand = InHand()
        self.disks = Disks()
        self.recordings = RecordingsConfig(folder=folder, retention=rules)
        self._store = RecordStore(self.records.database, record_tables.tables.values())
        self._store.open()
        rows: list[Row] = [self._recording(age_days) for age_days in (10, 20, 40)]
        assert self._store.write({recordings: rows}, 1) == []

    def _recording(self, age_days: int) -> dict[str, Any]:
        recording_id = f"recording-{age_days}"
        for ending in BESIDE:
            (self.folder / f"{recording_id}{ending}").write_text("x")
        return {
            "recording_id": recording_id,
            "call_id": "call-1",
            "contact_id": "contact-1",
            "path": str(self.folder / f"{recording_id}.wav"),
            "started_at": NIGHT - timedelta(days=age_days),
            "duration_ms": 2000,
            "size_bytes": 1,
            "sha256": "ab" * 32,
            "state": "completed",
            "recovered": False,
            "queue": "service",
        }

    def note(self, *events: Event) -> None:
        """What the database knows of."""
        rows = fold(RecordingChanges(), journal_of([(n, event) for n, event in enumerate(events)]))
        assert self._store.write({recording_changes: [*rows]}, 1) == []

    @cached_property
    def deleter(self) -> Deleter:
        return Deleter(Remover(self.folder, None, Access(disks=self.disks)), self.in_hand)

    def deletion(self, wall: Iterator[float] | None = None) -> NightlyDeletion:
        moments = wall or repeat(NIGHT.timestamp())
        return NightlyDeletion(
            self.recordings,
            self.records,
            self.recent,
            self.deleter,
            self.reports.put,
            wall=lambda: next(moments),
            knows_earlier_runs=lambda: self.knows_earlier_runs,
        )

    def names(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}

    def told(self) -> list[Event]:
        return [self.reports.get() for _ in range(self.reports.qsize())]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def deleted(place: Place, age_days: int) -> RecordingDeleted:
    return RecordingDeleted(
        recording_id=f"recording-{age_days}",
        path=str(place.folder / f"recording-{age_days}.wav"),
        sha256="ab" * 32,
        reason="queue service, kept 15 days",
        by="rule",
    )


def test_what_is_over_goes_with_all_that_lies_beside_it_and_the_audit_tells(place: Place) -> None:
    (place.folder / "recording-200.wav").write_text("another's")
    assert place.deletion().delete_due(NIGHT) == 2
    assert place.names() == {"recording-200.wav", *(f"recording-10{ending}" for ending in BESIDE)}
    assert place.told() == [deleted(place, 20), deleted(place, 40)]


def test_what_was_deleted_is_not_deleted_again(place: Place) -> None:
    place.deletion().delete_due(NIGHT)
    place.note(*place.told())
    assert place.deletion().delete_due(NIGHT) == 0


def test_what_a_crash_kept_from_being_told_is_told_the_next_night(place: Place) -> None:
    (place.folder / "recording-40.wav").unlink()
    place.deletion().delete_due(NIGHT)
    assert deleted(place, 40) in place.told()
    assert not any(name.startswith("recording-40") for name in place.names())


def test_what_is_held_or_kept_by_a_longer_rule_stays(place: Place) -> None:
    held = RecordingHeld(recording_id="recording-20", reason="case", by="law")
    place.note(held, RecordingTagged(recording_id="recording-40", tag="vip", by="li"))
    assert place.deletion().delete_due(NIGHT) == 0
    assert len(place.names()) == 3 * len(BESIDE)


def test_a_hold_that_the_database_has_not_heard_of_counts(place: Place) -> None:
    place.recent.observe(RecordingHeld(recording_id="recording-20", reason="case", by="law"), 0.0)
    for event in (
        RecordingHeld(recording_id="recording-40", reason="case", by="law"),
        RecordingReleased(recording_id="recording-40", reason="settled", by="law"),
    ):
        place.recent.observe(event, 0.0)
    assert place.deletion().delete_due(NIGHT) == 1
    assert place.told() == [deleted(place, 40)]


def test_what_the_disk_does_not_let_go_is_told_and_costs_no_other_its_time(place: Place) -> None:
    stubborn = place.folder / "recording-20.wav"
    stubborn.unlink()
    stubborn.mkdir()
    assert place.deletion().delete_due(NIGHT) == 1
    refused, gone = place.told()
    assert isinstance(refused, RecordingNotDeleted)
    assert (refused.recording_id, gone) == ("recording-20", deleted(place, 40))
    assert "recording-20.json" in place.names()


def test_the_thread_waits_for_the_night_and_for_the_database(place: Place) -> None:
    place.knows_earlier_runs = False
    before = NIGHT.timestamp() - 0.01
    asked = iter(range(1_000_000))

    def wall() -> Iterator[float]:
        yield from chain([before, before], (NIGHT.timestamp() + 0.001 * n for n in asked))

    deletion = place.deletion(wall())
    deletion.start()
    assert place.reports.empty()
    place.knows_earlier_runs = True
    assert place.reports.get(timeout=PATIENCE_S) == deleted(place, 20)
    assert place.reports.get(timeout=PATIENCE_S) == deleted(place, 40)
    deletion.close()


def test_nothing_is_deleted_that_is_being_converted_or_moved(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Deleter, "WAIT_S", 0.01)
    with place.in_hand.holding("recording-20"):
        place.deletion().delete_due(NIGHT)
    assert "recording-20.wav" in place.names()
    told = {type(event): event for event in place.told()}
    busy = told[RecordingNotDeleted]
    assert isinstance(busy, RecordingNotDeleted)
    assert (busy.recording_id, "being converted" in busy.reason) == ("recording-20", True)
    place.deletion().delete_due(NIGHT)
    assert "recording-20.wav" not in place.names()


def test_a_hold_that_comes_while_the_deleter_waits_for_the_file_wins(place: Place) -> None:
    deletion = place.deletion()
    with place.in_hand.holding("recording-20"):
        thread = Thread(target=deletion.delete_due, args=(NIGHT,))
        thread.start()
        assert place.deleter.holds.hold("recording-20")
    thread.join(PATIENCE_S)
    assert place.told() == [deleted(place, 40)]
    assert {f"recording-20{ending}" for ending in BESIDE} <= place.names()


def test_what_goes_just_now_or_went_can_be_held_no_more_and_what_stayed_can(place: Place) -> None:
    holds = place.deleter.holds
    place.deletion().delete_due(NIGHT)
    assert not holds.hold("recording-20")
    assert holds.hold("recording-10")
    assert not holds.begin_to_delete("recording-10")
    holds.release("recording-10")
    assert holds.begin_to_delete("recording-10")
    holds.stay("recording-10")
    assert holds.hold("recording-10")


def test_of_a_disk_that_is_not_mounted_nothing_is_deleted_and_one_fault_told(place: Place) -> None:
    place.disks = Disks(marks={place.folder: "disk-1"})
    assert place.deletion().delete_due(NIGHT) == 0
    (fault,) = place.told()
    assert isinstance(fault, RecordingNotDeleted)
    assert "is not mounted" in fault.reason
    assert place.deleter.holds.hold(fault.recording_id)
