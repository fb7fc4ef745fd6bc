"""Rules of queues: ``[[queues.overflow]]``, ``[[queues.tag_rules]]`` and ``[[queues.rings]]``."""

from enum import StrEnum
from typing import Self

from pydantic import Field, field_validator, model_validator

from acd.config import MAX_PRIORITY
from acd.requirement import parse_requirement
from runtime.errors import UsageError
from runtime.models import KeyMistake, Section
from runtime.target import WAY_OUT_PATTERN


class OverflowCause(StrEnum):
    """What a rule of overflow looks at."""

    WAIT = "wait"
    """How long the caller has waited in this queue, in seconds."""
    LENGTH = "length"
    """How many were in the queue before the caller came."""
    UNSTAFFED = "unstaffed"
    """How long nobody has been signed in, or there as ``not_counting`` says, in seconds."""
    ESTIMATED_WAIT = "estimated_wait"
    """How long a caller who comes now will wait, on average, as far as that is known."""
    CLOSED = "closed"
    """Whether the queue's calendar is closed."""
    TAGGED = "tagged"
    """Whether the customer has the rule's tag."""


class Absence(StrEnum):
    """Why an agent who is signed in may not count as there."""

    NOT_READY = "not_ready"
    UNREACHABLE = "unreachable"
    """No phone is registered where the agent sits, or it gave no sign when last rung."""
    RUNG = "rung"
    ON_CALL = "on_call"
    WRAP_UP = "wrap_up"


class OverflowRule(Section):
    """``[[queues.overflow]]``: where callers go, or also wait, when the queue cannot serve them well."""

    when: OverflowCause = Field(description="What it looks at.")
    above: float = Field(
        default=0,
        ge=0,
        description="It applies from so many seconds or callers on.",
    )
    to: str = Field(
        default="",
        pattern=rf"^$|{WAY_OUT_PATTERN}",
        description="Where the caller goes: hang_up, or a target such as flow:closed.",
    )
    also: str = Field(
        default="", description="Or: the name of a queue in which the caller waits from then on as well."
    )
    tag: str = Field(default="", description="With tagged: the customer's tag, such as 大客户.")
    not_counting: list[Absence] = Field(
        default_factory=list,
        description="With unstaffed: agents who count no more than those signed out: not_ready, unreachable, "
        "rung, on_call, wrap_up.",
    )

    @model_validator(mode="after")
    def _goes_one_way(self) -> Self:
        if bool(self.to) == bool(self.also):
            raise KeyMistake("to", "either a target, or the name of a queue in also")
        if self.when is OverflowCause.CLOSED and self.also:
            raise KeyMistake("also", "a target in to: nobody begins to wait in a queue that is closed")
        if self.when is not OverflowCause.UNSTAFFED and self.not_counting:
            raise KeyMistake("not_counting", "nothing here, unless when is unstaffed")
        if bool(self.tag) is not (self.when is OverflowCause.TAGGED):
            raise KeyMistake("tag", "the customer's tag with when tagged, and nothing otherwise")
        return self


def absence_key(rule: OverflowRule) -> str:
    """One name for those who do not count, in whatever order they are written."""
    return " ".join(sorted(set(rule.not_counting)))


class TagRule(Section):
    """``[[queues.tag_rules]]``: what a customer's tag means in the queue."""

    tag: str = Field(min_length=1, description="The customer's tag, of a number list, the call or by hand.")
    priority: int = Field(
        default=0,
        ge=-MAX_PRIORITY,
        le=MAX_PRIORITY,
        description="Added to the priority of who comes to this queue first.",
    )
    require: str = Field(default="", description="What is asked of agents besides; empty: nothing.")

    @field_validator("require")
    @classmethod
    def _parses(cls, text: str) -> str:
        return checked_requirement(text)


class RingRule(Section):
    """``[[queues.rings]]``: what is asked of agents from some waiting time on."""

    after_s: float = Field(ge=0, description="From so many seconds of waiting on.")
    require: str = Field(
        default="", description="The requirement, such as billing>=3 and not trainee; empty: none."
    )
    drop_callers_own: bool = Field(
        default=False,
        description="Whether what the caller's flow, or tag, asked for counts no longer.",
    )

    @field_validator("require")
    @classmethod
    def _parses(cls, text: str) -> str:
        return checked_requirement(text)


def checked_requirement(text: str) -> str:
    """Raises ValueError, as models want it, for what is no requirement."""
    try:
        return parse_requirement(text).text
    except UsageError as problem:
        raise ValueError(str(problem)) from problem
