"""Files put where phones fetch them: a folder for each phone, named by its token, and an index of all."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from runtime.errors import UsageError
from runtime.ids import Ids
from switch.provisioning.private_file import make_private, write_private
from switch.provisioning.shelf import NotAShelf, PhoneFiles, Shelf

INDEX = "index.json"


@dataclass(frozen=True, slots=True)
class NewFiles:
    """What one station's phone shall find."""

    make: str
    mac: str
    contents: Mapping[str, bytes]
    """By name below the phone's folder."""


def read_shelf(folder: Path) -> Shelf:
    """What was published; nothing when nothing was. Raises UsageError when it cannot be read."""
    path = folder / INDEX
    try:
        return Shelf.read(path.read_text("utf-8"))
    except FileNotFoundError:
        return Shelf({})
    except (OSError, NotAShelf) as error:
        raise UsageError(f"{path} cannot be read: {error}; remove it and publish anew") from error


def publish(folder: Path, new: Mapping[str, NewFiles], ids: Ids, *, whole: bool, renew: bool) -> Shelf:
    """Put files of stations on the shelf; ``whole``: and take away those of all others.

    A phone keeps the address it has its file from, unless all shall have others (``renew``).
    Raises UsageError.
    """
    before = read_shelf(folder).phones
    make_private(folder)
    after = {} if whole else dict(before)
    for station, files in new.items():
        known = before.get(station)
        kept = known.token if known is not None and not renew else ids.token() + ids.token()
        after[station] = PhoneFiles(station, files.make, files.mac, kept, tuple(files.contents))
        for name, content in files.contents.items():
            write_private(folder / kept / name, content)
    shelf = Shelf(after)
    write_private(folder / INDEX, shelf.write().encode("utf-8"))
    for gone in {phone.token for phone in before.values()} - {phone.token for phone in after.values()}:
        shutil.rmtree(folder / gone, ignore_errors=True)
    return shelf
