"""Brings the entries of the run before back from the database, on a thread: a shell."""

from collections.abc import Callable, Iterable
from threading import Event as Signal
from threading import Thread

import structlog

from switch.customers.number_list import Entry, NumberList
from switch.records.errors import NoRecords

_FIRST_PAUSE_S = 0.02
_LONGEST_PAUSE_S = 2.0

log = structlog.get_logger(__name__)

Kept = tuple[str, Entry]
"""The name of a list, and an entry of it."""


class EntryLoader:
    """Tries until it could read. ``deliver`` gets all lists, on this thread, once.

    Nobody waits for a database that is down.
    """

    def __init__(
        self,
        is_complete: Callable[[], bool],
        read: Callable[[], Iterable[Kept]],
        deliver: Callable[[dict[str, NumberList]], None],
        is_down: Callable[[], bool],
    ) -> None:
        """``is_complete``: whether the database has all of the run before. ``read`` raises NoRecords."""
        self._is_complete = is_complete
        self._read = read
        self._deliver = deliver
        self._is_down = is_down
        self._closing = Signal()
        self._released = Signal()
        self._thread = Thread(target=self._run, name="number lists", daemon=True)

    def start(self) -> None:
        """Begin to try."""
        self._thread.start()

    def wait(self, patience_s: float) -> None:
        """Until it is done, the database is down, or that long."""
        self._released.wait(patience_s)

    def close(self) -> None:
        """Give up, if it is not done."""
        self._closing.set()

    def _run(self) -> None:
        pause_s = _FIRST_PAUSE_S
        while not self._closing.is_set():
            lists = self._attempt() if self._is_complete() else None
            if lists is not None:
                self._deliver(lists)
                self._released.set()
                return
            if self._is_down():
                self._released.set()
            self._closing.wait(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    def _attempt(self) -> dict[str, NumberList] | None:
        try:
            return sorted_into_lists(self._read())
        except NoRecords as error:
            log.debug("number lists cannot be read yet", reason=str(error))
            return None


def sorted_into_lists(kept: Iterable[Kept]) -> dict[str, NumberList]:
    """All entries by their list, in their order."""
    lists: dict[str, NumberList] = {}
    for name, entry in kept:
        if name not in lists:
            lists[name] = NumberList()
        lists[name].put(entry)
    return lists
