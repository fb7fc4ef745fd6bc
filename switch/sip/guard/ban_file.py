"""The file that keeps bans over a restart: a shell."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from runtime.clock import Clock
from runtime.driver import Handler, Outputs
from runtime.kept_file import KeptFile
from runtime.vocabulary import Event
from switch.sip.guard.banning import Banning
from switch.sip.guard.bans import Ban
from switch.sip.guard.events import BanLifted, SourceBanned


class BanFile:
    """Writes all bans anew after one of them changed."""

    def __init__(self, path: Path, bans: Banning, clock: Clock, loop: asyncio.AbstractEventLoop) -> None:
        self._bans = bans
        self._clock = clock
        self._file = KeptFile(path, "bans", self._written, loop)

    def routes(self) -> dict[type, Handler]:
        """The events after which it writes."""
        return {SourceBanned: self._changed, BanLifted: self._changed}

    def load(self) -> None:
        """Go on with the bans of the last run whose time is not over."""
        self._file.load(self._restore)

    async def close(self) -> None:
        """Write what has changed since the last time."""
        await self._file.close()

    def _changed(self, event: Event, now: float) -> Outputs:
        self._file.changed()
        return ()

    def _restore(self, kept: Any) -> None:
        now = self._clock.now()
        for ban in [_read(entry, self._now_of) for entry in kept]:
            if ban.ends_at is None or ban.ends_at > now:
                self._bans.restore(ban)

    def _written(self) -> list[dict[str, Any]]:
        return [_written(ban, self._wall_of) for ban in self._bans.all()]

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
