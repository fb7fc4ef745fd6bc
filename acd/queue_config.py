"""The sections ``[[queues]]`` of the configuration."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from acd.announcements import Announcements
from acd.callback import CallbackPolicy
from acd.config import MAX_LEVEL, MAX_PRIORITY
from acd.queue_rules import OverflowCause, OverflowRule, RingRule, TagRule
from runtime.models import KeyMistake, Section
from runtime.target import HANG_UP, WAY_OUT_PATTERN

_SERVICE_PATTERN = r"^(flow|message):\S+$"

CALLBACK = "callback"
"""Stands where an exit key's target could: the caller is called back and keeps the place."""


class StrategyName(StrEnum):
    """How a queue chooses among its free agents; what each does is in ``strategy.py``."""

    LONGEST_IDLE = "longest_idle"
    FEWEST_CALLS = "fewest_calls"
    LEAST_TALK_TIME = "least_talk_time"
    ROUND_ROBIN = "round_robin"
    LINEAR = "linear"
    """As configured, from the top each time."""
    RING_ALL = "ring_all"
    """Everybody free is rung; who answers first has the call."""
    WEIGHTED_RANDOM = "weighted_random"
    SKILL_LEVEL = "skill_level"
    PREFERRED_AGENT = "preferred_agent"
    """Whom the call names, if free; or else the longest idle."""


class RepeatPolicy(StrEnum):
    """Whom a caller gets who calls again."""

    OFF = "off"
    LAST_AGENT = "last_agent"
    """Who talked with the caller last."""
    FAMILIAR_AGENT = "familiar_agent"
    """Who talked with the caller most often."""


class RonaPolicy(StrEnum):
    """What becomes of an agent who lets offers go unanswered."""

    NOT_READY = "not_ready"
    DELAY = "delay"
    """No offers for ``refusal_delay_s``."""
    SIGN_OUT = "sign_out"
    """As soon as the agent has nothing in hand."""


class SelfServiceTurn(StrEnum):
    """What happens when the turn of a caller comes who is in self-service."""

    INTERRUPT = "interrupt"
    """Self-service ends and the agent is rung."""
    LATER = "later"
    """Others are served; the caller is when back, at the place kept."""


class Closing(StrEnum):
    """What becomes of those who wait when the queue's calendar closes."""

    SERVE = "serve"
    """They are still served."""
    RELEASE = "release"
    """They go the way of newcomers."""


class QueueConfig(Section):
    """Section ``[[queues]]``: one queue (技能队列)."""

    name: str = Field(
        min_length=1,
        pattern=r"^[^\s,?/]+$",
        description="Short name, used in targets such as queue:service; no spaces, commas, slashes and ?.",
    )
    title: str = Field(default="", description="Name for people; empty: the short name.")
    business_type: str = Field(
        default="",
        max_length=64,
        description="What its calls are about, as agent.popup tells; empty: as the access code.",
    )
    strategy: StrategyName = Field(
        default=StrategyName.LONGEST_IDLE, description="Which of several free agents gets the next call."
    )
    rank_skills: list[str] = Field(
        default_factory=list,
        description="Skills that strategy skill_level goes by; empty: those the call asks for.",
    )
    weight: int = Field(
        default=0,
        ge=0,
        le=1000,
        description="Agents of several queues take callers of the queue with the highest number first, but "
        "for those who have waited longer than acd.passed_over_s.",
    )
    priority: int = Field(
        default=0, ge=0, le=MAX_PRIORITY, description="Priority level of callers for whom no other is given."
    )
    rings: list[RingRule] = Field(
        default_factory=list, description="What is asked of agents, relaxed as the wait grows."
    )
    tag_rules: list[TagRule] = Field(
        default_factory=list,
        description="What customers' tags mean: other priorities and requirements. Rules of overflow for "
        "tagged lead elsewhere.",
    )
    overflow: list[OverflowRule] = Field(
        default_factory=list, description="Ways out, and other queues, for when this one cannot serve well."
    )
    calendar: str = Field(
        default="",
        description='The calendar of its opening hours; empty: always open. Rules of overflow for "closed" '
        "say where callers go, who are released without one.",
    )
    closing: Closing = Field(
        default=Closing.SERVE,
        description="What becomes of those who wait when it closes: serve, or release (as newcomers).",
    )
    exit_keys: dict[str, str] = Field(
        default_factory=dict,
        description='What a waiting caller\'s key leads to, such as { "0" = "flow:operator" }; or '
        "callback, which keeps the place.",
    )
    self_service_keys: dict[str, str] = Field(
        default_factory=dict,
        description='What a waiting caller\'s key leads to with the place kept, such as { "2" = "flow:bill", '
        '"3" = "message:service" }; afterwards the caller hears the queue again.',
    )
    self_service_turn: SelfServiceTurn = Field(
        default=SelfServiceTurn.INTERRUPT,
        description="What happens when the caller's turn comes meanwhile: interrupt, or later (others are "
        "served until the caller is back).",
    )
    callback_on_hang_up: bool = Field(
        default=False, description="Whether callers who hang up while waiting keep the place."
    )
    callback_level: int = Field(
        default=0,
        ge=0,
        le=MAX_LEVEL,
        description="Callers are called back by routes up to this level; numbers they show may be false.",
    )
    callbacks_per_number: int = Field(
        default=1,
        ge=0,
        le=1000,
        description="Callbacks one number may have at once in the queue; 0: no limit. With 1 it stands for "
        "one customer; otherwise, as for a company's number, for several.",
    )
    callback_policy: CallbackPolicy = Field(
        default=CallbackPolicy.RESERVE,
        description="Customers are called back when an agent is there, who is kept free for them "
        "(reserve), or when one will probably be there by the time they answer (ahead).",
    )
    callback_ahead_s: float = Field(
        default=15, gt=0, le=300, description="With ahead: so long calling a customer takes, in seconds."
    )
    callback_prompt: str = Field(
        default="",
        description="Prompt that tells who asked for a callback that the place is kept; empty: none.",
    )
    callback_confirm_key: str = Field(
        default="",
        pattern="^[0-9*#]?$",
        description="The key that who answers a callback presses before an agent is rung, which no answering "
        "machine does; empty: whoever answers is the customer.",
    )
    callback_confirm_prompt: str = Field(
        default="", description="Prompt that asks for that key, played again and again."
    )
    callback_confirm_s: float = Field(
        default=15, gt=0, le=120, description="Seconds for pressing it; then the attempt was in vain."
    )
    callback_ring_s: float = Field(
        default=30, gt=0, le=300, description="Seconds a customer's phone rings before the attempt is over."
    )
    callback_attempts: int = Field(
        default=2, ge=1, le=20, description="How often a customer is called, at each number there is."
    )
    callback_retry_s: float = Field(
        default=120, ge=1, le=86400, description="Seconds from one attempt at a number to the next."
    )
    callback_valid_s: float = Field(
        default=14400, ge=60, le=604800, description="Seconds after which a callback is given up."
    )
    callback_calendar: str = Field(
        default="", description="Calendar while which is open customers are called back; empty: always."
    )
    callback_shown_number: str = Field(
        default="",
        max_length=64,
        description="The number that customers see who are called back; empty: the access code they dialled.",
    )
    repeat: RepeatPolicy = Field(
        default=RepeatPolicy.OFF,
        description="Whom callers who call again are to get first: last_agent, familiar_agent (who talked "
        "with them most often), or off.",
    )
    repeat_period_h: float = Field(
        default=24, gt=0, le=8760, description="Hours for which a conversation counts for that."
    )
    repeat_wait_s: float = Field(
        default=20,
        ge=0,
        le=3600,
        description="Seconds they wait for that agent alone; 0: only if the agent is free at once.",
    )
    ring_timeout_s: float = Field(
        default=15, gt=0, le=300, description="Seconds an agent's phone rings before the offer ends (RONA)."
    )
    rona_reason: str = Field(
        default="no_answer",
        min_length=1,
        description="Not-ready reason given to an agent who let the phone ring in vain.",
    )
    rona: RonaPolicy = Field(
        default=RonaPolicy.NOT_READY, description="What becomes of an agent who lets offers go unanswered."
    )
    rona_after: int = Field(
        default=1, ge=1, le=100, description="After so many in a row; until then refusal_delay_s passes."
    )
    refusal_delay_s: float = Field(
        default=10,
        ge=1,
        le=3600,
        description="Seconds without offers for an agent whose phone refused one (rejected, busy, failed).",
    )
    reject_delay_s: float | None = Field(
        default=None, ge=1, le=3600, description="The same when it was rejected; else refusal_delay_s."
    )
    busy_delay_s: float | None = Field(
        default=None, ge=1, le=3600, description="The same when the phone was busy; else refusal_delay_s."
    )
    failure_delay_s: float | None = Field(
        default=None, ge=1, le=3600, description="The same when the phone failed; else refusal_delay_s."
    )
    max_on_leave: int = Field(
        default=0, ge=0, le=10000, description="Agents of the queue on leave at once; 0: no limit."
    )
    wrap_up_s: float = Field(
        default=10, ge=0, le=3600, description="Seconds of after-call work following each call; 0: none."
    )
    record: bool = Field(
        default=False,
        description="Whether callers are recorded when they talk to an agent, where the access code does "
        "not say so.",
    )
    record_share: float = Field(
        default=1.0, ge=0, le=1, description="The share of them that is recorded so, chosen by chance."
    )
    max_wait_s: float = Field(default=0, ge=0, description="Seconds a caller may wait; 0: no limit.")
    on_timeout: str = Field(
        default=HANG_UP,
        pattern=WAY_OUT_PATTERN,
        description="What happens at max_wait_s: hang_up, or a target such as flow:closed.",
    )
    max_waiting: int = Field(default=0, ge=0, description="Callers that may wait at once; 0: no limit.")
    on_full: str = Field(
        default=HANG_UP,
        pattern=WAY_OUT_PATTERN,
        description="What happens to a caller beyond max_waiting: hang_up, or a target.",
    )
    service_level_s: list[Annotated[float, Field(gt=0, le=3600)]] = Field(
        default_factory=lambda: [20.0],
        min_length=1,
        max_length=8,
        description="Callers answered within so many seconds are counted; several thresholds may be given.",
    )
    music: str = Field(
        default="", description="Prompt played again and again to those who wait; empty: silence."
    )

    language: str = Field(
        default="zh",
        pattern="^(zh|en)$",
        description="In which callers are told something whose target names no language: zh or en.",
    )
    announcements: Announcements = Field(
        default_factory=Announcements, description="What those who wait are told between the music."
    )
    agent_greeting: list[str] = Field(
        default_factory=list,
        description="Prompts the agent hears before the caller; {wait} is the caller's wait in minutes.",
    )
    caller_greeting: list[str] = Field(
        default_factory=list,
        description="Prompts the caller hears on being put through; {agent} is the agent's number.",
    )

    @property
    def waits(self) -> tuple[OverflowRule, ...]:
        """The rules of overflow that look at the wait."""
        return tuple(rule for rule in self.overflow if rule.when is OverflowCause.WAIT)

    @property
    def on_absence(self) -> tuple[OverflowRule, ...]:
        """The rules of overflow that look at whether agents are there."""
        return tuple(rule for rule in self.overflow if rule.when is OverflowCause.UNSTAFFED)

    @property
    def when_closed(self) -> str:
        """Where callers go when it is closed."""
        rules = (rule.to for rule in self.overflow if rule.when is OverflowCause.CLOSED)
        return next(rules, HANG_UP)

    @field_validator("rings")
    @classmethod
    def _in_order(cls, rings: list[RingRule]) -> list[RingRule]:
        starts = [ring.after_s for ring in rings]
        if starts != sorted(set(starts)):
            raise ValueError("each ring later than the one before")
        return rings

    @field_validator("service_level_s")
    @classmethod
    def _ascend(cls, thresholds: list[float]) -> list[float]:
        if thresholds != sorted(set(thresholds)):
            raise ValueError("each threshold longer than the one before")
        return thresholds

    @field_validator("exit_keys")
    @classmethod
    def _are_keys_and_ways_out(cls, keys: dict[str, str]) -> dict[str, str]:
        _check_keys(keys)
        for key, way_out in keys.items():
            if way_out != CALLBACK and not re.match(WAY_OUT_PATTERN, way_out):
                raise ValueError(f"hang_up, callback or a target such as flow:operator for key {key}")
        return keys

    @field_validator("self_service_keys")
    @classmethod
    def _are_keys_and_services(cls, keys: dict[str, str]) -> dict[str, str]:
        _check_keys(keys)
        for key, target in keys.items():
            if not re.match(_SERVICE_PATTERN, target):
                raise ValueError(f"flow:<name> or message:<box> for key {key}")
        return keys

    @model_validator(mode="after")
    def _asks_for_the_key_it_wants(self) -> Self:
        if self.callback_confirm_key and not self.callback_confirm_prompt:
            raise KeyMistake("callback_confirm_prompt", "a prompt that asks for callback_confirm_key")
        return self

    @model_validator(mode="after")
    def _has_one_use_for_each_key(self) -> Self:
        if both := sorted(self.exit_keys.keys() & self.self_service_keys.keys()):
            raise KeyMistake("self_service_keys", f"keys that are not exit_keys too, as {both[0]} is")
        return self


def _check_keys(keys: Iterable[str]) -> None:
    for key in keys:
        if len(key) != 1 or key not in "0123456789*#":
            raise ValueError("keys 0 to 9, * and #")
