"""Changes that the database may not know yet."""

from collections import OrderedDict

from runtime.vocabulary import Event, event_fields
from switch.records.recording_changes import Change, RecordingChanges, change_of

_MOST_RECORDINGS = 100_000
"""Those changed longest ago are in the database long since."""


class RecentChanges:
    """Follows the events of this run, so that what was done a moment ago counts at once."""

    def __init__(self) -> None:
        self._changes: OrderedDict[str, list[Change]] = OrderedDict()

    def wants(self, kind: type[Event]) -> bool:
        """For the driver: which events to observe."""
        return kind.topic in RecordingChanges.topics

    def observe(self, event: Event, wall: float) -> None:
        fields = event_fields(event)
        recording_id = fields["recording_id"]
        self._changes.setdefault(recording_id, []).append(change_of(event.topic, fields))
        self._changes.move_to_end(recording_id)
        while len(self._changes) > _MOST_RECORDINGS:
            self._changes.popitem(last=False)

    def of(self, recording_id: str) -> tuple[Change, ...]:
        """What was done with a recording in this run, in order."""
        return tuple(self._changes.get(recording_id, ()))
