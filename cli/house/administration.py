"""The configuration shown, changed and taken back by verbs: ``configuration.show``, ``.set``, ``.undo`` ….

A change is made to the text of the files as the switch read them, checked as a whole by the loader that reads
them at the start, written whole or not at all, and gone by at once.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import tomli
from pydantic import Field

from cli.configuration.changing.answers import (
    ChangedConfiguration,
    DifferenceView,
    ObjectView,
    ReloadedConfiguration,
    VersionView,
)
from cli.configuration.changing.bounds import check_bounds
from cli.configuration.changing.differences import differences
from cli.configuration.changing.edits import Edit, edited
from cli.configuration.changing.history import Entry, Scope, before_last_change, numbered
from cli.configuration.changing.objects import file_model, masked, model_of, objects_of
from cli.configuration.changing.versions import Origin
from cli.house.reloading import Order, Reloading
from cli.house.versions import ConfigurationVersions
from runtime.errors import UsageError
from runtime.models import Params
from runtime.tenancy import tenant_of
from switch.application import Verb
from switch.roles import ADMINISTRATORS

OBJECTS_TOLD = 1000
"""In an answer."""
CHANGES_AT_ONCE = 1000
VERSIONS_TOLD = 200
_READING = frozenset({"show", "history", "diff"})
"""Last words of the verbs that change nothing."""


class Acting(Params):
    """Whose bounds hold."""

    acting_for: str = Field(
        default="",
        max_length=24,
        description="the tenant whose bounds hold, for clients that act for one; empty: the house",
    )


class Owned(Acting):
    """Whose file is meant."""

    tenant: str = Field(default="", max_length=24, description="whose file; empty: the house's own")

    @property
    def owner(self) -> str:
        """Who acts for a tenant means that tenant's."""
        return self.acting_for or self.tenant


class Changing(Params):
    """Who changes something, and why."""

    check: bool = Field(default=False, description="only tell what would change")
    by: str = Field(default="", max_length=100, description="who wants it")
    why: str = Field(default="", max_length=500, description="what it is about")


class Named(Params):
    """One object of a file."""

    section: str = Field(min_length=1, max_length=64, description="such as agents, queues or tenant")
    name: str = Field(
        default="",
        max_length=400,
        description="which agent, queue …; empty for what is there once, such as acd",
    )


class Valued(Named):
    """With its keys."""

    keys: dict[str, Any] = Field(description="keys with values; null takes a key out; others stay")


class Shown(Params):
    """What is to be shown."""

    section: str = Field(default="", max_length=64, description="such as agents; empty: all")
    name: str = Field(default="", max_length=400, description="which agent, queue …; empty: all")


class ShowParams(Owned, Shown):
    """Of whose file."""


class SetParams(Owned, Changing, Valued):
    """An object and its keys."""


class RemoveParams(Owned, Changing, Named):
    """An object."""


class OneChange(Params):
    """One of several."""

    section: str = Field(min_length=1, max_length=64)
    name: str = Field(default="", max_length=400)
    tenant: str = Field(default="", max_length=24)
    keys: dict[str, Any] = Field(default_factory=dict)
    remove: bool = False

    def edit(self) -> Edit:
        return Edit(self.section, self.name, self.keys, removed=self.remove)


class Several(Params):
    """Changes that hold together."""

    changes: list[OneChange] = Field(
        min_length=1,
        max_length=CHANGES_AT_ONCE,
        description="each with section, name, tenant, and keys or remove = true",
    )


class ChangeParams(Acting, Changing, Several):
    """Several changes."""


class Filed(Params):
    """Of which file the versions are meant."""

    tenant: str | None = Field(
        default=None, max_length=24, description="only its file; empty: the house's; absent: all"
    )


class HistoryParams(Acting, Filed):
    """Of which file, and how many."""

    limit: int = Field(default=50, ge=1, le=VERSIONS_TOLD, description="so many at most, the newest")


class Compared(Params):
    """Between which versions."""

    version: int | None = Field(
        default=None, ge=1, description="absent: what was changed by hand and not read yet"
    )
    since: int | None = Field(default=None, ge=1, description="an earlier version; absent: the one before it")


class DiffParams(Acting, Filed, Compared):
    """Which versions of which file."""


class Earlier(Params):
    """How far back."""

    to: int | None = Field(
        default=None, ge=1, description="the version; absent: what was before the last change"
    )


class UndoParams(Acting, Filed, Changing, Earlier):
    """How far back, and with which file."""


class Administration:
    """One change after the other."""

    def __init__(self, reloading: Reloading, versions: ConfigurationVersions) -> None:
        self._reloading = reloading
        self._versions = versions

    def verbs(self) -> tuple[Verb, ...]:
        verbs: tuple[tuple[str, type[Params], Callable[[Any], object], str], ...] = (
            ("show", ShowParams, self._show, "What stands in the configuration, without secrets."),
            (
                "set",
                SetParams,
                self._set,
                "Add an agent, a queue … to the configuration, or change keys of it.",
            ),
            ("remove", RemoveParams, self._remove, "Take an agent, a queue … out of the configuration."),
            ("change", ChangeParams, self._change, "Several such changes at once: all of them or none."),
            ("history", HistoryParams, self._history, "The versions of the configuration, the newest first."),
            ("diff", DiffParams, self._diff, "What a version of the configuration changed."),
            ("undo", UndoParams, self._undo, "Go back to the version before the last change, or to another."),
        )
        return tuple(
            Verb(f"configuration.{word}", params, handle, text, who=ADMINISTRATORS, reads=word in _READING)
            for word, params, handle, text in verbs
        )

    async def _show(self, params: ShowParams) -> list[ObjectView]:
        texts = self._reloading.running.texts
        path = self.path(params.owner)
        if path not in texts.files:
            raise UsageError(f"there is no tenant {params.owner}")
        return await asyncio.to_thread(_shown, texts.files[path], params)

    async def _set(self, params: SetParams) -> ChangedConfiguration:
        change = OneChange(section=params.section, name=params.name, tenant=params.tenant, keys=params.keys)
        return await self.make([change], params, params.acting_for)

    async def _remove(self, params: RemoveParams) -> ChangedConfiguration:
        change = OneChange(section=params.section, name=params.name, tenant=params.tenant, remove=True)
        return await self.make([change], params, params.acting_for)

    async def _change(self, params: ChangeParams) -> ChangedConfiguration:
        return await self.make(params.changes, params, params.acting_for)

    async def make(self, changes: Iterable[OneChange], params: Changing, acting: str) -> ChangedConfiguration:
        def edit(known: Mapping[Path, bytes]) -> dict[Path, bytes | None]:
            files: dict[Path, bytes | None] = {}
            for change in changes:
                path = self.path(acting or change.tenant)
                content = files.get(path, known.get(path))
                if content is None:
                    raise UsageError(f"there is no tenant {change.tenant}")
                files[path] = edited(
                    _text(content), change.edit(), file_model(self._versions.tenant_of(path))
                ).encode()
            return files

        return await self.order(edit, params, acting, Origin.CHANGE)

    async def _undo(self, params: UndoParams) -> ChangedConfiguration:
        scope = self._scope(params.tenant, params.acting_for)

        def go_back(known: Mapping[Path, bytes]) -> dict[Path, bytes | None]:
            entries = self._versions.entries(scope)
            target = before_last_change(entries) if params.to is None else numbered(entries, params.to)
            wanted = self._versions.contents(target.files)
            of_now = scope.of({self._versions.file_of(path): "" for path in known})
            paths = {*wanted, *map(self._versions.path_of, of_now)}
            return {path: wanted.get(path) for path in paths if wanted.get(path) != known.get(path)}

        return await self.order(go_back, params, params.acting_for, Origin.UNDO)

    async def order(
        self,
        make: Callable[[Mapping[Path, bytes]], dict[Path, bytes | None]],
        params: Changing,
        acting: str,
        origin: Origin,
    ) -> ChangedConfiguration:
        """Let other contents of files hold; ``make`` gives them, from what they are now."""
        with self._reloading.alone():
            changes = await asyncio.to_thread(self._checked, make, acting)
            told = await self._reloading.go_by(
                Order(params.check, params.by, params.why, origin, changes, acting)
            )
        return _told(told, acting)

    def _checked(
        self, make: Callable[[Mapping[Path, bytes]], dict[Path, bytes | None]], acting: str
    ) -> dict[Path, bytes | None]:
        """On a thread. Raises UsageError for what may not, or cannot, be changed."""
        running = self._reloading.running.texts
        changes = make(running.files)
        if not any(running.files.get(path) != content for path, content in changes.items()):
            raise UsageError("the configuration is so already; nothing was changed")
        if acting:
            for path, content in changes.items():
                check_bounds(differences(file_model(acting), running.files.get(path), content))
        self._versions.check_untouched(running, changes)
        return changes

    async def _history(self, params: HistoryParams) -> list[VersionView]:
        entries = await self._entries(self._scope(params.tenant, params.acting_for))
        return [entry.view() for entry in reversed(entries[-params.limit :])]

    async def _diff(self, params: DiffParams) -> list[DifferenceView]:
        scope = self._scope(params.tenant, params.acting_for)
        if params.version is None:
            texts = self._reloading.running.texts
            paths = [self._versions.path_of(file) for file in scope.of(self._files(texts.files))]
            return await asyncio.to_thread(self._versions.pending, texts, paths)
        entries = await self._entries(scope)
        after = numbered(entries, params.version)
        before = (
            self._before(entries, after) if params.since is None else numbered(entries, params.since).files
        )
        return await asyncio.to_thread(self._versions.between, before, after.files)

    def _before(self, entries: list[Entry], entry: Entry) -> Mapping[str, str]:
        place = entries.index(entry)
        return entries[place - 1].files if place else {}

    async def _entries(self, scope: Scope) -> list[Entry]:
        return await asyncio.to_thread(self._versions.entries, scope)

    def _files(self, paths: Iterable[Path]) -> dict[str, str]:
        return {self._versions.file_of(path): "" for path in paths}

    def _scope(self, tenant: str | None, acting: str) -> Scope:
        owner = acting or tenant
        return Scope() if owner is None else Scope(self._versions.file_of(self.path(owner)), acting)

    def path(self, tenant: str) -> Path:
        return self._versions.path_of_tenant(tenant, self._reloading.running)


def _shown(content: bytes, params: ShowParams) -> list[ObjectView]:
    file = file_model(params.owner)
    found: list[ObjectView] = [
        {"section": section, "name": name, "keys": masked(model_of(file, section), keys)}
        for section, name, keys in objects_of(file, tomli.loads(_text(content)))
        if params.section in ("", section) and params.name in ("", name)
    ]
    if not found and (params.section or params.name):
        raise UsageError(f"there is no {params.section} {params.name}".rstrip())
    return found[:OBJECTS_TOLD]


def _text(content: bytes) -> str:
    return content.decode("utf-8-sig")


def _told(told: ReloadedConfiguration, acting: str) -> ChangedConfiguration:
    """Of the switch's own numbers and sections a tenant's client is told nothing."""
    if not acting:
        return {
            "checked_only": told["checked_only"],
            "version": told["version"],
            "changes": told["changes"],
            "restart_needed": told["restart_needed"],
        }
    changes = [change for change in told["changes"] if tenant_of(change["name"]) == acting]
    return {"checked_only": told["checked_only"], "version": None, "changes": changes, "restart_needed": []}
