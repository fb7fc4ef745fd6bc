"""A process that takes an order a line and gives an answer a line, and gives way to calls; one at a time.

``Worker`` is the side that orders; the module it runs works off its standard input.
"""

import json
import os
import select
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from media.recordings.disks import DiskAway
from media.recordings.treatment import NoManifestYet
from media.recordings.wav import RecordingError

_NICE = 10
"""Calls on the same machine come first."""


class Worker:
    """``python -m module``, begun with the first order, and anew when it ended. For one thread."""

    def __init__(self, module: str) -> None:
        self._module = module
        self.process: subprocess.Popen[str] | None = None

    def ask(self, order: dict[str, Any], longest_s: float | None = None) -> dict[str, Any]:
        """The answer to an order; ``problem`` with ``again`` when the process ended, or cannot be begun.

        ``late`` when it took longer than ``longest_s``, after which the process is ended.
        """
        try:
            process = self._running()
        except OSError as error:
            return {"problem": f"the process that does it cannot be begun: {error}", "again": True}
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


def work_off(carry_out: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Answer each order until nobody orders any more."""
    os.nice(_NICE)
    for line in sys.stdin:
        sys.stdout.write(json.dumps(carry_out(json.loads(line))) + "\n")
        sys.stdout.flush()


def answer_of(act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What it returns; or ``problem``, with ``again`` when the same order may succeed later.

    ``away`` when that is once a disk is mounted, however long it takes.
    """
    try:
        return act()
    except RecordingError as error:
        return {"problem": str(error), "again": False}
    except DiskAway as error:
        return {"problem": str(error), "again": True, "away": True}
    except OSError as error:
        return {"problem": str(error), "again": True}
    except NoManifestYet:
        return {"problem": "its manifest is not written yet", "again": True}


def _end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    with suppress(OSError):  # an order that was never taken
        process.communicate()
