"""The journal: every event, in order, kept. The database and a restart are built on it."""

import fcntl
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import structlog

from runtime.vocabulary import Event
from switch.records.config import RecordsConfig
from switch.records.errors import JournalUnusable
from switch.records.events import JournalTailCut, Report
from switch.records.journal_reader import JournalReader
from switch.records.journal_tail import JournalTail
from switch.records.journal_writer import Encode, JournalWriter
from switch.records.projection import Entry, FreshEntry, JournalEntry
from switch.records.segment import encode_lines, list_segments, mend_tail

log = structlog.get_logger(__name__)

_ENTRIES_PER_READ = 1000


class Journal:
    """Numbers events and hands them to a thread that writes them. The event loop never waits for the disk.

    Numbers go on where the last run's stopped. ``report`` is told, on any thread, what befalls the journal
    itself. Raises JournalUnusable when the folder cannot be written or another switch writes there.
    """

    def __init__(
        self,
        config: RecordsConfig,
        report: Report = lambda event: None,
        encode: Encode = encode_lines,
        name: str = "journal",
    ) -> None:
        """``name``: what is kept, as the log calls it."""
        self._name = name
        self.folder = config.journal
        self._lock = _lock_folder(self.folder)
        self.first_sequence = _last_sequence(self.folder, report, name) + 1
        """The first entry of this run."""
        self._tails: list[JournalTail] = []
        self._listeners: list[Callable[[], None]] = []
        self._writer = writer = JournalWriter(
            config, report, self._keep_at_hand, self._tell_listeners, self.first_sequence, encode, name
        )
        self.observe: Callable[[Event, float], None] = writer.put
        """A driver's observer: take an event that happened at a wall-clock time."""
        writer.start()

    @property
    def newest(self) -> FreshEntry | None:
        """The entry of the last event taken."""
        newest = self._writer.newest
        return None if newest is None else FreshEntry(*newest)

    def note(self, topic: str, fields: Mapping[str, Any], wall: float) -> None:
        """Take what is no event."""
        self._writer.put_fields(topic, fields, wall)

    def listen(self, on_flush: Callable[[], None]) -> None:
        """Call ``on_flush``, on the writer's thread, whenever more can be read."""
        self._listeners.append(on_flush)

    def follow(self, topics: Collection[str], on_flush: Callable[[], None]) -> JournalTail:
        """As ``listen``; keep what is written of these topics at hand for one follower."""
        tail = JournalTail(topics)
        self._tails.append(tail)
        self.listen(on_flush)
        return tail

    def read(self, from_sequence: int = 1) -> Iterator[JournalEntry]:
        """The entries written so far, in order. Raises OSError when the disk cannot be read."""
        with closing(JournalReader(self.folder, from_sequence)) as reader:
            while entries := reader.take(_ENTRIES_PER_READ):
                yield from entries

    def close(self) -> None:
        """Write what is not written yet, within ``close_timeout_s``."""
        if not self._writer.close():
            log.error(f"the {self._name} could not be written to its end", path=str(self.folder))
        os.close(self._lock)

    def _keep_at_hand(self, entries: list[Entry], size_bytes: int) -> None:
        try:
            for tail in self._tails:
                tail.add(entries, size_bytes)
        except Exception:  # whatever went wrong, the disk has them
            for tail in self._tails:
                tail.let_go()
            raise

    def _tell_listeners(self) -> None:
        for listener in self._listeners:
            listener()


def is_in_use(folder: Path) -> bool:
    """Whether a switch writes the journal in a folder now."""
    if not folder.is_dir():
        return False
    try:
        os.close(_lock_folder(folder))
    except JournalUnusable:
        return True
    return False


def _lock_folder(folder: Path) -> int:
    """Make the folder ours until the descriptor that is returned is closed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise JournalUnusable(f"cannot use the journal folder {folder}: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        advice = "give each its own, or let that one end its calls first"
        raise JournalUnusable(f"another switch writes the journal in {folder}; {advice}") from None
    return lock


def _last_sequence(folder: Path, report: Report, name: str) -> int:
    try:
        tail = mend_tail(list_segments(folder))
    except OSError as error:
        raise JournalUnusable(f"cannot read the journal in {folder}: {error.strerror}") from error
    if tail.path is not None:
        log.warning(f"the tail of the {name} was cut", path=str(tail.path), size_bytes=tail.removed_bytes)
        report(JournalTailCut(path=str(tail.path), size_bytes=tail.removed_bytes))
    return tail.last_sequence
