"""The configuration read anew while the switch runs: ``configuration.reload``.

It is read and compared on a thread, and made the switch's own in one run of the loop, but for agents, who
come some at a time. A configuration with a mistake changes nothing.
"""

import asyncio
import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Protocol

from pydantic import Field

from acd.config import AcdConfig
from acd.configuration_commands import ConfigureAcd
from acd.differences import AcdSections, differences, in_parts
from cli.configuration.comparison import Comparison, compare, taken
from cli.configuration.installation import Installation, load_installation
from cli.configuration.loading import ConfigurationError
from cli.configuration.sections import Configuration
from cli.house.ground import Ground
from ivr.editions import Editions
from runtime.errors import UsageError
from runtime.models import Params
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


class House(Protocol):
    """The parts of the switch that can be configured while it runs."""

    def prepare(self, installation: Installation, comparison: Comparison) -> None:
        """Have what queues go by, and what they and calls lead to; nobody is led anywhere by that."""

    def configure_phones(self, installation: Installation, comparison: Comparison) -> None:
        """Have no other phones than these; agents may lose theirs."""


class Reloading:
    """One reload after the other."""

    def __init__(self, running: Installation, house: House, ground: Ground) -> None:
        self._running = running
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

    async def reload(self, params: ReloadParams) -> dict[str, Any]:
        """Raises UsageError for a configuration with mistakes, and while another reload is under way."""
        with self.alone():
            return await self._reload(params)

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

    async def _reload(self, params: ReloadParams) -> dict[str, Any]:
        clock = self._ground.clock
        began = clock.now()
        try:
            after, comparison, acd = await asyncio.to_thread(_read, self._running, params.by)
        except ConfigurationError as error:
            raise self._refused(error, params) from error
        if not params.check:
            await self._take(taken(self._running, after, comparison), comparison, acd)
            duration_ms = round((clock.now() - began) * 1000)
            self._ground.driver.submit(_reloaded(comparison, duration_ms, params.by))
        return {"checked_only": params.check, **_told(comparison)}

    async def _take(self, after: Installation, comparison: Comparison, acd: list[ConfigureAcd]) -> None:
        """Other rules of queues may lead those who wait anywhere at once; calls come between agents only."""
        submit = self._ground.driver.submit
        self._house.prepare(after, comparison)
        if acd:
            submit(acd[0])
        self._house.configure_phones(after, comparison)
        self._running = after
        for part in acd[1:]:
            await asyncio.sleep(0)
            submit(part)

    def _refused(self, error: ConfigurationError, params: ReloadParams) -> UsageError:
        lines = tuple(str(problem) for problem in error.problems)
        told = ConfigurationRefused(mistakes=len(lines), problems=lines[:PROBLEMS_TOLD], by=params.by)
        if not params.check:
            self._ground.driver.submit(told)
        return UsageError("\n".join(("the configuration stays as it is:", *lines[:PROBLEMS_TOLD])))


def _read(running: Installation, by: str) -> tuple[Installation, Comparison, list[ConfigureAcd]]:
    """On a thread."""
    with _collecting_nothing():
        after = load_installation(running.path)
        comparison = compare(running, after)
        acd = differences(_acd_of(running.configuration), _acd_of(after.configuration), by)
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


def _reloaded(comparison: Comparison, duration_ms: int, by: str) -> ConfigurationReloaded:
    told = comparison.changes[:CHANGES_IN_EVENT]
    return ConfigurationReloaded(
        counts=tuple(_counts(comparison).items()),
        changes=tuple((change.section, change.kind.value, change.name) for change in told),
        restart_needed=comparison.restart_needed,
        duration_ms=duration_ms,
        by=by,
    )


def _told(comparison: Comparison) -> dict[str, Any]:
    return {
        "counts": _counts(comparison),
        "changes": [
            {"section": c.section, "kind": c.kind.value, "name": c.name, "keys": list(c.keys)}
            for c in comparison.changes[:CHANGES_TOLD]
        ],
        "restart_needed": list(comparison.restart_needed),
    }


def _counts(comparison: Comparison) -> dict[str, int]:
    return dict(Counter(f"{change.section}.{change.kind.value}" for change in comparison.changes))
