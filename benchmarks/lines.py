"""Child processes that take and give one line at a time."""

import os
import subprocess
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parent.parent


def phones_cores() -> list[int]:
    """Where those who send run: a core of their own, so that packets come from another, as in a network.

    Left to the scheduler, who sends and who forwards share one at times, and a packet costs two thirds.
    """
    return sorted(os.sched_getaffinity(0))[:1]


def measured_cores(threads: int = 1) -> list[int]:
    """Where what is measured runs, with so many threads that carry packets."""
    return sorted(os.sched_getaffinity(0))[-threads:]


class LineProcess:
    """A child that answers lines with lines; it ends when its standard input does."""

    def __init__(self, command: Sequence[str], cores: Collection[int] = ()) -> None:
        """``cores``: on which of the machine's it may run; none given are all."""
        self._command = list(command)
        self._child = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        if cores:
            os.sched_setaffinity(self._child.pid, cores)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._child.stdin is not None
        self._child.stdin.close()
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        assert self._child.stdout is not None
        self._child.stdout.close()

    def tell(self, line: str) -> None:
        assert self._child.stdin is not None
        self._child.stdin.write(line + "\n")
        self._child.stdin.flush()

    def hear(self) -> str:
        """The child's next line. Raises RuntimeError when it has ended instead."""
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        if not line:
            raise RuntimeError(f"{' '.join(self._command)} ended with status {self._child.wait()}")
        return line.strip()

    def ask(self, line: str) -> str:
        self.tell(line)
        return self.hear()

    @property
    def pid(self) -> int:
        """Of the child."""
        return self._child.pid

    def cpu_s(self) -> float:
        """User and system time of all its threads so far, from the kernel's clock of that process.

        The clock's number is what clock_getcpuclockid(3) makes of a process id.
        """
        return time.clock_gettime((~self._child.pid << 3) | 2)
