"""The file of a recording as HTTP serves it: its octets in pieces, read on threads that may wait."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from media.recordings.forms import Form, form_of, is_sealed
from media.recordings.manifest import Kept, read_manifest
from media.recordings.tiers import Access, Lies, lying_at, open_lying, size_of
from media.recordings.wav import RecordingError
from runtime.errors import PeerError
from switch.archive.listening.finding import RUNNING, Row
from switch.archive.listening.ranges import OctetRange
from switch.records.recording_search import DELETED

PIECE_BYTES = 256 * 1024
CONTENT_TYPES = {Form.WAV: "audio/wav", Form.FLAC: "audio/flac", Form.OPUS: "audio/ogg; codecs=opus"}
_MOST_PROCESSES = 8

T = TypeVar("T")
Pieces = AsyncGenerator[bytes, None]
"""Octets, read as they are asked for. Whoever takes them closes them, so that no file is left open."""


class SoundGone(PeerError):
    """There is no file to listen to; the message says why."""


@dataclass(frozen=True, slots=True)
class Sound:
    """One file at one moment."""

    lies: Lies
    size: int
    """Plain octets; of a recording that runs, those on disk now, at whose length its header is right."""
    form: Form
    etag: str | None
    """Of exactly these octets; None while the recording runs, as the next moment has others."""

    @property
    def is_sealed(self) -> bool:
        """Whether it is read by way of a private key."""
        return is_sealed(self.lies)


class SoundReader:
    """Reads files on a few threads of its own, so that a disk that hangs holds up listeners only.

    What must be decrypted or decoded is read by processes, a few at a time.
    """

    def __init__(self, access: Access | None = None) -> None:
        """``access``: what this machine has to read recordings with; None: nothing but its disks."""
        self._access = access or Access()
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="listening")
        self._busy = asyncio.Semaphore(_MOST_PROCESSES)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def do(self, work: Callable[..., T], *arguments: object) -> T:
        """Call ``work`` on one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    async def look_at(self, recording: Row) -> Sound:
        """The file of a recording. Raises SoundGone, also when it is encrypted and there is no key."""
        sound = await self.do(look_at, recording, self._access)
        if sound.is_sealed and self._access.identity is None:
            raise SoundGone("it is encrypted, and this machine has no key (recordings.identity)")
        return sound

    async def pieces(self, sound: Sound, wanted: OctetRange) -> Pieces:
        """The octets of a range, at most PIECE_BYTES at a time. Raises OSError, also when there are fewer."""
        missing = wanted.length
        source = self._decrypted(sound, wanted) if sound.is_sealed else self._read(sound, wanted)
        async with aclosing(source):
            async for piece in source:
                missing -= len(piece)
                yield piece
        if missing:
            raise OSError(f"{sound.lies} ended {missing} octets early")

    async def _read(self, sound: Sound, wanted: OctetRange) -> Pieces:
        file = await self.do(open_lying, sound.lies, self._access, wanted.first)
        try:
            missing = wanted.length
            while piece := await self.do(file.read, min(missing, PIECE_BYTES)):
                missing -= len(piece)
                yield piece
        finally:
            file.close()

    def as_wav(self, sound: Sound) -> Pieces:
        """The octets of a WAV file of what was converted. Raises OSError when it ends early."""
        return self._told_by("media.recordings.as_wav", sound)

    def _decrypted(self, sound: Sound, wanted: OctetRange) -> Pieces:
        return self._told_by("media.recordings.reading", sound, str(wanted.first), str(wanted.length))

    async def _told_by(self, module: str, sound: Sound, *arguments: str) -> Pieces:
        """By a process that ends with its work, or when nobody wants it any more. Raises OSError."""
        async with self._busy:
            command = (sys.executable, "-m", module, str(sound.lies), self._access.model_dump_json())
            process = await asyncio.create_subprocess_exec(*command, *arguments, stdout=PIPE)
            try:
                assert process.stdout is not None
                while piece := await process.stdout.read(PIECE_BYTES):
                    yield piece
                if await process.wait():
                    raise OSError(f"{sound.lies} cannot be read to its end; see the log")
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()


def look_at(recording: Row, access: Access) -> Sound:
    """The file of a recording, in whatever form it lies, wherever. Waits for the disk. Raises SoundGone."""
    recording_id = recording["recording_id"]
    if recording["state"] == DELETED:
        raise SoundGone(f"recording {recording_id} was deleted")
    if not recording["path"]:
        raise SoundGone(f"recording {recording_id} was never begun: {recording.get('reason')}")
    begun = Path(recording["path"])
    try:
        lies = lying_at(begun, recording.get("moved_to"))
        if lies is None:
            raise SoundGone(f"the file of recording {recording_id} is not there")
        kept = _kept(begun) if _is_other(lies, begun) else None
        size = size_of(lies, access)
    except (OSError, RecordingError) as error:
        raise SoundGone(f"the file of recording {recording_id} cannot be read: {error}") from error
    size = size if kept is None else kept.size_bytes
    return Sound(lies, size, form_of(lies), _etag(recording, size, kept))


def _is_other(lies: Lies, begun: Path) -> bool:
    """Whether it was converted or encrypted since it was begun."""
    return is_sealed(lies) or form_of(lies) is not form_of(begun)


def _kept(begun: Path) -> Kept | None:
    """What the manifest says of a file that was converted or encrypted. Raises RecordingError, OSError."""
    manifest = read_manifest(begun)
    if manifest is None or manifest.kept is None:
        raise RecordingError(f"the manifest of {begun} does not tell what became of it")
    return manifest.kept


def _etag(recording: Row, size: int, kept: Kept | None) -> str | None:
    """By the octets that are sent: a converted file has others."""
    if recording["state"] == RUNNING:
        return None
    sha256 = recording.get("sha256") if kept is None else kept.sha256
    return f'"{sha256 or recording["recording_id"]}-{size:x}"'
