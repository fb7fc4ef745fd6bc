"""How a recording is removed from the disks, with everything that lies beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from media.recordings.forms import KEPT_FORMS, SEALED
from media.recordings.homecoming import Folders
from media.recordings.manifest import manifest_path
from media.recordings.rest import rests_of
from media.recordings.stored import stored_of
from media.recordings.tiers import Access, lies_of, manifest_beside, remove

_PART = ".part"
_BESIDE = (".whole.part", ".png", ".svg", ".analysis.json")
"""What lies beside a recording is called so behind its name: pictures, analysis."""


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
        nobody can tell what there is, on whichever disk.
        """
        places = [*self._elsewhere(begun), begun]
        for place in places:
            self.access.disks.require(place)
        self._remove_moved(begun, moved_to)
        removed = []
        for path in (name for place in places for name in _names(place)):
            try:
                path.unlink()
            except FileNotFoundError:
                continue
            removed.append(path)
        return removed

    def _elsewhere(self, begun: Path) -> Iterator[Path]:
        """Where a part of it may have stayed: in the spool, or in the folder where it ended in the spool."""
        home, spooled = Folders(self.folder, self.spool).places_of(begun)
        yield from (place for place in (home, spooled) if place not in (None, begun))

    def _remove_moved(self, begun: Path, moved_to: str | None) -> None:
        """Moving that was cut off leaves a copy of which no manifest tells."""
        if moved_to is None:
            for lies in list(stored_of(begun, (self.folder, self.spool), self.access)):
                remove(lies, self.access)
        else:
            remove(lies_of(moved_to), self.access)
            remove(manifest_beside(lies_of(moved_to)), self.access)


def _names(begun: Path) -> Iterator[Path]:
    """All that a recording may lie as, and be accompanied by."""
    yield from rests_of(begun)
    for form in KEPT_FORMS:
        plain = begun.with_suffix(form.suffix)
        sealed = plain.with_name(plain.name + SEALED)
        yield from (plain, sealed)
        yield from (path.with_name(path.name + _PART) for path in (plain, sealed))
    yield from (begun.with_suffix(ending) for ending in _BESIDE)
    yield manifest_path(begun)
