"""Call progress tones as the configuration tells them, and as prompts ``tone:<name>`` of one cadence each."""

import re
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import Field, field_validator

from runtime.models import Section

PREFIX = "tone:"
FULL_SCALE_DBM0 = 3.14
"""Level of a sine at full scale (ITU-T G.711)."""
STEADY_MS = 1000
"""A tone without a cadence is kept as one second of it: whole waves, since frequencies are whole numbers."""
LONGEST_MS = 60_000
_STEP = re.compile(r"(\d{1,4}(?:\+\d{1,4}){0,3})(?:/(\d{1,5}))?")
_HIGHEST_HZ = 3400
_NAMES = ("dial", "ring_back", "busy", "congestion", "recorded", "zip")

Samples = npt.NDArray[np.int16]


class Step(NamedTuple):
    """A part of a cadence."""

    frequencies_hz: tuple[int, ...]
    """Sounding together; none for silence."""
    duration_ms: int


def parse_tone(text: str) -> tuple[Step, ...]:
    """One cadence: steps such as ``450/1000,0/4000``, frequencies in Hz (``350+440``) and milliseconds.

    A single step without a length sounds steadily. Raises ValueError.
    """
    steps = tuple(_step(part.strip(), alone="," not in text) for part in text.split(","))
    if sum(step.duration_ms for step in steps) > LONGEST_MS:
        raise ValueError(f"a cadence of at most {LONGEST_MS // 1000} seconds")
    return steps


def render_tone(steps: tuple[Step, ...], level_dbm0: float, rate_hz: int) -> Samples:
    """The samples of one cadence; each step is as loud as ``level_dbm0``, however many frequencies it has."""
    return np.concatenate([_sound(step, level_dbm0, rate_hz) for step in steps])


class TonesConfig(Section):
    """Section ``[tones]``: call progress tones, played as prompts ``tone:dial``, ``tone:ring_back`` …"""

    dial: str = Field(default="450", description="The switch waits for a number.")
    ring_back: str = Field(default="450/1000,0/4000", description="The phone called rings (回铃音).")
    busy: str = Field(default="450/350,0/350", description="The phone called is busy (忙音).")
    congestion: str = Field(default="450/700,0/700", description="No line is free (拥塞音).")
    recorded: str = Field(default="1400/400", description="What is said is recorded (录音提示音).")
    zip: str = Field(default="1000/200", description="A call is put through to who did not pick up (接续音).")
    level_dbm0: float = Field(default=-10.0, ge=-40, le=0, description="How loud they are.")

    @field_validator(*_NAMES)
    @classmethod
    def _is_tone(cls, text: str) -> str:
        parse_tone(text)
        return text

    def rendered(self, rate_hz: int) -> dict[str, Samples]:
        """Each tone by its prompt's name."""
        return {
            PREFIX + name: render_tone(parse_tone(getattr(self, name)), self.level_dbm0, rate_hz)
            for name in _NAMES
        }


def _step(text: str, *, alone: bool) -> Step:
    found = _STEP.fullmatch(text)
    if found is None or (found[2] is None and not alone) or int(found[2] or STEADY_MS) == 0:
        raise ValueError('a cadence such as "450/1000,0/4000": Hz/ms; 0 Hz is silence, 350+440 two at once')

    frequencies_hz = tuple(int(hz) for hz in found[1].split("+") if int(hz))
    if any(hz > _HIGHEST_HZ for hz in frequencies_hz):
        raise ValueError(f"frequencies of at most {_HIGHEST_HZ} Hz")
    return Step(frequencies_hz, int(found[2] or STEADY_MS))


def _sound(step: Step, level_dbm0: float, rate_hz: int) -> Samples:
    count = step.duration_ms * rate_hz // 1000
    together = max(1, len(step.frequencies_hz))
    amplitude = 32767 * 10 ** ((level_dbm0 - FULL_SCALE_DBM0) / 20) / together**0.5
    times = np.arange(count) / rate_hz
    wave = np.zeros(count)
    for hz in step.frequencies_hz:
        wave += amplitude * np.sin(2 * np.pi * hz * times)
    sound: Samples = np.rint(wave).astype(np.int16)
    return sound
