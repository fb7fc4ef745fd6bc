"""Tells inputs to a core again: the same code, given the same, decides the same."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from acd.agent_config import AgentConfig
from acd.config import AcdConfig
from acd.core import AcdCore
from acd.kept_sections import section_of
from acd.queue_config import QueueConfig
from acd.replay.code import ABOUT_THIS_CODE
from acd.replay.folder import NotKept, Start
from acd.replay.lines import BEGAN, BEGINNINGS, WOKEN, read_given
from acd.state import OnDecision
from runtime.errors import UsageError
from runtime.vocabulary import Output
from switch.records.projection import JournalEntry

_NO_VERSION = "of an unknown version"


class Diverged(UsageError):
    """The core asks the world for something else than it did then: it is not the same code, or not exact."""


def words_of(fault: Exception) -> str:
    """What went wrong; of what nobody expects its kind too, since its words alone say little."""
    return str(fault) if isinstance(fault, UsageError) else f"{type(fault).__name__}: {fault}"


class Answers:
    """What the core was answered while it worked on one input."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.dialled: list[bool] = []
        self.known: list[bool] = []

    def take(self, fields: Mapping[str, Any]) -> None:
        self.ids, self.dialled = list(fields.get("ids", ())), list(fields.get("dialled", ()))
        self.known = list(fields.get("known", ()))

    def new(self, prefix: str) -> str:
        if not self.ids:
            raise Diverged(f"it asks for an id of a {prefix} now, and did not then")
        return self.ids.pop(0)

    def token(self) -> str:
        return self.new("token")

    def secret(self) -> bytes:
        raise Diverged("it asks for a secret now, and did not then")

    def can_dial(self, number: str, level: int | None, queue_name: str) -> bool:
        if not self.dialled:
            raise Diverged(f"it asks whether {number} can be called now, and did not then")
        return self.dialled.pop(0)

    def knows_target(self, target: str) -> bool:
        if not self.known:
            raise Diverged(f"it asks whether {target} leads to anybody now, and did not then")
        return self.known.pop(0)


@dataclass(frozen=True, slots=True)
class Retold:
    """One input, and what the core said to it."""

    entry: JournalEntry
    outputs: Sequence[Output]
    goes_on: bool
    """Whether it follows the input before it; False at a beginning, and after a loss."""


@contextmanager
def _taking_over(told: Mapping[str, Any]) -> Iterator[None]:
    """Whatever is wrong with what a version wrote is told with its name."""
    try:
        yield
    except Exception as fault:
        version = told.get("version", _NO_VERSION)
        raise NotKept(f"Ringmain {version} began otherwise than this one can: {words_of(fault)}") from fault


@dataclass(slots=True)
class Player:
    """A core in the state that another had, after each entry taken. ``core`` is None until a beginning."""

    on_decision: OnDecision | None = None
    only_this_code: bool = False
    """Whether what another code was told is refused."""
    core: AcdCore | None = None
    now: float = 0.0
    """The core's time at the last entry."""
    wall: float = 0.0
    other_version: str = ""
    """Who wrote the stretch, if that was another code."""
    lost: int = 0
    """Entries that are missing."""
    _next: int = 0
    _answers: Answers = field(default_factory=Answers)

    def start(self, start: Start) -> None:
        """Go on from there with the first entry taken. Raises NotKept for a state that cannot be had."""
        self._next = start.sequence
        if start.state is not None:
            with _taking_over(start.state):
                self._restore(start.state)
                self.now, self.wall = start.state["now"], start.state["wall"]

    def state(self) -> dict[str, Any]:
        """From which the next entry can be taken, as plain data. Raises NotKept before any beginning."""
        return {**ABOUT_THIS_CODE, "now": self.now, "wall": self.wall, "snapshot": self.ready().snapshot()}

    def ready(self) -> AcdCore:
        """The core. Raises NotKept when no entry has told how it began."""
        if self.core is None:
            raise NotKept("what the ACD was told then is not whole: the disk was too slow for it, or lost it")
        return self.core

    def now_at(self, wall: float) -> float:
        """The core's time at a moment after the last entry."""
        return self.now + max(wall - self.wall, 0.0)

    def take(self, entry: JournalEntry) -> Retold | None:
        """None for what cannot be told again, since the state before it is not known.

        Raises Diverged, and NotKept at a beginning that this code cannot take.
        """
        goes_on = entry.sequence == self._next and self.core is not None
        if entry.sequence != self._next:
            self.lost += entry.sequence - self._next
            self.core = None
        self._next = entry.sequence + 1
        self.now, self.wall = entry.fields["now"], entry.time
        if entry.topic in BEGINNINGS:
            self._begin(entry)
            return Retold(entry, (), goes_on=False)
        return None if self.core is None else Retold(entry, self._tell(self.core, entry), goes_on)

    def _tell(self, core: AcdCore, entry: JournalEntry) -> Sequence[Output]:
        fault = ""
        outputs: Sequence[Output] = ()
        self._answers.take(entry.fields)
        try:
            if entry.topic == WOKEN:
                outputs = core.wake(now=self.now)
            else:
                outputs = core.handle(read_given(entry.topic, entry.fields["given"]), now=self.now)
        except Diverged:
            raise
        except Exception as error:  # ours, and the same as then, if the code is
            fault = type(error).__name__
        if fault != entry.fields.get("fault", ""):
            raise Diverged(f"it ended with {fault or 'no fault'} now, and not then")
        if self._answers.ids or self._answers.dialled or self._answers.known:
            raise Diverged("it asked for more then than it does now")
        return outputs

    def _begin(self, entry: JournalEntry) -> None:
        told = entry.fields
        self.core = None
        is_ours = told.get("code") == ABOUT_THIS_CODE["code"]
        self.other_version = "" if is_ours else told.get("version", _NO_VERSION)
        if self.other_version and self.only_this_code:
            raise NotKept(
                f"what the ACD was told then was written by Ringmain {self.other_version} with another ACD, "
                "which may have decided otherwise; ask with that version"
            )
        with _taking_over(told):
            self._take_over(entry.topic, told)

    def _take_over(self, topic: str, told: Mapping[str, Any]) -> None:
        if topic == BEGAN:
            queues = [section_of(QueueConfig, plain) for plain in told["queues"]]
            agents = [section_of(AgentConfig, plain) for plain in told["agents"]]
            rules, seed = section_of(AcdConfig, told["rules"]), told["seed"]
            self._watch(
                AcdCore(
                    queues,
                    agents,
                    self._answers,
                    rules,
                    seed=seed,
                    can_dial=self._answers.can_dial,
                    knows_target=self._answers.knows_target,
                    now=self.now,
                )
            )
        else:
            self._restore(told)

    def _restore(self, told: Mapping[str, Any]) -> None:
        answers = self._answers
        core = AcdCore((), (), answers, can_dial=answers.can_dial, knows_target=answers.knows_target)
        core.restore(told["snapshot"])
        self._watch(core)

    def _watch(self, core: AcdCore) -> None:
        core.state.on_decision = self.on_decision
        self.core = core
