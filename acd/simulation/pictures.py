"""Pictures of a simulated day: who waits, what agents do, and how many callers are answered in time."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from acd.simulation.outcome import SHOWN_STATES, Curve, Outcome
from media.fonts import legible
from media.pictures import INK, QUIET_INK, new_figure, save

_INKS = ("#1f6f8b", "#c8643c", "#6b8e4e", "#8c6bb1", "#c9a227", "#5f6b7a")
_MOST_LINES = len(_INKS)
_STATE_INKS = {"on calls": "#1f6f8b", "wrap-up": "#c9a227", "available": "#a9d18e", "not ready": "#d9dce1"}


def draw_day(folder: Path, prefix: str, outcomes: Sequence[Outcome]) -> None:
    """Three pictures, SVG, of the mean day. Raises OSError."""
    drawings: dict[str, Callable[[Sequence[Outcome]], Figure]] = {
        "waiting": _waiting,
        "agents": _agents,
        "service_level": _service_level,
    }
    for name, drawing in drawings.items():
        save(folder / f"{prefix}{name}.svg", lambda drawing=drawing: drawing(outcomes))  # type: ignore[misc]


def _waiting(outcomes: Sequence[Outcome]) -> Figure:
    """The busiest queues by name, the others together."""
    figure = new_figure(f"Calls waiting, mean of {len(outcomes)} days")
    axes = figure.subplots()
    curves = {name: _mean([one.waiting[name] for one in outcomes]) for name in outcomes[0].waiting}
    ranked = sorted(curves, key=lambda name: -float(curves[name].sum()))
    shown, rest = ranked[: _MOST_LINES - 1], ranked[_MOST_LINES - 1 :]
    lines = {name: curves[name] for name in shown}
    if rest:
        lines["others"] = np.sum([curves[name] for name in rest], axis=0)
    for ink, (name, curve) in zip(_INKS, lines.items(), strict=False):
        axes.stairs(curve, _hours(outcomes), baseline=None, color=ink, linewidth=1.6, label=legible(name))
    axes.set_ylim(bottom=0)
    _dress(axes)
    return figure


def _agents(outcomes: Sequence[Outcome]) -> Figure:
    figure = new_figure(f"Agents by state, mean of {len(outcomes)} days")
    axes = figure.subplots()
    base = np.zeros(len(outcomes[0].came))
    for name in SHOWN_STATES:
        top = base + _mean([one.agents[name] for one in outcomes])
        axes.stairs(top, _hours(outcomes), baseline=base, fill=True, color=_STATE_INKS[name], label=name)
        base = top
    axes.set_ylim(bottom=0)
    _dress(axes)
    return figure


def _service_level(outcomes: Sequence[Outcome]) -> Figure:
    """Of those who came in each step; the shade is where nine of ten days are."""
    figure = new_figure("Answered within the first threshold of their queue, by the time they came")
    axes = figure.subplots()
    came, in_time = _stacked([one.came for one in outcomes]), _stacked([one.in_time for one in outcomes])
    hours = _hours(outcomes)
    totals = came.sum(axis=0)
    mean = np.where(totals > 0, 100 * in_time.sum(axis=0) / np.maximum(totals, 1), np.nan)
    if len(outcomes) > 1:
        daily = np.where(came > 0, 100 * in_time / np.maximum(came, 1), np.nan)
        known = np.isfinite(daily).any(axis=0)
        daily[:, ~known] = 0.0
        low, high = (np.where(known, np.nanpercentile(daily, share, axis=0), np.nan) for share in (5, 95))
        axes.stairs(high, hours, baseline=low, fill=True, color="#dceff4", label="nine of ten days")
    axes.stairs(mean, hours, baseline=None, color=_INKS[0], linewidth=1.6, label="all days")
    axes.set_ylim(0, 105)
    axes.set_ylabel("%", color=QUIET_INK, fontsize=9)
    _dress(axes)
    return figure


def _mean(curves: Sequence[Curve]) -> Curve:
    mean: Curve = _stacked(curves).mean(axis=0)
    return mean


def _stacked(curves: Sequence[Curve]) -> Curve:
    return np.vstack(curves)


def _hours(outcomes: Sequence[Outcome]) -> Curve:
    return np.array(outcomes[0].edges_s) / 3600


def _dress(axes: Axes) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(QUIET_INK)
    axes.tick_params(colors=INK, labelsize=9)
    axes.xaxis.set_major_formatter(lambda hours, _: f"{int(hours):02}:{round(hours % 1 * 60):02}")
    axes.grid(axis="y", color="#e3e6ea", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, fontsize=9, labelcolor=INK)
