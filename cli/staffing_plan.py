"""A staffing plan for people and programs: as a table, JSON, a file of CSV and a picture."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from acd.staffing import Rules, StaffedStep, Totals, totals_of
from acd.traffic import Figures
from cli.output import print_fields, print_json
from cli.shares import percent, wait
from cli.table import print_table
from runtime.errors import UsageError

_DIGITS = 6
_GIVES_WAY = ("wait#", "handle#", "erlangs#", "abandoned#")


def show(plan: Sequence[StaffedStep], rules: Rules, *, as_json: bool) -> None:
    """Print the plan with its totals."""
    totals = totals_of(plan)
    if as_json:
        steps = [_flat(staffed) for staffed in plan]
        print_json({**asdict(rules), "totals": asdict(totals), "steps": steps})
        return
    goal = rules.goal
    columns = (
        *("step", "calls#", "handle#", "erlangs#", "agents#", "on the roster#"),
        *(f"in {goal.within_s:g} s#", "wait#", "abandoned#", "mean wait#", "occupancy#"),
    )
    share = f"{100 * goal.service_level:g} %"
    title = f"agents for {share} within {goal.within_s:g} s, by Erlang {rules.model.upper()}"
    print_table(title, columns, map(_row, plan), _GIVES_WAY)
    print_fields("together", _together(totals, rules))


def write_csv(path: Path, plan: Sequence[StaffedStep]) -> None:
    """Write the plan whole or not at all, in UTF-8 with the mark Excel knows it by. Raises UsageError."""
    rows = [_flat(staffed) for staffed in plan]
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(text.getvalue().encode("utf-8-sig"))
        part.replace(path)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from error


def draw(path: Path, plan: Sequence[StaffedStep], rules: Rules) -> None:
    """Draw the plan. Raises UsageError."""
    from acd.staffing_picture import draw_plan  # loads matplotlib, which takes a second

    try:
        draw_plan(plan, rules, path)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from error


def _row(staffed: StaffedStep) -> tuple[object, ...]:
    step, figures = staffed.step, staffed.figures
    needs = (f"{staffed.load_erlang:.1f}", staffed.agents, staffed.paid_agents)
    handle = None if step.handle_s is None else f"{_number(step.handle_s)} s"
    known = (step.begins, _number(step.calls), handle, *needs)
    if figures is None:
        return (*known, *[None] * 5)
    return (
        *known,
        percent(figures.service_level),
        percent(figures.waiting_share),
        percent(figures.abandoned_share),
        wait(figures.mean_wait_s),
        percent(figures.occupancy),
    )


def _together(totals: Totals, rules: Rules) -> dict[str, object]:
    return {
        "calls": _number(totals.calls),
        f"in {rules.goal.within_s:g} s": percent(totals.service_level),
        "abandoned": percent(totals.abandoned_share),
        "mean wait": wait(totals.mean_wait_s),
        "most agents": totals.most_agents,
        "agents' hours": f"{totals.agent_hours:.1f}",
        "paid hours": f"{totals.paid_hours:.1f}, with a shrinkage of {100 * rules.shrinkage:g} %",
    }


def _flat(staffed: StaffedStep) -> dict[str, Any]:
    """One row: the step, what it needs, and the figures, each None where no calls come."""
    needs = {name: getattr(staffed, name) for name in ("load_erlang", "agents", "paid_agents")}
    figures = {field.name: getattr(staffed.figures, field.name, None) for field in fields(Figures)}
    row = {**asdict(staffed.step), **needs, **figures}
    return {name: round(value, _DIGITS) if isinstance(value, float) else value for name, value in row.items()}


def _number(value: float) -> str:
    """``1500`` or ``12.5``."""
    return f"{value:.1f}".removesuffix(".0")
