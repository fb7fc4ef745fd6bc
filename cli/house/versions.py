"""The configuration's files of this switch: changed together, compared with what runs, and kept as versions.

A shell over ``cli/configuration/changing``; its methods block.
"""

import re
from collections.abc import Callable, Collection, Mapping
from os.path import relpath
from pathlib import Path

import structlog

from cli.configuration.changing.answers import DifferenceView
from cli.configuration.changing.differences import Difference, differences
from cli.configuration.changing.disk import Disk
from cli.configuration.changing.history import Entry, Scope, history
from cli.configuration.changing.objects import file_model
from cli.configuration.changing.transaction import FileChange, Transaction, carry_out
from cli.configuration.changing.versions import Origin, Version, VersionStore, digest, next_version
from cli.configuration.installation import Installation
from cli.configuration.tenants import TENANT_SUFFIX
from cli.configuration.texts import Texts, absolute
from cli.configuration.versions_config import VersionsConfig
from runtime.errors import UsageError
from runtime.tenancy import TENANT_PATTERN

_DIFFERENCES_TOLD = 10

log = structlog.get_logger(__name__)


class ConfigurationVersions:
    """Of one main file and the files of its tenants."""

    def __init__(self, main: Path, config: VersionsConfig, wall: Callable[[], float]) -> None:
        self.main = absolute(main)
        self._disk = Disk()
        self._store = VersionStore(config.folder, config.kept, self._disk)
        self._wall = wall

    def tenant_of(self, path: Path) -> str:
        """Whose file it is; empty for the house's."""
        return "" if path == self.main else path.stem

    def file_of(self, path: Path) -> str:
        """How versions name it."""
        return relpath(path, self.main.parent)

    def path_of(self, file: str) -> Path:
        return absolute(self.main.parent / file)

    def path_of_tenant(self, tenant: str, running: Installation) -> Path:
        """Of a tenant's file, whether there is one yet or not; of the house's when it is empty.

        Raises UsageError when the switch has no folder for tenants.
        """
        if not tenant:
            return self.main
        if not re.fullmatch(TENANT_PATTERN, tenant):
            raise UsageError(f"there is no tenant {tenant!r}, nor can there be one of that name")
        folder = running.configuration.tenants.folder
        if folder is None:
            raise UsageError("this switch has no folder for tenants; name one in [tenants]")
        return absolute(folder / f"{tenant}{TENANT_SUFFIX}")

    def note(self, texts: Texts, origin: Origin, by: str) -> int | None:
        """Keep what the switch goes by now, if it is other than the newest version. Never raises."""
        try:
            version = self._next(texts, self._store.newest(), origin, by, "", "")
            if version is not None:
                self._store.keep(texts.files.values())
                self._store.add(version)
        except (OSError, UsageError) as fault:
            log.error("this version of the configuration cannot be kept", error=str(fault))
            return None
        return version.number if version else None

    def change(
        self, before: Texts, after: Texts, origin: Origin, *, by: str, why: str, acting: str
    ) -> int | None:
        """Have the files be ``after``, whole or not at all; the version's number.

        Raises UsageError when the disk does not take it; nothing has changed then.
        """
        try:
            self._store.keep([*before.files.values(), *after.files.values()])
            version = self._next(after, self._store.newest(), origin, by, why, acting)
            if version is not None:
                changes = tuple(self._changes(before, after))
                carry_out(Transaction(changes, version), self.main, self._store, self._disk)
        except OSError as fault:
            raise UsageError(f"the configuration cannot be written: {fault}") from fault
        return version.number if version else None

    def check_untouched(self, known: Texts, paths: Collection[Path]) -> None:
        """Raises UsageError when somebody changed one of these files since the switch read it."""
        for path in paths:
            if (now := _content(path)) != (before := known.files.get(path)):
                found = differences(file_model(self.tenant_of(path)), before, now)
                told = "; ".join(_in_words(each) for each in found[:_DIFFERENCES_TOLD]) or "comments or order"
                raise UsageError(
                    f"{path.name} was changed by hand since the switch read it ({told}): let the switch read "
                    "it with configuration.reload, or take that back, and ask again"
                )

    def pending(self, known: Texts, paths: Collection[Path]) -> list[DifferenceView]:
        """What was changed by hand since the switch read these files."""
        return [view for path in paths for view in self._told(path, known.files.get(path), _content(path))]

    def entries(self, scope: Scope) -> list[Entry]:
        """Raises UsageError when they cannot be read."""
        return history(self._store.versions(), scope)

    def contents(self, files: Mapping[str, str]) -> dict[Path, bytes]:
        """Of a version's files. Raises UsageError when they are lost."""
        return {self.path_of(file): self._store.content(each) for file, each in files.items()}

    def between(self, before: Mapping[str, str], after: Mapping[str, str]) -> list[DifferenceView]:
        """What is other in the second of two versions' files."""
        old, new = self.contents(before), self.contents(after)
        return [
            view
            for path in sorted(old.keys() | new.keys())
            for view in self._told(path, old.get(path), new.get(path))
        ]

    def _told(self, path: Path, before: bytes | None, after: bytes | None) -> list[DifferenceView]:
        tenant = self.tenant_of(path)
        return [each.view(tenant) for each in differences(file_model(tenant), before, after)]

    def _next(
        self, texts: Texts, newest: Version | None, origin: Origin, by: str, why: str, acting: str
    ) -> Version | None:
        files = {self.file_of(path): digest(content) for path, content in sorted(texts.files.items())}
        known = {*files, *(newest.files if newest else ())}
        tenants = {file: tenant for file in known if (tenant := self.tenant_of(self.path_of(file)))}
        return next_version(
            newest, files, tenants, at=self._wall(), origin=origin, by=by, why=why, acting=acting
        )

    def _changes(self, before: Texts, after: Texts) -> list[FileChange]:
        def fingerprint(texts: Texts, path: Path) -> str | None:
            return digest(texts.files[path]) if path in texts.files else None

        paths = sorted(before.files.keys() | after.files.keys())
        changes = [FileChange(path, fingerprint(before, path), fingerprint(after, path)) for path in paths]
        return [change for change in changes if change.before != change.after]


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _in_words(difference: Difference) -> str:
    keys = f" ({', '.join(difference.keys)})" if difference.keys else ""
    return f"{difference.section} {difference.name} {difference.kind.value}{keys}".replace("  ", " ")
