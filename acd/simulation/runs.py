"""Many days of one scenario, and what they say of one configuration or of two."""

from collections.abc import Sequence
from dataclasses import dataclass

from acd.simulation.callers import Stream
from acd.simulation.chance import Chance
from acd.simulation.day import Centre, Day
from acd.simulation.history import History
from acd.simulation.intervals import Estimate, differences, estimate
from acd.simulation.outcome import Outcome, outcome_of

Estimates = dict[str, dict[str, Estimate | None]]
"""Queue (or ALL) → figure → where it lies."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What every run has in common."""

    streams: Sequence[Stream | History]
    edges_s: Sequence[float]
    seed: int

    def run(self, centre: Centre, number: int) -> Outcome:
        """One day; the same number brings the same callers to any centre."""
        chance = Chance(self.seed, number)
        callers = [caller for n, stream in enumerate(self.streams) for caller in stream.callers(chance, n)]
        day = Day(centre, chance)
        record = day.run(sorted(callers, key=lambda caller: caller.comes_at))
        return outcome_of(record, centre, self.edges_s, day.events)


def estimates_of(outcomes: Sequence[Outcome]) -> Estimates:
    """The figures of all runs together."""
    return {
        scope: {name: estimate([one.figures[scope][name] for one in outcomes]) for name in figures}
        for scope, figures in outcomes[0].figures.items()
    }


def differences_of(ones: Sequence[Outcome], others: Sequence[Outcome]) -> Estimates:
    """How much more the others have, of what both have, run by run."""
    return {
        scope: {
            name: estimate(differences(_column(ones, scope, name), _column(others, scope, name)))
            for name in figures
            if name in others[0].figures[scope]
        }
        for scope, figures in ones[0].figures.items()
        if scope in others[0].figures
    }


def _column(outcomes: Sequence[Outcome], scope: str, name: str) -> list[float | None]:
    return [outcome.figures[scope][name] for outcome in outcomes]
