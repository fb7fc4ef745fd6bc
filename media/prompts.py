"""The prompts callers hear, read from a folder once and kept as what the media core plays."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from media.tones import TonesConfig
from runtime.problems import Problem

SAMPLE_RATE_HZ = 8000
"""What narrow-band codecs carry (RFC 3551 §4.5.14)."""

WIDE_RATE_HZ = 16_000
"""What G.722 and Opus carry."""

MAX_PROMPT_S = 600
"""A longer file is a mistake, not a prompt; it would be held in memory for ever."""

MAX_CHANNELS = 8
MIN_RATE_HZ, MAX_RATE_HZ = 4000, 192_000
"""What no recorder does is damage; nothing may be asked of memory for it."""

_BLOCK = 65_536
"""Frames read at a time: what a header promises is believed once it is there."""

Samples = npt.NDArray[np.int16]

_NOT_SOUND = (".md", ".txt", ".yaml", ".toml")
"""Notes that may lie beside the sounds."""


class UnusableSoundError(Exception):
    """A file is no sound that can be a prompt; says what was expected of it."""


class PromptLibrary:
    """All prompts by name: the path below the folder without its suffix, such as ``zh/greeting``."""

    def __init__(self, prompts: Mapping[str, Samples], wide: Mapping[str, Samples] | None = None) -> None:
        """``wide``: those of ``prompts`` that were recorded at WIDE_RATE_HZ or above, at WIDE_RATE_HZ."""
        self._prompts = dict(prompts)
        self._wide = dict(wide or {})

    @property
    def names(self) -> tuple[str, ...]:
        """Every prompt's name, in alphabetical order."""
        return tuple(sorted(self._prompts))

    def samples(self, name: str) -> Samples:
        """The prompt, mono, at SAMPLE_RATE_HZ. Raises KeyError when there is no such prompt."""
        return self._prompts[name]

    def wide_samples(self, name: str) -> Samples | None:
        """The prompt at WIDE_RATE_HZ; None when it was recorded with less."""
        return self._wide.get(name)

    def sounds_alike(self, other: "PromptLibrary", name: str) -> bool:
        """Whether a prompt that both have is the same sound."""
        wide, others = self._wide.get(name), other._wide.get(name)
        if wide is not None and others is not None:
            return np.array_equal(wide, others)
        is_narrow = wide is None and others is None
        return is_narrow and np.array_equal(self._prompts[name], other._prompts[name])

    def beside(self, others: Mapping[str, "PromptLibrary"]) -> "PromptLibrary":
        """The same with the prompts of others, each below a folder of its own."""
        prompts, wide = dict(self._prompts), dict(self._wide)
        for folder, other in others.items():
            prompts |= {f"{folder}/{name}": samples for name, samples in other._prompts.items()}
            wide |= {f"{folder}/{name}": samples for name, samples in other._wide.items()}
        return PromptLibrary(prompts, wide)

    def replaced(self, other: "PromptLibrary", is_meant: Callable[[str], bool]) -> "PromptLibrary":
        """The same with another library's prompts of the names that are meant, and no others of these."""

        def chosen(mine: Mapping[str, Samples], others: Mapping[str, Samples]) -> dict[str, Samples]:
            kept = {name: samples for name, samples in mine.items() if not is_meant(name)}
            return kept | {name: samples for name, samples in others.items() if is_meant(name)}

        return PromptLibrary(chosen(self._prompts, other._prompts), chosen(self._wide, other._wide))

    def with_tones(self, tones: TonesConfig) -> "PromptLibrary":
        """The same with call progress tones as further prompts."""
        narrow, wide = tones.rendered(SAMPLE_RATE_HZ), tones.rendered(WIDE_RATE_HZ)
        return PromptLibrary(self._prompts | narrow, self._wide | wide)


def load_prompts(folder: Path) -> tuple[PromptLibrary, list[Problem]]:
    """Read a folder with its subfolders, in any format libsndfile reads (WAV, FLAC, Ogg, MP3, AIFF, AU …).

    Several channels are mixed to one and other sample rates converted. Returns what is usable, and a
    problem for every file that is not.
    """
    if not folder.is_dir():
        return PromptLibrary({}), [
            Problem(str(folder), 0, "media.prompts", "", "a folder of prompts here, be it empty")
        ]
    prompts: dict[str, Samples] = {}
    wide: dict[str, Samples] = {}
    problems: list[Problem] = []
    for path in _sounds(folder):
        name = path.relative_to(folder).with_suffix("").as_posix()
        try:
            sound, rate_hz = read_sound(path)
        except UnusableSoundError as fault:
            problems.append(Problem(str(path), 0, name, "", str(fault)))
            continue
        if name in prompts:
            problems.append(Problem(str(path), 0, name, path.suffix, "one file of this name, not several"))
            continue
        prompts[name] = _at(SAMPLE_RATE_HZ, sound, rate_hz)
        if rate_hz >= WIDE_RATE_HZ:
            wide[name] = _at(WIDE_RATE_HZ, sound, rate_hz)
    return PromptLibrary(prompts, wide), problems


def read_sound(path: Path | BinaryIO) -> tuple[npt.NDArray[np.float32], int]:
    """Any sound file as one channel, full scale 1, and its rate. Raises UnusableSoundError."""
    try:
        with soundfile.SoundFile(path) as file:
            _refuse_unusable(file)
            return np.concatenate(list(_mono_blocks(file))), file.samplerate
    except (OSError, soundfile.LibsndfileError) as fault:
        gone = isinstance(path, Path) and not path.exists()  # the library calls that a system error
        raise UnusableSoundError(f"a readable sound file ({'no such file' if gone else fault})") from fault
    except TypeError as fault:  # soundfile would have to be told the format of a .raw file
        raise UnusableSoundError("a sound file with a header") from fault


def resampled(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """The same sound at another rate."""
    return _at(to_hz, samples.astype(np.float32) / np.float32(32768), from_hz)


def _sounds(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not path.is_dir() and not hidden and path.suffix.lower() not in _NOT_SOUND:
            yield path


def _refuse_unusable(file: soundfile.SoundFile) -> None:
    if file.frames <= 0:
        raise UnusableSoundError("a sound that is not empty")
    if file.channels > MAX_CHANNELS:
        raise UnusableSoundError(f"at most {MAX_CHANNELS} channels")
    if not MIN_RATE_HZ <= file.samplerate <= MAX_RATE_HZ:
        raise UnusableSoundError(f"{MIN_RATE_HZ} to {MAX_RATE_HZ} samples a second")
    if file.frames > MAX_PROMPT_S * file.samplerate:
        raise UnusableSoundError(f"at most {MAX_PROMPT_S} seconds")


def _mono_blocks(file: soundfile.SoundFile) -> Iterator[npt.NDArray[np.float32]]:
    """The sound until it ends or can be read no further; what is no sample is silence."""
    while True:
        block = file.read(_BLOCK, dtype="float32", always_2d=True)
        yield np.clip(np.nan_to_num(block), -1, 1).mean(axis=1)
        if len(block) < _BLOCK:
            return


def _at(rate_hz: int, sound: npt.NDArray[np.float32], recorded_hz: int) -> Samples:
    if recorded_hz != rate_hz and len(sound):
        sound = soxr.resample(sound, recorded_hz, rate_hz)
    return np.clip(np.rint(sound * 32768), -32768, 32767).astype(np.int16)
