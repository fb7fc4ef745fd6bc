"""Who comes first: whoever holds a recording, or whoever deletes it. What is held is not deleted."""

from threading import Lock

_MOST_GONE = 100_000
"""What was deleted longer ago is in the records as deleted."""


class Holds:
    """Of this run, for any thread; those of earlier runs are in the records."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: set[str] = set()
        self._gone: dict[str, None] = {}

    def hold(self, recording_id: str) -> bool:
        """False when it is being deleted, or was."""
        with self._lock:
            if recording_id in self._gone:
                return False
            self._held.add(recording_id)
            return True

    def release(self, recording_id: str) -> None:
        with self._lock:
            self._held.discard(recording_id)

    def begin_to_delete(self, recording_id: str) -> bool:
        """False when it is held."""
        with self._lock:
            if recording_id in self._held:
                return False
            self._gone[recording_id] = None
            while len(self._gone) > _MOST_GONE:
                del self._gone[next(iter(self._gone))]
            return True

    def stay(self, recording_id: str) -> None:
        """It was not deleted after all."""
        with self._lock:
            self._gone.pop(recording_id, None)
