"""What became of each queue's callers since the process started: a fold over the ACD's own events."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from acd.events import CallerJoined, CallerLeft, LeaveReason


class QueueFigures:
    """Counts callers by queue. Every number has one source: the events of joining and leaving."""

    def __init__(self) -> None:
        self._joined: Counter[str] = Counter()
        self._turned_away: Counter[str] = Counter()
        self._left: defaultdict[str, Counter[LeaveReason]] = defaultdict(Counter)

    def caller_joined(self, event: CallerJoined) -> None:
        self._joined[event.queue] += 1

    def caller_left(self, event: CallerLeft) -> None:
        if event.position:
            self._left[event.queue][event.reason] += 1
        else:
            self._turned_away[event.queue] += 1

    def of(self, queue_name: str) -> Mapping[str, int]:
        """``offered`` counts everybody who came, those included who were turned away at once."""
        left = self._left[queue_name]
        turned_away = self._turned_away[queue_name]
        return {
            "offered": self._joined[queue_name] + turned_away,
            "answered": left[LeaveReason.CONNECTED],
            "abandoned": left[LeaveReason.ABANDONED],
            "timed_out": left[LeaveReason.TIMED_OUT],
            "overflowed": left[LeaveReason.OVERFLOWED],
            "exited": left[LeaveReason.EXITED],
            "elsewhere": left[LeaveReason.ELSEWHERE],
            "turned_away": turned_away,
            "withdrawn": left[LeaveReason.WITHDRAWN],
        }
