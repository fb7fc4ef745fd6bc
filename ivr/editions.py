"""Which version of each flow callers go through.

A flow that was never published runs as its document in the folder stands. Of a published one the version that
is current runs, for a share of the callers its canary if there is one, and for targets ``flow:<name>?draft``
the document in the folder.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from zlib import crc32

from ivr.document import Flow

DRAFT = "draft"
"""Behind a flow's name and a question mark: the document in the folder."""
FOLDER = 0
"""Stands for the version of what was not published."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a flow."""

    flow: Flow
    version: int = FOLDER


@dataclass(frozen=True, slots=True)
class Editions:
    """The versions of one flow that callers may go through."""

    current: Edition
    canary: Edition | None = None
    share: float = 0.0
    """Of the callers, who go through the canary."""
    draft: Flow | None = None
    """The document in the folder; None when it is no other than what runs, is gone, or has mistakes."""

    def drawn(self, caller: str) -> Edition:
        """The same for a caller each time, so that who calls again is not surprised."""
        if self.canary is None:
            return self.current
        lot = crc32(f"{self.canary.flow.name} {self.canary.version} {caller}".encode()) / 2**32
        return self.canary if lot < self.share else self.current

    def renamed(self, change: Callable[[Flow], Flow]) -> "Editions":
        """The same with each of its flows changed."""

        def changed(edition: Edition) -> Edition:
            return Edition(change(edition.flow), edition.version)

        return Editions(
            changed(self.current),
            changed(self.canary) if self.canary else None,
            self.share,
            change(self.draft) if self.draft else None,
        )

    @property
    def of_folder(self) -> Flow:
        """What the document in the folder says, as far as it can be used."""
        return self.draft or self.current.flow


class FlowSet:
    """All flows of a switch at one moment. Never changes: a call keeps the set it began with."""

    def __init__(self, editions: Mapping[str, Editions]) -> None:
        """By the names of the switch."""
        self.editions = editions
        self._tried = tuple(name for name, each in editions.items() if each.canary)
        self._drawn_before: dict[tuple[int, ...], dict[str, Flow]] = {}
        """By what was drawn for the flows that are tried: callers of the same draw share it."""

    @classmethod
    def of(cls, flows: Mapping[str, Flow]) -> "FlowSet":
        """Flows that nobody published."""
        return cls({name: Editions(Edition(flow)) for name, flow in flows.items()})

    @cached_property
    def _current(self) -> dict[str, Flow]:
        return {name: each.current.flow for name, each in self.editions.items()}

    def knows(self, name: str) -> bool:
        """Whether ``name``, which may ask for the draft, leads to a flow."""
        flow, _, asked = name.partition("?")
        return flow in self.editions and asked in ("", DRAFT)

    def for_call(self, name: str, caller: str) -> tuple[Mapping[str, Flow], int]:
        """The flows that one call goes by, and the version of the one it is given to."""
        flow, _, asked = name.partition("?")
        if asked == DRAFT:
            return {**self._drawn(caller), flow: self.editions[flow].of_folder}, FOLDER
        return self._drawn(caller), self.editions[flow].drawn(caller).version

    def _drawn(self, caller: str) -> dict[str, Flow]:
        if not self._tried:
            return self._current
        drawn = {name: self.editions[name].drawn(caller) for name in self._tried}
        draw = tuple(edition.version for edition in drawn.values())
        if draw not in self._drawn_before:
            tried = {name: edition.flow for name, edition in drawn.items()}
            self._drawn_before[draw] = {**self._current, **tried}
        return self._drawn_before[draw]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FlowSet) and other.editions == self.editions

    __hash__ = None  # type: ignore[assignment]
