"""Files that hold passwords."""

import os
from pathlib import Path

from runtime.errors import UsageError

_ONLY_OURS = 0o600
_FOLDER_ONLY_OURS = 0o700


def make_private(folder: Path) -> None:
    """A folder whose names nobody else can list, also where there was one already. Raises UsageError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(_FOLDER_ONLY_OURS)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made a folder of one's own: {error.strerror}") from error


def write_private(path: Path, content: bytes) -> None:
    """Readable for nobody else from its first octet on; whoever reads meanwhile has the one before whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ONLY_OURS)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    fresh.replace(path)
