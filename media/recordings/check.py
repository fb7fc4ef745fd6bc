"""Whether a recording's file is what its record says. Reads the file, changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import numpy as np

from media.recordings.digest import sha256_of
from media.recordings.manifest import CHANNELS
from media.recordings.wav import RecordingError, read_blocks

TOLERANCE_MS = 1
"""The record's length is rounded down to a millisecond."""
_PIECE_MS = 20
"""As long as the pieces in which the recorder looks for sound."""
_SILENCE = 8
"""The loudest sample of silence: A-law knows no zero, its quietest octets are 8 and -8 (ITU-T G.711)."""


class Fault(StrEnum):
    """What can be wrong with a recording."""

    MISSING = "missing"
    """There is a record and no file."""
    UNREADABLE = "unreadable"
    CHANGED = "changed"
    """Size or hash are not those of the file when it was closed."""
    WRONG_LENGTH = "wrong_length"
    """It plays longer or shorter than its record says."""
    SHORT = "short"
    """It ends long before its call did."""
    SILENT = "silent"
    """A channel holds nothing at all, or far less than its packets carried."""
    UNEXPLAINED_GAPS = "unexplained_gaps"
    """There are longer gaps in a channel than packets were lost."""
    NO_MANIFEST = "no_manifest"
    """There is a file and no manifest beside it."""
    MANIFEST_WRONG = "manifest_wrong"
    """The manifest cannot be read, or says something else than the record."""
    FAILED = "failed"
    """The switch said so itself when it happened."""
    NOT_DELETED = "not_deleted"
    """There is a file of a recording that was deleted."""
    LEFT_OVER = "left_over"
    """A part of it lies on another disk still, where it was written before it was one file."""
    NO_RECORD = "no_record"
    """There is a file and no record."""
    NO_RECORDING = "no_recording"
    """A call was to be recorded, and there is no word of its recording."""


class Finding(NamedTuple):
    """One thing that is wrong."""

    fault: Fault
    text: str
    """For people: what is there and what was expected."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the record of a completed recording says."""

    size_bytes: int
    sha256: str
    duration_ms: int
    two_parties: bool
    """Whether an agent took part, so that both channels should hold something."""
    silenced: frozenset[str] = frozenset()
    """Channels of which it is known why they hold nothing: all is marked as paused, masked or lost."""
    sound_ms: Mapping[str, float] = field(default_factory=dict)
    """How much is to be heard on a channel at least, by what its packets carried; a channel that is not there
    need not be silent throughout, which is all that is known of it.
    """


def check_file(path: Path, expected: Expected) -> list[Finding]:
    """Everything that is wrong with a file; nothing for a good one."""
    try:
        size_bytes, sha256 = path.stat().st_size, sha256_of(path)
    except FileNotFoundError:
        return [Finding(Fault.MISSING, f"there is no file {path}")]
    except RecordingError as error:
        return [Finding(Fault.UNREADABLE, str(error))]
    except OSError as error:
        return [Finding(Fault.UNREADABLE, f"{path}: {error.strerror or error}")]
    findings = []
    if size_bytes != expected.size_bytes:
        text = f"{size_bytes} bytes; {expected.size_bytes} when it was closed"
        findings.append(Finding(Fault.CHANGED, text))
    elif sha256 != expected.sha256:
        findings.append(Finding(Fault.CHANGED, "the content is not what it was when the file was closed"))
    return findings + check_sound(path, expected)


def check_sound(path: Path, expected: Expected, tolerance_ms: int = TOLERANCE_MS) -> list[Finding]:
    """What is wrong with what is heard in a file."""
    try:
        duration_ms, heard_ms = _listen(path)
    except RecordingError as error:
        return [Finding(Fault.UNREADABLE, str(error))]
    findings = []
    if abs(duration_ms - expected.duration_ms) > tolerance_ms:
        text = f"plays {duration_ms / 1000:.3f} s; its record says {expected.duration_ms / 1000:.3f} s"
        findings.append(Finding(Fault.WRONG_LENGTH, text))
    silent = (_silence(channel, heard_ms[channel], expected) for channel in CHANNELS)
    return findings + [Finding(Fault.SILENT, text) for text in silent if text]


def _silence(channel: str, heard_ms: float, expected: Expected) -> str:
    """What is wrong with a channel on which so much is heard; empty for a good one."""
    said_ms = expected.sound_ms.get(channel)
    if said_ms is not None:
        text = f"{heard_ms / 1000:.1f} s of sound on the {channel}'s channel; by its packets at least"
        return "" if heard_ms >= said_ms else f"{text} {said_ms / 1000:.1f} s"
    needed = channel == "customer" or expected.two_parties
    return (
        f"nothing on the {channel}'s channel"
        if needed and not heard_ms and channel not in expected.silenced
        else ""
    )


def _listen(path: Path) -> tuple[float, dict[str, float]]:
    """Length, and how much of each channel lies in pieces with any sound, in milliseconds.

    Raises RecordingError.
    """
    duration_ms, heard = 0.0, np.zeros(2)
    for rate_hz, block in read_blocks(path):
        duration_ms += len(block) * 1000 / rate_hz
        starts = np.arange(0, len(block), rate_hz * _PIECE_MS // 1000)
        sounds = (block > _SILENCE) | (block < -_SILENCE)
        heard += np.logical_or.reduceat(sounds, starts).sum(axis=0) if len(starts) else 0
    return duration_ms, dict(zip(CHANNELS, (heard * _PIECE_MS).tolist(), strict=True))
