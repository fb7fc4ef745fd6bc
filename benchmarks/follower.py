"""A subscriber of all events in a process of its own, as benchmarks ask, stop and ping it."""

import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

from benchmarks.following_child import Had
from benchmarks.lines import LineProcess
from switch.control.client import connect_sync

_CATCH_UP_S = 30.0
_LOOK_AGAIN_S = 0.1
_PING_S = 0.02


class Subscriber(LineProcess):
    """Follows until it ends; see ``following_child``."""

    def __init__(self, socket: Path) -> None:
        super().__init__([sys.executable, "-m", "benchmarks.following_child", str(socket)])
        self._socket = socket

    def had(self) -> Had:
        """What it has so far, and the delays since it was last asked."""
        told: dict[str, Any] = json.loads(self.ask("?"))
        return Had(**told)

    def catch_up(self) -> Had:
        """The same, once it has all there is; Raises SystemExit when that takes too long."""
        deadline = time.monotonic() + _CATCH_UP_S
        with connect_sync(self._socket) as client:
            newest = client.call("event.snapshot")["sequence"]
        while (had := self.had()).last < newest:
            if time.monotonic() > deadline:
                raise SystemExit(f"the subscriber has event {had.last} and not yet {newest}")
            time.sleep(_LOOK_AGAIN_S)
        return had

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Let it neither read nor do anything else."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    @contextmanager
    def pinged(self) -> Iterator[None]:
        """Send it lines of its own, to see how long that takes; it may not be asked meanwhile."""
        enough = Event()

        def ping() -> None:
            while not enough.wait(_PING_S):
                self.tell(repr(time.time()))

        pinging = Thread(target=ping)
        pinging.start()
        try:
            yield
        finally:
            enough.set()
            pinging.join()


def percentile(values: Sequence[float], share: float) -> float:
    """Of that share of the values none is larger. Raises ValueError when there are none."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("nothing was measured")
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
