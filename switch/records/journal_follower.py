"""Following the journal while it is written: from memory, and from the disk what is not there any more."""

from collections import deque
from pathlib import Path

from switch.records.journal_reader import JournalReader
from switch.records.journal_tail import JournalTail
from switch.records.projection import JournalEntry
from switch.records.segment import decode_line


class JournalFollower:
    """What a ``JournalReader`` of the tail's topics would read. For one thread."""

    def __init__(self, folder: Path, tail: JournalTail, from_sequence: int = 1) -> None:
        """``tail`` is filled already."""
        self._folder = folder
        self._tail = tail
        self._next_sequence = from_sequence
        self._lines: deque[bytes] = deque()
        self._lines_end = 0
        """All entries of the tail's topics before this one are among the lines, or were."""
        self._reader: JournalReader | None = self._open()
        """While there may be something on the disk that the tail does not hold."""

    @property
    def next_sequence(self) -> int:
        """All entries before this one were taken or passed over."""
        return self._next_sequence

    def take(self, limit: int) -> list[JournalEntry]:
        """Up to ``limit`` next entries; none when all that is written has been taken. Raises OSError."""
        if self._reader is None and not self._lines:
            self._look_at_tail()
        if self._reader is not None and (entries := self._read(self._reader, limit)):
            return entries
        return self._decode(limit)

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
        self._lines, self._lines_end = deque(stretch.lines), stretch.end
        if stretch.first > self._next_sequence:  # we were too slow for the tail
            self._reader = self._open()

    def _read(self, reader: JournalReader, limit: int) -> list[JournalEntry]:
        entries = reader.take(limit)
        self._next_sequence = reader.next_sequence
        if not entries:
            self.close()
        return entries

    def _decode(self, limit: int) -> list[JournalEntry]:
        entries: list[JournalEntry] = []
        while self._lines and len(entries) < limit:
            entry = decode_line(self._lines.popleft())
            if entry is not None and entry.sequence >= self._next_sequence:  # not read from the disk before
                entries.append(entry)
        last = entries[-1].sequence + 1 if entries else 0
        self._next_sequence = max(self._next_sequence, last if self._lines else self._lines_end)
        return entries
