"""Reading the journal in order, also while it is being written."""

from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from switch.records.projection import JournalEntry
from switch.records.segment import Segment, beginning_of_others, decode_line, list_segments

_CHUNK_BYTES = 256 * 1024


class JournalReader:
    """Keeps its place between calls, so that following the journal costs only what is new in it.

    With ``topics`` all other entries are passed over, which costs little.
    """

    def __init__(self, folder: Path, from_sequence: int = 1, *, topics: Iterable[str] | None = None) -> None:
        self._folder = folder
        self._is_unwanted = None if topics is None else beginning_of_others(topics).match
        self._next_sequence = from_sequence
        self._read_to = 0
        """The last entry of what was read of the file is before this one."""
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
        self._read_to = 0
        self._lines.clear()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _next_in_segment(self) -> JournalEntry | None:
        while self._lines or self._read_lines():
            if not self._lines:  # none of what was read is wanted
                continue
            entry = decode_line(self._lines.popleft())
            # What was written twice, because the first attempt failed half-way, is read once.
            if entry is not None and entry.sequence >= self._next_sequence:
                self._next_sequence = entry.sequence + 1
                return entry
        return None

    def _read_lines(self) -> bool:
        """Read on to the end of a line; False when no whole line was added."""
        self._next_sequence = max(self._next_sequence, self._read_to)
        if self._file is None:
            return False
        data = self._file.read(_CHUNK_BYTES)
        end = data.rfind(b"\n") + 1
        while not end and len(data) % _CHUNK_BYTES == 0 and (more := self._file.read(_CHUNK_BYTES)):
            data += more
            end = data.rfind(b"\n") + 1
        self._file.seek(end - len(data), 1)  # what is behind is not finished yet, or never
        self._keep_wanted(data[:end].splitlines(keepends=True))
        return end > 0

    def _keep_wanted(self, lines: list[bytes]) -> None:
        is_unwanted = self._is_unwanted
        if is_unwanted is None:
            self._lines.extend(lines)
            return
        self._lines.extend([line for line in lines if not is_unwanted(line)])
        last = is_unwanted(lines[-1]) if lines else None
        if last is not None:
            self._read_to = int(last[1]) + 1

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
