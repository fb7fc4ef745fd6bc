"""Which disks recordings lie on, kept beside the journal: what a folder itself says is gone with its disk."""

from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

from media.recordings.disks import Disks, mark_in, write_mark
from switch.archive.state_file import StateFile

log = structlog.get_logger(__name__)

_STATE = "disks.json"


def known_disks(journal: Path) -> Disks:
    """The disks that the switch has met. ``journal``: its folder."""
    return Disks(marks=StateFile(journal / _STATE).read())


def meet_disks(journal: Path, folders: Iterable[Path | None], new_id: Callable[[str], str]) -> Disks:
    """The same after every folder that is not known yet was given a mark, or its own was noted.

    Folders that are known are not touched, since their disks may hang; one that cannot be marked is taken as
    it is, and tried again at the next start.
    """
    known = known_disks(journal).marks
    met = dict(known)
    for folder in folders:
        if folder is not None and folder not in met:
            try:
                met[folder] = _mark_of(folder, new_id)
            except OSError as error:
                log.warning("a disk of recordings cannot be marked", folder=str(folder), reason=str(error))
    if met != known:
        _keep(journal, met)
    return Disks(marks=met)


def _mark_of(folder: Path, new_id: Callable[[str], str]) -> str:
    mark = mark_in(folder)
    if not mark:
        mark = new_id("disk")
        write_mark(folder, mark)
    return mark


def _keep(journal: Path, marks: dict[Path, str]) -> None:
    try:
        journal.mkdir(parents=True, exist_ok=True)
        StateFile(journal / _STATE).keep({str(folder): mark for folder, mark in marks.items()})
    except OSError as error:
        log.warning("the marks of disks are not kept", reason=str(error))
