"""Following the journal while it is written: from memory, and from the disk what is not there any more."""

from bisect import bisect_left
from operator import itemgetter
from pathlib import Path

from switch.records.journal_reader import JournalReader
from switch.records.journal_tail import JournalTail
from switch.records.projection import Entry, JournalEntry
from switch.records.segment import as_decoded


class JournalFollower:
    """What a ``JournalReader`` of the tail's topics would read. For one thread."""

    def __init__(self, folder: Path, tail: JournalTail, from_sequence: int = 1) -> None:
        """``tail`` is filled already."""
        self._folder = folder
        self._tail = tail
        self._next_sequence = from_sequence
        self._at_hand: list[Entry] = []
        self._at_hand_end = 0
        """All entries of the tail's topics before this one are at hand, or were."""
        self._reader: JournalReader | None = self._open()
        """While there may be something on the disk that the tail does not hold."""

    @property
    def next_sequence(self) -> int:
        """All entries before this one were taken or passed over."""
        return self._next_sequence

    def take(self, limit: int) -> list[JournalEntry]:
        """Up to ``limit`` next entries; none when all that is written has been taken. Raises OSError."""
        if self._reader is None and not self._at_hand:
            self._look_at_tail()
        if self._reader is not None and (entries := self._read(self._reader, limit)):
            return entries
        return self._take_at_hand(limit)

    def close(self) -> None:
        """Let go of the file, if there is one."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _open(self) -> JournalReader:
        return JournalReader(self._folder, self._next_sequence, topics=self._tail.topics)

    def _look_at_tail(self) -> None:
        stretch = self._tail.take()
        if stretch is None:
            return
        self._at_hand, self._at_hand_end = stretch.entries, stretch.end
        if stretch.first > self._next_sequence:  # we were too slow for the tail
            self._reader = self._open()

    def _read(self, reader: JournalReader, limit: int) -> list[JournalEntry]:
        entries = reader.take(limit)
        self._next_sequence = reader.next_sequence
        if not entries:
            self.close()
        return entries

    def _take_at_hand(self, limit: int) -> list[JournalEntry]:
        at_hand = self._at_hand
        if at_hand and at_hand[0][0] < self._next_sequence:  # read from the disk before
            del at_hand[: bisect_left(at_hand, self._next_sequence, key=itemgetter(0))]
        taken = at_hand[:limit]
        entries = as_decoded(taken)
        del at_hand[:limit]  # only now: what a fault kept from being taken is there the next time
        end = taken[-1][0] + 1 if at_hand else self._at_hand_end
        self._next_sequence = max(self._next_sequence, end)
        return entries
