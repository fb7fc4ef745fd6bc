"""What lies in the second tier, as far as it tells itself: the recordings of its folders by day."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from glob import escape
from os import walk
from pathlib import Path, PurePosixPath

from media.recordings.forms import form_of
from media.recordings.tiers import Access, Lies, StoredObject, store


def stored_between(access: Access, first: date, last: date) -> Iterator[Lies]:
    """The recordings in the folders of these days, both included, in order. Raises OSError on the way."""
    tier = access.tier
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        if tier.folder is not None:
            yield from _in_folder(tier.folder / day.isoformat())
        elif tier.bucket is not None:
            yield from _in_store(StoredObject(tier.bucket, f"{tier.prefix}{day.isoformat()}/"), access)


def name_in_tier(file: Path, folders: Iterable[Path | None]) -> PurePosixPath:
    """What a recording's file is called in the second tier: as below the first tier's folder that it lies in.

    One that lies in none of them is called by its day.
    """
    inside = (folder for folder in folders if folder is not None and file.is_relative_to(folder))
    return PurePosixPath(next((file.relative_to(folder) for folder in inside), Path(*file.parts[-2:])))


def stored_of(begun: Path, folders: Iterable[Path | None], access: Access) -> Iterator[Lies]:
    """All that the second tier has of one recording by its name, whatever manifests say. Raises OSError."""
    tier, place = access.tier, name_in_tier(begun, folders)
    beginning = f"{place.stem}."
    if tier.folder is not None:
        access.disks.require(tier.folder)
        yield from (tier.folder / place.parent).glob(f"{escape(beginning)}*")
    elif tier.bucket is not None:
        first = StoredObject(tier.bucket, f"{tier.prefix}{place.parent / beginning}")
        yield from (StoredObject(tier.bucket, key) for key in store(first, access).keys(first.key))


def recording_id_of(lies: Lies) -> str:
    """What the name of a recording's file tells, whatever its form."""
    return str(lies).rpartition("/")[2].partition(".")[0]


def _in_folder(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for below, folders, names in walk(folder, onerror=_raise):
        folders.sort()
        yield from (Path(below, name) for name in sorted(names) if _is_recording(name))


def _in_store(day: StoredObject, access: Access) -> Iterator[StoredObject]:
    keys = store(day, access).keys(day.key)
    yield from (StoredObject(day.bucket, key) for key in keys if _is_recording(key))


def _is_recording(name: str) -> bool:
    try:
        form_of(name)
    except ValueError:
        return False
    return True


def _raise(error: OSError) -> None:
    raise error
