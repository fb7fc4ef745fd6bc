"""The file that keeps bans over a restart: a shell."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog

from runtime.clock import Clock
from runtime.driver import Handler, Outputs
from runtime.vocabulary import Event
from switch.sip.guard.banning import Banning
from switch.sip.guard.bans import Ban
from switch.sip.guard.events import BanLifted, SourceBanned

_COLLECT_S = 1.0
"""Bans come in flocks; they are written together."""

log = structlog.get_logger(__name__)


class BanFile:
    """Writes all bans anew after one of them changed, on a thread, so that no call waits for the disk.

    At once when that is rare; those that follow within a second are written together after it.
    A file that cannot be read or written costs bans at the next restart and nothing else; the log says so.
    """

    def __init__(self, path: Path, bans: Banning, clock: Clock, loop: asyncio.AbstractEventLoop) -> None:
        self._path = path
        self._bans = bans
        self._clock = clock
        self._loop = loop
        self._due: asyncio.TimerHandle | None = None
        self._rests_until = 0.0
        self._writing: asyncio.Future[None] | None = None

    def routes(self) -> dict[type, Handler]:
        """The events after which it writes."""
        return {SourceBanned: self._changed, BanLifted: self._changed}

    def load(self) -> None:
        """Go on with the bans of the last run whose time is not over."""
        try:
            kept = json.loads(self._path.read_text("utf-8"))
            bans = [_read(entry, self._now_of) for entry in kept]
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError, KeyError) as error:
            log.warning("bans of the last run are lost", path=str(self._path), error=str(error))
            return
        now = self._clock.now()
        for ban in bans:
            if ban.ends_at is None or ban.ends_at > now:
                self._bans.restore(ban)

    async def close(self) -> None:
        """Write what has changed since the last time."""
        if self._writing is not None:
            await self._writing
        if self._due is not None:
            self._due.cancel()
            _write(self._path, self._text())

    def _changed(self, event: Event, now: float) -> Outputs:
        if self._due is None:
            self._due = self._loop.call_at(self._rests_until, self._save)
        return ()

    def _save(self) -> None:
        if self._writing is not None and not self._writing.done():
            self._due = self._loop.call_later(_COLLECT_S, self._save)
            return
        self._due = None
        self._rests_until = self._loop.time() + _COLLECT_S
        self._writing = self._loop.run_in_executor(None, _write, self._path, self._text())

    def _text(self) -> str:
        return json.dumps([_written(ban, self._wall_of) for ban in self._bans.all()], ensure_ascii=False)

    def _wall_of(self, at: float) -> float:
        return round(self._clock.wall() + at - self._clock.now(), 3)

    def _now_of(self, wall: float) -> float:
        return self._clock.now() + wall - self._clock.wall()


def _written(ban: Ban, wall_of: Callable[[float], float]) -> dict[str, Any]:
    return {
        "source": ban.source,
        "reason": ban.reason,
        "began": wall_of(ban.began_at),
        "ends": None if ban.ends_at is None else wall_of(ban.ends_at),
        "times": ban.times,
        "dropped": ban.dropped,
    }


def _read(entry: dict[str, Any], now_of: Callable[[float], float]) -> Ban:
    ends = entry["ends"]
    return Ban(
        source=str(entry["source"]),
        reason=str(entry["reason"]),
        began_at=now_of(float(entry["began"])),
        ends_at=None if ends is None else now_of(float(ends)),
        times=int(entry["times"]),
        dropped=int(entry["dropped"]),
    )


def _write(path: Path, text: str) -> None:
    """Replace the file as a whole: whoever reads it finds the old bans or the new ones."""
    beside = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        log.error("bans cannot be kept over a restart", path=str(path), error=str(error))
