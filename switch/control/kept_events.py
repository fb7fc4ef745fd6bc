"""Events as clients are told them, in columns by position. Pure.

A hundred thousand objects would have to be looked through by Python's search for dead cycles, and calls would
wait meanwhile; texts, bytes and numbers need not be.
"""

from array import array
from bisect import bisect_right
from collections.abc import Hashable, Sequence

from switch.control.wires import KeepingFormat, Told

_SWEEP_ITEMS = 4096
"""Places let go of are given back when there are so many, and half of all."""


class KeptEvents:
    """Whoever keeps them looks to it that a position is one of those from ``first`` on, before ``end``."""

    def __init__(self, form: KeepingFormat) -> None:
        self._form = form
        self._frames: list[bytes] = []
        self._topics: list[str] = []
        self._subjects: list[Hashable] = []
        self._sequences = array("Q")
        self._times = array("d")
        self._journaled = bytearray()
        self._base = 0
        """Position of the first place of the columns."""
        self._gone = 0
        """Places at their front that are let go of."""
        self.held_bytes = 0
        """Of the frames."""

    @property
    def first(self) -> int:
        """Position of the oldest event; ``end`` when there is none."""
        return self._base + self._gone

    @property
    def end(self) -> int:
        """Position of the next event to come."""
        return self._base + len(self._frames)

    def append(self, told: Told) -> None:
        """Take the next event."""
        frame = told.frame(self._form)
        self.held_bytes += len(frame)
        self._frames.append(frame)
        self._topics.append(told.topic)
        self._subjects.append(told.subject)
        self._sequences.append(told.sequence)
        self._times.append(told.time)
        self._journaled.append(told.journaled)

    def at(self, position: int) -> Told:
        """The event at a position, made anew."""
        place = position - self._base
        return Told.kept(
            self._form,
            self._frames[place],
            self._sequences[place],
            self._times[place],
            self._topics[place],
            journaled=bool(self._journaled[place]),
        )

    def sequence_at(self, position: int) -> int:
        """The number of the event at a position."""
        return self._sequences[position - self._base]

    def states(self, start: int, stop: int) -> Sequence[tuple[str, Hashable]]:
        """Of the events from ``start`` up to ``stop``: topic, and whose state it tells (None: nobody's)."""
        places = slice(start - self._base, stop - self._base)
        return list(zip(self._topics[places], self._subjects[places], strict=True))

    def position_behind(self, sequence: int) -> int:
        """Position of the first event that came after the one of this sequence."""
        return self._base + bisect_right(self._sequences, sequence, lo=self._gone)

    def let_go(self) -> tuple[str, int, float]:
        """Forget the oldest; returns its topic, sequence and time."""
        place = self._gone
        self.held_bytes -= len(self._frames[place])
        self._frames[place] = b""
        self._subjects[place] = None
        self._gone += 1
        gone = self._topics[place], self._sequences[place], self._times[place]
        if self._gone >= _SWEEP_ITEMS and self._gone * 2 >= len(self._frames):
            self._sweep()
        return gone

    def _sweep(self) -> None:
        places = slice(self._gone)
        del self._frames[places], self._topics[places], self._subjects[places]
        del self._sequences[places], self._times[places], self._journaled[places]
        self._base += self._gone
        self._gone = 0
