"""The files of one configuration as they were read, each once: what was checked is what was there."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Texts:
    """Reads a file when it is asked for first, and keeps what it read."""

    files: dict[Path, bytes] = field(default_factory=dict)
    """By absolute path."""
    folders: dict[Path, tuple[Path, ...]] = field(default_factory=dict)
    """What was found in each folder that was looked into."""

    def read(self, path: Path) -> bytes:
        """Raises OSError."""
        place = absolute(path)
        if place not in self.files:
            self.files[place] = place.read_bytes()
        return self.files[place]

    def listed(self, folder: Path, suffix: str) -> list[Path]:
        """The files with a suffix in a folder, in the order of their names."""
        place = absolute(folder)
        if place not in self.folders:
            self.folders[place] = tuple(sorted(place.glob(f"*{suffix}")))
        return list(self.folders[place])

    def changed(self, changes: Mapping[Path, bytes | None]) -> "Texts":
        """The same with other contents of some files; None: there is no such file."""
        files = {**self.files, **changes}
        kept = {path: content for path, content in files.items() if content is not None}
        folders = {folder: _files_in(folder, paths, changes) for folder, paths in self.folders.items()}
        return Texts(kept, folders)


def absolute(path: Path) -> Path:
    """The path from the root, with links as they are."""
    return Path(os.path.abspath(path))


def _files_in(
    folder: Path, known: tuple[Path, ...], changes: Mapping[Path, bytes | None]
) -> tuple[Path, ...]:
    added = {path for path, content in changes.items() if content is not None and path.parent == folder}
    removed = {path for path, content in changes.items() if content is None}
    return tuple(sorted({*known, *added} - removed))
