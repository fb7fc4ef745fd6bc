"""The picture of a staffing plan: agents over the day, and below them what they achieve."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from acd.staffing import Rules, StaffedStep
from media.pictures import INK, QUIET_INK, new_figure, save

_AGENTS = "#1f6f8b"
_SHADE = "#dceff4"
_CALLS = "#c8643c"
_MOST_TICKS = 13


def draw_plan(plan: Sequence[StaffedStep], rules: Rules, out: Path) -> None:
    """Draw into ``out``, PNG or SVG by its suffix. Raises UsageError for another suffix, OSError."""
    save(out, lambda: _draw(plan, rules))


def _draw(plan: Sequence[StaffedStep], rules: Rules) -> Figure:
    goal = rules.goal
    title = f"Agents for {goal.service_level:.0%} within {goal.within_s:g} s (Erlang {rules.model.upper()})"
    figure = new_figure(title)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    _draw_agents(upper, plan)
    _draw_shares(lower, plan, rules)
    _dress_steps(lower, plan)
    return figure


def _draw_agents(axes: Axes, plan: Sequence[StaffedStep]) -> None:
    edges = np.arange(len(plan) + 1)
    axes.stairs([one.agents for one in plan], edges, fill=True, color=_SHADE)
    axes.stairs([one.agents for one in plan], edges, color=_AGENTS, linewidth=1.6, label="agents")
    if any(one.paid_agents != one.agents for one in plan):
        paid = [one.paid_agents for one in plan]
        axes.stairs(paid, edges, color=_AGENTS, linewidth=1, linestyle=(0, (4, 3)), label="on the roster")
    load = [one.load_erlang for one in plan]
    axes.stairs(load, edges, color=_CALLS, linewidth=1.2, label="load in erlangs")
    axes.set_ylim(bottom=0)
    _dress(axes)


def _draw_shares(axes: Axes, plan: Sequence[StaffedStep], rules: Rules) -> None:
    edges = np.arange(len(plan) + 1)
    in_time = [np.nan if one.figures is None else 100 * one.figures.service_level for one in plan]
    busy = [np.nan if one.figures is None else 100 * one.figures.occupancy for one in plan]
    within = f"answered within {rules.goal.within_s:g} s"
    axes.axhline(100 * rules.goal.service_level, color=QUIET_INK, linewidth=0.9, linestyle=(0, (4, 3)))
    axes.stairs(in_time, edges, baseline=None, color=_AGENTS, linewidth=1.6, label=within)
    axes.stairs(busy, edges, baseline=None, color=_CALLS, linewidth=1.2, label="occupancy")
    axes.set_ylim(0, 105)
    axes.set_ylabel("%", color=QUIET_INK, fontsize=9)
    _dress(axes)


def _dress(axes: Axes) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(QUIET_INK)
    axes.tick_params(colors=INK, labelsize=9)
    axes.grid(axis="y", color="#e3e6ea", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, fontsize=9, labelcolor=INK)


def _dress_steps(axes: Axes, plan: Sequence[StaffedStep]) -> None:
    every = -(-len(plan) // _MOST_TICKS)
    named = range(0, len(plan), every)
    axes.set_xticks(list(named), [plan[index].step.begins.replace(" ", "\n") for index in named])
    axes.set_xlim(0, len(plan))
