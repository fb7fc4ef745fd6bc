"""Recordings of a studio, a telephone or a text-to-speech service become prompts."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from media.prompt_sound import Treated, treat
from media.prompts import SAMPLE_RATE_HZ, WIDE_RATE_HZ, UnusableSoundError, read_sound
from runtime.errors import UsageError

_SOUNDS = (".wav", ".flac", ".ogg", ".mp3", ".aiff", ".aif", ".au")


@dataclass(frozen=True, slots=True)
class Imported:
    """A prompt that was made, and what was done to the sound."""

    name: str
    path: Path
    source: Path
    rate_hz: int
    length_s: float
    cut_before_s: float
    cut_after_s: float
    gain_db: float


def prompt_path(folder: Path, name: str) -> Path:
    """Where a prompt of this name lies. Raises UsageError for what is no name."""
    parts = name.split("/")
    if not all(parts) or any(part.startswith(".") for part in parts) or "\\" in name or "\0" in name:
        raise UsageError(f"{name!r} is no name for a prompt: expected a path such as zh/greeting")
    return folder.joinpath(*parts).with_name(f"{parts[-1]}.wav")


def import_prompt(source: Path, folder: Path, name: str, *, replace: bool = False) -> Imported:
    """Make the prompt ``name`` of any sound file: one channel, trimmed, as loud as the others, 16-bit WAV.

    It has 16,000 samples a second where the recording had as many, for wide-band calls, else 8,000. Raises
    UsageError when the source cannot be used, or the prompt is there already and may not be replaced.
    """
    path = prompt_path(folder, name)
    _refuse_present(path, replace)
    try:
        sound, recorded_hz = read_sound(source)
    except UnusableSoundError as fault:
        raise UsageError(f"{source} cannot be a prompt: expected {fault}") from fault
    rate_hz = WIDE_RATE_HZ if recorded_hz >= WIDE_RATE_HZ else SAMPLE_RATE_HZ
    resampled = soxr.resample(sound.astype(np.float64), recorded_hz, rate_hz, quality="VHQ")
    treated = treat(resampled, rate_hz)
    _write_whole(path, treated, rate_hz)
    length_s = len(treated.sound) / rate_hz
    facts = (treated.cut_before_s, treated.cut_after_s, treated.gain_db)
    return Imported(name, path, source, rate_hz, length_s, *facts)


def _refuse_present(path: Path, replace: bool) -> None:
    """Two files of one name are a mistake in the library, of whatever format they are."""
    present = [path.with_name(f"{path.stem}{suffix}") for suffix in _SOUNDS]
    others = [other for other in present if other.exists() and not (replace and other == path)]
    if others:
        advice = "replace it with --replace" if others == [path] else "remove it first"
        raise UsageError(f"{others[0]} is there already; choose another name, or {advice}")


def _write_whole(path: Path, treated: Treated, rate_hz: int) -> None:
    """The file is there whole, or as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    soundfile.write(beside, treated.sound, rate_hz, subtype="PCM_16", format="WAV")
    os.replace(beside, path)
