"""Recordings that are over are converted and encrypted, one after the other, as configured.

A thread follows the journal to its ``recording.completed`` and gives each to a process that does the work, so
that neither calls nor manifests ever wait for it. Its place in the journal is kept; steps may be taken twice.
"""

from collections import deque
from collections.abc import Iterable
from contextlib import closing
from threading import Event as Signal
from threading import Thread
from typing import Any

import structlog

from media.config import RecordingsConfig
from media.events import RecordingCompleted
from media.recordings.disks import Disks
from media.recordings.tiers import Access
from runtime.errors import UsageError
from switch.archive.events import RecordingConverted, RecordingEncrypted, RecordingNotTreated
from switch.archive.in_hand import InHand
from switch.archive.state_file import StateFile
from switch.archive.worker import Worker
from switch.records.config import RecordsConfig
from switch.records.events import Report
from switch.records.journal import Journal
from switch.records.journal_reader import JournalReader

log = structlog.get_logger(__name__)

_STATE = "keeping.json"
_BATCH = 100
_MOST_ATTEMPTS = 60
"""After so many of RETRY_S each, a recording stays as it is; while its disk is away none counts."""
_MOST_REQUESTED = 100_000
_STEPS = {"converted": RecordingConverted, "encrypted": RecordingEncrypted}
_TOPIC = RecordingCompleted.topic


class Keeping:
    """``report`` is told what became of each file, on the thread. Does nothing when nothing is configured."""

    RETRY_S = 5.0
    """How long a recording waits whose manifest is missing, or whose disk refuses or is away."""

    def __init__(
        self,
        recordings: RecordingsConfig,
        disks: Disks,
        records: RecordsConfig,
        journal: Journal,
        in_hand: InHand,
        report: Report,
    ) -> None:
        self._recordings = recordings
        self._access = Access(disks=disks).model_dump(mode="json")
        self._journal = journal
        self._in_hand = in_hand
        self._report = report
        self._close_s = records.close_timeout_s
        self._state = StateFile(records.journal / _STATE)
        self.taken = dict.fromkeys(_STEPS, 0)
        """How often each step was taken."""
        self.untreated = 0
        """Recordings that stay as they are, though something was to be done."""
        self._worker = Worker("switch.archive.keeper")
        self._requested: deque[tuple[str, str]] = deque()
        self._closing = Signal()
        self._wake = Signal()
        self._thread = Thread(target=self._run, name="keeping", daemon=True)
        journal.listen(self._wake.set)

    @property
    def has_work(self) -> bool:
        """Whether anything is configured to be done."""
        return bool(self._recordings.convert or self._recordings.encrypt_to)

    def request(self, recording_id: str, path: str) -> None:
        """Have one treated that was over before, as one that ends now; ``path``: as its events name it.

        From any thread. What is not done when this run ends is forgotten. Raises UsageError.
        """
        if not self.has_work:
            raise UsageError("nothing is to be done; set recordings.convert or recordings.encrypt_to")
        if len(self._requested) >= _MOST_REQUESTED:
            raise UsageError(f"{_MOST_REQUESTED} recordings wait to be converted; try again later")
        self._requested.append((recording_id, path))
        self._wake.set()

    def start(self) -> None:
        """Begin to follow the journal, from where the last run ended."""
        if self.has_work:
            self._thread.start()

    def close(self) -> None:
        """Leave what is not done to the next run."""
        self._closing.set()
        self._wake.set()
        self._worker.kill()
        if self._thread.is_alive():
            self._thread.join(self._close_s)

    def _run(self) -> None:
        first = self._journal.first_sequence
        # Past a power cut the place kept may lie beyond what the journal's disk remembers.
        kept = min(self._state.read().get("next_sequence", first), first)
        with closing(JournalReader(self._journal.folder, kept, topics=[_TOPIC])) as reader:
            while not self._closing.is_set():
                try:
                    self._catch_up(reader)
                except OSError as error:
                    log.warning("the journal cannot be read; trying again", reason=str(error))
                    self._closing.wait(self.RETRY_S)
                self._do_requested()
                self._wake.wait()
                self._wake.clear()
        self._worker.close()

    def _catch_up(self, reader: JournalReader) -> None:
        while not self._closing.is_set() and (entries := reader.take(_BATCH)):
            self._work_off((entry.fields["recording_id"], entry.fields["path"]) for entry in entries)
            if not self._closing.is_set():
                self._state.keep({"next_sequence": reader.next_sequence})

    def _do_requested(self) -> None:
        """One by one, so that those that end now need not wait for all that were asked for."""
        if self._requested:
            self._work_off([self._requested.popleft()])
            self._wake.set()

    def _work_off(self, recordings: Iterable[tuple[str, str]]) -> None:
        waiting = deque((recording, 0) for recording in recordings)
        while waiting and not self._closing.is_set():
            recording, failures = waiting.popleft()
            answer = self._treat(*recording)
            failures += not answer.get("away", False)
            if self._closing.is_set():
                return
            if answer.get("again") and failures < _MOST_ATTEMPTS:
                waiting.append((recording, failures))
                self._closing.wait(self.RETRY_S / len(waiting))
            else:
                self._tell(*recording, answer)

    def _treat(self, recording_id: str, path: str) -> dict[str, Any]:
        """What the keeper answers."""
        order = {
            "path": path,
            "form": self._recordings.convert,
            "recipients": self._recordings.encrypt_to,
            "access": self._access,
        }
        with self._in_hand.holding(recording_id):
            return self._worker.ask(order)

    def _tell(self, recording_id: str, path: str, answer: dict[str, Any]) -> None:
        """Nothing is left to be done to a recording, be it that it cannot be."""
        if "problem" in answer:
            self.untreated += 1
            log.error("a recording stays as it is", recording_id=recording_id, reason=answer["problem"])
            self._report(RecordingNotTreated(recording_id=recording_id, path=path, reason=answer["problem"]))
        for step in report_taken(self._report, recording_id, answer):
            self.taken[step] += 1


def report_taken(report: Report, recording_id: str, answer: dict[str, Any]) -> list[str]:
    """Tell the steps that a keeper's answer has; which they are."""
    taken = answer.get("taken", ())
    for one in taken:
        report(_STEPS[one["step"]](recording_id=recording_id, path=one["path"], size_bytes=one["size_bytes"]))
    return [one["step"] for one in taken]
