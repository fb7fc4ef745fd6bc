"""What the runs before left behind: recordings without an end, and files of which nothing is known."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

import structlog

from media.recordings.folder import clock_of, recordings_since
from media.recordings.homecoming import Folders
from media.recordings.leftovers import remove_if_within, whole_of
from media.recordings.manifest import manifest_path
from media.recordings.rest import recording_of
from switch.archive.finishing import End, adopt, finish
from switch.archive.notes import RecordingNote

log = structlog.get_logger(__name__)


class Aftermath:
    """Worked off recording by recording, so that what happens now need not wait for what happened before."""

    def __init__(self, folders: Folders, is_known: Callable[[str], bool]) -> None:
        """``is_known``: whether the journal tells of a recording."""
        self._folders = folders
        self._is_known = is_known
        self._unfinished: deque[RecordingNote] = deque()
        self._files: Iterator[Path] = iter(())
        self._adopted: set[str] = set()
        """Their events may not be in the journal yet."""
        self._began: dict[Path, float] = {}
        """When this run began by the clock of each folder whose disk was there then."""
        self._is_searched = self._misses = False
        self.is_begun = False

    @property
    def searched_to(self) -> str:
        """The first day that the next run need look at; empty while it is not known that all was searched."""
        if not self._is_searched or self._misses or len(self._began) < len(self._folders.all()):
            return ""
        began = datetime.fromtimestamp(min(self._began.values()), UTC).astimezone()
        return f"{began - timedelta(days=1):%Y-%m-%d}"

    def note_moment(self) -> None:
        """This run begins: a file that is written to from now on is not left behind."""
        for folder in self._folders.all():
            try:
                self._folders.require(folder)
                self._began[folder] = clock_of(folder)
            except OSError as error:
                log.warning("a folder is not searched for recordings left behind", reason=str(error))

    def begin(self, unfinished: Iterable[RecordingNote], day: str) -> None:
        """The recordings that have no end in the journal; files are looked at from ``day`` on."""
        self._unfinished.extend(unfinished)
        self._files = chain.from_iterable(recordings_since(folder, day) for folder in self._began)
        self.is_begun = True

    def step(self) -> End | None:
        """Finish one recording; None when nothing is left.

        Raises OSError when nothing is left but what must be tried again.
        """
        end, refused = self._finish_next()
        if end is None and not self._is_searched:
            end = self._adopt_next()
        if end is None and refused is not None:
            raise refused
        return end

    def _finish_next(self) -> tuple[End | None, OSError | None]:
        """The first that can be finished, or what a disk objected to last; those before it wait."""
        refused = None
        for _ in range(len(self._unfinished)):
            try:
                end = finish(self._unfinished[0], self._folders)
            except OSError as error:
                refused = error
                self._unfinished.rotate(-1)
            else:
                self._unfinished.popleft()
                return end, None
        return None, refused

    def _adopt_next(self) -> End | None:
        try:
            for path in self._files:
                if end := self._look_at(path):
                    return end
        except OSError as error:
            self._miss(error)
        self._is_searched = True
        return None

    def _look_at(self, path: Path) -> End | None:
        """None for one that was not left behind, or must wait for the next run."""
        try:
            if self._is_left_behind(path):
                return self._adopt(path)
            self._remove_part(path)
        except OSError as error:
            self._miss(error)
        return None

    def _is_left_behind(self, path: Path) -> bool:
        begun = recording_of(path)
        if begun.stem in self._adopted or self._is_known(begun.stem):
            return False
        if any(place and manifest_path(place).exists() for place in self._folders.places_of(begun)):
            return False
        return self._is_of_earlier_run(path)

    def _is_of_earlier_run(self, path: Path) -> bool:
        return path.stat().st_mtime < min(self._began.values())

    def _remove_part(self, path: Path) -> None:
        """What a disk did not let go of when its recording became one file on another."""
        if whole_of(path, self._folders) is None or not self._is_of_earlier_run(path):
            return
        if remove_if_within(path, self._folders):
            log.info("a part of a recording that lies whole elsewhere was removed", path=str(path))

    def _adopt(self, path: Path) -> End:
        begun = recording_of(path)
        if begun != path:
            begun, _ = self._folders.places_of(begun)
        end = adopt(begun, self._folders)
        self._adopted.add(begun.stem)
        return end

    def _miss(self, error: OSError) -> None:
        log.warning("recordings that nobody knows are left to the next run", reason=str(error))
        self._misses = True
