"""A recording's WAV file as bytes: where its samples lie, and whether its header says so.

    RIFF <size> WAVE | fmt <size> … | fact <size> <frames>, of G.711 only | data <size> samples …

Source: Microsoft's Multimedia Programming Interface and Data Specifications 1.0, and New Multimedia Data
Types and Data Techniques (1994) for G.711.
"""

import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from media.recordings.wav import RecordingError

_LONGEST_HEADER = 4096
_RIFF_LENGTH_AT = 4
_FIRST_CHUNK_AT = 12
_LONGEST_LENGTH = 0xFFFF_FFFF
"""What a header says of more than 4 GiB; players read such a file to its end."""
_SHORTEST = {b"fmt ": 16, b"fact": 4}
_FORMATS = {1: "linear16", 6: "alaw", 7: "mulaw"}


@dataclass(frozen=True, slots=True)
class WavFile:
    """What a file's header says, beside what lies on the disk. Lengths and places are in octets."""

    format: str
    """``linear16``, ``alaw`` or ``mulaw``."""
    channels: int
    rate_hz: int
    frame_bytes: int
    """One sample of each channel."""
    data_at: int
    """Where the samples begin."""
    data_bytes: int
    """How long the header says they are."""
    fact_at: int | None
    """Where the header says how many frames there are, in formats that say it."""
    size_bytes: int

    @property
    def whole_bytes(self) -> int:
        """How much of what lies on the disk is whole frames."""
        there = max(0, self.size_bytes - self.data_at)
        return there - there % self.frame_bytes

    @property
    def duration_ms(self) -> int:
        """Of the whole frames, rounded down."""
        return self.whole_bytes // self.frame_bytes * 1000 // self.rate_hz

    @property
    def is_true(self) -> bool:
        """Whether the header says what lies on the disk, and nothing lies there that is no frame."""
        told = min(self.whole_bytes, _LONGEST_LENGTH)
        return self.data_bytes == told and self.size_bytes == self.data_at + self.whole_bytes


def read_wav_file(path: Path) -> WavFile:
    """Read the header of a file. Raises RecordingError when it is no WAV file of ours, OSError."""
    with path.open("rb") as file:
        size_bytes = os.fstat(file.fileno()).st_size
        return _parsed(path, file.read(_LONGEST_HEADER), size_bytes)


def mend(path: Path) -> WavFile:
    """Make the header true: cut off what is no whole frame, and tell the length that is there.

    Harmless for a file that is true, and when it is done twice. Raises RecordingError, OSError.
    """
    wav = read_wav_file(path)
    if not wav.is_true:
        with path.open("r+b") as file:
            _write_lengths(file, wav)
        wav = read_wav_file(path)
    return wav


def _write_lengths(file: BinaryIO, wav: WavFile) -> None:
    file.truncate(wav.data_at + wav.whole_bytes)
    _put(file, _RIFF_LENGTH_AT, wav.data_at - 8 + wav.whole_bytes)
    if wav.fact_at is not None:
        _put(file, wav.fact_at, wav.whole_bytes // wav.frame_bytes)
    _put(file, wav.data_at - 4, wav.whole_bytes)
    file.flush()
    os.fsync(file.fileno())


def _put(file: BinaryIO, at: int, length: int) -> None:
    file.seek(at)
    file.write(struct.pack("<I", min(length, _LONGEST_LENGTH)))


def _parsed(path: Path, header: bytes, size_bytes: int) -> WavFile:
    chunks = _chunks(header)
    if header[:4] != b"RIFF" or b"fmt " not in chunks or b"data" not in chunks:
        raise RecordingError(f"{path} has no whole WAV header")
    try:
        at = chunks[b"fmt "]
        tag, channels, rate_hz, _, frame_bytes = struct.unpack_from("<HHIIH", header, at)
        (data_bytes,) = struct.unpack_from("<I", header, chunks[b"data"] - 4)
    except struct.error as error:
        raise RecordingError(f"{path} has no whole WAV header") from error
    if tag not in _FORMATS or not channels or not rate_hz or not frame_bytes:
        raise RecordingError(f"{path} has samples of format {tag}; recordings are linear, A-law or µ-law")
    return WavFile(
        format=_FORMATS[tag],
        channels=channels,
        rate_hz=rate_hz,
        frame_bytes=frame_bytes,
        data_at=chunks[b"data"],
        data_bytes=data_bytes,
        fact_at=chunks.get(b"fact"),
        size_bytes=size_bytes,
    )


def _chunks(header: bytes) -> dict[bytes, int]:
    """Where the contents of each chunk begin, to ``data``, which is the last."""
    found: dict[bytes, int] = {}
    at = _FIRST_CHUNK_AT
    while at + 8 <= len(header) and b"data" not in found:
        name, length = struct.unpack_from("<4sI", header, at)
        if length >= _SHORTEST.get(name, 0):  # one too short for what it is to hold is none
            found[name] = at + 8
        at += 8 + length + length % 2
    return found
