"""What lies over the waveform in the picture of a recording: silence and why, hold, who is heard when."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from media.fonts import chinese_family, legible
from media.pictures import INK
from media.recordings.manifest import CHANNELS, Manifest

GAP, HOLD, BOTH_TALK = "gap", "hold", "both_talk"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the recording that is to be told from the rest. Seconds count from its start."""

    kind: str
    """As in the marks of a manifest, or GAP (packets were lost), HOLD or BOTH_TALK."""
    channels: str
    """``customer``, ``agent`` or ``both``."""
    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody who is heard on a channel."""

    channel: str
    label: str
    from_s: float
    to_s: float | None
    """None: to the end."""


@dataclass(frozen=True, slots=True)
class _Style:
    english: str
    chinese: str
    colour: str
    hatch: str = ""
    reach: tuple[float, float] = (0.0, 1.0)
    """From where to where in the lane, 0 the bottom."""


_STYLES = {
    HOLD: _Style("hold", "保持", "#7b8794", "//"),
    "paused": _Style("paused", "暂停录音", "#b58900", "\\\\"),
    "masked": _Style("masked", "隐藏按键", "#6c4f9c", "xx"),
    "undecoded": _Style("not decodable", "无法解码", "#8c5a2b", ".."),
    "lost": _Style("not written", "未写入", "#b3261e", "++"),
    GAP: _Style("packets lost", "丢包", "#d93025", reach=(0.0, 0.06)),
    BOTH_TALK: _Style("both talk", "同时说话", "#5b4b8a", reach=(0.12, 0.16)),
    "beep": _Style("beep", "提示音", "#2e7d32", reach=(0.06, 0.12)),
}
"""In the order of the legend."""
_FAINT = 0.35


def stretches_of(manifest: Manifest) -> Iterator[Stretch]:
    """What a manifest tells of silence and beeps."""
    for mark in manifest.marks:
        yield Stretch(mark.kind, mark.channels, mark.from_ms / 1000, mark.to_ms / 1000)
    for channel in CHANNELS:
        for gap in getattr(manifest.channels, channel).gaps:
            yield Stretch(GAP, channel, gap.from_ms / 1000, gap.to_ms / 1000)


def voices_of(manifest: Manifest) -> Iterator[Voice]:
    """Whom a manifest tells on which channel, named by station or number, and agent."""
    for leg in manifest.legs:
        label = leg.party if leg.agent is None else f"{leg.party} · {leg.agent}"
        left_s = None if leg.left_ms is None else leg.left_ms / 1000
        yield Voice(leg.channel, label, leg.joined_ms / 1000, left_s)


def draw_stretches(axes: Axes, channel: str, stretches: Iterable[Stretch]) -> None:
    """Shade the lane of a channel where there is something to be told of it."""
    for stretch in stretches:
        style = _STYLES.get(stretch.kind)
        if style is None or stretch.channels not in (channel, "both"):
            continue
        bottom, top = style.reach
        axes.broken_barh(
            [(stretch.from_s, stretch.to_s - stretch.from_s)],
            (bottom, top - bottom),
            transform=axes.get_xaxis_transform(),
            facecolor=(style.colour, 0.08 if style.hatch else 0.9),
            edgecolor=(style.colour, _FAINT if style.hatch else 0.9),
            hatch=style.hatch,
            linewidth=0.5,
        )


def draw_voices(axes: Axes, channel: str, voices: Sequence[Voice], colour: str, duration_s: float) -> None:
    """A line along the top of the lane for each who is heard there, with the name where it begins.

    Those who are heard at one time have lines one below the other.
    """
    until: list[float] = []
    for voice in sorted((one for one in voices if one.channel == channel), key=lambda one: one.from_s):
        end_s = duration_s if voice.to_s is None else voice.to_s
        row = next((n for n, free_s in enumerate(until) if free_s <= voice.from_s), len(until))
        until[row : row + 1] = [end_s]
        height = 0.985 - 0.11 * row
        across = axes.get_xaxis_transform()
        axes.plot([voice.from_s, end_s], [height, height], color=colour, linewidth=2, transform=across)
        axes.annotate(
            legible(voice.label),
            (voice.from_s, height),
            xycoords=("data", "axes fraction"),
            xytext=(2, -10),
            textcoords="offset points",
            fontsize=8,
            color=INK,
            bbox={"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.7},
        )


def draw_legend(figure: Figure, stretches: Sequence[Stretch]) -> None:
    """What the shades mean, as far as there are any."""
    kinds = {stretch.kind for stretch in stretches}
    shown = [style for kind, style in _STYLES.items() if kind in kinds]
    if not shown:
        return
    chinese = chinese_family() is not None
    patches = [
        Patch(
            facecolor=(style.colour, 0.15 if style.hatch else 0.9),
            edgecolor=style.colour,
            hatch=style.hatch,
            label=f"{style.english}  {style.chinese}" if chinese else style.english,
        )
        for style in shown
    ]
    figure.legend(handles=patches, loc="outside lower left", ncols=len(patches), frameon=False, fontsize=8)
