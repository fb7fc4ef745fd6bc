"""The database follows the journal, on a thread of its own. Calls never wait for it, nor does the journal."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import closing
from threading import Event as Signal
from threading import Thread
from typing import TypeVar

import structlog
from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from runtime.errors import UsageError
from switch.records.config import RecordsConfig
from switch.records.errors import reason_of
from switch.records.events import DatabaseFailed, DatabaseRecovered, RecordRejected, Report
from switch.records.inserting import Row
from switch.records.journal import Journal
from switch.records.journal_follower import JournalFollower
from switch.records.projection import JournalEntry, Projection
from switch.records.store import RecordStore, RejectedRow

log = structlog.get_logger(__name__)

_FIRST_RETRY_S = 0.1
_ENTRIES_AT_ONCE = 100
"""Folded while the processor's caches still have them."""

T = TypeVar("T")


class Database:
    """Applies projections to the journal and writes the rows they complete.

    With the rows it writes the place in the journal from which unfinished rows still need it. After a crash
    it reads on from there; rows that were there already are written once. While the database is down it
    tries again, ever more slowly up to ``retry_max_s``, and the journal keeps what it has not seen.
    ``report`` is told, on the database's thread, when it fails, recovers, rejects a row or begins anew.
    """

    def __init__(
        self,
        config: RecordsConfig,
        projections: Iterable[Projection],
        journal: Journal,
        report: Report = lambda event: None,
    ) -> None:
        self._config = config
        self._projections = tuple(projections)
        self._rows: dict[Table, list[Row]] = {p.table: [] for p in self._projections}
        """Those that are complete, and not written yet."""
        self._by_topic = _by_topic(self._projections)
        self._journal = journal
        self._report = report
        self._store = RecordStore(config.database, (p.table for p in self._projections), report)
        self._next_sequence = 1
        """Up to here the journal is read."""
        self._complete_to = 0
        self._cursor_moved_at = 1
        self._failing = False
        self._wake = Signal()
        self._closing = Signal()
        self._thread = Thread(target=self._run, name="database", daemon=True)
        self._tail = journal.follow(self._by_topic, self._wake.set)

    @property
    def caught_up_to(self) -> int:
        """All rows that entries up to this sequence complete are in the database."""
        return self._complete_to

    @property
    def failing(self) -> bool:
        """Whether it could not be read or written when it was last tried."""
        return self._failing

    def start(self) -> None:
        """Begin to follow; what is wrong with the database is reported, not raised."""
        self._thread.start()

    def close(self) -> None:
        """Read the closed journal to its end, within ``close_timeout_s``; the next run reads what is left."""
        self._closing.set()
        self._wake.set()
        self._thread.join(self._config.close_timeout_s)
        if self._thread.is_alive() or self._failing:
            log.warning("the database is behind the journal", caught_up_to=self.caught_up_to)
        self._store.close()

    def _run(self) -> None:
        try:
            self._live()
        except Exception as fault:  # what is folded half-way cannot be folded again: better none than wrong
            self._failing = True
            log.critical("fault of the database's thread; no records until a restart", exc_info=fault)
            self._report(DatabaseFailed(reason=f"{reason_of(fault)}; restart the switch, nothing is lost"))

    def _live(self) -> None:
        kept = self._persist(self._store.open)
        if kept is None:
            return
        # Past a power cut the database may know of entries that the journal's disk has forgotten.
        self._next_sequence = self._cursor_moved_at = min(kept, self._journal.first_sequence)
        with closing(JournalFollower(self._journal.folder, self._tail, self._next_sequence)) as reader:
            self._follow(reader)

    def _follow(self, reader: JournalFollower) -> None:
        """Catch up whenever there is more, and once after closing began."""
        last = False
        while self._catch_up(reader) and not last:
            last = self._closing.wait(self._config.follow_pause_s)
            if not last:
                self._wake.wait()
                self._wake.clear()

    def _catch_up(self, reader: JournalFollower) -> bool:
        """Read and write until nothing is left; False when that failed and we are closing."""
        read = 0
        while (entries := self._persist(lambda: reader.take(_ENTRIES_AT_ONCE))) is not None:
            self._apply(entries)
            self._next_sequence = reader.next_sequence
            read += len(entries)
            if entries and read < self._config.batch_entries:
                continue
            if not self._save():
                return False
            if not entries:
                return True
            read = 0
        return False

    def _apply(self, entries: Iterable[JournalEntry]) -> None:
        by_topic = self._by_topic
        for entry in entries:
            for projection in by_topic[entry.topic]:
                try:
                    if rows := projection.apply(entry):
                        self._rows[projection.table] += rows
                except Exception:  # one entry that a projection cannot use must not stop all that follow
                    log.exception(
                        "entry not understood", table=projection.table.name, sequence=entry.sequence
                    )

    def _save(self) -> bool:
        """Write what is worth a transaction; False when that failed and we are closing."""
        moved = self._next_sequence - self._cursor_moved_at
        least = 1 if self._closing.is_set() else self._config.batch_entries
        if any(self._rows.values()) or moved >= least:
            rejected = self._persist(self._write)
            if rejected is None:
                return False
            for some in self._rows.values():
                some.clear()
            self._cursor_moved_at = self._next_sequence
            for row in rejected:
                log.error("record rejected by the database", table=row.table, key=row.key, reason=row.reason)
                self._report(RecordRejected(table=row.table, key=row.key, reason=row.reason))
        self._complete_to = self._next_sequence - 1
        return True

    def _write(self) -> list[RejectedRow]:
        if self._failing:
            self._store.open()  # it may have come back empty
        still_needed = [at for p in self._projections if (at := p.oldest_open()) is not None]
        rows = {table: some for table, some in self._rows.items() if some}
        return self._store.write(rows, min(still_needed, default=self._next_sequence))

    def _persist(self, step: Callable[[], T]) -> T | None:
        """What ``step`` returns, however often it takes; None when it failed and we are closing."""
        pause_s = _FIRST_RETRY_S
        while (result := self._attempt(step)) is None:
            if self._closing.is_set():
                return None
            self._closing.wait(pause_s)
            pause_s = min(2 * pause_s, self._config.retry_max_s)
        return result

    def _attempt(self, step: Callable[[], T]) -> T | None:
        try:
            result = step()
        except Exception as error:  # a fault of ours is told, and tried again, like one of the database
            if not isinstance(error, SQLAlchemyError | OSError | UsageError):
                log.exception("fault while the database was written")
            self._fail(error)
            return None
        if self._failing:
            self._failing = False
            log.info("the database is written again")
            self._report(DatabaseRecovered())
        return result

    def _fail(self, error: Exception) -> None:
        if not self._failing:
            self._failing = True
            reason = str(error.orig) if isinstance(error, DBAPIError) else reason_of(error)
            log.error("the database cannot be written; trying again", reason=reason)
            self._report(DatabaseFailed(reason=reason))


def _by_topic(projections: Iterable[Projection]) -> dict[str, list[Projection]]:
    """Who folds which topic."""
    folding: dict[str, list[Projection]] = defaultdict(list)
    for projection in projections:
        for topic in projection.topics:
            folding[topic].append(projection)
    return dict(folding)
