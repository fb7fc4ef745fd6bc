"""What lies in the second tier, as far as it tells itself: the recordings of its folders by day."""

from collections.abc import Iterator
from datetime import date, timedelta
from os import walk
from pathlib import Path

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
