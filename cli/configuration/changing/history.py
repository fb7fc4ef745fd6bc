"""The versions of a configuration as the house, or one tenant's own client, is told of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cli.configuration.changing.answers import VersionView
from cli.configuration.changing.versions import Origin, Version
from runtime.errors import UsageError


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody sees of the versions."""

    file: str | None = None
    """Only this file, by its path from the configuration's folder; None: all."""
    acting: str = ""
    """The tenant whose client asks: its own versions are counted, and of others it learns nothing."""

    def of(self, files: Mapping[str, str]) -> dict[str, str]:
        """The files it sees."""
        return {path: each for path, each in files.items() if self.file in (None, path)}


@dataclass(frozen=True, slots=True)
class Entry:
    """One version in a scope."""

    number: int
    at: float
    origin: Origin
    by: str
    why: str
    files: Mapping[str, str]

    def view(self) -> VersionView:
        """Plain data."""
        origin = self.origin.value
        return {"version": self.number, "at": self.at, "origin": origin, "by": self.by, "why": self.why}


def history(versions: Sequence[Version], scope: Scope) -> list[Entry]:
    """The oldest first; only those in which something of the scope is other than before."""
    entries: list[Entry] = []
    for version in versions:
        files = scope.of(version.files)
        if not entries or files != entries[-1].files:
            entries.append(_entry(version, files, scope.acting))
    return entries


def _entry(version: Version, files: Mapping[str, str], acting: str) -> Entry:
    if not acting:
        return Entry(version.number, version.at, version.origin, version.by, version.why, files)
    number, is_own = version.own.get(acting, 0), version.acting == acting
    by, why = (version.by, version.why) if is_own else ("", "")
    return Entry(number, version.at, version.origin, by, why, files)


def numbered(entries: Sequence[Entry], number: int) -> Entry:
    """Raises UsageError when there is none, or none any more."""
    for entry in entries:
        if entry.number == number:
            return entry
    kept = f"{entries[0].number} to {entries[-1].number}" if entries else "none"
    raise UsageError(f"there is no version {number}; kept are {kept}")


def before_last_change(entries: Sequence[Entry]) -> Entry:
    """What an undo brings back: a second one goes a version further, and not to what the first undid.

    Raises UsageError when nothing earlier is kept.
    """
    if not entries:
        raise UsageError("no version of this is kept yet")
    now = entries[-1].files
    made = [
        place for place, each in enumerate(entries) if each.files == now and each.origin is not Origin.UNDO
    ]
    if not made or made[-1] == 0:
        raise UsageError("there is no earlier version to go back to")
    return entries[made[-1] - 1]
