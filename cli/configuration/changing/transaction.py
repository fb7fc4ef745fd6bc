"""Several files changed whole or not at all, whenever the power goes.

What is to be done is first written to a journal beside the configuration; from that moment on it holds, and
whoever finds the journal does it to its end. Each step may be done twice.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any

from cli.configuration.changing.disk import Disk, put
from cli.configuration.changing.versions import Version, VersionStore, digest


@dataclass(frozen=True, slots=True)
class FileChange:
    """What becomes of one file, by the fingerprints of its contents; None: there is no such file."""

    path: Path
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Transaction:
    """Changes that hold together, and the version that they make."""

    changes: tuple[FileChange, ...]
    version: Version


class Recovery(Enum):
    """What was found of a change that was cut off."""

    NOTHING = auto()
    FINISHED = auto()
    LEFT = auto()
    """Somebody has changed the files since: they stay as they are."""


def journal_of(main: Path) -> Path:
    """Where a change of this configuration is written down while it is made."""
    return main.with_name(f"{main.name}.changing")


def carry_out(transaction: Transaction, main: Path, store: VersionStore, disk: Disk) -> None:
    """Change the files, whose contents are in the store. Raises OSError."""
    journal = journal_of(main)
    put(disk, journal, json.dumps(_to_data(transaction, store)).encode())
    _finish(transaction, journal, store, disk)


def recover(main: Path, disk: Disk | None = None) -> Recovery:
    """Finish a change of this configuration that was cut off. Raises OSError, ValueError."""
    disk = disk or Disk()
    journal = journal_of(main)
    try:
        data = json.loads(journal.read_bytes())
    except FileNotFoundError:
        return Recovery.NOTHING
    transaction = _from_data(data)
    if any(_fingerprint(change.path) not in (change.before, change.after) for change in transaction.changes):
        disk.remove(journal)
        return Recovery.LEFT
    _finish(transaction, journal, VersionStore(Path(data["store"]), data["kept"], disk), disk)
    return Recovery.FINISHED


def _finish(transaction: Transaction, journal: Path, store: VersionStore, disk: Disk) -> None:
    for change in transaction.changes:
        if change.after is None:
            disk.remove(change.path)
        else:
            put(disk, change.path, store.content(change.after))
    store.add(transaction.version)
    disk.remove(journal)


def _fingerprint(path: Path) -> str | None:
    try:
        return digest(path.read_bytes())
    except FileNotFoundError:
        return None


def _to_data(transaction: Transaction, store: VersionStore) -> dict[str, Any]:
    changes = [[str(each.path), each.before, each.after] for each in transaction.changes]
    return {
        "store": str(store.folder),
        "kept": store.kept,
        "changes": changes,
        "version": asdict(transaction.version),
    }


def _from_data(data: Mapping[str, Any]) -> Transaction:
    changes = tuple(FileChange(Path(path), before, after) for path, before, after in data["changes"])
    return Transaction(changes, Version.from_data(data["version"]))
