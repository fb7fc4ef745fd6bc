"""The archive follows the journal, on a thread of its own, and writes a manifest beside each recording.

Neither calls nor the database ever wait for it. Every step may be done twice: after a crash the journal is
read again from the first entry that a manifest still needs. What was being recorded when a process ended is
finished by the next: the file is made whole, and the event that ends the recording is reported.
"""

from contextlib import closing
from threading import Event as Signal
from threading import Thread

import structlog

from media.recordings.homecoming import Folders
from switch.archive.aftermath import Aftermath
from switch.archive.events import ArchiveFailed, ArchiveRecovered
from switch.archive.ledger import Ledger
from switch.archive.manifest_writer import ManifestWriter
from switch.archive.state_file import StateFile
from switch.records.config import RecordsConfig
from switch.records.errors import reason_of
from switch.records.events import Report
from switch.records.journal import Journal
from switch.records.journal_follower import JournalFollower
from switch.records.projection import JournalEntry

log = structlog.get_logger(__name__)

_STATE = "archive.json"
_FIRST_RETRY_S = 0.5
_ENTRIES_READ_TWICE = 50_000
"""At most about so many after a crash, in a second; while calls come, the place is seldom worth a file."""
_MOST_UNWRITTEN = 1000
"""While so many manifests wait for the disk, the journal is not read further: it keeps the rest."""


class Archive:
    """What becomes of recordings that are over. ``report`` is told, on the archive's thread."""

    def __init__(
        self,
        folders: Folders,
        config: RecordsConfig,
        journal: Journal,
        report: Report,
    ) -> None:
        """``folders``: where recordings are written."""
        self._config = config
        self._journal = journal
        self._report = report
        self._ledger = Ledger()
        self._state = StateFile(config.journal / _STATE)
        self._kept = self._state.read()
        self._manifests = ManifestWriter(folders.disks)
        self._aftermath = Aftermath(folders, self._knows)
        self._next_sequence = 1
        self._place_kept_at = 1
        """How far the journal was read when the place to go on from was last kept."""
        self._failing = False
        self._retry_s = _FIRST_RETRY_S
        self.faults = 0
        self._wake = Signal()
        self._closing = Signal()
        self._thread = Thread(target=self._run, name="archive", daemon=True)
        self._tail = journal.follow(self._ledger.topics, self._wake.set)

    @property
    def manifests_written(self) -> int:
        return self._manifests.written

    @property
    def behind(self) -> int:
        """Entries of the journal that are not read yet, or whose recordings wait for the disk."""
        newest, waiting = self._journal.newest, self._manifests.oldest_needed
        done = self._next_sequence if waiting is None else waiting
        return 0 if newest is None else max(0, newest.sequence + 1 - done)

    def oldest_under_way(self) -> float | None:
        """When the oldest recording that runs began, in wall-clock seconds; on any thread."""
        return min((note.began for note in self._ledger.under_way()), default=None)

    def start(self) -> None:
        """Begin to follow; what is wrong with the disk is reported, not raised."""
        self._thread.start()

    def close(self) -> None:
        """Read the closed journal to its end, within ``close_timeout_s``; the next run does what is left."""
        self._closing.set()
        self._wake.set()
        self._thread.join(self._config.close_timeout_s)
        if self._thread.is_alive() or len(self._manifests):
            log.warning("the archive is behind the journal", entries=self.behind)

    def _run(self) -> None:
        try:
            self._live()
        except Exception as fault:
            self.faults += 1
            log.critical("fault of the archive's thread; no manifests until a restart", exc_info=fault)
            self._report(ArchiveFailed(reason=f"{reason_of(fault)}; restart the switch, nothing is lost"))

    def _live(self) -> None:
        self._aftermath.note_moment()
        # Past a power cut the place may be behind entries that the journal's disk has forgotten.
        self._next_sequence = self._place_kept_at = min(
            self._kept.get("next_sequence", 1), self._journal.first_sequence
        )
        with closing(JournalFollower(self._journal.folder, self._tail, self._next_sequence)) as reader:
            self._follow(reader)

    def _follow(self, reader: JournalFollower) -> None:
        """Catch up whenever there is more, and once after closing began."""
        last = False
        while not last:
            last = self._closing.is_set()
            self._tell_health(self._catch_up(reader) or self._finish_left_behind())
            self._keep_place(at_least=1 if last else _ENTRIES_READ_TWICE)
            if self._failing:
                self._closing.wait(self._retry_s)
            elif not last:
                self._closing.wait(self._config.follow_pause_s)
                self._wake.wait()
                self._wake.clear()

    def _catch_up(self, reader: JournalFollower) -> OSError | None:
        """Read until nothing is left, or until too much waits for the disk. What a disk objected to."""
        try:
            refused = self._manifests.write()
            while len(self._manifests) < _MOST_UNWRITTEN and (entries := self._take(reader)):
                for entry in entries:
                    self._apply(entry)
                refused = self._manifests.write()
        except OSError as error:  # the journal's disk
            refused = error
        return refused

    def _finish_left_behind(self) -> OSError | None:
        """Once all is read that the runs before wrote, end what they did not."""
        if not self._aftermath.is_begun and self._next_sequence >= self._journal.first_sequence:
            ours = self._journal.first_sequence
            left = [note for note in self._ledger.under_way() if note.sequence < ours]
            self._aftermath.begin(left, self._kept.get("searched_to", ""))
        try:
            while not self._closing.is_set() and (end := self._aftermath.step()):
                log.info("recording finished that was left behind", recording_id=end.recording_id)
                self._report(end)
        except OSError as error:
            return error
        return None

    def _knows(self, recording_id: str) -> bool:
        return self._ledger.knows(recording_id) or self._manifests.knows(recording_id)

    def _take(self, reader: JournalFollower) -> list[JournalEntry]:
        entries = reader.take(self._config.batch_entries)
        self._next_sequence = reader.next_sequence
        return entries

    def _apply(self, entry: JournalEntry) -> None:
        try:
            ended = self._ledger.apply(entry)
        except Exception:  # one entry that cannot be used must not stop all that follow
            self.faults += 1
            log.exception("entry not understood by the archive", sequence=entry.sequence)
            return
        if ended is not None:
            self._manifests.put(ended)

    def _tell_health(self, refused: OSError | None) -> None:
        """Report when an outage begins and when it is over; wait ever longer between attempts."""
        if refused is None:
            if self._failing:
                log.info("manifests are written again")
                self._report(ArchiveRecovered())
            self._failing, self._retry_s = False, _FIRST_RETRY_S
        elif self._failing:
            self._retry_s = min(2 * self._retry_s, self._config.retry_max_s)
        else:
            self._failing = True
            log.error("manifests of recordings cannot be written; trying again", reason=str(refused))
            self._report(ArchiveFailed(reason=str(refused)))

    def _keep_place(self, at_least: int) -> None:
        """Remember where to go on after a restart, when so many entries more have been read."""
        if self._next_sequence - self._place_kept_at < at_least:
            return
        needed = (self._next_sequence, self._ledger.oldest_open(), self._manifests.oldest_needed)
        place = min(at for at in needed if at is not None)
        searched_to = self._aftermath.searched_to or self._kept.get("searched_to", "")
        try:
            self._state.keep({"next_sequence": place, "searched_to": searched_to})
            self._place_kept_at = self._next_sequence
        except OSError as error:
            log.warning("the archive's place in the journal is not kept", reason=str(error))
