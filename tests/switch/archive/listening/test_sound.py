"""The file of a recording, of which somebody has heard enough."""

import asyncio
import os
from pathlib import Path

from media.recordings.forms import Form
from switch.archive.listening.ranges import whole
from switch.archive.listening.sound import PIECE_BYTES, Sound, SoundReader


def is_open(path: Path) -> bool:
    descriptors = (Path("/proc/self/fd") / name for name in os.listdir("/proc/self/fd"))
    return any(os.path.realpath(descriptor) == str(path) for descriptor in descriptors)


def test_a_file_is_closed_as_soon_as_nobody_wants_more_of_it(tmp_path: Path) -> None:
    path = tmp_path.resolve() / "recording.wav"
    path.write_bytes(bytes(3 * PIECE_BYTES))

    async def hear_a_piece() -> tuple[bool, bool]:
        reader = SoundReader()
        sound = Sound(path, 3 * PIECE_BYTES, Form.WAV, etag=None)
        pieces = reader.pieces(sound, whole(sound.size))
        assert await anext(pieces) == bytes(PIECE_BYTES)
        while_heard = is_open(path)
        await pieces.aclose()
        after = is_open(path)
        reader.close()
        return while_heard, after

    assert asyncio.run(hear_a_piece()) == (True, False)
