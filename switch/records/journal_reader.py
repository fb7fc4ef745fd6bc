"""Reading the journal in order, also while it is being written."""

from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from switch.records.projection import JournalEntry
from switch.records.segment import BEGINNING, Segment, decode_line, list_segments

_CHUNK_BYTES = 256 * 1024


class JournalReader:
    """Keeps its place between calls, so that following the journal costs only what is new in it.

    With ``topics`` all other entries are passed over, which costs little.
    """

    def __init__(self, folder: Path, from_sequence: int = 1, *, topics: Iterable[str] | None = None) -> None:
        self._folder = folder
        self._topics = None if topics is None else frozenset(topic.encode() for topic in topics)
        self._next_sequence = from_sequence
        self._lines: deque[bytes] = deque()
        self._segment: Segment | None = None
        self._file: BinaryIO | None = None

    @property
    def next_sequence(self) -> int:
        """All entries before this one were taken or passed over."""
        return self._next_sequence

    def take(self, limit: int) -> list[JournalEntry]:
        """Up to ``limit`` next entries; none when all that is written has been read. Raises OSError."""
        entries: list[JournalEntry] = []
        try:
            while len(entries) < limit:
                entry = self._next_in_segment()
                if entry is not None:
                    entries.append(entry)
                elif not self._to_next_segment():
                    break
        except OSError:
            self.close()
            if not entries:
                raise
        return entries

    def close(self) -> None:
        """Let go of the file; reading goes on from the same entry when asked to."""
        self._segment = None
        self._lines.clear()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _next_in_segment(self) -> JournalEntry | None:
        while self._lines or self._read_lines():
            line = self._lines.popleft()
            if self._topics is not None:
                beginning = BEGINNING.match(line)
                if beginning is not None and beginning[2] not in self._topics:
                    self._next_sequence = max(self._next_sequence, int(beginning[1]) + 1)
                    continue
            entry = decode_line(line)
            # What was written twice, because the first attempt failed half-way, is read once.
            if entry is not None and entry.sequence >= self._next_sequence:
                self._next_sequence = entry.sequence + 1
                return entry
        return None

    def _read_lines(self) -> bool:
        """Read on to the end of a line; False when no whole line was added."""
        if self._file is None:
            return False
        data = self._file.read(_CHUNK_BYTES)
        end = data.rfind(b"\n") + 1
        while not end and len(data) % _CHUNK_BYTES == 0 and (more := self._file.read(_CHUNK_BYTES)):
            data += more
            end = data.rfind(b"\n") + 1
        self._file.seek(end - len(data), 1)  # what is behind is not finished yet, or never
        self._lines.extend(data[:end].splitlines(keepends=True))
        return end > 0

    def _to_next_segment(self) -> bool:
        """Go on to the following segment, if there is one and nothing was added to this meanwhile."""
        following = self._following()
        if following is None:
            return False
        if self._read_lines():  # added after the end was reached, before the next segment began
            return True
        self.close()
        self._file = following.path.open("rb")
        self._segment = following
        return True

    def _following(self) -> Segment | None:
        segments = list_segments(self._folder)
        if self._segment is not None:
            return next((segment for segment in segments if segment > self._segment), None)
        older = [segment for segment in segments if segment.first_sequence <= self._next_sequence]
        return older[-1] if older else next(iter(segments), None)
