"""Writes a recording to standard output as WAV, in a process of its own, whatever it was converted into.

python -m media.recordings.as_wav <address> <access as JSON>

Decoding keeps a processor busy; done here, it holds up nobody. Nothing plain touches a disk.
"""

import os
import sys
import wave
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import soundfile

from media.recordings.opening import opened
from media.recordings.tiers import Access, lies_of
from media.recordings.wav import RecordingError
from runtime.errors import PeerError, UsageError

_NICE = 5
"""Calls on the same machine come first; somebody waits for this all the same."""
_PIECE_FRAMES = 1 << 16


def write_as_wav(path: Path, target: BinaryIO) -> None:
    """Linear samples of 16 bit, both channels. The header comes first, so ``target`` need not seek.

    Raises RecordingError, OSError.
    """
    try:
        with soundfile.SoundFile(path) as sound, wave.open(target, "wb") as written:
            written.setnchannels(sound.channels)
            written.setsampwidth(2)
            written.setframerate(sound.samplerate)
            written.setnframes(sound.frames)
            while len(piece := sound.read(_PIECE_FRAMES, dtype="int16", always_2d=True)):
                written.writeframesraw(piece.astype("<i2").tobytes())
    except soundfile.LibsndfileError as error:
        raise RecordingError(f"{path} cannot be read as audio: {error}") from error


def main(address: str, access: str) -> None:
    """Ends with 1 and a sentence on stderr when it cannot be read."""
    os.nice(_NICE)
    try:
        with suppress(BrokenPipeError), opened(lies_of(address), Access.model_validate_json(access)) as plain:
            write_as_wav(plain, sys.stdout.buffer)
            sys.stdout.buffer.flush()
    except (PeerError, UsageError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(*sys.argv[1:])
