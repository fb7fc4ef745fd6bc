"""Recordings of a studio, a telephone or a text-to-speech service become prompts."""

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile
import soxr

from media.prompt_sound import Treated, clipped_samples, treat
from media.prompts import SAMPLE_RATE_HZ, WIDE_RATE_HZ, UnusableSoundError, read_sound
from runtime.errors import UsageError

SOUNDS = (".wav", ".flac", ".ogg", ".mp3", ".aiff", ".aif", ".au")


@dataclass(frozen=True, slots=True)
class Imported:
    """A prompt that was made, and what was done to the sound."""

    name: str
    path: Path
    source: str
    """The file it was made of, or who said it."""
    rate_hz: int
    source_length_s: float
    length_s: float
    cut_before_s: float
    cut_after_s: float
    gain_db: float
    clipped_samples: int
    """Of the source, where whoever recorded it was too loud; no level mends that."""


def prompt_path(folder: Path, name: str) -> Path:
    """Where a prompt of this name lies. Raises UsageError for what is no name."""
    parts = name.split("/")
    if not all(parts) or any(part.startswith(".") for part in parts) or "\\" in name or "\0" in name:
        raise UsageError(f"{name!r} is no name for a prompt: expected a path such as zh/greeting")
    return folder.joinpath(*parts).with_name(f"{parts[-1]}.wav")


def is_prompt_name(name: str) -> bool:
    """Whether a prompt of a library can be called so; with a colon are those that lie in none."""
    try:
        prompt_path(Path(), name)
    except UsageError:
        return False
    return ":" not in name


def import_prompt(source: Path, folder: Path, name: str, *, replace: bool = False) -> Imported:
    """Make the prompt ``name`` of any sound file: one channel, trimmed, as loud as the others, 16-bit WAV.

    It has 16,000 samples a second where the recording had as many, for wide-band calls, else 8,000. Raises
    UsageError when the source cannot be used, or the prompt is there already and may not be replaced.
    """
    return _make(source, str(source), folder, name, replace=replace)


def keep_speech(said: bytes, engine: str, folder: Path, name: str, *, replace: bool = False) -> Imported:
    """The same of a sound file that an engine of speech has written."""
    return _make(io.BytesIO(said), engine, folder, name, replace=replace)


def refuse_present(folder: Path, name: str, *, replace: bool) -> None:
    """Two files of one name are a mistake in the library, of whatever format they are. Raises UsageError."""
    path = prompt_path(folder, name)
    present = [path.with_name(f"{path.stem}{suffix}") for suffix in SOUNDS]
    others = [other for other in present if other.exists() and not (replace and other == path)]
    if others:
        advice = "replace it with --replace" if others == [path] else "remove it first"
        raise UsageError(f"{others[0]} is there already; choose another name, or {advice}")


def _make(file: Path | BinaryIO, source: str, folder: Path, name: str, *, replace: bool) -> Imported:
    path = prompt_path(folder, name)
    refuse_present(folder, name, replace=replace)
    try:
        sound, recorded_hz = read_sound(file)
    except UnusableSoundError as fault:
        raise UsageError(f"{source} cannot be a prompt: expected {fault}") from fault
    rate_hz = WIDE_RATE_HZ if recorded_hz >= WIDE_RATE_HZ else SAMPLE_RATE_HZ
    resampled = soxr.resample(sound.astype(np.float64), recorded_hz, rate_hz, quality="VHQ")
    try:
        treated = treat(resampled, rate_hz)
    except UsageError as silent:
        raise UsageError(f"{source} cannot be a prompt: {silent}") from silent
    _write_whole(path, treated, rate_hz)
    return Imported(
        name=name,
        path=path,
        source=source,
        rate_hz=rate_hz,
        source_length_s=len(sound) / recorded_hz,
        length_s=len(treated.sound) / rate_hz,
        cut_before_s=treated.cut_before_s,
        cut_after_s=treated.cut_after_s,
        gain_db=treated.gain_db,
        clipped_samples=clipped_samples(sound),
    )


def _write_whole(path: Path, treated: Treated, rate_hz: int) -> None:
    """The file is there whole, or as it was. Raises UsageError when the folder takes none."""
    beside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(beside, treated.sound, rate_hz, subtype="PCM_16", format="WAV")
        os.replace(beside, path)
    except (OSError, soundfile.LibsndfileError) as fault:
        raise UsageError(f"{path} cannot be written: {fault}") from fault
