"""Recordings that are over are converted and encrypted, one after the other, as configured.

A thread follows the journal to its ``recording.completed`` and gives each to a process that does the work, so
that neither calls nor manifests ever wait for it. Its place in the journal is kept; steps may be taken twice.
"""

import json
import subprocess
import sys
from collections import deque
from contextlib import closing, suppress
from threading import Event as Signal
from threading import Thread
from typing import Any

import structlog

from media.config import RecordingsConfig
from media.events import RecordingCompleted
from switch.archive.events import RecordingConverted, RecordingEncrypted, RecordingNotTreated
from switch.archive.state_file import StateFile
from switch.records.config import RecordsConfig
from switch.records.events import Report
from switch.records.journal import Journal
from switch.records.journal_reader import JournalReader
from switch.records.projection import JournalEntry

log = structlog.get_logger(__name__)

_STATE = "keeping.json"
_BATCH = 100
_MOST_ATTEMPTS = 60
"""After so many of RETRY_S each, a recording stays as it is."""
_STEPS = {"converted": RecordingConverted, "encrypted": RecordingEncrypted}
_TOPIC = RecordingCompleted.topic


class Keeping:
    """``report`` is told what became of each file, on the thread. Does nothing when nothing is configured."""

    RETRY_S = 5.0
    """How long a recording waits whose manifest is missing or whose disk refuses."""

    def __init__(
        self, recordings: RecordingsConfig, records: RecordsConfig, journal: Journal, report: Report
    ) -> None:
        self._recordings = recordings
        self._journal = journal
        self._report = report
        self._close_s = records.close_timeout_s
        self._state = StateFile(records.journal / _STATE)
        self.taken = dict.fromkeys(_STEPS, 0)
        """How often each step was taken."""
        self.untreated = 0
        """Recordings that stay as they are, though something was to be done."""
        self._process: subprocess.Popen[str] | None = None
        self._closing = Signal()
        self._wake = Signal()
        self._thread = Thread(target=self._run, name="keeping", daemon=True)
        journal.listen(self._wake.set)

    @property
    def has_work(self) -> bool:
        """Whether anything is configured to be done."""
        return bool(self._recordings.convert or self._recordings.encrypt_to)

    def start(self) -> None:
        """Begin to follow the journal, from where the last run ended."""
        if self.has_work:
            self._thread.start()

    def close(self) -> None:
        """Leave what is not done to the next run."""
        self._closing.set()
        self._wake.set()
        if self._process is not None:
            self._process.kill()
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
                self._wake.wait()
                self._wake.clear()
        if self._process is not None:
            _end(self._process)

    def _catch_up(self, reader: JournalReader) -> None:
        while not self._closing.is_set() and (entries := reader.take(_BATCH)):
            waiting = deque((entry, 1) for entry in entries)
            while waiting and not self._closing.is_set():
                entry, attempt = waiting.popleft()
                if self._treat(entry, last=attempt >= _MOST_ATTEMPTS):
                    continue
                waiting.append((entry, attempt + 1))
                self._closing.wait(self.RETRY_S / len(waiting))
            if not self._closing.is_set():
                self._state.keep({"next_sequence": reader.next_sequence})

    def _treat(self, entry: JournalEntry, *, last: bool) -> bool:
        """Whether nothing is left to be done to a recording, be it that it cannot be."""
        recording_id, path = entry.fields["recording_id"], entry.fields["path"]
        answer = self._ask(
            {"path": path, "form": self._recordings.convert, "recipients": self._recordings.encrypt_to}
        )
        if self._closing.is_set() or (answer.get("again") and not last):
            return False
        if "problem" in answer:
            self.untreated += 1
            log.error("a recording stays as it is", recording_id=recording_id, reason=answer["problem"])
            self._report(RecordingNotTreated(recording_id=recording_id, path=path, reason=answer["problem"]))
        for taken in answer.get("taken", ()):
            kind = _STEPS[taken["step"]]
            self.taken[taken["step"]] += 1
            self._report(kind(recording_id=recording_id, path=taken["path"], size_bytes=taken["size_bytes"]))
        return True

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        """The keeper's answer."""
        process = self._running()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
            answer: dict[str, Any] = json.loads(line)
        except (OSError, ValueError):
            _end(process)
            return {"problem": "the process that does it ended", "again": True}
        return answer

    def _running(self) -> subprocess.Popen[str]:
        if self._process is not None and self._process.poll() is not None:
            _end(self._process)
            self._process = None
        if self._process is None:
            command = (sys.executable, "-m", "switch.archive.keeper")
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        return self._process


def _end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    with suppress(OSError):  # an order that was never taken
        process.communicate()
