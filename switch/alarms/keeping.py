"""What is raised and silenced, kept over a restart: plain data and back, and the file's shell."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from runtime.driver import Handler, Outputs
from runtime.kept_file import KeptFile
from runtime.vocabulary import Event
from switch.alarms.events import (
    AlarmAcknowledged,
    AlarmCleared,
    AlarmLevelChanged,
    AlarmRaised,
    AlarmSilenced,
)
from switch.alarms.watch import Key, Raised

if TYPE_CHECKING:
    from switch.alarms.alarms import Alarms

_RAISED = TypeAdapter(Raised)
_KEPT_AFTER = (AlarmRaised, AlarmLevelChanged, AlarmAcknowledged, AlarmCleared, AlarmSilenced)


def plain(raised: Iterable[Raised], silences: Mapping[Key, float]) -> dict[str, Any]:
    """No time in it is of the monotonic clock."""
    return {
        "raised": [{**asdict(each), "repeat_at": None} for each in raised],
        "silences": [[*key, until] for key, until in silences.items()],
    }


def from_plain(kept: Mapping[str, Any]) -> tuple[dict[Key, Raised], dict[Key, float]]:
    """The way back. Raises ValueError, KeyError or TypeError for anything else."""
    raised = [_RAISED.validate_python(each) for each in kept["raised"]]
    silences = {(str(alarm), str(subject)): float(until) for alarm, subject, until in kept["silences"]}
    return {each.key: each for each in raised}, silences


class AlarmFile:
    """Writes all of it anew after something changed."""

    def __init__(self, path: Path, alarms: "Alarms", loop: asyncio.AbstractEventLoop) -> None:
        self._alarms = alarms
        self._file = KeptFile(path, "alarms", alarms.snapshot, loop)

    def routes(self) -> dict[type, Handler]:
        """The events after which it writes."""
        return dict.fromkeys(_KEPT_AFTER, self._changed)

    def load(self) -> None:
        """Go on with what the last run left."""
        self._file.load(self._alarms.restore)

    async def close(self) -> None:
        """Write what has changed since the last time."""
        await self._file.close()

    def _changed(self, event: Event, now: float) -> Outputs:
        self._file.changed()
        return ()
