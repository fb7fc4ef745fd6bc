"""The configurations the switch went by: a list of versions, and the files they consist of.

    <folder>/<number>.json   who, when, why, and which files with which contents
    <folder>/files/<sha256>  a content, once however many versions have it

Contents are written first and never changed. A shell; its methods block.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from cli.configuration.changing.disk import Disk, put
from runtime.errors import UsageError

_SUFFIX = ".json"


class Origin(StrEnum):
    """How a version came to be."""

    START = "start"
    """Found when the switch started: changed while it did not run."""
    FILES = "files"
    """Changed in the files, and read anew."""
    CHANGE = "change"
    """Changed by a verb."""
    UNDO = "undo"
    """An earlier one, brought back."""


@dataclass(frozen=True, slots=True)
class Version:
    """One configuration, with its tenants'."""

    number: int
    at: float
    """Wall clock, in seconds."""
    origin: Origin
    files: Mapping[str, str]
    """Path from the configuration's folder → SHA-256 of what was in it."""
    by: str = ""
    why: str = ""
    acting: str = ""
    """The tenant whose client changed it."""
    own: Mapping[str, int] = field(default_factory=dict)
    """How often each tenant's file was another by then: the numbers of its own versions."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Version":
        return cls(**{**data, "origin": Origin(data["origin"])})


def digest(content: bytes) -> str:
    """What tells a content from others."""
    return sha256(content).hexdigest()


class VersionStore:
    """The versions that are kept."""

    def __init__(self, folder: Path, kept: int = 200, disk: Disk | None = None) -> None:
        """``kept``: so many; older ones are forgotten."""
        self.folder = folder
        self.kept = kept
        self._disk = disk or Disk()

    def versions(self) -> list[Version]:
        """All that are kept, the oldest first. Raises UsageError when one cannot be read."""
        if not self.folder.is_dir():
            return []
        return [self._read(number) for number in sorted(self._numbers())]

    def newest(self) -> Version | None:
        """None when there is none yet."""
        number = max(self._numbers(), default=None) if self.folder.is_dir() else None
        return None if number is None else self._read(number)

    def content(self, fingerprint: str) -> bytes:
        """Raises UsageError when it is lost."""
        try:
            return self._file(fingerprint).read_bytes()
        except OSError as fault:
            raise UsageError(f"this version cannot be read: {fault}") from fault

    def keep(self, contents: Iterable[bytes]) -> None:
        """Have contents on the disk, for a version to name. Raises OSError."""
        for content in contents:
            path = self._file(digest(content))
            if not path.exists():
                put(self._disk, path, content)

    def add(self, version: Version) -> None:
        """Keep one more, whose contents are kept already, and forget the oldest. Raises OSError."""
        text = json.dumps(asdict(version), ensure_ascii=False, indent=1)
        put(self._disk, self.folder / f"{version.number:06}{_SUFFIX}", text.encode())
        numbers = sorted(self._numbers())
        if len(numbers) > self.kept:
            self._forget(numbers[: -self.kept])

    def _forget(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self._disk.remove(self.folder / f"{number:06}{_SUFFIX}")
        named = {fingerprint for version in self.versions() for fingerprint in version.files.values()}
        for path in self._file("").iterdir():
            if path.name not in named:
                self._disk.remove(path)

    def _numbers(self) -> list[int]:
        return [int(path.stem) for path in self.folder.glob(f"[0-9]*{_SUFFIX}")]

    def _read(self, number: int) -> Version:
        path = self.folder / f"{number:06}{_SUFFIX}"
        try:
            return Version.from_data(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, TypeError, KeyError) as fault:
            raise UsageError(f"{path} tells of no version: {fault}") from fault

    def _file(self, fingerprint: str) -> Path:
        return self.folder / "files" / fingerprint


def next_version(
    newest: Version | None,
    files: Mapping[str, str],
    tenants: Mapping[str, str],
    *,
    at: float,
    origin: Origin,
    by: str = "",
    why: str = "",
    acting: str = "",
) -> Version | None:
    """What is kept once these files hold; None when they are those of the newest version.

    ``tenants``: whose each file is, for those of tenants, gone ones too.
    """
    before = newest.files if newest else {}
    if files == before:
        return None
    own = dict(newest.own) if newest else {}
    for path, tenant in tenants.items():
        if files.get(path) != before.get(path):
            own[tenant] = own.get(tenant, 0) + 1
    number = newest.number + 1 if newest else 1
    return Version(number, at, origin, files, by, why, acting, own)
