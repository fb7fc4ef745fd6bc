"""What the runs before left behind: recordings without an end, and files of which nothing is known."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from media.recordings.folder import clock_of, recordings_since
from media.recordings.manifest import manifest_path
from switch.archive.finishing import End, adopt, finish
from switch.archive.notes import RecordingNote

log = structlog.get_logger(__name__)


class Aftermath:
    """Worked off recording by recording, so that what happens now need not wait for what happened before."""

    def __init__(self, folder: Path, is_known: Callable[[str], bool], *, spool: Path | None = None) -> None:
        """``is_known``: whether the journal tells of a recording."""
        self._folder = folder
        self._spool = spool
        self._is_known = is_known
        self._unfinished: deque[RecordingNote] = deque()
        self._files: Iterator[Path] = iter(())
        self._began = 0.0
        self._is_searched = False
        self.is_begun = False

    @property
    def searched_to(self) -> str:
        """The first day that the next run need look at; empty while the folder is not looked through."""
        if not self._is_searched:
            return ""
        return f"{datetime.fromtimestamp(self._began, UTC).astimezone() - timedelta(days=1):%Y-%m-%d}"

    def note_moment(self) -> None:
        """This run begins: a file that is written to from now on is not left behind."""
        try:
            self._began = clock_of(self._folder)
        except OSError:  # without a folder there are no files
            self._began = 0.0

    def begin(self, unfinished: Iterable[RecordingNote], day: str) -> None:
        """The recordings that have no end in the journal; files are looked at from ``day`` on."""
        self._unfinished.extend(unfinished)
        self._files = recordings_since(self._folder, day)
        self.is_begun = True

    def step(self) -> End | None:
        """Finish one recording; None when nothing is left. Raises OSError when that must be tried again."""
        if self._unfinished:
            end = finish(self._unfinished[0], self._folder, self._spool)
            self._unfinished.popleft()
            return end
        return None if self._is_searched else self._adopt_next()

    def _adopt_next(self) -> End | None:
        try:
            for path in self._files:
                if self._is_left_behind(path):
                    return adopt(path)
            self._is_searched = True
        except OSError as error:
            log.warning("recordings that nobody knows are not searched further", reason=str(error))
        return None

    def _is_left_behind(self, path: Path) -> bool:
        if manifest_path(path).exists() or self._is_known(path.stem):
            return False
        return path.stat().st_mtime < self._began
