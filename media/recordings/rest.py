"""The rest of a recording whose own disk failed: it lies in the spool until it joins its beginning.

recordings/2026-11-20/recording-1.wav          the beginning
spool/2026-11-20/recording-1.rest.wav          what follows it
"""

import errno
import os
import shutil
from pathlib import Path

from media.recordings.wav import RecordingError
from media.recordings.wav_file import mend

REST = ".rest.wav"
_WHOLE = ".whole.part"
_PIECE_BYTES = 1 << 20


def join_rest(path: Path, rest: Path) -> None:
    """Bring the rest, if there is one, to its beginning, one file again.

    May be done any number of times, and cut off anywhere. A rest without a header holds nothing and is left.
    Raises OSError, also when there is no room for the whole; then both are as they were, and alone.
    """
    whole = path.with_suffix(_WHOLE)
    if rest.exists():
        try:
            _write_whole(path, rest, whole)
        except RecordingError:
            return
        rest.unlink()  # from here on the whole is all there is
    if whole.exists():
        mend(whole)
        whole.replace(path)


def _write_whole(path: Path, rest: Path, whole: Path) -> None:
    mend(path)
    following = mend(rest)
    if whole.exists():
        whole.unlink()  # torn by a crash
    _require_room(path, rest)
    try:
        _copy_both(path, rest, following.data_at, whole)
    except OSError:
        whole.unlink(missing_ok=True)
        raise


def _copy_both(path: Path, rest: Path, following_at: int, whole: Path) -> None:
    with whole.open("wb") as file, path.open("rb") as first, rest.open("rb") as second:
        second.seek(following_at)
        for source in (first, second):
            shutil.copyfileobj(source, file, _PIECE_BYTES)
        file.flush()
        os.fsync(file.fileno())


def _require_room(path: Path, rest: Path) -> None:
    """Raises OSError: what is tried again and again must not write until the disk is full."""
    needed = path.stat().st_size + rest.stat().st_size
    if shutil.disk_usage(path.parent).free < needed:
        raise OSError(errno.ENOSPC, f"there is no room for {needed} octets, to join {rest} to", str(path))
