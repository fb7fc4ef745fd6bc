"""The section ``[acd]`` of the configuration: what holds for all queues and agents."""

from pydantic import Field

from acd.messages.config import MessagesConfig
from runtime.models import Section

MAX_PRIORITY = 254

MAX_LEVEL = 9
"""Of rights to dial, as of routes and stations."""

QUEUE_SCHEME = "queue"
"""Targets ``queue:<name>`` lead here."""

AGENT_SCHEME = "agent"
"""Targets ``agent:<number>`` lead to the agent's first queue, to wait there for this agent alone."""


class AcdConfig(Section):
    """Section ``[acd]``: what holds for all queues."""

    priority_level_s: float = Field(
        default=60,
        gt=0,
        le=86400,
        description="Seconds of waiting that one level of priority is worth; so nobody waits for ever.",
    )
    passed_over_s: float = Field(
        default=300,
        ge=0,
        le=86400,
        description="So long callers are passed over for the weight of queues, agents' own priorities and "
        "callers of one agent; whoever has waited longer goes first. A level of priority counts as "
        "priority_level_s of it.",
    )
    supervisor_reasons: list[str] = Field(
        default_factory=lambda: ["training", "study", "meeting", "interview"],
        description="Not-ready reasons that only supervisors set, and only they lift.",
    )
    not_ready_reasons: list["NotReadyReason"] = Field(
        default_factory=list, description="The reasons agents may give; [] = any text."
    )
    leave_expires_s: float = Field(
        default=600, gt=0, le=86400, description="A request for leave that nobody decides ends by itself."
    )
    auto_answer_tone: str = Field(
        default="tone:zip",
        description="Prompt heard before the caller where the phone answered by itself; empty: none.",
    )
    warn_agents: "AgentLimits" = Field(
        default_factory=lambda: AgentLimits(),
        description="When agents are warned of their own figures by agent.warned.",
    )
    messages: MessagesConfig = Field(
        default_factory=MessagesConfig, description="Texts between agents (信使)."
    )
    max_wrap_up_s: float = Field(
        default=600,
        ge=0,
        le=3600,
        description="Agents may extend their wrap-up to so many seconds in all.",
    )
    parallel_during_calls: bool = Field(
        default=False,
        description="Whether agents get chats, mails and the like also while they have a call.",
    )
    inputs_kept_days: int = Field(
        default=7,
        ge=0,
        le=3650,
        description="Days for which what the ACD is told is kept, to explain decisions later; 0: not kept.",
    )
    inputs_max_mb: int = Field(
        default=2048,
        ge=64,
        le=10_000_000,
        description="Beyond so many megabytes the oldest of it goes earlier.",
    )


class AgentLimits(Section):
    """``[acd.warn_agents]``: from when on agents are warned, in seconds; 0: never."""

    talk_s: float = Field(default=0, ge=0, le=86400, description="A conversation takes longer.")
    wrap_up_s: float = Field(default=0, ge=0, le=86400, description="A wrap-up takes longer.")
    not_ready_s: float = Field(default=0, ge=0, le=86400, description="One stay not ready takes longer.")
    busy_s: float = Field(
        default=0, ge=0, le=86400, description="All stays not ready of a shift take longer together."
    )
    rest_s: float = Field(
        default=0, ge=0, le=86400, description="Those for reasons that are rest take longer together."
    )


class NotReadyReason(Section):
    """``[[acd.not_ready_reasons]]``: a reason for which agents may be not ready."""

    code: str = Field(min_length=1, max_length=100, description="What verbs, events and figures call it.")
    title: str = Field(default="", description="Name for people; empty: the code.")
    rest: bool = Field(default=False, description="Whether the time counts as rest in the agent's figures.")


AcdConfig.model_rebuild()
