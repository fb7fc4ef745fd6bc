"""Recordings whose files somebody changes just now: who converts, moves or deletes one has it alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class RecordingBusy(OSError):
    """Somebody else has it in hand."""


class InHand:
    """Shared by the threads of one switch, which alone changes files that are over."""

    def __init__(self) -> None:
        self._recording_ids: set[str] = set()
        self._changed = Condition()

    @contextmanager
    def holding(self, recording_id: str, wait_s: float | None = None) -> Iterator[None]:
        """Have it until the end of the block. Raises RecordingBusy after ``wait_s``; None waits for ever."""
        with self._changed:
            if not self._changed.wait_for(lambda: recording_id not in self._recording_ids, wait_s):
                raise RecordingBusy("it is being converted, encrypted or moved; try again soon")
            self._recording_ids.add(recording_id)
        try:
            yield
        finally:
            with self._changed:
                self._recording_ids.remove(recording_id)
                self._changed.notify_all()
