"""How speech becomes a prompt: without the silence around it, and as loud as all others."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from runtime.errors import UsageError

Sound = npt.NDArray[np.float64]
"""Mono, full scale is 1."""

SPEECH_RMS = 10 ** (-20 / 20)
SPEECH_PEAK = 10 ** (-2 / 20)
SILENCE = 10 ** (-45 / 20)
"""Quieter than this at the beginning or end of speech is cut off."""
MARGIN = 3
"""Frames left before the first and after the last sound, so that no consonant is clipped."""
_FRAMES_PER_S = 100
_FULL_SCALE = 0.9999
"""Three samples in a row at it are no peak, but the flat top of one that was cut off."""


@dataclass(frozen=True, slots=True)
class Treated:
    """A prompt, and what was done to the speech."""

    sound: Sound
    cut_before_s: float
    cut_after_s: float
    gain_db: float


def treat(sound: Sound, rate_hz: int) -> Treated:
    """Speech at any rate as a prompt. Raises UsageError when it is all silence."""
    begin, end = _speech(sound, rate_hz)
    kept = _faded(sound[begin:end], rate_hz)
    gain = _gain(kept, rate_hz)
    return Treated(kept * gain, begin / rate_hz, (len(sound) - end) / rate_hz, 20 * math.log10(gain))


def clipped_samples(sound: Sound | npt.NDArray[np.float32]) -> int:
    """How many lie where a recorder was driven too hard."""
    full = np.abs(sound) >= _FULL_SCALE
    runs = full[:-2] & full[1:-1] & full[2:]
    clipped = np.zeros(len(sound), dtype=bool)
    for offset in range(3):
        clipped[offset : offset + len(runs)] |= runs
    return int(np.count_nonzero(clipped))


def loudness_db(sound: Sound, rate_hz: int) -> float | None:
    """How loud it is where it is not silent, in dB of full scale; None for silence."""
    speech = _loud_frames(sound, rate_hz)
    return 20 * math.log10(_rms(speech)) if len(speech) else None


def _speech(sound: Sound, rate_hz: int) -> tuple[int, int]:
    """Where it begins and ends, with a margin; in samples."""
    frame = rate_hz // _FRAMES_PER_S
    loud = np.flatnonzero(_frame_rms(sound, frame) > SILENCE)
    if not len(loud):
        raise UsageError("the sound is silent: expected speech louder than -45 dB of full scale")
    return max(int(loud[0]) - MARGIN, 0) * frame, min((int(loud[-1]) + 1 + MARGIN) * frame, len(sound))


def _faded(sound: Sound, rate_hz: int) -> Sound:
    """It comes and goes within 10 ms, so that no cut is heard."""
    length = min(rate_hz // _FRAMES_PER_S, len(sound))
    fade = np.linspace(0.0, 1.0, length)
    faded = sound.copy()
    faded[:length] *= fade
    faded[-length:] *= fade[::-1]
    return faded


def _gain(sound: Sound, rate_hz: int) -> float:
    """To SPEECH_RMS where there is speech, but the highest peaks stay below SPEECH_PEAK."""
    highest = float(np.max(np.abs(sound)))
    speech = _loud_frames(sound, rate_hz)
    return min(SPEECH_RMS / _rms(speech), SPEECH_PEAK / highest) if len(speech) else SPEECH_PEAK / highest


def _loud_frames(sound: Sound, rate_hz: int) -> Sound:
    """The loudness of each 10 ms that is not silent."""
    frames = _frame_rms(sound, rate_hz // _FRAMES_PER_S)
    return frames[frames > SILENCE]


def _frame_rms(sound: Sound, frame: int) -> Sound:
    whole = sound[: len(sound) // frame * frame].reshape(-1, frame)
    loudness: Sound = np.sqrt(np.mean(whole**2, axis=1))
    return loudness


def _rms(values: Sound) -> float:
    return float(np.sqrt(np.mean(values**2)))
