"""Pictures of recordings for browsers: drawn one at a time by another process, the latest of them kept."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections import OrderedDict
from pathlib import Path

from media.recordings.tiers import Access
from runtime.errors import PeerError
from switch.archive.listening.finding import Row
from switch.archive.listening.sound import Sound

_MOST_KEPT = 100
"""About 100 kB each."""
_LONGEST_S = 60.0
"""An hour of recording takes two seconds, and the busy day's journal some more."""
WITHOUT_MANIFEST = 3
"""How the process ends that drew what is known without a manifest."""


class NoPicture(PeerError):
    """It could not be drawn; the message says why."""


class Pictures:
    """Draws what is asked for. Those of recordings that still run, or have no manifest yet, are not kept."""

    def __init__(self, journal: Path, access: Access) -> None:
        """``journal``: folder that tells what happened to calls."""
        self._journal = journal
        self._access = access
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    async def picture(self, recording: Row, sound: Sound) -> bytes:
        """A PNG. Raises NoPicture."""
        etag = sound.etag
        async with self._one_at_a_time:
            picture, is_final = self._kept.get(etag or ""), True
            if picture is None:
                picture, is_final = await self._draw(recording, sound)
        if etag is not None and is_final:
            self._keep(etag, picture)
        return picture

    def _keep(self, etag: str, picture: bytes) -> None:
        self._kept[etag] = picture
        self._kept.move_to_end(etag)
        while len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)

    async def _draw(self, recording: Row, sound: Sound) -> tuple[bytes, bool]:
        """The picture, and whether it has what a manifest tells."""
        command = (sys.executable, "-m", "switch.archive.listening.drawing")
        process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE)
        try:
            picture, complaint = await asyncio.wait_for(
                process.communicate(self._order(recording, sound)), _LONGEST_S
            )
        except TimeoutError:
            raise NoPicture(f"drawing took longer than {_LONGEST_S:.0f} s") from None
        finally:
            _end(process)
        if process.returncode not in (0, WITHOUT_MANIFEST):
            lines = complaint.decode(errors="replace").strip().splitlines() or ["the process was ended"]
            raise NoPicture(lines[-1])
        return picture, process.returncode == 0

    def _order(self, recording: Row, sound: Sound) -> bytes:
        order = {
            "recording": dict(recording),
            "lies": str(sound.lies),
            "journal": str(self._journal),
            "access": self._access.model_dump(mode="json"),
        }
        return json.dumps(order, default=lambda moment: moment.isoformat()).encode()


def _end(process: Process) -> None:
    """Nobody waits for the picture any more, or it is done."""
    if process.returncode is None:
        process.kill()
