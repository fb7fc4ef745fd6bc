"""How what a process left of a recording comes to lie whole in its place.

recordings/2026-11-20/recording-1.wav            its place: all of it, or the beginning
spool/2026-11-20/recording-1.48000.rest.wav      what followed, after its disk refused a block
spool/2026-11-20/recording-1.wav                 all of it, where that disk took nothing
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from media.events import Spans
from media.recordings.disks import Disks
from media.recordings.rest import is_readable, join_rests, rests_of
from media.recordings.tiers import Access, put
from media.recordings.wav import RecordingError
from media.recordings.wav_file import mend, read_wav_file


@dataclass(frozen=True, slots=True)
class Folders:
    """Where recordings are written."""

    folder: Path
    spool: Path | None = None
    disks: Disks = field(default_factory=Disks)

    def all(self) -> list[Path]:
        return [self.folder] if self.spool is None else [self.folder, self.spool]

    def require(self, folder: Path) -> None:
        """Raises DiskAway, FileNotFoundError when one of them is not there; OSError."""
        self.disks.require(folder)
        if not folder.is_dir():
            raise FileNotFoundError(f"there is no folder {folder}")

    def is_there(self, folder: Path) -> bool:
        try:
            self.require(folder)
        except OSError:
            return False
        return True

    def places_of(self, path: Path) -> tuple[Path, Path | None]:
        """Where a recording belongs, and where it may lie in the spool; ``path`` is either."""
        if self.spool is None:
            return path, None
        for folder in (self.spool, self.folder):
            if path.is_relative_to(folder):
                place = path.relative_to(folder)
                return self.folder / place, self.spool / place
        return path, None


class Home(NamedTuple):
    """Where a recording lies, in one file."""

    path: Path
    lost_ms: Spans = ()
    """What no disk had of it when it was joined just now: silence is there."""


def bring_home(begun: Path, folders: Folders) -> Home:
    """Where the recording that was begun as ``begun`` lies now: at its place if that can be.

    May be done any number of times, and cut off anywhere. Raises DiskAway while a part of it may lie on a
    disk that is not mounted, and OSError of a disk that does not take it.
    """
    home, spooled = folders.places_of(begun)
    if spooled is None:
        folders.require(folders.folder)
        return Home(home)
    folders.disks.require(spooled)
    if begun == spooled and not folders.is_there(folders.folder):
        return Home(spooled)
    folders.require(folders.folder)
    lost_ms = _join(home, spooled)
    return Home(_move(spooled, home) if spooled.exists() else home, lost_ms)


def last_written(begun: Path, folders: Folders) -> float:
    """When anything of a recording was last written, by the clocks of its disks. Raises FileNotFoundError."""
    places = [place for place in folders.places_of(begun) if place is not None]
    parts = [*places, *(rest for place in places for rest in rests_of(place))]
    moments = [part.stat().st_mtime for part in parts if part.exists()]
    if not moments:
        raise FileNotFoundError(f"there is nothing of {begun}")
    return max(moments)


def _join(home: Path, spooled: Path) -> Spans:
    """What lies whole in the spool has the rests already; where there is neither, its beginning is lost."""
    return join_rests(home if is_readable(home) else spooled, rests_of(spooled))


def _move(spooled: Path, home: Path) -> Path:
    """The longer of the two is all of it. It stays in the spool while its place does not take it."""
    if _length(home) <= _length(spooled):
        try:
            mend(spooled)
            put(spooled, home, Access())
        except (OSError, RecordingError):
            return spooled
    spooled.unlink()
    return home


def _length(path: Path) -> int:
    try:
        wav = read_wav_file(path)
    except (FileNotFoundError, RecordingError):
        return 0
    return wav.whole_bytes
