"""``ringmain acd erlang``: one question to Erlang's formulas."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from acd.traffic import Figures, Traffic
from cli.options import JsonOption
from cli.output import print_json, print_note
from cli.shares import finite, percent, wait
from cli.table import print_table


def erlang(
    calls_per_hour: Annotated[float, typer.Option(help="Calls that come in an hour.", min=0)],
    handle_s: Annotated[float, typer.Option(help="Mean seconds of a call, with wrap-up.")],
    agents: Annotated[int, typer.Option(help="Agents there for calls; for Erlang B, lines.", min=1)],
    patience_s: Annotated[
        float | None, typer.Option(help="Mean seconds that callers wait before they give up; for Erlang A.")
    ] = None,
    within_s: Annotated[float, typer.Option(help="Seconds of the service level.", min=0)] = 20,
    as_json: JsonOption = False,
) -> None:
    """How callers fare with so many agents, by Erlang B (lost at once), C (wait) and A (give up)."""
    # Loads numpy, which most commands do not need.
    from acd.erlang import erlang_a, erlang_b, erlang_c

    traffic = Traffic(calls_per_hour, handle_s)
    blocked = erlang_b(traffic.load_erlang, agents)
    by_c = erlang_c(traffic, agents, within_s)
    by_a = None
    if patience_s is not None:
        by_a = erlang_a(Traffic(calls_per_hour, handle_s, patience_s), agents, within_s)
    if as_json:
        print_json(
            {
                "load_erlang": traffic.load_erlang,
                "erlang_b": {"blocked_share": blocked},
                "erlang_c": _as_json(by_c),
                "erlang_a": None if by_a is None else _as_json(by_a),
            }
        )
        return
    columns = (
        "model",
        "lost#",
        "wait#",
        f"within {within_s:g} s#",
        "mean wait#",
        "if answered#",
        "occupancy#",
    )
    rows = [_lost_row(blocked, traffic.load_erlang, agents), _row("C: they wait", by_c)]
    if by_a is not None:
        rows.append(_row("A: they give up", by_a))
    print_table(f"{traffic.load_erlang:.2f} erlangs, {agents} agents", columns, rows, ("if answered#",))
    if by_a is None:
        print_note("Erlang A needs --patience-s")


def _lost_row(blocked: float, load_erlang: float, agents: int) -> tuple[object, ...]:
    answered = percent(1 - blocked)
    carried = percent(load_erlang * (1 - blocked) / agents)
    return ("B: they are turned away", percent(blocked), percent(0), answered, wait(0), wait(0), carried)


def _row(name: str, figures: Figures) -> tuple[object, ...]:
    return (
        name,
        percent(figures.abandoned_share),
        percent(figures.waiting_share),
        percent(figures.service_level),
        wait(figures.mean_wait_s),
        wait(figures.mean_wait_served_s),
        percent(figures.occupancy),
    )


def _as_json(figures: Figures) -> dict[str, Any]:
    return {name: finite(value) for name, value in asdict(figures).items()}
