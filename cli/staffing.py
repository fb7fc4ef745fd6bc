"""``ringmain acd staff``: the agents that a forecast needs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from acd.forecast import Step, read_forecast
from acd.traffic import Goal, Model
from cli.options import JsonOption
from cli.shares import parse_percent, parse_service_level


def staff(
    forecast: Annotated[
        Path,
        typer.Argument(help="CSV or Excel (.xlsx) with columns start, calls, handle_s and maybe patience_s."),
    ],
    service_level: Annotated[
        str, typer.Option(metavar="PERCENT/SECONDS", help="Calls answered at least, and within which time.")
    ] = "80/20",
    model: Annotated[
        Model | None,
        typer.Option(
            help="c: callers wait for ever; a: they give up, the default if their patience is told."
        ),
    ] = None,
    patience_s: Annotated[
        float | None, typer.Option(help="Mean seconds before a caller gives up, where the table tells none.")
    ] = None,
    max_occupancy: Annotated[
        str, typer.Option(metavar="PERCENT", help="How much of their time agents may be busy.")
    ] = "100",
    max_abandoned: Annotated[
        str, typer.Option(metavar="PERCENT", help="How many calls may be given up; with --model a.")
    ] = "100",
    shrinkage: Annotated[
        str, typer.Option(metavar="PERCENT", help="Paid time in which agents are not there for calls.")
    ] = "0",
    csv_file: Annotated[
        Path | None, typer.Option("--csv", help="Write the plan into this file, too.")
    ] = None,
    chart: Annotated[Path | None, typer.Option(help="Draw the plan into this file, SVG or PNG.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Tell how many agents each step of a forecast needs, and what they achieve."""
    # Loads numpy, which most commands do not need.
    from acd.staffing import Rules
    from acd.staffing import staff as plan_for
    from cli import staffing_plan

    share, within_s = parse_service_level("--service-level", service_level)
    goal = Goal(
        service_level=share,
        within_s=within_s,
        max_occupancy=parse_percent("--max-occupancy", max_occupancy),
        max_abandoned_share=parse_percent("--max-abandoned", max_abandoned),
    )
    steps = read_forecast(forecast)
    rules = Rules(
        model=model or _model_for(steps, patience_s),
        goal=goal,
        shrinkage=parse_percent("--shrinkage", shrinkage),
        patience_s=patience_s,
    )
    plan = plan_for(steps, rules)
    if csv_file is not None:
        staffing_plan.write_csv(csv_file, plan)
    if chart is not None:
        staffing_plan.draw(chart, plan, rules)
    staffing_plan.show(plan, rules, as_json=as_json)


def _model_for(steps: Sequence[Step], patience_s: float | None) -> Model:
    told = patience_s is not None or any(step.patience_s is not None for step in steps)
    return Model.A if told else Model.C
