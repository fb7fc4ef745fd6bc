"""Flows published, tried on a share of the callers, and rolled back, while calls are in them.

A document is checked on a thread against what runs, written with its number, and becomes current by the
index; then callers are led by it. Calls that are in a flow keep the versions they began with.
"""

import asyncio
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import cast

from pydantic import Field

from cli.configuration.centres import FlowCentre
from cli.house.reloading import Reloading
from ivr.editions import Editions, FlowSet
from ivr.events import FlowPublished
from ivr.interpreter import FlowInterpreter
from ivr.loader import check_document, find_document, load_flow, read_document
from ivr.parts import FLOW_NAME_PATTERN
from ivr.publishing.index import BadIndex, Index
from runtime.clock import Clock
from runtime.errors import UsageError
from runtime.models import Answer, Params
from runtime.problems import Problem
from runtime.tenancy import bare, tenant_of
from runtime.vocabulary import Event
from switch.application import Verb
from switch.roles import ADMINISTRATORS, BUSINESS

PROBLEMS_TOLD = 50

_NAME = re.compile(FLOW_NAME_PATTERN)


class FlowParams(Params):
    """Names a flow."""

    flow: str = Field(min_length=1, max_length=128, description="the flow")


class PublishParams(FlowParams):
    """Which flow to publish, and for whom."""

    share: float = Field(default=1.0, gt=0, le=1, description="of the callers, to try it; 1: for all")
    by: str = Field(default="", max_length=100, description="who wants it")
    note: str = Field(default="", max_length=500, description="what it is about")


class ShareParams(FlowParams):
    """For how many callers the version that is tried runs."""

    share: float = Field(gt=0, le=1, description="of the callers; 1: for all, the trial is over")
    by: str = Field(default="", max_length=100, description="who wants it")


class RollbackParams(FlowParams):
    """Which version to go back to."""

    to: int | None = Field(
        default=None,
        ge=0,
        description="the version; 0: the document in the folder; absent: what ran before",
    )
    by: str = Field(default="", max_length=100, description="who wants it")


class PublishedFlow(Answer):
    """What of a flow runs from now on."""

    flow: str
    version: int
    share: float
    """Of the callers."""
    current: int
    """The version that runs for the others."""
    calls: int
    """Those who go on as they began."""


class FlowVersion(Answer):
    """A published version of a flow."""

    number: int
    at: float
    """Seconds since the Unix epoch."""
    by: str
    note: str
    digest: str


class FlowHistory(Answer):
    """The versions of a flow, the newest first."""

    flow: str
    current: int
    canary: int | None
    """The version that is tried on a share of the callers."""
    share: float
    versions: list[FlowVersion]


class FlowPublishing:
    """``flow.publish``, ``flow.share``, ``flow.rollback`` and ``flow.history``."""

    def __init__(
        self,
        reloading: Reloading,
        interpreter: FlowInterpreter,
        clock: Clock,
        submit: Callable[[Event], None],
    ) -> None:
        self._reloading = reloading
        self._interpreter = interpreter
        self._clock = clock
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "flow.publish",
                PublishParams,
                self._publish,
                "Let callers go through a flow as it is written.",
                who=ADMINISTRATORS,
            ),
            Verb(
                "flow.share",
                ShareParams,
                self._share,
                "Try a version on another share of the callers.",
                who=ADMINISTRATORS,
            ),
            Verb(
                "flow.rollback",
                RollbackParams,
                self._rollback,
                "Let an earlier version of a flow run.",
                who=ADMINISTRATORS,
            ),
            Verb(
                "flow.history",
                FlowParams,
                self._history,
                "The published versions of a flow.",
                who=BUSINESS,
                reads=True,
            ),
        )

    async def _publish(self, params: PublishParams) -> PublishedFlow:
        centre, name, at = self._centre(params.flow), bare(params.flow), self._clock.wall()

        def published(index: Index) -> Index:
            text = _checked_text(centre, name)
            version = centre.store.add(name, index, text, at=at, by=params.by, note=params.note)
            return index.with_version(version, params.share)

        return await self._change(params.flow, published, params.by)

    async def _share(self, params: ShareParams) -> PublishedFlow:
        return await self._change(params.flow, lambda index: index.with_share(params.share), params.by)

    async def _rollback(self, params: RollbackParams) -> PublishedFlow:
        def rolled_back(index: Index) -> Index:
            return index.rolled_back(params.to)

        return await self._change(params.flow, rolled_back, params.by, back=True)

    async def _history(self, params: FlowParams) -> FlowHistory:
        centre, name = self._centre(params.flow), bare(params.flow)
        index = await asyncio.to_thread(_index, centre, name)
        return {
            "flow": params.flow,
            "current": index.current,
            "canary": index.canary,
            "share": index.share,
            "versions": [cast(FlowVersion, asdict(version)) for version in reversed(index.versions)],
        }

    async def _change(
        self, flow: str, changed: Callable[[Index], Index], by: str, *, back: bool = False
    ) -> PublishedFlow:
        """Let other versions of a flow run; one with a mistake changes nothing."""
        centre, name = self._centre(flow), bare(flow)

        def change() -> tuple[Index, Editions]:
            index = changed(_index(centre, name))
            editions = _editions(centre, name, index)
            centre.store.put(name, index)
            return index, editions

        with self._reloading.alone():
            index, editions = await asyncio.to_thread(change)
            self._run(flow, editions)
        version, share = (index.canary, index.share) if index.canary else (index.current, 1.0)
        note = next((each.note for each in index.versions if each.number == version), "")
        told = FlowPublished(flow=flow, version=version, share=share, by=by, note=note, rolled_back=back)
        self._submit(told)
        calls = self._interpreter.calls_in(flow)
        return {"flow": flow, "version": version, "share": share, "current": index.current, "calls": calls}

    def _run(self, flow: str, editions: Editions) -> None:
        """On the loop: callers are led by these from now on."""
        self._interpreter.configure(FlowSet({**self._interpreter.flows.editions, flow: editions}))
        self._reloading.take_flow(flow, editions)

    def _centre(self, flow: str) -> FlowCentre:
        """Raises UsageError for what cannot be a flow's name: a store's folder bears it."""
        if not _NAME.fullmatch(bare(flow)):
            raise UsageError(f"there is no flow {flow!r}; flow.list names them")
        centre = self._reloading.running.flow_centres.get(tenant_of(flow))
        if centre is None:
            raise UsageError(f"there is no folder of documents in which {bare(flow)} could be")
        return centre


def _index(centre: FlowCentre, name: str) -> Index:
    try:
        return centre.store.index(name)
    except BadIndex as fault:
        raise UsageError(f"{centre.store.index_file(name)}: expected {fault}") from fault


def _checked_text(centre: FlowCentre, name: str) -> str:
    """Of a flow's document in the folder. Raises UsageError with all its mistakes."""
    path = find_document(centre.folder, name)
    if path is None:
        raise UsageError(f"there is no document of {name} in {centre.folder}")
    text, document = read_document(path), check_document(path, centre.surroundings)
    if document.flow is None or not isinstance(text, str):
        raise _refusal(name, document.problems)
    return text


def _editions(centre: FlowCentre, name: str, index: Index) -> Editions:
    """What would run, in the names of the switch. Raises UsageError when something of it cannot be used."""
    loaded = load_flow(centre.folder, name, index, centre.store, centre.surroundings)
    if loaded.problems or name not in loaded.flows:
        raise _refusal(name, loaded.problems)
    return loaded.flows[name].renamed(centre.named)


def _refusal(name: str, problems: Iterable[Problem]) -> UsageError:
    told = [str(problem) for problem in sorted(problems)[:PROBLEMS_TOLD]]
    return UsageError("\n".join((f"{name} stays as it is:", *told)))
