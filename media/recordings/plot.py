"""The picture of a recording: both channels over one time axis, talk shaded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator

from media.fonts import chinese_family, legible
from media.pictures import INK, QUIET_INK, check_suffix, new_figure, save
from media.recordings.conversation import ChannelFigures, Conversation, measure_conversation
from media.recordings.plot_marks import BOTH_TALK, Stretch, Voice, draw_legend, draw_stretches, draw_voices
from media.recordings.voice_activity import overlap
from media.recordings.wav import FULL_SCALE, Envelope, Levels, read_envelope
from runtime.durations import format_duration

_COLUMNS = 2400
"""More slices than this cannot be told apart in the picture."""
_TICKS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
_MOST_TICKS = 12


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment worth seeing, such as the start of the conversation."""

    time_s: float
    """From the start of the recording."""
    label: str


@dataclass(frozen=True, slots=True)
class _Lane:
    english: str
    chinese: str
    colour: str
    shade: str


_LANES = (_Lane("customer", "客户", "#1f6f8b", "#dceff4"), _Lane("agent", "坐席", "#c8643c", "#f9e8df"))


def plot_recording(
    path: Path,
    out: Path,
    title: str,
    marks: Sequence[Mark] = (),
    stretches: Sequence[Stretch] = (),
    voices: Sequence[Voice] = (),
) -> None:
    """Draw the recording at ``path`` into ``out``, PNG or SVG by its suffix.

    Raises UsageError for another suffix, RecordingError (media.recordings.wav), OSError when ``out`` cannot
    be written.
    """
    check_suffix(out)
    envelope = read_envelope(path)
    conversation = measure_conversation(envelope)
    save(out, lambda: _draw(envelope, conversation, title, marks, stretches, voices))


def _draw(
    envelope: Envelope,
    conversation: Conversation,
    title: str,
    marks: Sequence[Mark],
    stretches: Sequence[Stretch],
    voices: Sequence[Voice],
) -> Figure:
    chinese = chinese_family() is not None
    stretches = [*stretches, *_both_talk(conversation)]
    figure = new_figure(title)
    upper, lower = figure.subplots(2, 1, sharex=True, sharey=True)
    sides = (conversation.customer, conversation.agent)
    for channel, (axes, lane, side) in enumerate(zip((upper, lower), _LANES, sides, strict=True)):
        _draw_channel(axes, lane, envelope, channel, side, chinese=chinese)
        _draw_interruptions(axes, lane, conversation)
        _draw_marks(axes, marks, labelled=axes is lower)
        draw_stretches(axes, lane.english, stretches)
        draw_voices(axes, lane.english, voices, lane.colour, envelope.duration_s)
    draw_legend(figure, stretches)
    upper.tick_params(bottom=False)
    _dress_time_axis(lower, envelope.duration_s)
    return figure


def _both_talk(conversation: Conversation) -> Iterator[Stretch]:
    for span in overlap(conversation.customer.talk, conversation.agent.talk):
        yield Stretch(BOTH_TALK, "both", span.start_s, span.end_s)


def _draw_channel(
    axes: Axes, lane: _Lane, envelope: Envelope, channel: int, side: ChannelFigures, *, chinese: bool
) -> None:
    bars = [(span.start_s, span.length_s) for span in side.talk]
    axes.broken_barh(bars, (0, 1), transform=axes.get_xaxis_transform(), color=lane.shade, linewidth=0)
    times, lowest, highest = _columns(envelope, channel)
    axes.fill_between(times, lowest, highest, color=lane.colour, linewidth=0.4, step="post")
    axes.axhline(0, color=lane.colour, linewidth=0.6)
    name = f"{lane.english}  {lane.chinese}" if chinese else lane.english
    axes.set_title(name, loc="left", fontsize=12, color=lane.colour)
    axes.set_title(_summary(side), loc="right", fontsize=9, color=QUIET_INK)
    _dress_level_axis(axes, envelope)


def _draw_interruptions(axes: Axes, lane: _Lane, conversation: Conversation) -> None:
    """A triangle at the top of a lane where its side cut into the other's words; hollow when in vain."""
    for interruption in conversation.interruptions:
        if interruption.by == lane.english:
            axes.plot(
                interruption.time_s,
                0.96,
                marker="v",
                markersize=7,
                color=lane.colour,
                fillstyle="full" if interruption.prevailed else "none",
                transform=axes.get_xaxis_transform(),
            )


def _columns(envelope: Envelope, channel: int) -> tuple[Levels, Levels, Levels]:
    """Slices folded to what the picture can show: times, lowest and highest, the last one twice."""
    count = len(envelope.lowest)
    per_column = max(1, -(-count // _COLUMNS))
    starts = np.arange(0, count, per_column)
    if not len(starts):
        return np.zeros(1), np.zeros(1), np.zeros(1)
    lowest = np.minimum.reduceat(envelope.lowest[:, channel], starts) / FULL_SCALE
    highest = np.maximum.reduceat(envelope.highest[:, channel], starts) / FULL_SCALE
    times = np.append(starts * envelope.slice_s, envelope.duration_s)
    return times, np.append(lowest, lowest[-1]), np.append(highest, highest[-1])


def _summary(side: ChannelFigures) -> str:
    if side.level_dbfs is None or side.peak_dbfs is None:
        return "silent"
    talked = _time_label(side.talk_s, 0.1 if side.talk_s < 60 else 1)
    parts = [f"talks {talked} ({side.talk_ratio:.0%})", f"level {side.level_dbfs:.0f} dBFS"]
    parts.append(f"peak {side.peak_dbfs:.0f} dBFS")
    if side.clipped_ms >= 1:
        parts.append(f"clipped {side.clipped_ms:.0f} ms")
    if side.interruptions:
        parts.append(f"cuts in {side.interruptions}×")
    return "    ".join(parts)


def _draw_marks(axes: Axes, marks: Sequence[Mark], *, labelled: bool) -> None:
    for mark in marks:
        axes.axvline(mark.time_s, color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
        if labelled:
            axes.annotate(
                legible(mark.label),
                (mark.time_s, 0),
                xycoords=("data", "axes fraction"),
                xytext=(4, 5),
                textcoords="offset points",
                fontsize=8.5,
                color=INK,
                bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.8},
            )


def _dress_level_axis(axes: Axes, envelope: Envelope) -> None:
    """Both channels have one scale, so that a quiet one looks quiet."""
    loudest = max((abs(int(side)) for side in _extremes(envelope)), default=0) / FULL_SCALE
    reach = max(loudest * 1.15, 0.05)
    axes.set_ylim(-reach, reach)
    axes.set_yticks([])
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(QUIET_INK)


def _extremes(envelope: Envelope) -> Iterator[np.int16]:
    if envelope.lowest.size:
        yield envelope.lowest.min()
        yield envelope.highest.max()


def _dress_time_axis(axes: Axes, duration_s: float) -> None:
    step = next((tick for tick in _TICKS_S if duration_s / tick <= _MOST_TICKS), _TICKS_S[-1])
    axes.xaxis.set_major_locator(MultipleLocator(step))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _time_label(value, step)))
    axes.set_xlim(0, max(duration_s, 0.1))
    axes.tick_params(colors=INK, labelsize=9)
    axes.set_xlabel("time since the recording began", color=QUIET_INK, fontsize=9)


def _time_label(seconds: float, step: float) -> str:
    if step < 1:
        return f"{seconds:.1f} s"
    return format_duration(round(seconds))
