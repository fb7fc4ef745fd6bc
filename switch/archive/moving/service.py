"""Recordings whose time in the first tier is over are moved, the oldest first, one after the other.

The records are looked at once at the start, soon after a recording is over whose time that is, and when the
next comes to its time; again and again only while something fails.
"""

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from threading import Event as Signal
from threading import Thread
from typing import Any, NamedTuple

import structlog

from media.config import RecordingsConfig
from media.events import RecordingCompleted
from media.recordings.tiers import Access
from runtime.errors import UsageError
from runtime.vocabulary import Event
from switch.archive.in_hand import InHand
from switch.archive.keeping import report_taken
from switch.archive.moving.events import (
    RecordingMoved,
    RecordingNotMoved,
    SecondTierFailed,
    SecondTierRecovered,
)
from switch.archive.moving.timetable import Timetable
from switch.archive.worker import Worker
from switch.records.config import RecordsConfig
from switch.records.errors import NoRecords
from switch.records.events import Report
from switch.records.queries import RecordReader, Row

log = structlog.get_logger(__name__)

_RULE = "rule"
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_END = datetime(9999, 1, 1, tzinfo=UTC)
_PAGE = 200
_LOOK_BACK = timedelta(minutes=10)
"""So far may the records be behind; what is later still is found within a day."""
_ALL_AGAIN = timedelta(days=1)
_LONGEST_S = 900.0
"""For one recording; a disk of the network that hangs would hold up the others for ever."""
_MOST_ASKED = 10_000
_PAUSE_S = 0.01
"""Between two recordings, so that the disk has time for what is being recorded."""


class _Asked(NamedTuple):
    """Somebody wants a recording moved."""

    recording: Row
    by: str


class Moving:
    """A thread that looks into the records, and a process that moves. Nothing runs without a second tier.

    Where a recording lies its manifest tells, so that a step may be cut off anywhere and taken twice.
    ``oldest_under_way`` tells when the oldest recording that still runs began, in wall-clock seconds;
    ``report`` is told, on the thread.
    """

    LOOK_AGAIN_S = 5.0
    """After something that may be better then."""

    def __init__(
        self,
        recordings: RecordingsConfig,
        access: Access,
        records: RecordsConfig,
        in_hand: InHand,
        report: Report,
        *,
        wall: Callable[[], float],
        oldest_under_way: Callable[[], float | None],
    ) -> None:
        self._recordings = recordings
        self._tier = access.tier
        self._disks = access.disks
        self._records = RecordReader(records)
        self._in_hand = in_hand
        self._report = report
        self._wall = wall
        self._oldest_under_way = oldest_under_way
        self._close_s = records.close_timeout_s
        self.moved = 0
        self.is_failed = False
        """Whether the second tier took nothing when it was last asked."""
        self._stay: set[str] = set()
        """What cannot be moved; told already."""
        self._done: set[str] = set()
        """What was moved since all was looked at: the records may not know it yet."""
        self._began = self._all_again = _BEGINNING
        """All that began before the first was dealt with; at the second all is looked at again."""
        self._timetable = Timetable(timedelta(days=access.tier.after_days))
        self._announced: SimpleQueue[tuple[str, float] | _Asked | None] = SimpleQueue()
        """Recordings that are over, with when they began, or that somebody wants moved; None to close."""
        self._asked: deque[_Asked] = deque()
        """Those that somebody wants moved and that are not yet."""
        self._worker = Worker("switch.archive.moving.mover")
        self._closing = Signal()
        self._thread = Thread(target=self._run, name="moving", daemon=True)

    def start(self) -> None:
        """Begin, unless nothing is configured."""
        if self._tier.to:
            self._thread.start()

    def wants(self, kind: type[Event]) -> bool:
        return bool(self._tier.to) and issubclass(kind, RecordingCompleted)

    def observe(self, event: Event, wall: float) -> None:
        """A recording is over."""
        assert isinstance(event, RecordingCompleted)
        began = event.began_at if event.began_at is not None else wall - event.duration_ms / 1000
        self._announced.put((event.recording_id, began))

    def request(self, recording: Row, by: str) -> None:
        """Have one moved now, whatever its age; ``by`` whom for the journal. From any thread.

        What is not done when this run ends is forgotten. Raises UsageError.
        """
        if not self._tier.to:
            raise UsageError("there is no second tier; set second_tier.to")
        if self._announced.qsize() + len(self._asked) >= _MOST_ASKED:
            raise UsageError(f"{_MOST_ASKED} recordings wait to be moved; try again later")
        self._announced.put(_Asked(recording, by))

    def close(self) -> None:
        """Leave what is not done to the next run."""
        self._closing.set()
        self._announced.put(None)
        self._worker.kill()
        if self._thread.is_alive():
            self._thread.join(self._close_s)

    def _run(self) -> None:
        while not self._closing.is_set():
            if self._is_time():
                self._look()
        self._worker.close()

    def _is_time(self) -> bool:
        """Wait for the next moment, or for what is announced; whether the moment has come."""
        try:
            announced = self._announced.get(timeout=self._timetable.wait_s(self._now()))
        except Empty:
            return True
        if isinstance(announced, _Asked):
            self._stay.discard(announced.recording["recording_id"])
            self._asked.append(announced)
            self._timetable.look_at(self._now())
        elif announced is not None:
            recording_id, began = announced[0], datetime.fromtimestamp(announced[1], UTC)
            self._timetable.announce(recording_id, began, self._now())
            self._began = min(self._began, began)
        return False

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._wall(), UTC)

    def _look(self) -> None:
        self._timetable.begin()
        try:
            asked_well, due_well = self._move_asked(), self._move_due()
            all_well = asked_well and due_well
        except NoRecords as error:
            log.warning("no recording can be moved now", reason=str(error))
            all_well = False
        except Exception:  # one bad round must not cost the others
            log.exception("fault while recordings were moved")
            all_well = False
        self._timetable.end(self._now())
        self._timetable.look_at(self._all_again)
        if not all_well:
            self._timetable.look_at(self._now() + timedelta(seconds=self.LOOK_AGAIN_S))

    def _move_asked(self) -> bool:
        """Move what somebody wants moved, until the second tier takes no more; whether all of it is done.

        One that must wait, as for its manifest, holds up no other.
        """
        for _ in range(len(self._asked)):
            first = self._asked.popleft()
            if not self._deal_with(first.recording, first.by):
                self._asked.append(first)
            if self.is_failed or self._closing.is_set():
                break
        return not self._asked

    def _move_due(self) -> bool:
        """Move all whose time has come, until the second tier takes no more.

        Whether nothing of it is to be tried again. Raises NoRecords.
        """
        now = self._now()
        after, last, all_well = timedelta(days=self._tier.after_days), None, True
        until = now - after
        oldest_left = min(until, datetime.fromtimestamp(self._oldest_under_way() or now.timestamp(), UTC))
        if now >= self._all_again:
            self._began, self._all_again = _BEGINNING, now + _ALL_AGAIN
            self._done.clear()
        while page := self._records.unmoved(self._began, until, last, _PAGE):
            for recording in page:
                self._timetable.seen(recording["recording_id"])
                if not self._deal_with(recording):
                    oldest_left, all_well = min(oldest_left, recording["started_at"]), False
                if self.is_failed or self._closing.is_set():
                    return False
            last = page[-1]
        self._began = oldest_left - _LOOK_BACK
        for coming in self._records.unmoved(until, _END, None, 1):
            self._timetable.look_at(coming["started_at"] + after)
        return all_well

    def _deal_with(self, recording: Row, by: str = _RULE) -> bool:
        """Whether nothing is left to be done, be it that nothing can be."""
        recording_id = recording["recording_id"]
        if recording_id in self._done or recording_id in self._stay:
            return True
        with self._in_hand.holding(recording_id):
            answer = self._worker.ask(self._order(recording), _LONGEST_S)
        self._closing.wait(_PAUSE_S)
        if self._closing.is_set():
            return False
        report_taken(self._report, recording_id, answer)
        self._note_tier(answer)
        if "moved" in answer:
            self._tell_moved(recording_id, answer["moved"], by)
        elif "problem" in answer and not answer["again"]:
            self._tell_not_moved(recording, answer["problem"])
        else:
            return False
        return True

    def _order(self, recording: Row) -> dict[str, Any]:
        return {
            "path": recording["path"],
            "form": self._recordings.convert,
            "recipients": self._recordings.encrypt_to,
            "folder": str(self._recordings.folder),
            "spool": None if self._recordings.spool is None else str(self._recordings.spool),
            "access": Access(tier=self._tier, disks=self._disks).model_dump(mode="json"),
        }

    def _note_tier(self, answer: dict[str, Any]) -> None:
        reason = answer["problem"] if answer.get("late") else answer.get("tier")
        if reason is not None and not self.is_failed:
            log.error("the second tier takes no recordings", reason=reason)
            self._report(SecondTierFailed(reason=reason))
        elif self.is_failed and "moved" in answer:
            log.info("the second tier takes recordings again")
            self._report(SecondTierRecovered())
        self.is_failed = reason is not None or (self.is_failed and "moved" not in answer)

    def _tell_moved(self, recording_id: str, moved: dict[str, Any], by: str) -> None:
        self._done.add(recording_id)
        self.moved += 1
        self._report(
            RecordingMoved(
                recording_id=recording_id,
                path=moved["address"],
                size_bytes=moved["size_bytes"],
                sha256=moved["sha256"],
                by=by,
            )
        )

    def _tell_not_moved(self, recording: Row, reason: str) -> None:
        self._stay.add(recording["recording_id"])
        named = {name: recording[name] for name in ("recording_id", "path")}
        log.error("a recording stays where it is", **named, reason=reason)
        self._report(RecordingNotMoved(**named, reason=reason))
