"""How a recording is removed from the disk, with everything that lies beside it."""

from collections.abc import Iterator
from pathlib import Path

from media.recordings.forms import KEPT_FORMS, SEALED
from media.recordings.manifest import manifest_path

_PART = ".part"
_BESIDE = (".rest.wav", ".png", ".svg", ".analysis.json")
"""What the spool, the picture and the analysis are called behind the recording's name."""


def remove_recording(begun: Path) -> list[Path]:
    """Remove what there is; ``begun`` is the file as its events name it. Returns what was removed.

    May be done any number of times. The manifest goes last: a sound without one would be taken for one that
    nobody knows. Raises OSError.
    """
    removed = []
    for path in _names(begun):
        try:
            path.unlink()
        except FileNotFoundError:
            continue
        removed.append(path)
    return removed


def _names(begun: Path) -> Iterator[Path]:
    """All that a recording may lie as, and be accompanied by."""
    for form in KEPT_FORMS:
        plain = begun.with_suffix(form.suffix)
        sealed = plain.with_name(plain.name + SEALED)
        yield from (plain, sealed)
        yield from (path.with_name(path.name + _PART) for path in (plain, sealed))
    yield from (begun.with_suffix(ending) for ending in _BESIDE)
    yield manifest_path(begun)
