"""The few things a change of files does to a disk. Each is done, and on the disk, when it returns."""

import os
from pathlib import Path
from stat import S_IMODE

_PRIVATE = 0o600
"""Of new files: a configuration holds passwords."""


class Disk:
    """A shell; raises OSError."""

    def write(self, path: Path, content: bytes) -> None:
        """Make a file, with the rights of the one it is to replace."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def replace(self, beside: Path, path: Path) -> None:
        """Put a file in another's place, with its rights and its owner."""
        if path.exists():
            known = path.stat()
            beside.chmod(S_IMODE(known.st_mode))
            if (known.st_uid, known.st_gid) != (os.geteuid(), os.getegid()):
                os.chown(beside, known.st_uid, known.st_gid)
        beside.replace(path)
        self._sync(path.parent)

    def remove(self, path: Path) -> None:
        """Also when it is gone already."""
        path.unlink(missing_ok=True)
        self._sync(path.parent)

    def _sync(self, folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def put(disk: Disk, path: Path, content: bytes) -> None:
    """Replace a file as a whole: whoever reads it finds the old one or the new one, links stay links."""
    place = path.resolve()
    beside = place.with_name(f"{place.name}.new")
    disk.write(beside, content)
    disk.replace(beside, place)
