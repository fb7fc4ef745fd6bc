"""What the journal's writer wrote last, at hand for one who follows: what is new need not be read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from threading import Lock

from switch.records.projection import Entry

_MOST_LINES = 20_000
"""Of a follower who is further behind all is let go of; the disk has it."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The lines of some topics among all entries from ``first`` to before ``end``."""

    first: int
    end: int
    lines: list[bytes]


class JournalTail:
    """Filled by the writer's thread, emptied by the follower's."""

    def __init__(self, topics: Collection[str], most_lines: int = _MOST_LINES) -> None:
        self.topics = frozenset(topics)
        self._most_lines = most_lines
        self._lock = Lock()
        self._held = Stretch(0, 0, [])

    def add(self, entries: Sequence[Entry], lines: Sequence[bytes]) -> None:
        """Take what was written after what was taken before."""
        topics = self.topics
        wanted = [line for (_, _, topic, _), line in zip(entries, lines, strict=True) if topic in topics]
        with self._lock:
            held = self._held
            begins_anew = not held.end or len(held.lines) + len(wanted) > self._most_lines
            first, held_lines = (entries[0][0], []) if begins_anew else (held.first, held.lines)
            held_lines.extend(wanted)  # a new list would touch all of them again
            self._held = Stretch(first, entries[-1][0] + 1, held_lines)

    def take(self) -> Stretch | None:
        """All that is held, once; None when there is nothing."""
        with self._lock:
            held = self._held
            self._held = Stretch(held.end, held.end, [])
        return held if held.end > held.first else None
