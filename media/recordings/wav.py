"""Recordings as numbers: left the customer, right the agent."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from runtime.errors import PeerError

Samples = NDArray[np.int16]
Levels = NDArray[np.float64]

FULL_SCALE = 32768.0
SLICE_MS = 5
_READ_FRAMES = 1 << 20
"""Read in pieces of about two minutes, so that an envelope of hours needs little memory."""
_CLIPPED_FROM = 32_100
"""Just below the loudest sample that either law of G.711 knows (µ-law 32,124, A-law 32,256)."""


class RecordingError(PeerError):
    """The file is missing, is no audio file or has not two channels; the message says which."""


@dataclass(frozen=True, slots=True)
class RecordedAudio:
    """A whole recording in memory."""

    customer: Samples
    """Left channel, 16-bit."""
    agent: Samples
    """Right channel, as long as the left one."""
    rate_hz: int

    @property
    def duration_s(self) -> float:
        return len(self.customer) / self.rate_hz


@dataclass(frozen=True, slots=True)
class Envelope:
    """How loud a recording is over time, in short slices. Every array has shape (slices, 2)."""

    lowest: Samples
    highest: Samples
    mean_square: Levels
    """Of the samples of a slice as parts of full scale."""
    clipped: NDArray[np.int64]
    """Samples at the limit of what can be recorded."""
    slice_s: float
    """Length of a slice; the last one may be shorter."""
    rate_hz: int
    duration_s: float


def read_recording(path: Path) -> RecordedAudio:
    """Read both channels at once. Raises RecordingError."""
    with _open(path) as file:
        frames = file.read(dtype="int16", always_2d=True)
        return RecordedAudio(customer=frames[:, 0], agent=frames[:, 1], rate_hz=file.samplerate)


def read_envelope(path: Path) -> Envelope:
    """Fold a recording of any length into slices. Raises RecordingError."""
    fold = EnvelopeFold()
    rate_hz = 0
    for rate_hz, frames in read_blocks(path):
        fold.add(frames, rate_hz)
    return fold.envelope(rate_hz)


def read_blocks(path: Path) -> Iterator[tuple[int, Samples]]:
    """Sample rate and frames, shape (frames, 2), of a recording piece by piece; at least one piece.

    All pieces but the last hold a whole number of slices. Raises RecordingError.
    """
    with _open(path) as file:
        slice_frames = _slice_frames(file.samplerate)
        piece = max(slice_frames, _READ_FRAMES - _READ_FRAMES % slice_frames)
        empty = True
        for frames in file.blocks(piece, dtype="int16", always_2d=True):
            empty = False
            yield file.samplerate, frames
        if empty:
            yield file.samplerate, np.zeros((0, 2), np.int16)


class EnvelopeFold:
    """Collects the envelope of a recording that is read piece by piece."""

    def __init__(self) -> None:
        self._lowest: list[Samples] = []
        self._highest: list[Samples] = []
        self._mean_square: list[Levels] = []
        self._clipped: list[NDArray[np.int64]] = []
        self._frames = 0

    def add(self, frames: Samples, rate_hz: int) -> None:
        """The next piece."""
        self._frames += len(frames)
        if not len(frames):
            return
        starts = np.arange(0, len(frames), _slice_frames(rate_hz))
        lengths = np.diff(starts, append=len(frames))[:, None]
        scaled = frames / FULL_SCALE
        self._lowest.append(np.minimum.reduceat(frames, starts))
        self._highest.append(np.maximum.reduceat(frames, starts))
        self._mean_square.append(np.add.reduceat(scaled * scaled, starts) / lengths)
        loud = (frames >= _CLIPPED_FROM) | (frames <= -_CLIPPED_FROM)
        self._clipped.append(np.add.reduceat(loud.astype(np.int64), starts))

    def envelope(self, rate_hz: int) -> Envelope:
        """Of all pieces."""
        return Envelope(
            lowest=np.concatenate([np.zeros((0, 2), np.int16), *self._lowest]),
            highest=np.concatenate([np.zeros((0, 2), np.int16), *self._highest]),
            mean_square=np.concatenate([np.zeros((0, 2)), *self._mean_square]),
            clipped=np.concatenate([np.zeros((0, 2), np.int64), *self._clipped]),
            slice_s=_slice_frames(rate_hz) / rate_hz,
            rate_hz=rate_hz,
            duration_s=self._frames / rate_hz,
        )


def decibels(mean_square: float) -> float | None:
    """Level in dBFS of a mean square in parts of full scale; None for digital silence."""
    return 10 * float(np.log10(mean_square)) if mean_square > 0 else None


def _slice_frames(rate_hz: int) -> int:
    return max(1, rate_hz * SLICE_MS // 1000)


def _open(path: Path) -> soundfile.SoundFile:
    try:
        file = soundfile.SoundFile(path)
    except (OSError, soundfile.LibsndfileError) as error:
        raise RecordingError(f"{path} cannot be read as audio: {error}") from error
    if file.channels != 2:
        channels = file.channels
        file.close()
        raise RecordingError(f"{path} has {channels} channel(s); a recording has two")
    return file
