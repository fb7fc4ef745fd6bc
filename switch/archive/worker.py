"""A process that takes an order a line and gives an answer a line, and gives way to calls; one at a time."""

import json
import select
import subprocess
import sys
from contextlib import suppress
from typing import Any


class Worker:
    """``python -m module``, begun with the first order, and anew when it ended. For one thread."""

    def __init__(self, module: str) -> None:
        self._module = module
        self.process: subprocess.Popen[str] | None = None

    def ask(self, order: dict[str, Any], longest_s: float | None = None) -> dict[str, Any]:
        """The answer to an order; ``problem`` with ``again`` when the process ended.

        ``late`` when it took longer than ``longest_s``, after which the process is ended.
        """
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
            if not select.select([process.stdout], [], [], longest_s)[0]:
                process.kill()
                return {"problem": f"it took longer than {longest_s:.0f} s", "again": True, "late": True}
            answer: dict[str, Any] = json.loads(process.stdout.readline())
        except (OSError, ValueError):
            _end(process)
            return {"problem": "the process that does it ended", "again": True}
        return answer

    def kill(self) -> None:
        """From any thread: whoever asks gets an answer at once."""
        if self.process is not None:
            self.process.kill()

    def close(self) -> None:
        """From the thread that asks."""
        if self.process is not None:
            _end(self.process)

    def _running(self) -> "subprocess.Popen[str]":
        if self.process is not None and self.process.poll() is not None:
            _end(self.process)
            self.process = None
        if self.process is None:
            command = (sys.executable, "-m", self._module)
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self.process


def _end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    with suppress(OSError):  # an order that was never taken
        process.communicate()
