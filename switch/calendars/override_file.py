"""The file that keeps what was said of calendars by hand over a restart: a shell."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Any

from runtime.driver import Handler, Outputs
from runtime.kept_file import KeptFile
from runtime.vocabulary import Event
from switch.calendars.calendars import Calendars, Override
from switch.calendars.events import CalendarOverridden, CalendarReleased


class OverrideFile:
    """Writes all overrides anew after one of them changed."""

    def __init__(self, path: Path, calendars: Calendars, loop: asyncio.AbstractEventLoop) -> None:
        self._calendars = calendars
        self._file = KeptFile(path, "overrides of calendars", self._written, loop)

    def routes(self) -> dict[type, Handler]:
        """The events after which it writes."""
        return {CalendarOverridden: self._changed, CalendarReleased: self._changed}

    def load(self) -> None:
        """Go on with the overrides of the last run whose time is not over."""
        self._file.load(self._restore)

    async def close(self) -> None:
        """Write what has changed since the last time."""
        await self._file.close()

    def _changed(self, event: Event, now: float) -> Outputs:
        self._file.changed()
        return ()

    def _restore(self, kept: Any) -> None:
        self._calendars.restore({entry["calendar"]: _read(entry) for entry in kept})

    def _written(self) -> list[dict[str, Any]]:
        overrides = ((name, self._calendars.override(name)) for name in self._calendars.names)
        return [{"calendar": name, **asdict(said)} for name, said in overrides if said is not None]


def _read(entry: dict[str, Any]) -> Override:
    until = entry["until"]
    return Override(
        open=bool(entry["open"]),
        until=None if until is None else float(until),
        reason=str(entry["reason"]),
        by=str(entry["by"]),
    )
