"""A prompt as one file of the library, and as the media core has it."""

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from media.prompt_sound import treat
from media.prompts import SAMPLE_RATE_HZ, WIDE_RATE_HZ, Samples, resampled


@dataclass(frozen=True, slots=True)
class PromptSamples:
    """At both rates that codecs carry."""

    narrow: Samples
    """At 8 kHz."""
    wide: Samples
    """At 16 kHz."""

    @property
    def length_ms(self) -> int:
        return len(self.narrow) * 1000 // SAMPLE_RATE_HZ

    @property
    def size_bytes(self) -> int:
        return self.narrow.nbytes + self.wide.nbytes


def prompt_file(sound: npt.NDArray[np.float32], rate_hz: int) -> bytes:
    """Speech as a WAV file of the library: one channel, 16 bits, trimmed, as loud as other prompts.

    It has 16,000 samples a second where the speech had as many, else 8,000. Raises UsageError for silence.
    """
    target_hz = WIDE_RATE_HZ if rate_hz >= WIDE_RATE_HZ else SAMPLE_RATE_HZ
    whole = soxr.resample(sound.astype(np.float64), rate_hz, target_hz, quality="VHQ")
    file = io.BytesIO()
    soundfile.write(file, treat(whole, target_hz).sound, target_hz, subtype="PCM_16", format="WAV")
    return file.getvalue()


def samples_of(file: bytes) -> PromptSamples:
    """Of a file that ``prompt_file`` made."""
    samples, rate_hz = soundfile.read(io.BytesIO(file), dtype="int16")
    if rate_hz == WIDE_RATE_HZ:
        return PromptSamples(resampled(samples, WIDE_RATE_HZ, SAMPLE_RATE_HZ), samples)
    return PromptSamples(samples, resampled(samples, SAMPLE_RATE_HZ, WIDE_RATE_HZ))
