"""A small JSON file that keeps something over a restart: a shell."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog

_COLLECT_S = 1.0
"""Changes come in flocks; they are written together."""

log = structlog.get_logger(__name__)


class KeptFile:
    """Written anew as a whole after a change, on a thread, so that no call waits for the disk.

    At once when that is rare; changes that follow within a second are written together after it.
    A file that cannot be read or written costs what it tells at the next restart and nothing else; the log
    says so.
    """

    def __init__(
        self, path: Path, what: str, tell: Callable[[], object], loop: asyncio.AbstractEventLoop
    ) -> None:
        """``what`` it keeps, for the log; ``tell`` gives what is to be written, as JSON has it."""
        self._path = path
        self._what = what
        self._tell = tell
        self._loop = loop
        self._due: asyncio.TimerHandle | None = None
        self._rests_until = 0.0
        self._writing: asyncio.Future[None] | None = None

    def load(self, take: Callable[[Any], None]) -> None:
        """Hand over what was written last, if there is any; ``take`` may raise for what it cannot use."""
        try:
            take(json.loads(self._path.read_text("utf-8")))
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError, KeyError) as error:
            log.warning(f"{self._what} of the last run are lost", path=str(self._path), error=str(error))

    def changed(self) -> None:
        """What it keeps is not what was written any more."""
        if self._due is None:
            self._due = self._loop.call_at(self._rests_until, self._save)

    async def close(self) -> None:
        """Write what has changed since the last time."""
        if self._writing is not None:
            await self._writing
        if self._due is not None:
            self._due.cancel()
            self._write(self._text())

    def _save(self) -> None:
        if self._writing is not None and not self._writing.done():
            self._due = self._loop.call_later(_COLLECT_S, self._save)
            return
        self._due = None
        self._rests_until = self._loop.time() + _COLLECT_S
        self._writing = self._loop.run_in_executor(None, self._write, self._text())

    def _text(self) -> str:
        return json.dumps(self._tell(), ensure_ascii=False)

    def _write(self, text: str) -> None:
        """Replace the file as a whole: whoever reads it finds the old one or the new one."""
        beside = self._path.with_name(f"{self._path.name}.new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        except OSError as error:
            log.error(f"{self._what} cannot be kept over a restart", path=str(self._path), error=str(error))
