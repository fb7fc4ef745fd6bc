"""Parts of a recording that stayed where they were written after all of it had become one file elsewhere.

A disk that takes nothing may not even let go of what it has, and a process may be killed before.
"""

from pathlib import Path
from typing import BinaryIO

from media.recordings.homecoming import Folders
from media.recordings.manifest import manifest_path
from media.recordings.rest import frame_of, recording_of
from media.recordings.wav import RecordingError
from media.recordings.wav_file import WavFile, read_wav_file

_SHORTEST_HEADER = 44
_PIECE_BYTES = 1 << 20


def whole_of(part: Path, folders: Folders) -> Path | None:
    """The file beside its manifest that a part belongs to; None when there is none, or when it is that file.

    What was converted, encrypted or moved cannot be compared with.
    """
    for place in folders.places_of(recording_of(part)):
        if place not in (None, part) and manifest_path(place).exists() and place.is_file():
            return place
    return None


def is_within(part: Path, whole: Path) -> bool:
    """Whether each sample of a part lies in the whole where it belongs. Raises OSError."""
    try:
        inner, outer = read_wav_file(part), read_wav_file(whole)
    except RecordingError:
        return part.stat().st_size < _SHORTEST_HEADER  # of a file that could only be named
    frame = frame_of(part)
    if recording_of(part) != part and frame is None:
        return False  # nobody knows where it belongs
    at = (frame or 0) * outer.frame_bytes
    if inner.format != outer.format or at + inner.whole_bytes > outer.whole_bytes:
        return False
    return _is_same(part, inner, whole, outer.data_at + at)


def remove_if_within(part: Path, folders: Folders) -> bool:
    """Remove a part that lies whole elsewhere, octet for octet; whether it was. Raises OSError."""
    whole = whole_of(part, folders)
    if whole is None or not is_within(part, whole):
        return False
    part.unlink()
    return True


def _is_same(part: Path, wav: WavFile, whole: Path, at: int) -> bool:
    with part.open("rb") as inner, whole.open("rb") as outer:
        inner.seek(wav.data_at)
        outer.seek(at)
        return _are_same(inner, outer, wav.whole_bytes)


def _are_same(inner: BinaryIO, outer: BinaryIO, count: int) -> bool:
    while count > 0:
        piece = inner.read(min(_PIECE_BYTES, count))
        if not piece or piece != outer.read(len(piece)):
            return False
        count -= len(piece)
    return True
