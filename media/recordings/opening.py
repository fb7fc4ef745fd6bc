"""The plain content of a recording, wherever it lies and whether it is encrypted or not."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from media.recordings.forms import is_sealed
from media.recordings.keys import read_identities
from media.recordings.sealing import Target, unseal
from media.recordings.tiers import Access, Lies, open_lying


@contextmanager
def opened(lies: Lies, access: Access) -> Iterator[Path]:
    """Where the plain content of a file can be read: itself, or memory that is gone afterwards.

    There is never a plain copy of an encrypted one on a disk. Raises what ``write_plain`` raises.
    """
    if isinstance(lies, Path) and not is_sealed(lies):
        yield lies
        return
    with os.fdopen(os.memfd_create("recording"), "w+b") as memory:
        write_plain(lies, memory, access)
        memory.flush()
        yield Path(f"/proc/{os.getpid()}/fd/{memory.fileno()}")


def write_plain(lies: Lies, target: Target, access: Access) -> None:
    """Write it all. Raises UsageError without the right key, RecordingError for a damaged one, OSError."""
    with open_lying(lies, access) as source:
        if is_sealed(lies):
            identities = [] if access.identity is None else read_identities(access.identity)
            unseal(source, str(lies), target, identities)
        else:
            shutil.copyfileobj(source, target)
