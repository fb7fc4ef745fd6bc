"""Where a recording is: in the records when it is over, in memory while it runs and just after."""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from media.events import RecordingCompleted, RecordingFailed, RecordingStarted
from runtime.vocabulary import Event
from switch.records.errors import NoRecords, RecordNotFound
from switch.records.queries import RecordReader

RUNNING = "running"

Row = Mapping[str, Any]
"""As in the table ``recordings``; what is not known yet is absent."""

OfRecording = RecordingStarted | RecordingCompleted | RecordingFailed

_KINDS = frozenset({RecordingStarted, RecordingCompleted, RecordingFailed})
_MOST_REMEMBERED = 20_000
"""More than can run at a time. Those beyond are in the records long since."""


class RecordingFinder:
    """Follows the events of recordings, so that one can be found before it is in the records."""

    def __init__(self, records: RecordReader) -> None:
        self._records = records
        self._recent: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def wants(self, kind: type[Event]) -> bool:
        """For the driver: which events to observe."""
        return kind in _KINDS

    def observe(self, event: Event, wall: float) -> None:
        match event:
            case RecordingStarted():
                self._remember(event, event.began_at or wall, {"state": RUNNING})
            case RecordingCompleted():
                over = {"state": "completed", "sha256": event.sha256, "duration_ms": event.duration_ms}
                self._remember(event, wall, over)
            case RecordingFailed():
                self._remember(event, wall, {"state": "failed", "reason": event.reason})

    def find(self, recording_id: str) -> Row | None:
        """What is known of it, or None. Reads the records: not for the event loop's thread."""
        recent = self._recent.get(recording_id)
        if recent is not None and recent["state"] == RUNNING:
            return dict(recent)
        try:
            found = self._records.recording(recording_id)
        except (NoRecords, RecordNotFound):
            return recent
        return found if found["recording_id"] == recording_id else recent

    def look_up(self, beginning: str) -> Row:
        """The one whose id is, or alone begins with, ``beginning``; one that runs by its whole id.

        Reads the records: not for the event loop's thread. Raises RecordNotFound.
        """
        found = self.find(beginning)
        return found if found is not None else self._records.recording(beginning)

    def _remember(self, event: OfRecording, wall: float, news: Mapping[str, Any]) -> None:
        known = self._recent.get(event.recording_id) or {"started_at": datetime.fromtimestamp(wall, UTC)}
        named = {"recording_id": event.recording_id, "call_id": event.call_id, "path": event.path}
        self._recent[event.recording_id] = {**known, **named, **news}
        while len(self._recent) > _MOST_REMEMBERED:
            self._recent.popitem(last=False)
