"""The file of a recording as HTTP serves it: its octets in pieces, read on threads that may wait."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

from runtime.errors import PeerError
from switch.archive.listening.finding import RUNNING, Row
from switch.archive.listening.ranges import OctetRange

PIECE_BYTES = 256 * 1024
CONTENT_TYPES = {".wav": "audio/wav", ".flac": "audio/flac", ".opus": "audio/ogg; codecs=opus"}

T = TypeVar("T")


class SoundGone(PeerError):
    """There is no file to listen to; the message says why."""


@dataclass(frozen=True, slots=True)
class Sound:
    """One file at one moment."""

    path: Path
    size: int
    """Octets; of a recording that runs, those on disk now, at whose length its header is right."""
    content_type: str
    etag: str | None
    """Of exactly these octets; None while the recording runs, as the next moment has others."""


class SoundReader:
    """Reads files on a few threads of its own, so that a disk that hangs holds up listeners only."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="listening")

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def do(self, work: Callable[..., T], *arguments: object) -> T:
        """Call ``work`` on one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    async def pieces(self, path: Path, wanted: OctetRange) -> AsyncIterator[bytes]:
        """The octets of a range, at most PIECE_BYTES at a time. Raises OSError, also when there are fewer."""
        file = await self.do(_open_at, path, wanted.first)
        try:
            missing = wanted.length
            while missing > 0:
                piece = await self.do(file.read, min(missing, PIECE_BYTES))
                if not piece:
                    raise OSError(f"{path} became shorter while it was read")
                missing -= len(piece)
                yield piece
        finally:
            file.close()


def look_at(recording: Row) -> Sound:
    """The file of a recording. Waits for the disk. Raises SoundGone."""
    recording_id = recording["recording_id"]
    if not recording["path"]:
        raise SoundGone(f"recording {recording_id} was never begun: {recording.get('reason')}")
    path = Path(recording["path"])
    try:
        status = path.stat()
    except OSError as error:
        raise SoundGone(f"the file of recording {recording_id} is not there: {error.strerror}") from error
    content_type = CONTENT_TYPES.get(path.suffix, "application/octet-stream")
    return Sound(path, status.st_size, content_type, _etag(recording, path, status.st_size))


def _etag(recording: Row, path: Path, size: int) -> str | None:
    """By the sound and by what it is written as: a converted file has other octets."""
    if recording["state"] == RUNNING:
        return None
    return f'"{recording.get("sha256") or recording["recording_id"]}-{size:x}{path.suffix}"'


def _open_at(path: Path, place: int) -> BinaryIO:
    file = path.open("rb")
    file.seek(place)
    return file
