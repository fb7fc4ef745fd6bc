"""What engines have said, on the disk: files by what is said, of which those longest unused go.

A file's name ends with a check of what is in it, so that one a crash or a disk has spoilt is told from a
good one, whatever is broken, and is made anew.
"""

import os
import zlib
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SUFFIX = ".wav"
_UNFINISHED = ".new"


@dataclass(frozen=True, slots=True)
class _Kept:
    path: Path
    size_bytes: int


class SpeechCache:
    """For one thread at a time. What lies in the folder is looked at when it is first needed."""

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes
        self._kept: OrderedDict[str, _Kept] | None = None
        self._size_bytes = 0

    def get(self, digest: str) -> bytes | None:
        """What was kept by this name; None when nothing was, or it was spoilt, which removes it."""
        kept = self._files().get(digest)
        if kept is None:
            return None
        try:
            content = kept.path.read_bytes()
        except OSError:
            content = b""
        if kept.path.name != _file_name(digest, content):
            self._remove(digest)
            return None
        self._files().move_to_end(digest)
        with suppress(OSError):  # the order of use outlives the switch in the files' own times
            os.utime(kept.path)
        return content

    def put(self, digest: str, content: bytes) -> None:
        """Keep it, whole or not at all; older ones make room. Raises OSError."""
        files = self._files()
        self._remove(digest)
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / _file_name(digest, content)
        beside = path.with_name(f".{path.name}{_UNFINISHED}")
        try:
            beside.write_bytes(content)
            os.replace(beside, path)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
        files[digest] = _Kept(path, len(content))
        self._size_bytes += len(content)
        self._make_room()

    @property
    def size_bytes(self) -> int:
        return self._size_bytes

    def _files(self) -> OrderedDict[str, _Kept]:
        """By digest, the longest unused first."""
        if self._kept is None:
            found = sorted(self._found(), key=lambda entry: entry[0])
            self._kept = OrderedDict((digest, kept) for _, digest, kept in found)
            self._size_bytes = sum(kept.size_bytes for kept in self._kept.values())
            self._make_room()
        return self._kept

    def _found(self) -> list[tuple[int, str, _Kept]]:
        """What lies in the folder, with the time of its last use. What a crash left half written goes."""
        try:
            entries = list(os.scandir(self._folder))
        except OSError:  # there is none yet, or it cannot be had, as ``put`` will tell
            return []
        found = []
        for entry in entries:
            path, (digest, dot, _) = Path(entry.path), entry.name.partition(".")
            if entry.name.endswith(_UNFINISHED):
                path.unlink(missing_ok=True)
            elif digest and dot and entry.name.endswith(SUFFIX) and entry.is_file(follow_symlinks=False):
                facts = entry.stat(follow_symlinks=False)
                found.append((facts.st_mtime_ns, digest, _Kept(path, facts.st_size)))
        return found

    def _make_room(self) -> None:
        """The newest stays, however large it is."""
        files = self._files()
        while self._size_bytes > self._limit_bytes and len(files) > 1:
            self._remove(next(iter(files)))

    def _remove(self, digest: str) -> None:
        kept = self._files().pop(digest, None)
        if kept is not None:
            self._size_bytes -= kept.size_bytes
            with suppress(OSError):
                kept.path.unlink(missing_ok=True)


def _file_name(digest: str, content: bytes) -> str:
    return f"{digest}.{zlib.crc32(content):08x}{SUFFIX}"
