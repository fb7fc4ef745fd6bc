"""The folder of recordings: a folder for each day, named by its date, with WAV files at any depth in it."""

import os
from collections.abc import Iterator
from pathlib import Path

SUFFIX = ".wav"
_PROBE = ".clock"


def recordings_since(folder: Path, day: str) -> Iterator[Path]:
    """The recordings of ``day`` (2026-11-20) and later ones, in order. Raises OSError."""
    if not folder.is_dir():
        return
    days = sorted(entry.path for entry in os.scandir(folder) if entry.is_dir() and entry.name >= day)
    for each in days:
        for below, folders, names in os.walk(each, onerror=_raise):
            folders.sort()
            yield from (Path(below, name) for name in sorted(names) if name.endswith(SUFFIX))


def _raise(error: OSError) -> None:
    raise error


def clock_of(folder: Path) -> float:
    """The moment by the clock of the disk, which need not be this machine's. Raises OSError."""
    probe = folder / _PROBE
    probe.touch()
    moment = probe.stat().st_mtime
    probe.unlink()
    return moment
