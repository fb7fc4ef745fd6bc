"""A program that is given a text and writes a sound: within its time, and never more than fits."""

import os
import selectors
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO

from media.speech.engine import EngineFailed, EngineMissing

MOST_BYTES = 64 * 1024 * 1024
"""Of sound: ten minutes of 16 bits at 48 kHz; more is a program gone wild."""
_NICE = 5
_BLOCK = 65_536
_COMPLAINT_BYTES = 400


class Programs:
    """Runs programs, each in a session of its own, so that what it started ends with it."""

    def __init__(self, now: Callable[[], float]) -> None:
        """``now``: monotonic seconds."""
        self._now = now
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    def run(self, command: Sequence[str], text: str, timeout_s: float) -> bytes:
        """What it wrote. The text is its standard input, in UTF-8. Raises EngineFailed, EngineMissing."""
        until = self._now() + timeout_s
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as complaints:
            given.write(text.encode())
            given.seek(0)
            process = self._start(command, given, complaints)
            try:
                output = self._read(process, until)
                status = process.wait(max(0.0, until - self._now()))
            except (TimeoutError, subprocess.TimeoutExpired):
                raise EngineFailed(f"{command[0]} was not ready after {timeout_s:g} seconds") from None
            finally:
                self._end(process)
            if status:
                raise EngineFailed(f"{command[0]} ended with {status}: {_told(complaints)}")
        return output

    def close(self) -> None:
        """End all that run."""
        with self._lock:
            self._closed = True
            for process in self._running:
                _kill(process)

    def _start(
        self, command: Sequence[str], given: IO[bytes], complaints: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._closed:
                raise EngineFailed("the switch is being stopped")
            try:
                process = subprocess.Popen(
                    list(command),
                    stdin=given,
                    stdout=subprocess.PIPE,
                    stderr=complaints,
                    start_new_session=True,
                )
            except (OSError, ValueError) as fault:
                raise EngineMissing(f"{command[0]} cannot be started: {fault}") from fault
            with suppress(OSError):  # calls on the same machine come first
                os.setpriority(os.PRIO_PROCESS, process.pid, max(_NICE, os.getpriority(os.PRIO_PROCESS, 0)))
            self._running.add(process)
            return process

    def _read(self, process: subprocess.Popen[bytes], until: float) -> bytes:
        """Until it has closed its output. Raises TimeoutError, EngineFailed."""
        assert process.stdout is not None, "it is a pipe"
        output = bytearray()
        with selectors.DefaultSelector() as ready:
            ready.register(process.stdout, selectors.EVENT_READ)
            while True:
                left_s = until - self._now()
                if left_s <= 0 or not ready.select(left_s):
                    raise TimeoutError
                block = os.read(process.stdout.fileno(), _BLOCK)
                if not block:
                    return bytes(output)
                output += block
                if len(output) > MOST_BYTES:
                    raise EngineFailed(f"it wrote more than {MOST_BYTES // 1024 // 1024} MB")

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            _kill(process)
            self._running.discard(process)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """With all it started; not once it was waited for, as its number may be another's then."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _told(complaints: IO[bytes]) -> str:
    complaints.seek(0, os.SEEK_END)
    complaints.seek(max(0, complaints.tell() - _COMPLAINT_BYTES))
    lines = complaints.read().decode(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else "it did not say why"
