"""What a simulation found, for people and programs: tables, JSON and pictures."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acd.simulation.intervals import CONFIDENCE, Estimate
from acd.simulation.outcome import Outcome
from acd.simulation.runs import Estimates, differences_of, estimates_of
from cli.output import print_json, print_line
from cli.table import print_table
from runtime.errors import UsageError

METHOD = "independent replications, Student's t"
_DIGITS = 6
_TITLES = {
    "offered": "offered",
    "answered": "answered",
    "abandoned_share": "abandoned",
    "sent_on_share": "sent on",
    "mean_answer_s": "mean answer",
    "longest_wait_s": "longest",
    "occupancy": "occupancy",
    "callbacks": "callbacks",
    "callbacks_served": "called back",
    "callbacks_failed": "in vain",
}
_GIVES_WAY = ("answered#", "sent on#", "longest#")


@dataclass(frozen=True, slots=True)
class Report:
    """All that is known of one command's work."""

    scenario: Path
    runs: int
    seed: int
    outcomes: list[list[Outcome]]
    """As configured, and what if: a list of runs each."""
    took_s: float
    what_if: Path | None

    @property
    def events(self) -> int:
        return sum(outcome.events for outcomes in self.outcomes for outcome in outcomes)

    @property
    def events_per_s(self) -> int:
        return round(self.events / self.took_s) if self.took_s > 0 else 0

    def sections(self) -> dict[str, Estimates]:
        """What is told, by its name."""
        base = self.outcomes[0]
        if len(self.outcomes) == 1:
            return {"as configured": estimates_of(base)}
        other = self.outcomes[1]
        return {
            "as configured": estimates_of(base),
            "what if": estimates_of(other),
            "difference": differences_of(base, other),
        }


def show(report: Report, *, as_json: bool) -> None:
    """Print everything."""
    if as_json:
        print_json(_document(report))
        return
    for title, estimates in report.sections().items():
        names = list(dict.fromkeys(name for figures in estimates.values() for name in figures))
        columns = ("queue", *(f"{_title(name)}#" for name in names))
        signed = title == "difference"
        rows = [
            (scope, *(_cell(name, figures.get(name), signed=signed) for name in names))
            for scope, figures in estimates.items()
        ]
        print_table(title, columns, rows, _GIVES_WAY)
    print_line(
        f"{report.runs} runs, seed {report.seed}; ± is the {CONFIDENCE:.0%} confidence interval "
        f"({METHOD}); {report.events} events, {report.events_per_s}/s"
    )


def draw(folder: Path, report: Report) -> None:
    """Write the pictures of the day into a folder. Raises UsageError."""
    from acd.simulation.pictures import draw_day  # loads matplotlib, which takes a second

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, outcomes in zip(("", "what_if_"), report.outcomes, strict=False):
            draw_day(folder, name, outcomes)
    except OSError as error:
        raise UsageError(f"cannot write into {folder}: {error.strerror or error}") from error


def _document(report: Report) -> dict[str, Any]:
    return {
        "scenario": str(report.scenario),
        "what_if": None if report.what_if is None else str(report.what_if),
        "runs": report.runs,
        "seed": report.seed,
        "confidence": CONFIDENCE,
        "method": METHOD,
        "events": report.events,
        "events_per_s": report.events_per_s,
        **{title.replace(" ", "_"): _plain(estimates) for title, estimates in report.sections().items()},
    }


def _plain(estimates: Estimates) -> dict[str, dict[str, Any]]:
    return {
        scope: {name: _interval(found) for name, found in figures.items()}
        for scope, figures in estimates.items()
    }


def _interval(found: Estimate | None) -> Mapping[str, float | None] | None:
    if found is None:
        return None
    reach = None if found.reach is None else round(found.reach, _DIGITS)
    return {"mean": round(found.mean, _DIGITS), "reach": reach}


def _title(name: str) -> str:
    if name.startswith("within_"):
        return f"in {name.removeprefix('within_').removesuffix('_s')} s"
    return _TITLES[name]


def _cell(name: str, found: Estimate | None, *, signed: bool) -> str | None:
    """``81.2 ± 1.4 %``: shares in percent, waits in seconds."""
    if found is None:
        return None
    percent = name == "occupancy" or name.endswith("_share") or name.startswith("within_")
    factor, unit = (100.0, " %") if percent else (1.0, " s" if name.endswith("_s") else "")
    mean = f"{factor * found.mean:{'+' if signed else ''}.1f}"
    reach = "" if found.reach is None else f" ± {factor * found.reach:.1f}"
    return f"{mean}{reach}{unit}"
