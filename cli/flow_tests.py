"""``ringmain flows test``: plays the dialogues beside flows, and tells how much of the flows they reach."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from cli.options import ConfigOption, JsonOption, configuration_path
from cli.output import print_json, print_line, print_problems
from cli.paths import shown_path
from cli.table import print_table
from runtime.problems import Problem

if TYPE_CHECKING:
    from cli.configuration.flow_folders import FlowFolder
    from ivr.testing.coverage import Coverage
    from ivr.testing.runner import Played

_MOST_ROADS_TOLD = 10


@dataclass(slots=True)
class _Report:
    """Of all folders; flows by their names in the switch."""

    played: list[tuple[str, "Played"]] = field(default_factory=list)
    coverage: dict[str, "Coverage"] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def is_good(self, least_percent: float) -> bool:
        failed = any(played.failure for _, played in self.played)
        covered = all(coverage.percent >= least_percent for coverage in self.coverage.values())
        return not (failed or self.problems) and covered


def play_tests(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="The flows; without any all of them.")
    ] = None,
    least_percent: Annotated[
        float,
        typer.Option(
            "--min-coverage",
            min=0,
            max=100,
            help="End with 1 when less of a flow's nodes and roads is reached, in percent.",
        ),
    ] = 0,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Play the dialogues in *.test.yaml beside the flows. Ends with 1 when one does not go as expected.

    The real interpreter plays them, on a clock of its own: nothing is called, asked or waited for.
    """
    from cli.configuration.flow_folders import chosen, read_flow_folders  # loads audio libraries

    folders = read_flow_folders(configuration_path(config))
    meant = chosen(folders, names or ())
    report = _Report()
    for folder in folders:
        _run(folder, meant, report, told_all=not names)
    if as_json:
        print_json(_plain(report))
    else:
        _show(report, least_percent)
    if not report.is_good(least_percent):
        raise typer.Exit(1)


def _run(folder: "FlowFolder", meant: set[str], report: _Report, *, told_all: bool) -> None:
    """``told_all``: mistakes in all documents are told, as all are meant."""
    from ivr.testing.coverage import Reached, coverage
    from ivr.testing.loader import load_tests
    from ivr.testing.runner import play_all

    tests, problems = load_tests(folder.folder, folder.flows)
    report.problems += [*folder.problems, *problems] if told_all else problems
    played = [
        one
        for file in tests
        if folder.name_of(file.document.flow) in meant
        for one in play_all(file, folder.flows, folder.rules)
    ]
    report.played += [(folder.name_of(one.flow), one) for one in played]
    reached = reduce(or_, (one.reached for one in played), Reached())
    for name, flow in folder.flows.items():
        if folder.name_of(name) in meant:
            report.coverage[folder.name_of(name)] = coverage(flow, reached)


def _show(report: _Report, least_percent: float) -> None:
    for _, played in report.played:
        if played.failure is not None:
            _show_failure(played)
    for flow, coverage in report.coverage.items():
        if coverage.roads_taken and coverage.missed:
            print_line(f"[dim]{escape(flow)}: not taken: {escape(_roads(coverage))}[/]")
    columns = ("flow", "dialogues#", "failed#", "nodes#", "roads#", "reached#")
    print_table("tests of flows", columns, _rows(report))
    if report.problems:
        print_problems(report.problems)
    for flow, coverage in report.coverage.items():
        if coverage.percent < least_percent:
            print_line(
                f"[bold red]{escape(flow)}:[/] {coverage.percent:.0f} % reached, not {least_percent:g}"
            )


def _show_failure(played: "Played") -> None:
    failure = played.failure
    assert failure is not None, "told of those alone that failed"
    place = f"{shown_path(played.file)}:{failure.line}"
    told = f"{played.name}: expected {failure.expected}; what came: {failure.happened}"
    print_line(f"[bold red]failed:[/] {escape(f'{place}: {told}')}")
    for line in played.transcript:
        print_line(f"[dim]{escape(line)}[/]")


def _roads(coverage: "Coverage") -> str:
    told = [f"{road.node}.{road.key} → {road.target}" for road in coverage.missed[:_MOST_ROADS_TOLD]]
    more = len(coverage.missed) - len(told)
    return ", ".join([*told, *([f"{more} more"] if more else [])])


def _rows(report: _Report) -> Iterator[Sequence[object]]:
    dialogues = Counter(flow for flow, _ in report.played)
    failed = Counter(flow for flow, played in report.played if played.failure)
    for flow, of in report.coverage.items():
        nodes, roads = f"{of.nodes_reached}/{of.nodes}", f"{of.roads_taken}/{of.roads}"
        yield flow, dialogues[flow], failed[flow], nodes, roads, f"{of.percent:.0f} %"


def _plain(report: _Report) -> dict[str, Any]:
    return {
        "dialogues": [_plain_dialogue(flow, played) for flow, played in report.played],
        "coverage": [_plain_coverage(flow, of) for flow, of in report.coverage.items()],
        "problems": [asdict(problem) for problem in report.problems],
    }


def _plain_dialogue(flow: str, played: "Played") -> dict[str, Any]:
    return {
        "flow": flow,
        "name": played.name,
        "file": played.file,
        "line": played.line,
        "failure": asdict(played.failure) if played.failure is not None else None,
        "transcript": played.transcript,
    }


def _plain_coverage(flow: str, of: "Coverage") -> dict[str, Any]:
    missed = [{"node": road.node, "key": road.key, "target": road.target} for road in of.missed]
    return {**asdict(of), "flow": flow, "percent": round(of.percent, 1), "missed": missed}
