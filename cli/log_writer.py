"""Log lines leave on a thread of their own: a terminal or pipe that is not read never holds up a call."""

from queue import Full, Queue
from threading import Thread
from typing import TextIO

CAPACITY_LINES = 10_000
"""Lines kept for a slow reader; what comes on top is counted and left out."""
CLOSE_PATIENCE_S = 2.0


class LogWriter:
    """A text stream for structlog: ``write`` returns at once, a thread passes the lines on in order."""

    def __init__(self, target: TextIO, capacity_lines: int = CAPACITY_LINES) -> None:
        self._target = target
        self._lines: Queue[str | None] = Queue(capacity_lines)
        self._lost = 0
        self._thread = Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def write(self, text: str) -> int:
        try:
            self._lines.put_nowait(text)
        except Full:
            self._lost += 1
        return len(text)

    def flush(self) -> None:
        """The thread flushes after each line; waiting for it here would undo its purpose."""

    def isatty(self) -> bool:
        return self._target.isatty()

    def close(self) -> None:
        """Pass on what is waiting, as far as the reader takes it within two seconds."""
        try:
            self._lines.put(None, timeout=CLOSE_PATIENCE_S)
        except Full:
            return
        self._thread.join(CLOSE_PATIENCE_S)

    def _run(self) -> None:
        while (text := self._lines.get()) is not None:
            lost, self._lost = self._lost, 0
            if lost:
                text = f"({lost} log lines were lost: nobody read them)\n{text}"
            try:
                self._target.write(text)
                self._target.flush()
            except (OSError, ValueError):  # the reader is gone; the switch goes on without it
                continue
