"""Recordings as numbers: left the customer, right the agent."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from runtime.errors import PeerError

Samples = NDArray[np.int16]

_READ_FRAMES = 1 << 20
"""Read in pieces of about two minutes, so that an envelope of hours needs little memory."""


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
    """How loud a recording is over time: the lowest and highest sample of each short slice."""

    lowest: Samples
    """Shape (slices, 2): customer, agent."""
    highest: Samples
    """Shape (slices, 2)."""
    slice_s: float
    """Length of a slice; the last one may be shorter."""
    duration_s: float


def read_recording(path: Path) -> RecordedAudio:
    """Read both channels at once. Raises RecordingError."""
    with _open(path) as file:
        frames = file.read(dtype="int16", always_2d=True)
        return RecordedAudio(customer=frames[:, 0], agent=frames[:, 1], rate_hz=file.samplerate)


def read_envelope(path: Path, slice_ms: int = 5) -> Envelope:
    """Fold a recording of any length into slices of ``slice_ms``. Raises RecordingError."""
    with _open(path) as file:
        slice_frames = max(1, file.samplerate * slice_ms // 1000)
        piece = max(slice_frames, _READ_FRAMES - _READ_FRAMES % slice_frames)
        folded = [
            _fold(frames, slice_frames) for frames in file.blocks(piece, dtype="int16", always_2d=True)
        ] or [np.zeros((2, 0, 2), np.int16)]
        lowest, highest = np.concatenate(folded, axis=1)
        return Envelope(lowest, highest, slice_frames / file.samplerate, file.frames / file.samplerate)


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


def _fold(frames: Samples, slice_frames: int) -> Samples:
    """Minimum and maximum of each slice: shape (2, slices, 2)."""
    starts = np.arange(0, len(frames), slice_frames)
    return np.stack([np.minimum.reduceat(frames, starts), np.maximum.reduceat(frames, starts)])
