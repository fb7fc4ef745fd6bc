"""Keeps registered contacts on the disk, so that they outlive the process however it ends.

The event loop hands over what changed and never waits: a thread writes, all that came meanwhile at once.
"""

import sqlite3
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event as Signal
from threading import Thread

from runtime.clock import Clock
from runtime.driver import Handler, Outputs
from runtime.vocabulary import Event
from switch.sip.events import RegistrationsKeptAgain, RegistrationsNotKept, RegistrationsPutAside
from switch.sip.registration.binding_changes import KeepBindings
from switch.sip.registration.bindings import Binding, BindingKey
from switch.sip.registration.registration_file import Dated, RegistrationFile, put_aside

_RETRY_S = 2.0
_CLOSING_S = 10.0
_MOST_UNWRITTEN = 250_000
"""Changes kept while the disk takes none; contacts beyond are known to the running switch only."""


class RegistrationStore:
    """A file with a thread behind it. ``report`` is told, on any thread, when keeping fails and recovers."""

    def __init__(self, path: Path, clock: Clock, report: Callable[[Event], None], *, fsync: bool) -> None:
        self._path = path
        self._clock = clock
        self._report = report
        self._fsync = fsync
        self._file: RegistrationFile | None = None
        self._handed: deque[tuple[KeepBindings, float]] = deque()
        self._unwritten: dict[BindingKey, Dated | None] = {}
        self._failing = False
        self._wake = Signal()
        self._closing = Signal()
        self._thread = Thread(target=self._run, name="registrations", daemon=True)

    @property
    def unwritten(self) -> int:
        """Changes that the disk does not have yet."""
        return len(self._unwritten) + sum(len(command.changes) for command, _ in tuple(self._handed))

    def routes(self) -> dict[type, Handler]:
        """What it takes from the driver."""
        return {KeepBindings: self._take}

    def load(self) -> list[Binding]:
        """The contacts of the last run; those of this one are kept from now on. What is wrong is reported."""
        bindings: list[Binding] = []
        try:
            bindings = self._read_or_begin_anew()
        except (sqlite3.Error, OSError) as error:
            self._fail(error)
        self._thread.start()
        return bindings

    def close(self) -> None:
        """Write what is not written yet, within some seconds."""
        self._closing.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(_CLOSING_S)
        if not self._thread.is_alive():
            self._close_file()

    def _take(self, command: KeepBindings, now: float) -> Outputs:
        self._handed.append((command, self._offset_s()))
        self._wake.set()
        return ()

    def _offset_s(self) -> float:
        return self._clock.wall() - self._clock.now()

    def _read_or_begin_anew(self) -> list[Binding]:
        """What is no database of ours is put aside: phones register again, nothing else is lost."""
        try:
            return self._read()
        except sqlite3.OperationalError:  # it may be sound, but cannot be had now
            raise
        except sqlite3.DatabaseError:
            self._close_file()
            kept = put_aside(self._path)
            self._report(RegistrationsPutAside(path=str(self._path), moved_to=str(kept)))
            return self._read()

    def _read(self) -> list[Binding]:
        return list(self._opened().read(self._offset_s()))

    def _opened(self) -> RegistrationFile:
        if self._file is None:
            self._file = RegistrationFile(self._path, fsync=self._fsync)
        return self._file

    def _close_file(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

    # -- on the thread -------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._closing.is_set():
            self._wake.wait()
            self._wake.clear()
            self._merge()
            while not self._write() and not self._closing.wait(_RETRY_S):
                self._merge()
        self._merge()
        self._write()

    def _merge(self) -> None:
        """The latest of each contact is enough; and a disk that takes nothing must not fill the memory."""
        while self._handed:
            command, offset_s = self._handed.popleft()
            for key, binding in command.changes.items():
                if key in self._unwritten or len(self._unwritten) < _MOST_UNWRITTEN:
                    self._unwritten[key] = None if binding is None else Dated(binding, offset_s)

    def _write(self) -> bool:
        if not self._unwritten:
            return True
        try:
            self._opened().write(self._unwritten)
        except Exception as error:  # whatever is wrong, the thread goes on and tries again
            self._fail(error)
            with suppress(sqlite3.Error):
                self._close_file()
            return False
        self._unwritten = {}
        if self._failing:
            self._failing = False
            self._report(RegistrationsKeptAgain(path=str(self._path)))
        return True

    def _fail(self, error: Exception) -> None:
        if not self._failing:
            self._failing = True
            reason = str(error) or type(error).__name__
            self._report(RegistrationsNotKept(path=str(self._path), reason=reason))
