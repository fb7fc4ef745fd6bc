"""How a recording is removed from the disk, with everything that lies beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from media.recordings.forms import KEPT_FORMS, SEALED
from media.recordings.manifest import manifest_path
from media.recordings.rest import REST
from media.recordings.tiers import Access, lies_of, manifest_beside, remove

_PART = ".part"
_BESIDE = (REST, ".whole.part", ".png", ".svg", ".analysis.json")
"""What lies beside a recording is called so behind its name: rests, pictures, analysis."""


@dataclass(frozen=True, slots=True)
class Remover:
    """Removes recordings wherever parts of them may lie."""

    folder: Path
    spool: Path | None
    access: Access

    def remove(self, begun: Path, moved_to: str | None) -> list[Path]:
        """Remove what there is; ``begun`` is the file as its events name it. Returns what this machine had.

        ``moved_to``: where in the second tier it is, or None. May be done any number of times. The manifest
        goes last: a sound without one would be taken for one that nobody knows. Raises OSError, DiskAway when
        nobody can tell what there is.
        """
        self.access.disks.require(begun)
        if moved_to is not None:
            remove(lies_of(moved_to), self.access)
            remove(manifest_beside(lies_of(moved_to)), self.access)
        removed = []
        for path in (*self._spooled(begun), *_names(begun)):
            try:
                path.unlink()
            except FileNotFoundError:
                continue
            removed.append(path)
        return removed

    def _spooled(self, begun: Path) -> Iterator[Path]:
        """What follows it in the spool after its own disk failed."""
        if self.spool is not None and begun.is_relative_to(self.folder):
            yield (self.spool / begun.relative_to(self.folder)).with_suffix(REST)


def _names(begun: Path) -> Iterator[Path]:
    """All that a recording may lie as, and be accompanied by."""
    for form in KEPT_FORMS:
        plain = begun.with_suffix(form.suffix)
        sealed = plain.with_name(plain.name + SEALED)
        yield from (plain, sealed)
        yield from (path.with_name(path.name + _PART) for path in (plain, sealed))
    yield from (begun.with_suffix(ending) for ending in _BESIDE)
    yield manifest_path(begun)
