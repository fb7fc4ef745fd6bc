"""Each folder of recordings has a file that names its disk, so that an empty mount point is not taken for it.

run/recordings/.ringmain-disk     disk-5f0c9a1e7b2d4c38
"""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

MARKER = ".ringmain-disk"


class DiskAway(OSError):
    """A disk is not mounted where its folder is."""


class Disks(BaseModel):
    """The disks that are known. Plain data, which other processes can be told."""

    model_config = ConfigDict(frozen=True)

    marks: Mapping[Path, str] = {}
    """By folder, what its marker says. A folder without one is taken as it is."""

    def require(self, path: Path) -> None:
        """Raises DiskAway when the folder that a path is, or lies in, is not on its disk; OSError."""
        for folder, mark in self.marks.items():
            if path.is_relative_to(folder) and mark_in(folder) != mark:
                raise DiskAway(_what_to_do(folder, mark))


def mark_in(folder: Path) -> str | None:
    """What names the disk that lies there now; None when nothing does. Raises OSError."""
    try:
        return (folder / MARKER).read_text("utf-8", errors="replace").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None


def write_mark(folder: Path, mark: str) -> None:
    """Name the disk that lies there. Makes the folder if need be. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / MARKER).open("w", encoding="utf-8") as file:
        file.write(mark + "\n")
        file.flush()
        os.fsync(file.fileno())


def _what_to_do(folder: Path, mark: str) -> str:
    return (
        f"the disk of {folder} is not mounted: {folder / MARKER} does not say {mark}; mount it, or write "
        "that into the file if this is the folder from now on"
    )
