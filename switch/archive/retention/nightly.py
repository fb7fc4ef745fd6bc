"""Each night the recordings are deleted whose time is over, by rules, one after the other."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from threading import Event as Signal
from threading import Thread

import structlog

from media.config import RecordingsConfig
from media.recordings.disks import DiskAway
from switch.archive.catalogue.recent import RecentChanges
from switch.archive.days import next_time
from switch.archive.retention.deletion import Deleter, StillHeld, due
from switch.archive.retention.events import RecordingNotDeleted
from switch.archive.retention.rules import Recording, rule_that_removes, words_of
from switch.records.config import RecordsConfig
from switch.records.errors import NoRecords
from switch.records.events import Report
from switch.records.queries import RecordReader
from switch.records.recording_changes import with_changes

log = structlog.get_logger(__name__)

RULE = "rule"
"""Who deletes."""
_LOOK_AGAIN_S = 60.0
"""Somebody may set the clock."""
_PAUSE_S = 0.02
"""Between two recordings, so that the disk has time for what is being recorded."""
_CLOSING_S = 5.0


class NightlyDeletion:
    """A thread that waits for the night. Nothing runs without rules.

    ``knows_earlier_runs`` tells whether the database has all that the journal had when this run began, and
    ``recent`` has the rest, so that no hold is missed. ``report`` is told of every deletion, on the thread.
    """

    def __init__(
        self,
        recordings: RecordingsConfig,
        records: RecordsConfig,
        recent: RecentChanges,
        deleter: Deleter,
        report: Report,
        *,
        wall: Callable[[], float],
        knows_earlier_runs: Callable[[], bool],
    ) -> None:
        self._rules = recordings.retention
        self._at = time.fromisoformat(recordings.delete_at) if recordings.delete_at else None
        self._records = RecordReader(records)
        self._recent = recent
        self._deleter = deleter
        self._report = report
        self._wall = wall
        self._knows_earlier_runs = knows_earlier_runs
        self._closing = Signal()
        self._thread = Thread(target=self._run, name="retention", daemon=True)

    def start(self) -> None:
        """Wait for the night, unless there is nothing to be done."""
        if self._rules and self._at is not None:
            self._thread.start()

    def close(self) -> None:
        """End after the recording at hand; the next night does the rest."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(_CLOSING_S)

    def _run(self) -> None:
        assert self._at is not None
        night = next_time(self._at, self._now())
        while not self._closing.is_set():
            left_s = (night - self._now()).total_seconds()
            if left_s > 0 or not self._knows_earlier_runs():
                self._closing.wait(min(max(left_s, 1.0), _LOOK_AGAIN_S))
            else:
                self._delete_due()
                night = next_time(self._at, self._now())

    def _delete_due(self) -> None:
        try:
            log.info("recordings deleted whose time is over", count=self.delete_due(self._now()))
        except NoRecords as error:
            log.error("no recording was deleted whose time is over", reason=str(error))
        except Exception:  # one bad night must not cost the others
            log.exception("fault while recordings were deleted")

    def delete_due(self, now: datetime) -> int:
        """Delete and report, until a disk is not there; how many were. Raises NoRecords."""
        count = 0
        try:
            for recording, rule in due(self._records, self._rules, now):
                if self._closing.is_set():
                    break
                if self._is_still_due(recording, now):
                    count += self._delete(recording, words_of(rule))
                    self._closing.wait(_PAUSE_S)
        except DiskAway:  # as it would for each; the first is told
            log.error("no more recordings are deleted tonight")
        return count

    def _is_still_due(self, recording: Recording, now: datetime) -> bool:
        """It may have been held, or given a tag that keeps it, since the night began."""
        latest = with_changes(recording, self._recent.of(recording["recording_id"]))
        return rule_that_removes(latest, self._rules, now) is not None

    def _delete(self, recording: Recording, reason: str) -> bool:
        """Raises DiskAway."""
        try:
            self._report(self._deleter.delete(recording, reason, RULE))
        except StillHeld:  # just now
            return False
        except OSError as error:
            named = {"recording_id": recording["recording_id"], "path": recording["path"]}
            log.error("a recording cannot be deleted", **named, reason=str(error))
            self._report(RecordingNotDeleted(**named, reason=str(error)))
            if isinstance(error, DiskAway):
                raise
            return False
        return True

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._wall(), UTC).astimezone()
