"""Refusals counted, and the events that tell of them."""

from collections import Counter
from dataclasses import dataclass

from switch.sip.guard.events import RefusalKind, SourceRefused
from switch.sip.hop import Hop
from switch.sip.messages.text import printable

_SUMMARY_S = 1.0
_UNREAD_SUMMARY_S = 60.0
"""For what is dropped unread, which may go on for hours."""
_UNREAD = frozenset({RefusalKind.BANNED, RefusalKind.DENIED})


@dataclass(slots=True)
class Refused:
    """One refusal, not yet put into words."""

    kind: RefusalKind
    source: str
    peer: Hop | None = None
    detail: str = ""
    station: str | None = None
    status: int | None = None


@dataclass(slots=True)
class _Window:
    """A kind's present second."""

    ends_at: float = float("-inf")
    told: int = 0
    untold: int = 0
    last: Refused | None = None


class Tally:
    """Counts by kind. A flood fills neither journal nor log: of each kind ``events_per_s`` are told one by
    one in a second, and the rest of that second in one event at its end."""

    def __init__(self, events_per_s: int) -> None:
        self.counts: Counter[RefusalKind] = Counter()
        self._events_per_s = events_per_s
        self._windows = {kind: _Window() for kind in RefusalKind}
        self._due: float | None = None

    def note(self, refused: Refused, now: float) -> list[SourceRefused]:
        """Count a refusal; an event, if it is to be told by itself."""
        self.counts[refused.kind] += 1
        window = self._windows[refused.kind]
        if now >= window.ends_at and not window.untold:
            window.ends_at, window.told = now + _SUMMARY_S, 0
        if window.told < self._events_per_s:
            window.told += 1
            return [_event(refused, 1)]
        window.untold += 1
        window.last = refused
        self._plan(window.ends_at)
        return []

    def note_unread(self, kind: RefusalKind, source: str) -> None:
        """Count a message that was not even read; it is told with others of its minute."""
        self.counts[kind] += 1
        window = self._windows[kind]
        window.untold += 1
        if window.untold == 1:
            window.last = Refused(kind, source)
            self._plan(window.ends_at)

    def next_deadline(self) -> float | None:
        return self._due

    def wake(self, *, now: float) -> list[SourceRefused]:
        """Tell what was only counted, of the kind whose time came first."""
        windows = self._windows
        waiting = sorted((kind for kind in windows if windows[kind].untold), key=lambda k: windows[k].ends_at)
        self._due = None
        if not waiting:
            return []
        first, *others = waiting
        if others:
            self._due = windows[others[0]].ends_at
        window = windows[first]
        if window.ends_at > now or window.last is None:
            self._plan(window.ends_at)
            return []
        event = _event(window.last, window.untold)
        pause_s = _UNREAD_SUMMARY_S if first in _UNREAD else _SUMMARY_S
        windows[first] = _Window(ends_at=now + pause_s)
        return [event]

    def _plan(self, at: float) -> None:
        if self._due is None or at < self._due:
            self._due = at


def _event(refused: Refused, count: int) -> SourceRefused:
    station = None if refused.station is None else printable(refused.station)
    return SourceRefused(
        kind=refused.kind,
        source=refused.source,
        peer="" if refused.peer is None else str(refused.peer),
        detail=printable(refused.detail),
        station=station,
        status=refused.status,
        count=count,
    )
