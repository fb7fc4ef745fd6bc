"""The configuration read anew while the switch runs: ``configuration.reload``.

It is read and compared on a thread, and made the switch's own in one run of the loop, but for agents, who
come some at a time. A configuration with a mistake changes nothing.
"""

import asyncio
import gc
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from pydantic import Field

from acd.config import AcdConfig
from acd.configuration_commands import ConfigureAcd
from acd.differences import AcdSections, differences, in_parts
from cli.configuration.changing.answers import ReloadedConfiguration
from cli.configuration.changing.versions import Origin
from cli.configuration.comparison import Comparison, compare, taken, within
from cli.configuration.error import ConfigurationError
from cli.configuration.installation import Installation, load_installation
from cli.configuration.sections import Configuration
from cli.configuration.texts import Texts
from cli.house.ground import Ground
from cli.house.versions import ConfigurationVersions
from cli.log import warn_of
from ivr.editions import Editions
from runtime.errors import UsageError
from runtime.models import Params
from runtime.problems import Problem
from switch.application import Verb
from switch.configuration_events import ConfigurationRefused, ConfigurationReloaded
from switch.roles import ADMINISTRATORS

CHANGES_TOLD = 1000
"""In an answer."""
CHANGES_IN_EVENT = 50
PROBLEMS_TOLD = 50


class ReloadParams(Params):
    """Whether it is only to be looked at, and who wants it."""

    check: bool = Field(default=False, description="only tell what would change")
    by: str = Field(default="", max_length=100, description="who wants it")


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted of the configuration, by whom."""

    check: bool = False
    """Only to be looked at."""
    by: str = ""
    why: str = ""
    origin: Origin = Origin.FILES
    changes: Mapping[Path, bytes | None] | None = None
    """Other contents of files, which are written; None: the files are read as they are."""
    acting: str = ""
    """The tenant whose client wants it."""

    def texts(self, running: Installation) -> Texts:
        """What the configuration is to be read from."""
        return Texts() if self.changes is None else running.texts.changed(self.changes)


class House(Protocol):
    """The parts of the switch that can be configured while it runs."""

    async def open_doors(self, installation: Installation, comparison: Comparison) -> None:
        """Have the control sockets of these tenants. Raises UsageError when one cannot be had."""

    def prepare(self, installation: Installation, comparison: Comparison) -> None:
        """Have what queues go by, and what they and calls lead to; nobody is led anywhere by that."""

    def configure_phones(self, installation: Installation, comparison: Comparison) -> None:
        """Have no other phones than these; agents may lose theirs."""

    def configure_alarms(self, installation: Installation) -> None:
        """Watch what there is now, once all else is as it is to be."""


class Reloading:
    """One reload after the other."""

    def __init__(
        self, running: Installation, house: House, ground: Ground, versions: ConfigurationVersions
    ) -> None:
        self._running = running
        self._versions = versions
        self._house = house
        self._ground = ground
        self._under_way = False

    @property
    def rules(self) -> AcdConfig:
        """Of the ACD, as they hold now."""
        return self._running.configuration.acd

    def verbs(self) -> tuple[Verb, ...]:
        text = "Read the configuration anew and go by it; one with a mistake changes nothing."
        return (Verb("configuration.reload", ReloadParams, self.reload, text, who=ADMINISTRATORS),)

    async def reload(self, params: ReloadParams) -> ReloadedConfiguration:
        """Raises UsageError for a configuration with mistakes, and while another reload is under way."""
        with self.alone():
            told = await self.go_by(Order(params.check, params.by))
        if not params.check:
            warn_of(self._running.cautions)
        return told

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else changes what runs meanwhile. Raises UsageError when somebody does already."""
        if self._under_way:
            raise UsageError("the configuration is being read already; ask again when that is done")
        self._under_way = True
        try:
            yield
        finally:
            self._under_way = False

    @property
    def running(self) -> Installation:
        """What people wrote of all that runs now."""
        return self._running

    def take_flow(self, name: str, editions: Editions) -> None:
        """These versions of a flow run now."""
        self._running = replace(self._running, flows={**self._running.flows, name: editions})

    async def go_by(self, order: Order) -> ReloadedConfiguration:
        """Whoever asks has this ``alone``. Raises UsageError for a configuration with mistakes."""
        clock = self._ground.clock
        began = clock.now()
        try:
            after, comparison, acd = await asyncio.to_thread(_read, self._running, order)
        except ConfigurationError as error:
            raise self._refused(error, order) from error
        version = None
        if not order.check:
            version = await self._write_and_take(order, after, comparison, acd)
            duration_ms = round((clock.now() - began) * 1000)
            self._ground.driver.submit(_reloaded(comparison, duration_ms, order, version))
        return _told(comparison, version, after.cautions, checked_only=order.check)

    async def _write_and_take(
        self, order: Order, after: Installation, comparison: Comparison, acd: list[ConfigureAcd]
    ) -> int | None:
        """Files that were changed for what the switch then cannot take are put back."""
        before = self._running
        then = taken(before, after, comparison)
        if order.changes is None:
            await self._take(then, comparison, acd)
            return await asyncio.to_thread(self._versions.note, after.texts, order.origin, order.by)
        version = await asyncio.to_thread(self._write, before, after, order)
        try:
            await self._take(then, comparison, acd)
        except Exception:
            undoing = replace(order, origin=Origin.UNDO, why="the switch could not go by it")
            await asyncio.to_thread(self._write, after, before, undoing)
            raise
        return version

    def _write(self, before: Installation, after: Installation, order: Order) -> int | None:
        """On a thread."""
        return self._versions.change(
            before.texts, after.texts, order.origin, by=order.by, why=order.why, acting=order.acting
        )

    async def _take(self, after: Installation, comparison: Comparison, acd: list[ConfigureAcd]) -> None:
        """Other rules of queues may lead those who wait anywhere at once; calls come between agents only."""
        submit = self._ground.driver.submit
        if comparison.touches("tenants"):
            await self._house.open_doors(after, comparison)
        self._house.prepare(after, comparison)
        if acd:
            submit(acd[0])
        self._house.configure_phones(after, comparison)
        self._running = after
        for part in acd[1:]:
            await asyncio.sleep(0)
            submit(part)
        self._house.configure_alarms(after)

    def _refused(self, error: ConfigurationError, order: Order) -> UsageError:
        lines = tuple(str(problem) for problem in error.problems)
        told = ConfigurationRefused(mistakes=len(lines), problems=lines[:PROBLEMS_TOLD], by=order.by)
        if not order.check:
            self._ground.driver.submit(told)
        if order.acting:
            lines = tuple(self._told_to(order.acting, error.problems))
        return UsageError("\n".join(("the configuration stays as it is:", *lines[:PROBLEMS_TOLD])))

    def _told_to(self, tenant: str, problems: Sequence[Problem]) -> Iterator[str]:
        """What is wrong with a tenant's own file, by its name; of other files that something is."""
        path = self._versions.path_of_tenant(tenant, self._running)
        own = [problem for problem in problems if problem.file == str(path)]
        yield from (str(replace(problem, file=path.name)) for problem in own)
        if len(own) < len(problems):
            yield "there are mistakes outside this file, which those who run the switch are told of"


def _read(running: Installation, order: Order) -> tuple[Installation, Comparison, list[ConfigureAcd]]:
    """On a thread."""
    with _collecting_nothing():
        after = load_installation(running.path, order.texts(running))
        if order.acting:
            after = within(order.acting, running, after)
        comparison = compare(running, after)
        acd = differences(_acd_of(running.configuration), _acd_of(after.configuration), order.by)
        return after, comparison, list(in_parts(acd))


@contextmanager
def _collecting_nothing() -> Iterator[None]:
    """What is read lasts: to look at all of it once would hold calls for longer than anything else here."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _acd_of(configuration: Configuration) -> AcdSections:
    return AcdSections(configuration.acd, configuration.queues, configuration.agents)


def _reloaded(
    comparison: Comparison, duration_ms: int, order: Order, version: int | None
) -> ConfigurationReloaded:
    told = comparison.changes[:CHANGES_IN_EVENT]
    return ConfigurationReloaded(
        counts=tuple(_counts(comparison).items()),
        changes=tuple((change.section, change.kind.value, change.name) for change in told),
        restart_needed=comparison.restart_needed,
        duration_ms=duration_ms,
        by=order.by,
        why=order.why,
        version=version,
    )


def _told(
    comparison: Comparison, version: int | None, cautions: Sequence[Problem], *, checked_only: bool
) -> ReloadedConfiguration:
    return {
        "checked_only": checked_only,
        "version": version,
        "counts": _counts(comparison),
        "changes": [
            {"section": c.section, "kind": c.kind.value, "name": c.name, "keys": list(c.keys)}
            for c in comparison.changes[:CHANGES_TOLD]
        ],
        "restart_needed": list(comparison.restart_needed),
        "cautions": [str(caution) for caution in cautions[:PROBLEMS_TOLD]],
    }


def _counts(comparison: Comparison) -> dict[str, int]:
    return dict(Counter(f"{change.section}.{change.kind.value}" for change in comparison.changes))
