"""The hash by which a recording is known to be unchanged."""

from hashlib import file_digest
from pathlib import Path


def sha256_of(path: Path) -> str:
    """As ``recording.completed`` tells it: of the whole file, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
