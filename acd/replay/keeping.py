"""Inputs on their way to the disk: written as the journal is, by a thread of their own."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Event as Signal
from threading import Thread
from typing import Any

import structlog

from acd.config import AcdConfig
from acd.replay.events import AcdInputsCut, AcdInputsFailed, AcdInputsLost, AcdInputsRecovered
from acd.replay.folder import folder_of
from acd.replay.lines import encode
from runtime.vocabulary import Event
from switch.archive.worker import Worker
from switch.records.config import RecordsConfig
from switch.records.events import (
    JournalEntriesLost,
    JournalTailCut,
    JournalWriteFailed,
    JournalWriteRecovered,
    Report,
)
from switch.records.journal import Journal
from switch.records.projection import Entry
from switch.records.segment import day_of, list_segments

log = structlog.get_logger(__name__)

SEGMENT_MB = 16
"""Told again in a few seconds: so long may a question about a decision take."""

_LOOK_AGAIN_S = 60.0
_CLOSING_S = 5.0


class InputKeeper:
    """Takes inputs in order. What the disk does not take in time is lost and told."""

    def __init__(self, config: RecordsConfig, report: Report, wall: Callable[[], float]) -> None:
        """Raises JournalUnusable. ``report`` is told on any thread what befalls them."""
        self.folder: Path = folder_of(config.journal)
        self.is_broken = False
        self._report = report
        self._wall = wall
        own = {"journal": self.folder, "segment_max_mb": SEGMENT_MB, "fsync": False}
        self._journal = Journal(config.model_copy(update=own), self._tell, _encode, name="ACD's inputs")

    def put(self, topic: str, fields: Mapping[str, Any]) -> None:
        """Take one; never waits."""
        self._journal.note(topic, fields, self._wall())

    def close(self) -> None:
        """Write what is not written yet, within ``close_timeout_s``."""
        self._journal.close()

    def _tell(self, event: Event) -> None:
        """What befalls these files is not the journal's."""
        match event:
            case JournalEntriesLost(count=count):
                self.is_broken = True
                event = AcdInputsLost(count=count)
            case JournalWriteFailed(path=path, reason=reason):
                event = AcdInputsFailed(path=path, reason=reason)
            case JournalWriteRecovered(path=path):
                event = AcdInputsRecovered(path=path)
            case JournalTailCut(path=path, size_bytes=size_bytes):
                event = AcdInputsCut(path=path, size_bytes=size_bytes)
        self._report(event)


class Tidying:
    """A thread that has states worked out for new segments, and old ones removed, by a process of its own."""

    def __init__(self, folder: Path, rules: Callable[[], AcdConfig], wall: Callable[[], float]) -> None:
        """``rules``: those that hold now."""
        self._folder = folder
        self._rules = rules
        self._wall = wall
        self._worker = Worker("acd.replay.states")
        self._done: object = None
        """How things were when all was done."""
        self._closing = Signal()
        self._thread = Thread(target=self._run, name="acd-inputs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Leave what is not done to the next run."""
        self._closing.set()
        self._worker.kill()
        if self._thread.is_alive():
            self._thread.join(_CLOSING_S)

    def _run(self) -> None:
        while not self._closing.wait(_LOOK_AGAIN_S):
            try:
                self.look()
            except Exception:  # one bad look must not cost the others
                log.exception("fault while the ACD's inputs were tidied")

    def look(self) -> None:
        """Do what is to be done, if anything has changed since all was done."""
        rules, wall = self._rules(), self._wall()
        present = list_segments(self._folder), day_of(wall), rules.inputs_kept_days, rules.inputs_max_mb
        if present == self._done:
            return
        answer = self._worker.ask(
            {
                "folder": str(self._folder),
                "kept_days": rules.inputs_kept_days,
                "max_mb": rules.inputs_max_mb,
                "wall": wall,
            }
        )
        self._worker.close()
        if "problem" not in answer:
            self._done = present
        elif not self._closing.is_set():
            log.warning("the ACD's inputs cannot be tidied; trying again", reason=answer["problem"])


def _encode(entries: Sequence[Entry]) -> bytes:
    return b"".join([encode(*entry) for entry in entries])
