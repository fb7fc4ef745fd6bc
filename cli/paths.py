"""Paths as people read them."""

import os
from pathlib import Path


def shown_path(path: str | Path) -> str:
    """The path from the current folder, unless the path as it stands is shorter."""
    written = str(path)
    if not os.path.isabs(written):
        return written
    return min(os.path.relpath(written), written, key=len)
