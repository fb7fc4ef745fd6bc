"""Disks that fail as real ones do: small, read-only and hanging ones. Needs the right to mount."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest

_LONGEST_HANG_S = 30
_SLOW_S = 0.8


@contextmanager
def small_disk(place: Path, size_kb: int) -> Iterator[Path]:
    """A file system in memory with so much room."""
    with _mounted(place, "-t", "tmpfs", "-o", f"size={size_kb}k", "tmpfs"):
        yield place


@contextmanager
def read_only_disk(place: Path) -> Iterator[Path]:
    """One that nobody may write to."""
    with _mounted(place, "-t", "tmpfs", "-o", "ro", "tmpfs"):
        yield place


class HangingDisk:
    """A file system in a file; ``hang`` lets every write to it wait until ``go_on``."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._is_guarded = False

    def hang(self) -> None:
        """For half a minute at most, whatever becomes of this process."""
        if not self._is_guarded:
            thaw = f"(sleep {_LONGEST_HANG_S}; fsfreeze -u {self.place}) > /dev/null 2>&1 &"
            _run("sh", "-c", thaw)
            self._is_guarded = True
        _run("fsfreeze", "-f", str(self.place))

    def go_on(self) -> None:
        """It may do so already, when half a minute is over."""
        with suppress(subprocess.CalledProcessError):
            _run("fsfreeze", "-u", str(self.place))

    @contextmanager
    def slow(self) -> Iterator[None]:
        """Writes wait for most of the time, for the length of the block."""
        over = Event()
        braking = Thread(target=self._brake, args=(over,))
        braking.start()
        try:
            yield
        finally:
            over.set()
            braking.join(_LONGEST_HANG_S)

    def _brake(self, over: Event) -> None:
        while not over.is_set():
            with suppress(subprocess.CalledProcessError):
                self.hang()
            over.wait(_SLOW_S)
            self.go_on()
            over.wait(_SLOW_S / 20)


@contextmanager
def hanging_disk(place: Path, image: Path, size_mb: int) -> Iterator[HangingDisk]:
    """One that can be made to hang; ``image`` is the file that holds it."""
    with image.open("wb") as file:
        file.truncate(size_mb << 20)
    _run("mkfs.ext4", "-q", "-O", "^has_journal", str(image))
    with _mounted(place, "-o", "loop", str(image)):
        yield HangingDisk(place)


@contextmanager
def _mounted(place: Path, *what: str) -> Iterator[None]:
    place.mkdir(exist_ok=True)
    done = subprocess.run(
        ["mount", *what, str(place)], capture_output=True, text=True, timeout=10, check=False
    )
    if done.returncode:
        pytest.skip(f"needs the right to mount: {done.stderr.strip()}")
    try:
        yield
    finally:
        _run("umount", "-l", str(place))


def _run(*command: str) -> None:
    subprocess.run(command, capture_output=True, timeout=10, check=True)
