"""The last events, kept once for all subscribers, also those that are slow and those that come back. Pure."""

from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import islice

from switch.control.kept_events import KeptEvents
from switch.control.wires import KeepingFormat, Told
from switch.records.projection import AnyEntry

_RECENT = 512
"""So many of the youngest are there as they were told, for formats and scopes that look into them."""
_MOST_UNSETTLED = 1024
UNSETTLED = 64
"""When so many have come that nobody has looked at, it is time to settle them."""


class Ring:
    """Events by their *position*: one more for each, from 0 on.

    It is bounded by count and by bytes; the oldest go first. Bytes are those of the events in ``form``, into
    which ``settle`` puts them, after the call's turn in which they happened. Whoever asks for events, or for
    what is not kept any more, has them settled first.
    """

    def __init__(self, form: KeepingFormat, *, max_events: int, max_bytes: int) -> None:
        self._max_events = max_events
        self._max_bytes = max_bytes
        self._kept = KeptEvents(form)
        self._recent: deque[Told] = deque(maxlen=_RECENT)
        """The last of those kept."""
        self._fresh: list[Told] = []
        """What came since ``settle``."""
        self._lost: dict[str, int] = {}
        """By topic, the sequence of the last one let go of."""
        self.lost_time = 0.0
        """When the last one let go of happened, seconds since the Unix epoch."""
        self.began_after = 0
        """Of events up to this sequence nothing is known: nobody followed yet."""

    @property
    def first(self) -> int:
        """Position of the oldest event kept; ``end`` when there is none."""
        return self._kept.first

    @property
    def end(self) -> int:
        """Position of the next event to come."""
        return self._kept.end + len(self._fresh)

    @property
    def held_bytes(self) -> int:
        """Of the events that are settled."""
        return self._kept.held_bytes

    @property
    def unsettled(self) -> int:
        """How many events came since ``settle``."""
        return len(self._fresh)

    def put(self, entry: AnyEntry, *, journaled: bool) -> None:
        """Take the next event. One that is not in the journal is not told again to who comes back."""
        self._fresh.append(Told(entry, journaled))
        if len(self._fresh) >= _MOST_UNSETTLED:
            self.settle()

    def settle(self) -> None:
        """Put into form what came, and let go of what is too much."""
        if not self._fresh:
            return
        fresh, self._fresh = self._fresh, []
        for told in fresh:
            self._kept.append(told)
        self._recent.extend(fresh)
        kept = self._kept
        while kept.held_bytes > self._max_bytes or kept.end - kept.first > self._max_events:
            topic, self._lost[topic], self.lost_time = kept.let_go()

    def between(self, start: int, stop: int) -> Iterator[Told]:
        """The events at positions from ``start``, which is kept, up to ``stop``, which are settled."""
        begin = self._kept.end - len(self._recent)
        for position in range(start, min(stop, begin)):
            yield self._kept.at(position)
        if stop > begin:
            yield from islice(self._recent, max(0, start - begin), stop - begin)

    def sequence_at(self, position: int) -> int:
        """The number of the event at a position that is kept and settled."""
        return self._kept.sequence_at(position)

    def states(self, start: int, stop: int) -> Sequence[tuple[str, Hashable]]:
        """As ``KeptEvents.states``."""
        return self._kept.states(start, stop)

    def position_behind(self, sequence: int) -> int:
        """Position of the first event kept that came after the one of this sequence."""
        return self._kept.position_behind(sequence)

    def lost_until(self, sequence: int, wanted: Callable[[str], bool]) -> int:
        """Sequence of the last event after ``sequence`` that is wanted and not here; 0 when there is none."""
        behind = [last for topic, last in self._lost.items() if last > sequence and wanted(topic)]
        if self.began_after > sequence:
            behind.append(self.began_after)
        return max(behind, default=0)
