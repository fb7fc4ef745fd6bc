"""When the records are to be looked at again for recordings that are to move. Pure."""

from datetime import UTC, datetime, timedelta

_AT_ONCE = datetime.min.replace(tzinfo=UTC)
_RECORDED_WITHIN = timedelta(seconds=3)
"""So long after its event a recording's row is there, and those of others with it."""
_PATIENCE = timedelta(minutes=10)
"""So long a row may be behind its event; what is later still is found when all is looked at again."""


class Timetable:
    """One moment, which events bring forward. All times are in UTC."""

    def __init__(self, after: timedelta) -> None:
        """``after``: how old recordings are when they move."""
        self._after = after
        self._next: datetime | None = _AT_ONCE
        self._awaited: dict[str, datetime] = {}
        """Recordings that are due and are not in the records yet, and until when to wait for them."""

    def wait_s(self, now: datetime) -> float | None:
        """How long nothing is to be done; None until something is announced."""
        return None if self._next is None else max(0.0, (self._next - now).total_seconds())

    def announce(self, recording_id: str, began: datetime, now: datetime) -> None:
        """A recording is over."""
        due = began + self._after
        if due <= now + _PATIENCE:
            self._awaited[recording_id] = max(due, now) + _PATIENCE
        self.look_at(max(due, now + _RECORDED_WITHIN))

    def look_at(self, moment: datetime) -> None:
        """At the latest."""
        self._next = moment if self._next is None else min(self._next, moment)

    def begin(self) -> None:
        """All that is due is dealt with now."""
        self._next = None

    def seen(self, recording_id: str) -> None:
        self._awaited.pop(recording_id, None)

    def end(self, now: datetime) -> None:
        """All that is in the records and due has been seen."""
        self._awaited = {name: until for name, until in self._awaited.items() if until > now}
        if self._awaited:
            self.look_at(now + _RECORDED_WITHIN)
