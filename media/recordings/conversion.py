"""Recordings written as something else: FLAC without loss, Opus or MP3 smaller; or a side of them."""

import os
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import numpy as np
import soundfile

from media.recordings.forms import Form
from media.recordings.wav import RecordingError, Samples

_PIECE_FRAMES = 1 << 16
_MOST_OPUS_MAY_DIFFER_S = 0.1
"""Its frames have up to 60 ms; players cut off what is beyond the end (RFC 7845 §4.4)."""


class Channels(StrEnum):
    """Which sides are in a file."""

    STEREO = "stereo"
    """Left the customer, right the agent."""
    MIXED = "mixed"
    """Both on one channel."""
    CUSTOMER = "customer"
    AGENT = "agent"


_WRITTEN_AS = {
    Form.WAV: ("WAV", "PCM_16"),
    Form.FLAC: ("FLAC", "PCM_16"),
    Form.OPUS: ("OGG", "OPUS"),
    Form.MP3: ("MP3", "MPEG_LAYER_III"),
}
"""Format and kind of samples, as libsndfile calls them."""


def convert(source: Path, target: Path, form: Form, channels: Channels = Channels.STEREO) -> None:
    """Write the sound of ``source``, whole or not at all. Raises RecordingError, OSError."""
    part = target.with_name(target.name + ".part")
    kind, subtype = _WRITTEN_AS[form]
    try:
        with _opened(source) as sound:
            if not sound.frames:
                raise RecordingError(f"{source} holds no sound")
            count = 2 if channels is Channels.STEREO else 1
            with soundfile.SoundFile(part, "w", sound.samplerate, count, subtype, format=kind) as written:
                for piece in _pieces(sound):
                    written.write(chosen(piece, channels))
        _force_to_disk(part)
    except soundfile.LibsndfileError as error:
        part.unlink(missing_ok=True)
        raise OSError(f"{target} cannot be written: {error}") from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    part.replace(target)


def check_converted(source: Path, target: Path, form: Form, channels: Channels = Channels.STEREO) -> None:
    """Hold what was written against its source: FLAC and WAV sample by sample, others by their length.

    Raises RecordingError saying what differs.
    """
    with _opened(source) as one, _opened(target) as other:
        if form in (Form.FLAC, Form.WAV):
            _check_samples(one, other, channels)
        elif abs(one.frames / one.samplerate - other.frames / other.samplerate) > _MOST_OPUS_MAY_DIFFER_S:
            lengths = f"{other.frames / other.samplerate:.3f} s, {one.frames / one.samplerate:.3f} s"
            raise RecordingError(f"{target} plays {lengths} were converted")


def holds_sound(path: Path) -> bool:
    """Whether there is a single sample; without one there is nothing to convert. Raises RecordingError."""
    with _opened(path) as sound:
        return bool(sound.frames)


def chosen(frames: Samples, channels: Channels) -> Samples:
    """The channels that are wanted: shape (frames, 2) for stereo, else (frames,)."""
    match channels:
        case Channels.STEREO:
            return frames
        case Channels.MIXED:
            both = frames.astype(np.int32).sum(axis=1)
            mixed: Samples = np.clip(both, -32768, 32767).astype(np.int16)
            return mixed
        case Channels.CUSTOMER:
            return frames[:, 0]
        case Channels.AGENT:
            return frames[:, 1]


def _check_samples(one: soundfile.SoundFile, other: soundfile.SoundFile, channels: Channels) -> None:
    at = 0
    while True:
        expected = chosen(_piece(one), channels)
        found = _piece(other) if channels is Channels.STEREO else _piece(other)[:, 0]
        if expected.shape != found.shape or not np.array_equal(expected, found):
            raise RecordingError(f"{other.name} differs from {one.name} behind {at / one.samplerate:.1f} s")
        if not len(expected):
            return
        at += len(expected)


def _pieces(sound: soundfile.SoundFile) -> Iterator[Samples]:
    while len(piece := _piece(sound)):
        yield piece


def _piece(sound: soundfile.SoundFile) -> Samples:
    piece: Samples = sound.read(_PIECE_FRAMES, dtype="int16", always_2d=True)
    return piece


def _opened(path: Path) -> soundfile.SoundFile:
    try:
        return soundfile.SoundFile(path)
    except (OSError, soundfile.LibsndfileError) as error:
        raise RecordingError(f"{path} cannot be read as audio: {error}") from error


def _force_to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
