"""The small interface of an engine, and how what it says becomes a prompt."""

import io
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import soundfile
import soxr

from media.prompt_sound import treat
from media.prompts import SAMPLE_RATE_HZ, WIDE_RATE_HZ, Samples, UnusableSoundError, read_sound, resampled
from runtime.errors import PeerError, UsageError


class EngineFailed(PeerError):
    """An engine did not say a text: it is late, has ended with an error, or answers what is no sound."""


class EngineMissing(EngineFailed):
    """There is no such engine here: to ask again at once would be vain."""


class NothingSaid(PeerError):
    """The engine works, but there is nothing to hear of this text."""


class SpeechEngine(Protocol):
    """Says texts. Called on threads of the speech shell, ``at_once`` of them at a time.

    An engine of another machine fits as well: it blocks its thread, keeps to a time limit of its own, and
    ``close`` ends what is under way.
    """

    def synthesise(self, text: str, language: str, voice: str) -> bytes:
        """A sound file of any format libsndfile reads, with the text spoken by ``voice``.

        ``voice`` is the engine's own name of it. Raises EngineFailed.
        """

    def close(self) -> None:
        """End what is under way; nothing is asked of it any more."""


@dataclass(frozen=True, slots=True)
class SpokenSamples:
    """Speech as the media core has it."""

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


def as_prompt_file(said: bytes) -> bytes:
    """What an engine said as a file of the library: one channel, 16 bits, trimmed, as loud as other prompts.

    Raises EngineFailed when it is no sound, NothingSaid when it is silent.
    """
    try:
        sound, rate_hz = read_sound(io.BytesIO(said))
    except UnusableSoundError as fault:
        raise EngineFailed(f"what it said is no prompt: expected {fault}") from fault
    target_hz = WIDE_RATE_HZ if rate_hz >= WIDE_RATE_HZ else SAMPLE_RATE_HZ
    whole = soxr.resample(sound.astype(np.float64), rate_hz, target_hz, quality="VHQ")
    try:
        treated = treat(whole, target_hz)
    except UsageError as silent:
        raise NothingSaid(f"nothing is heard of the text: {silent}") from silent
    file = io.BytesIO()
    soundfile.write(file, treated.sound, target_hz, subtype="PCM_16", format="WAV")
    return file.getvalue()


def samples_of(file: bytes) -> SpokenSamples:
    """A file that ``as_prompt_file`` made."""
    samples, rate_hz = soundfile.read(io.BytesIO(file), dtype="int16")
    if rate_hz == WIDE_RATE_HZ:
        return SpokenSamples(resampled(samples, WIDE_RATE_HZ, SAMPLE_RATE_HZ), samples)
    return SpokenSamples(samples, resampled(samples, SAMPLE_RATE_HZ, WIDE_RATE_HZ))
