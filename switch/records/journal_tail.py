"""What the journal's writer wrote last, at hand for one who follows: what is new need not be read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from threading import Lock

from switch.records.projection import Entry

_MOST_BYTES = 8 * 2**20
"""What six hundred calls a second leave in some three seconds.

Of a follower who is further behind all is let go of; the disk has it.
"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The entries of some topics among all from ``first`` to before ``end``."""

    first: int
    end: int
    entries: list[Entry]
    size_bytes: int
    """Of the lines of all."""


_NOTHING = Stretch(0, 0, [], 0)


class JournalTail:
    """Filled by the writer's thread, emptied by the follower's."""

    def __init__(self, topics: Collection[str], most_bytes: int = _MOST_BYTES) -> None:
        self.topics = frozenset(topics)
        self._most_bytes = most_bytes
        self._lock = Lock()
        self._held = _NOTHING

    def add(self, entries: Sequence[Entry], size_bytes: int) -> None:
        """Take what was written after what was taken before, as so many bytes."""
        if not entries:
            return
        topics = self.topics
        wanted = [entry for entry in entries if entry[2] in topics]
        end = entries[-1][0] + 1
        with self._lock:
            held = self._held
            if not held.end or held.size_bytes + size_bytes > self._most_bytes:
                self._held = Stretch(entries[0][0], end, wanted, size_bytes)
            else:
                held.entries.extend(wanted)  # a new list would touch all of them again
                self._held = Stretch(held.first, end, held.entries, held.size_bytes + size_bytes)

    def let_go(self) -> None:
        """Hold nothing, since something that was written is not known here: the follower reads the disk."""
        with self._lock:
            self._held = _NOTHING

    def take(self) -> Stretch | None:
        """All that is held, once; None when there is nothing."""
        with self._lock:
            held = self._held
            self._held = Stretch(held.end, held.end, [], 0)
        return held if held.end > held.first else None
