"""Paths as people read them."""

from pathlib import Path


def shown_path(path: str | Path) -> str:
    """From the current folder when it lies below it, else as it stands; nothing for no path."""
    if path == "":
        return ""
    here, wanted = Path.cwd(), Path(path)
    return str(wanted.relative_to(here) if wanted.is_relative_to(here) else wanted)
