"""``ringmain acd simulate``: how callers would fare with a configuration, before anybody calls."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import ConfigOption, JsonOption, configuration_path
from cli.progress import progress
from runtime.clock import local_now

if TYPE_CHECKING:
    from acd.simulation.day import Centre
    from acd.simulation.outcome import Outcome
    from acd.simulation.runs import Plan


def simulate(
    scenario: Annotated[Path, typer.Argument(help="Who calls and who is there: TOML or YAML.")],
    config: ConfigOption = None,
    what_if: Annotated[
        Path | None,
        typer.Option(help="Another configuration, for the same callers; the differences are told."),
    ] = None,
    runs: Annotated[
        int, typer.Option(min=1, max=10_000, help="Days that are gone through, each with other chances.")
    ] = 20,
    seed: Annotated[int, typer.Option(help="Of chance; the same one gives the same answer.")] = 1,
    jobs: Annotated[int, typer.Option(min=1, max=256, help="Processes that share the work.")] = 1,
    charts: Annotated[
        Path | None, typer.Option(help="Folder for pictures of the day: waiting, agents, service level.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Let the calls of a scenario come to the queues and agents of a configuration, on a fast clock."""
    # Loads numpy, which most commands do not need.
    from cli import simulation_report, simulation_setting

    setting = simulation_setting.prepare(scenario, configuration_path(config), what_if, seed)
    began = local_now()
    outcomes = _go_through(setting.plan, setting.centres, runs, jobs)
    took_s = (local_now() - began).total_seconds()
    report = simulation_report.Report(
        scenario=scenario, runs=runs, seed=seed, outcomes=outcomes, took_s=took_s, what_if=what_if
    )
    if charts is not None:
        simulation_report.draw(charts, report)
    simulation_report.show(report, as_json=as_json)


def _go_through(plan: "Plan", centres: Sequence["Centre"], runs: int, jobs: int) -> list[list["Outcome"]]:
    """For each centre the outcome of each run."""
    work = [(centre, number) for number in range(runs) for centre in centres]
    found: list[Outcome] = []
    with progress("days", len(work)) as advance:
        for outcome in _outcomes(plan, work, jobs):
            found.append(outcome)
            advance()
    return [found[place :: len(centres)] for place in range(len(centres))]


def _outcomes(plan: "Plan", work: Sequence[tuple["Centre", int]], jobs: int) -> Iterator["Outcome"]:
    if jobs == 1:
        for centre, number in work:
            yield plan.run(centre, number)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(plan.run, *zip(*work, strict=True))
