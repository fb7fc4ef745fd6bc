"""What alarms can look at: of what it is a figure, and how it moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a figure is of."""

    QUEUE = "queue"
    AGENT = "agent"
    TRUNK = "trunk"
    SWITCH = "switch"


class Measure(StrEnum):
    """A figure with thresholds. Those of time end in ``_s``; rates are from 0 to 1."""

    WAITING = "waiting"
    """Callers in the queue."""
    LONGEST_WAIT_S = "longest_wait_s"
    """How long the first of them has waited."""
    CALLBACKS = "callbacks"
    """Customers to be called back."""
    FREE_AGENTS = "free_agents"
    """Agents of the queue who wait for a call (示闲)."""
    SIGNED_IN_AGENTS = "signed_in_agents"
    """Agents of the queue who are signed in, ready or not."""
    ANSWER_RATE = "answer_rate"
    """Of the callers who waited no longer within ``window_s``, those who were answered (接通率)."""
    ABANDONED_RATE = "abandoned_rate"
    """Of the same, those who gave up."""
    SERVICE_LEVEL = "service_level"
    """Of the same, those answered within ``within_s``."""
    IDLE_S = "idle_s"
    """How long the agent has waited for a call."""
    TALK_S = "talk_s"
    """How long the agent has talked with the same caller."""
    WRAP_UP_S = "wrap_up_s"
    """How long the agent's after-call work has lasted."""
    NOT_READY_S = "not_ready_s"
    """How long the agent has been not ready (示忙) for the same reason."""
    CALLS = "calls"
    """Calls that are up, on the trunk or in the switch."""
    CHANNELS_USED = "channels_used"
    """The share of the trunk's channels that calls have; only of trunks with a limit."""
    DOWN = "down"
    """1 while the trunk answers at no address, else 0."""
    METRIC = "metric"
    """The metric that ``metric`` names, summed over its labels."""


@dataclass(frozen=True, slots=True)
class Nature:
    """How a measure moves."""

    kinds: tuple[Kind, ...]
    grows: bool = False
    """By itself, a second each second, until what it measures is over."""
    windowed: bool = False
    """It is a share of what happened lately."""


_QUEUE, _AGENT, _TRUNK = (Kind.QUEUE,), (Kind.AGENT,), (Kind.TRUNK,)
NATURES: Mapping[Measure, Nature] = {
    Measure.WAITING: Nature(_QUEUE),
    Measure.LONGEST_WAIT_S: Nature(_QUEUE, grows=True),
    Measure.CALLBACKS: Nature(_QUEUE),
    Measure.FREE_AGENTS: Nature(_QUEUE),
    Measure.SIGNED_IN_AGENTS: Nature(_QUEUE),
    Measure.ANSWER_RATE: Nature(_QUEUE, windowed=True),
    Measure.ABANDONED_RATE: Nature(_QUEUE, windowed=True),
    Measure.SERVICE_LEVEL: Nature(_QUEUE, windowed=True),
    Measure.IDLE_S: Nature(_AGENT, grows=True),
    Measure.TALK_S: Nature(_AGENT, grows=True),
    Measure.WRAP_UP_S: Nature(_AGENT, grows=True),
    Measure.NOT_READY_S: Nature(_AGENT, grows=True),
    Measure.CALLS: Nature((Kind.TRUNK, Kind.SWITCH)),
    Measure.CHANNELS_USED: Nature(_TRUNK),
    Measure.DOWN: Nature(_TRUNK),
    Measure.METRIC: Nature((Kind.SWITCH,)),
}
