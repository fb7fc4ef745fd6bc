"""What became of each queue's callers since the process started: a fold over the ACD's own events."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from acd.callback_events import CallbackDialled, CallbackReturned
from acd.events import CallerJoined, CallerLeft, CallerTold, LeaveReason
from acd.queue_config import QueueConfig


class QueueFigures:
    """Counts callers by queue. Every number has one source: the events of joining and leaving."""

    def __init__(self, queues: Iterable[QueueConfig]) -> None:
        self._joined: Counter[str] = Counter()
        self._turned_away: Counter[str] = Counter()
        self._left: defaultdict[str, Counter[LeaveReason]] = defaultdict(Counter)
        self._told: defaultdict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
        """Call → queue → the interval in which the caller should be served, in ms of waiting."""
        self._heard: defaultdict[str, set[str]] = defaultdict(set)
        """Call → queues of which the caller was told one on the phone."""
        self._inside: Counter[str] = Counter()
        self._outside: Counter[str] = Counter()
        self._within: dict[str, dict[float, int]] = {}
        """Queue → threshold in seconds → callers answered within it."""
        self._since: Counter[tuple[str, float]] = Counter()
        """Queue and threshold → callers before it was counted."""
        self.configure(queues)

    def configure(self, queues: Iterable[QueueConfig]) -> None:
        """Count callers by the thresholds these queues have now; a new one counts from here on."""
        for queue in queues:
            before = self._within.get(queue.name, {})
            self._within[queue.name] = {limit_s: before.get(limit_s, 0) for limit_s in queue.service_level_s}
            for limit_s in self._within[queue.name].keys() - before.keys():
                self._since[queue.name, limit_s] = self.over(queue.name)

    def caller_joined(self, event: CallerJoined) -> None:
        self._joined[event.queue] += 1
        if event.low_s is not None and event.high_s is not None:
            self._told[event.call_id][event.queue] = (event.low_s * 1000, event.high_s * 1000)

    def caller_told(self, event: CallerTold) -> None:
        """What the caller was told first takes the place of what was known at the beginning."""
        if event.low_s is None or event.high_s is None or event.queue in self._heard.get(event.call_id, ()):
            return
        self._heard[event.call_id].add(event.queue)
        self._told[event.call_id][event.queue] = (
            event.waited_ms + event.low_s * 1000,
            event.waited_ms + event.high_s * 1000,
        )

    def call_changed(self, event: CallbackDialled | CallbackReturned) -> None:
        """The wait of a callback goes on with another call, and so does what is known of it."""
        if (told := self._told.pop(event.former_call_id, None)) is not None:
            self._told[event.call_id] = told
        if (heard := self._heard.pop(event.former_call_id, None)) is not None:
            self._heard[event.call_id] = heard

    def caller_left(self, event: CallerLeft) -> None:
        if not event.position:
            self._turned_away[event.queue] += 1
            return
        self._left[event.queue][event.reason] += 1
        self._hold_to_estimate(event)
        if event.reason is LeaveReason.CONNECTED:
            within = self._within[event.queue]
            for threshold_s in within:
                within[threshold_s] += event.wait_ms <= threshold_s * 1000

    def _hold_to_estimate(self, left: CallerLeft) -> None:
        """Who leaves unserved after the interval was not served in it; who leaves before says nothing."""
        interval = self._forget_told(left.call_id, left.queue)
        if interval is None:
            return
        low_ms, high_ms = interval
        is_served = left.reason is LeaveReason.CONNECTED
        if is_served and low_ms <= left.wait_ms <= high_ms:
            self._inside[left.queue] += 1
        elif is_served or left.wait_ms > high_ms:
            self._outside[left.queue] += 1

    def _forget_told(self, call_id: str, queue_name: str) -> tuple[float, float] | None:
        queues = self._told.get(call_id, {})
        interval = queues.pop(queue_name, None)
        if not queues:  # the caller waits nowhere where an interval was known
            self._told.pop(call_id, None)
            self._heard.pop(call_id, None)
        return interval

    def estimates(self, queue_name: str) -> tuple[int, int]:
        """Callers with an estimated wait of whom it is known whether they were served in the interval: how
        many were, of how many."""
        inside = self._inside[queue_name]
        return inside, inside + self._outside[queue_name]

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
            "closed": left[LeaveReason.CLOSED],
            "exited": left[LeaveReason.EXITED],
            "unreached": left[LeaveReason.UNREACHED],
            "expired": left[LeaveReason.EXPIRED],
            "elsewhere": left[LeaveReason.ELSEWHERE],
            "turned_away": turned_away,
            "withdrawn": left[LeaveReason.WITHDRAWN],
        }

    def answered_within(self, queue_name: str) -> Mapping[float, int]:
        """Callers answered within each of the queue's thresholds, in seconds."""
        return self._within[queue_name]

    def service_levels(self, queue_name: str) -> Iterator[tuple[float, int, int]]:
        """For each threshold: its seconds, callers answered within it, and of how many."""
        over = self.over(queue_name)
        for limit_s, answered in self._within[queue_name].items():
            yield limit_s, answered, over - self._since[queue_name, limit_s]

    def over(self, queue_name: str) -> int:
        """Callers of whom it is known how they fared: all who left, but for those another queue counts."""
        left = self._left[queue_name]
        uncounted = left[LeaveReason.ELSEWHERE] + left[LeaveReason.WITHDRAWN]
        return left.total() + self._turned_away[queue_name] - uncounted
