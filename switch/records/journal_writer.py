"""The thread that writes the journal. Whatever the disk does, nobody waits for it but this thread."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Event as Signal
from threading import Thread
from typing import Any

import structlog

from media._core import EntryQueue
from switch.records.config import RecordsConfig
from switch.records.errors import reason_of
from switch.records.events import JournalEntriesLost, JournalWriteFailed, JournalWriteRecovered, Report
from switch.records.projection import Entry
from switch.records.segment import SegmentWriter, day_of, encode_lines

log = structlog.get_logger(__name__)

_ENTRIES_PER_WRITE = 2048
"""All that a busy switch tells between two writes; for each the thread takes its turn at Python anew."""
_ENTRIES_PER_ENCODING = 64
"""As many as the processor's caches hold; nobody else gets a turn at Python meanwhile."""
_FIRST_RETRY_S = 0.1

Encode = Callable[[list[Entry]], bytes]
"""Makes the lines of entries, one behind the other. Raises whatever it likes when one cannot be made."""


class JournalWriter:
    """A bounded queue with a thread behind it that appends to segments."""

    def __init__(
        self,
        config: RecordsConfig,
        report: Report,
        on_written: Callable[[list[Entry], int], None],
        on_flush: Callable[[], None],
        first_sequence: int,
        encode: Encode = encode_lines,
        name: str = "journal",
    ) -> None:
        """``on_written``: told what was written, and as how many bytes; ``name``: what the log calls it."""
        self._config = config
        self._name = name
        self._encoded = encode
        self._report = report
        self._on_written = on_written
        self._on_flush = on_flush
        self._wake = Signal()
        self._closing = Signal()
        self._queue = queue = EntryQueue(first_sequence, config.buffer_entries, self._wake.set)
        self.put: Callable[[Any, float], None] = queue.put
        """Number an event that happened at a wall-clock time and queue it; when the queue is full it is lost
        and counted. Never waits."""
        self._segment: SegmentWriter | None = None
        self._failing = False
        self._thread = Thread(target=self._run, name="journal", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def newest(self) -> tuple[int, float, str, Any] | None:
        """The entry that was put last."""
        return self._queue.newest

    def put_fields(self, topic: str, fields: Mapping[str, Any], wall: float) -> None:
        """``put`` for what is no event."""
        self._queue.put(fields, wall, topic)

    def close(self) -> bool:
        """Write what is queued, within ``close_timeout_s``; False when the disk did not take it in time."""
        self._closing.set()
        self._wake.set()
        self._thread.join(self._config.close_timeout_s)
        return not (self._thread.is_alive() or self._queue or self._failing)

    def _run(self) -> None:
        while not self._closing.is_set():
            self._wake.wait()
            self._closing.wait(self._config.flush_interval_ms / 1000)
            self._wake.clear()
            self._write_and_tell()
        self._write_and_tell()
        self._close_segment()

    def _write_and_tell(self) -> None:
        try:
            self._write_queue()
            self._tell_loss()
        except Exception as fault:  # whatever goes wrong, nothing is kept once this thread is gone
            self._wake.set()  # for what still waits: ``put`` wakes it for the first only
            log.exception(f"fault of the thread that writes the {self._name}; it goes on")
            with suppress(Exception):  # telling may be what went wrong
                self._fail(fault)

    def _write_queue(self) -> None:
        while self._queue:
            batch = self._queue.take(_ENTRIES_PER_WRITE)
            if not self._write_until_done(batch):
                self._queue.give_back(batch)
                return
        self._flush()

    def _write_until_done(self, batch: list[Entry]) -> bool:
        """Append a batch, however often it takes; False when it failed and the journal closes."""
        first_sequence, first_time, _, _ = batch[0]
        text = self._encode(batch)

        def append() -> None:
            self._append(first_sequence, first_time, text)

        if not self._persist(append):
            return False
        self._on_written(batch, len(text))
        return True

    def _persist(self, step: Callable[[], None]) -> bool:
        """Do something with the disk, however often it takes; False when it failed and the journal closes."""
        pause_s = _FIRST_RETRY_S
        while not self._attempt(step):
            if self._closing.wait(pause_s):
                return self._attempt(step)
            pause_s = min(2 * pause_s, self._config.retry_max_s)
        return True

    def _encode(self, batch: list[Entry]) -> bytes:
        """The lines of a batch. What has none is lost, and taken out of it: the others must not wait."""
        parts = [batch[at : at + _ENTRIES_PER_ENCODING] for at in range(0, len(batch), _ENTRIES_PER_ENCODING)]
        return b"".join([self._encode_part(part, batch) for part in parts])

    def _encode_part(self, part: list[Entry], batch: list[Entry]) -> bytes:
        try:
            return self._encoded(part)
        except Exception:  # of some of them
            return b"".join([self._encode_or_lose(entry, batch) for entry in part])

    def _encode_or_lose(self, entry: Entry, batch: list[Entry]) -> bytes:
        try:
            return self._encoded([entry])
        except Exception:
            log.exception("an event cannot be written as JSON", topic=entry[2], sequence=entry[0])
            self._queue.lose(entry[0])
            batch.remove(entry)
            return b""

    def _append(self, first_sequence: int, first_time: float, text: bytes) -> None:
        segment = self._segment
        if segment is not None and (
            segment.size >= self._config.segment_max_mb * 2**20 or segment.day != day_of(first_time)
        ):
            self._flush()
            self._close_segment()
        if self._segment is None:
            self._segment = SegmentWriter(self._config.journal, first_sequence, first_time)
        self._segment.append(text)

    def _flush(self) -> None:
        segment = self._segment
        if segment is not None and self._config.fsync:
            self._attempt(segment.sync)
        self._on_flush()

    def _attempt(self, step: Callable[[], None]) -> bool:
        """Do something with the disk and report when its health changes."""
        try:
            step()
        except Exception as error:  # a fault of ours is told, and tried again, like one of the disk
            with suppress(Exception):  # who is told may be at fault too, and that must not cost the entries
                self._close_segment()  # whatever comes next begins in a file of its own
                self._fail(error)
            return False
        if self._failing:
            self._failing = False
            with suppress(Exception):
                self._report(JournalWriteRecovered(path=str(self._config.journal)))
        return True

    def _fail(self, error: Exception) -> None:
        if not self._failing:
            self._failing = True
            reason = getattr(error, "strerror", None) or reason_of(error)
            log.error(f"the {self._name} cannot be written", path=str(self._config.journal), reason=reason)
            self._report(JournalWriteFailed(path=str(self._config.journal), reason=reason))

    def _tell_loss(self) -> None:
        lost = self._queue.take_lost()
        if lost is not None:
            count, first, last = lost
            log.error(f"entries of the {self._name} lost", count=count)
            self._report(JournalEntriesLost(count=count, first_sequence=first, last_sequence=last))

    def _close_segment(self) -> None:
        segment, self._segment = self._segment, None
        if segment is not None:
            try:
                segment.close()
            except OSError as error:
                log.warning(
                    f"a segment of the {self._name} did not close well",
                    path=str(segment.path),
                    reason=str(error),
                )
