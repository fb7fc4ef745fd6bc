"""Reading the journal in order, also while it is being written."""

from pathlib import Path
from typing import BinaryIO

from switch.records.projection import JournalEntry
from switch.records.segment import Segment, decode_line, list_segments


class JournalReader:
    """Keeps its place between calls, so that following the journal costs only what is new in it."""

    def __init__(self, folder: Path, from_sequence: int = 1) -> None:
        self._folder = folder
        self._next_sequence = from_sequence
        self._segment: Segment | None = None
        self._file: BinaryIO | None = None

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
        if self._file is not None:
            self._file.close()
            self._file = None

    def _next_in_segment(self) -> JournalEntry | None:
        while (line := self._next_line()) is not None:
            entry = decode_line(line)
            # What was written twice, because the first attempt failed half-way, is read once.
            if entry is not None and entry.sequence >= self._next_sequence:
                self._next_sequence = entry.sequence + 1
                return entry
        return None

    def _next_line(self) -> bytes | None:
        if self._file is None:
            return None
        start = self._file.tell()
        line = self._file.readline()
        if line.endswith(b"\n"):
            return line
        self._file.seek(start)  # not finished yet, or never
        return None

    def _to_next_segment(self) -> bool:
        """Go on to the following segment, if there is one and nothing was added to this meanwhile."""
        following = self._following()
        if following is None:
            return False
        if self._file is not None and self._grew():
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

    def _grew(self) -> bool:
        """Whether a whole line was added after the end was reached, before the next segment began."""
        line = self._next_line()
        if line is None or self._file is None:
            return False
        self._file.seek(-len(line), 1)
        return True
