"""Writes a piece of a recording to standard output as a prompt is made of: one channel, at 8 and at 16 kHz.

python -m media.recordings.excerpt <address> <access as JSON> <channels> <from, ms> <length, ms>

In a process of its own, since decrypting and decoding keep a processor busy. Nothing plain touches a disk.
"""

import os
import sys
from pathlib import Path

import numpy as np
import soundfile

from media.prompts import SAMPLE_RATE_HZ, WIDE_RATE_HZ, Samples, resampled
from media.recordings.conversion import Channels, chosen
from media.recordings.opening import opened
from media.recordings.tiers import Access, lies_of
from runtime.errors import PeerError, UsageError

_NICE = 5
"""Calls on the same machine come first; somebody waits for this all the same."""


def excerpt(path: Path, channels: Channels, from_ms: int, length_ms: int) -> tuple[Samples, Samples]:
    """The sound from a place on, at 8 and at 16 kHz; as much as there is. Raises LibsndfileError."""
    with soundfile.SoundFile(path) as sound:
        rate_hz = sound.samplerate
        sound.seek(min(sound.frames, from_ms * rate_hz // 1000))
        piece = sound.read(length_ms * rate_hz // 1000, dtype="int16", always_2d=True)
    mono = chosen(piece, channels)
    narrow, wide = (resampled(mono, rate_hz, hz) for hz in (SAMPLE_RATE_HZ, WIDE_RATE_HZ))
    return narrow, fitted(wide, 2 * len(narrow))


def fitted(samples: Samples, length: int) -> Samples:
    """Cut, or made longer with silence."""
    return np.pad(samples[:length], (0, max(0, length - len(samples))))


def to_octets(narrow: Samples, wide: Samples) -> bytes:
    """Both, one behind the other."""
    return narrow.astype("<i2").tobytes() + wide.astype("<i2").tobytes()


def from_octets(octets: bytes) -> tuple[Samples, Samples]:
    """As ``to_octets`` wrote it: of three samples one is of the narrow sound."""
    samples = np.frombuffer(octets, "<i2")
    return samples[: len(samples) // 3], samples[len(samples) // 3 :]


def main(address: str, access: str, channels: str, from_ms: str, length_ms: str) -> None:
    """Ends with 1 and a sentence on stderr when it cannot be read."""
    os.nice(_NICE)
    try:
        with opened(lies_of(address), Access.model_validate_json(access)) as path:
            piece = excerpt(path, Channels(channels), int(from_ms), int(length_ms))
    except (PeerError, UsageError, OSError, soundfile.LibsndfileError) as error:
        sys.exit(str(error))
    sys.stdout.buffer.write(to_octets(*piece))


if __name__ == "__main__":
    main(*sys.argv[1:])
