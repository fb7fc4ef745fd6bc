"""The rest of a recording whose own disk failed: it lies in the spool until it joins its beginning.

recordings/2026-11-20/recording-1.wav            the beginning
spool/2026-11-20/recording-1.48000.rest.wav      what follows it, from its frame 48000 on

The name tells where a rest belongs, so that joining may be done again wherever it was cut off, also by the
media core, which lets the beginning grow in its place.
"""

import errno
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from media.events import Spans
from media.recordings.folder import SUFFIX
from media.recordings.tiers import sync_folder
from media.recordings.wav import RecordingError
from media.recordings.wav_file import WavFile, mend, read_wav_file

REST = ".rest.wav"
_NAME = re.compile(r"(?P<recording>[^.]+)(\.(?P<frame>\d+))?\.rest\.wav")
"""A rest that tells no frame, as earlier versions wrote it, follows what lies there."""
_WHOLE = ".whole.part"
_PIECE_BYTES = 1 << 20
_SILENCE = {"linear16": b"\0", "alaw": b"\xd5", "mulaw": b"\xff"}
"""An octet of it."""


class _Part(NamedTuple):
    """What lies in a recording from an octet of its samples on."""

    path: Path
    at: int
    wav: WavFile

    @property
    def end(self) -> int:
        return self.at + self.wav.whole_bytes


def recording_of(path: Path) -> Path:
    """The file that a rest belongs to, by its name; any other file is its own."""
    match = _NAME.fullmatch(path.name)
    return path if match is None else path.with_name(match["recording"] + SUFFIX)


def rests_of(place: Path) -> list[Path]:
    """The rests of a recording that lie beside ``place``, in order. Raises OSError."""
    if not place.parent.is_dir():
        return []
    with os.scandir(place.parent) as entries:
        names = [entry.name for entry in entries if entry.name.endswith(REST)]
    found = [place.with_name(name) for name in names if recording_of(place.with_name(name)) == place]
    return sorted(found, key=lambda rest: frame_of(rest) or 0)


def frame_of(rest: Path) -> int | None:
    """Where in its recording a rest begins; None when its name does not tell."""
    match = _NAME.fullmatch(rest.name)
    return None if match is None or match["frame"] is None else int(match["frame"])


def path_of_rest(place: Path, frame: int) -> Path:
    """Where the rest of a recording lies whose place beside it is ``place``."""
    return place.with_suffix(f".{frame}{REST}")


def join_rests(path: Path, rests: Iterable[Path]) -> Spans:
    """Bring what follows to the beginning at ``path``, one file again; what no part holds is silence.

    Returns from and to of each such silence, in milliseconds of the recording. May be done any number of
    times, and cut off anywhere. A rest without a header holds nothing and is left. Raises OSError, also when
    there is no room for the whole; then all are as they were, and alone.
    """
    parts = list(_parts(path, rests))
    following = [part for part in parts if part.path != path]
    lies_there = max((part.end for part in parts if part.path == path), default=-1)
    if any(part.end > lies_there for part in following):
        _join(parts, path)
    for part in following:
        part.path.unlink()
    return tuple(_holes(parts))


def _holes(parts: Sequence[_Part]) -> Iterator[tuple[float, float]]:
    """What lies between them, of those that are in order."""
    end = 0
    for part in parts:
        ms_an_octet = 1000 / (part.wav.frame_bytes * part.wav.rate_hz)
        if part.at > end:
            yield end * ms_an_octet, part.at * ms_an_octet
        end = max(end, part.end)


def _join(parts: Sequence[_Part], path: Path) -> None:
    whole = path.with_suffix(_WHOLE)
    whole.unlink(missing_ok=True)  # torn by a crash
    _require_room(path.parent, parts)
    try:
        _write_whole(parts, whole)
    except OSError:
        whole.unlink(missing_ok=True)
        raise
    whole.replace(path)
    sync_folder(path.parent)


def is_readable(path: Path) -> bool:
    """Whether a file is there and has a header. Raises OSError."""
    try:
        read_wav_file(path)
    except (FileNotFoundError, RecordingError):
        return False
    return True


def _parts(path: Path, rests: Iterable[Path]) -> Iterator[_Part]:
    """Those that hold something, in order, each mended."""
    end = 0
    for each in filter(is_readable, (path, *rests)):
        wav = mend(each)
        lies = each if each == path else _numbered(each, end // wav.frame_bytes)
        part = _Part(lies, (frame_of(lies) or 0) * wav.frame_bytes, wav)
        end = part.end
        yield part


def _numbered(rest: Path, frame: int) -> Path:
    return rest if frame_of(rest) is not None else rest.rename(path_of_rest(recording_of(rest), frame))


def _write_whole(parts: Sequence[_Part], whole: Path) -> None:
    first = parts[0]
    with whole.open("w+b") as file:
        with first.path.open("rb") as begun:
            file.write(begun.read(first.wav.data_at))
        for part in parts:
            _place(file, part, first.wav.data_at + part.at)
        file.flush()
        os.fsync(file.fileno())
    mend(whole)


def _place(file: BinaryIO, part: _Part, at: int) -> None:
    """Let a part lie behind what was written, of which nothing beyond its beginning counts."""
    written = file.seek(0, os.SEEK_END)
    if written > at:
        file.truncate(at)
    silence = _SILENCE[part.wav.format]
    for begun in range(written, at, _PIECE_BYTES):
        file.write(silence * min(_PIECE_BYTES, at - begun))
    file.seek(at)
    with part.path.open("rb") as source:
        source.seek(part.wav.data_at)
        shutil.copyfileobj(source, file, _PIECE_BYTES)


def _require_room(folder: Path, parts: Sequence[_Part]) -> None:
    """Raises OSError: what is tried again and again must not write until the disk is full."""
    needed = parts[0].wav.data_at + max(part.end for part in parts)
    if shutil.disk_usage(folder).free < needed:
        text = f"there is no room for {needed} octets, to join {parts[-1].path} to"
        raise OSError(errno.ENOSPC, text, str(folder))
