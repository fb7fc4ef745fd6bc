"""How many agents a forecast needs, step by step, and what they would achieve."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from acd.erlang import agents_needed, figures_of
from acd.forecast import LEAST_S, LONGEST_S, Step
from acd.traffic import Figures, Goal, Model, Traffic
from runtime.errors import UsageError
from runtime.problems import listed


@dataclass(frozen=True, slots=True)
class Rules:
    """How to staff. Raises UsageError for figures without a meaning."""

    model: Model
    goal: Goal
    shrinkage: float = 0.0
    """The share of paid time in which agents are not there for calls: breaks, training, illness."""
    patience_s: float | None = None
    """Of callers in steps that do not tell their own."""

    def __post_init__(self) -> None:
        if self.patience_s is not None and not LEAST_S <= self.patience_s <= LONGEST_S:
            raise UsageError(f"a patience of {self.patience_s} s: expected {LEAST_S} to {LONGEST_S}")
        if not 0 <= self.shrinkage < 1:
            raise UsageError(f"a shrinkage of {self.shrinkage:.0%}: expected 0 or more, below 100 %")


@dataclass(frozen=True, slots=True)
class StaffedStep:
    """What one step needs."""

    step: Step
    load_erlang: float
    agents: int
    """Who must be there for calls."""
    paid_agents: int
    """Who must be on the roster, so that with the shrinkage so many are there."""
    figures: Figures | None
    """What the agents achieve; None where no calls come."""


@dataclass(frozen=True, slots=True)
class Totals:
    """A whole plan. Shares are of all its calls."""

    calls: float
    agent_hours: float
    paid_hours: float
    most_agents: int
    service_level: float | None
    """None without any call, as are the others."""
    abandoned_share: float | None
    mean_wait_s: float | None


def staff(steps: Sequence[Step], rules: Rules) -> list[StaffedStep]:
    """The agents each step needs. Raises UsageError for steps that have no answer."""
    if rules.model is Model.A and rules.patience_s is None:
        _require_patience(steps)
    return [_staff_step(step, rules) for step in steps]


def totals_of(plan: Sequence[StaffedStep]) -> Totals:
    """The sums and means over a plan."""
    fared = [(staffed.step.calls, staffed.figures) for staffed in plan if staffed.figures is not None]
    return Totals(
        calls=math.fsum(staffed.step.calls for staffed in plan),
        agent_hours=math.fsum(staffed.agents * staffed.step.length_s for staffed in plan) / 3600,
        paid_hours=math.fsum(staffed.paid_agents * staffed.step.length_s for staffed in plan) / 3600,
        most_agents=max(staffed.agents for staffed in plan),
        service_level=_mean_of_calls(fared, lambda figures: figures.service_level),
        abandoned_share=_mean_of_calls(fared, lambda figures: figures.abandoned_share),
        mean_wait_s=_mean_of_calls(fared, lambda figures: figures.mean_wait_s),
    )


def paid_for(agents: int, shrinkage: float) -> int:
    """How many must be paid for so many to be there. A part of a person is one; a rounding error is none:
    the share is taken as it is written."""
    return math.ceil(agents / (1 - Fraction(str(shrinkage))))


def _require_patience(steps: Sequence[Step]) -> None:
    lacking = [step.begins for step in steps if step.calls and step.patience_s is None]
    if lacking:
        raise UsageError(
            f"Erlang A needs the callers' patience, for all or for each step; without it: {listed(lacking)}"
        )


def _staff_step(step: Step, rules: Rules) -> StaffedStep:
    if not step.calls or step.handle_s is None:
        return StaffedStep(step, 0.0, 0, 0, None)
    traffic = Traffic(step.calls_per_hour, step.handle_s, step.patience_s or rules.patience_s or math.inf)
    try:
        agents = agents_needed(rules.model, traffic, rules.goal)
    except UsageError as error:
        raise UsageError(f"{step.begins}: {error}") from error
    figures = figures_of(rules.model, traffic, agents, rules.goal.within_s)
    return StaffedStep(step, traffic.load_erlang, agents, paid_for(agents, rules.shrinkage), figures)


def _mean_of_calls(fared: Sequence[tuple[float, Figures]], value: Callable[[Figures], float]) -> float | None:
    calls = math.fsum(number for number, _ in fared)
    return math.fsum(number * value(figures) for number, figures in fared) / calls if calls else None
