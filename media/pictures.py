"""What all pictures of the house have in common: ink, fonts, and how they are written."""

from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from media.fonts import LATIN_FAMILY, chinese_family, legible
from runtime.errors import UsageError

SUFFIXES = (".png", ".svg")
INK = "#2b2f36"
QUIET_INK = "#8a9099"


def check_suffix(out: Path) -> None:
    """Raise UsageError for a file that is to be no picture."""
    if out.suffix.lower() not in SUFFIXES:
        raise UsageError(f"{out} should end in {' or '.join(SUFFIXES)}")


def new_figure(title: str) -> Figure:
    """An empty picture, wide as a page."""
    figure = Figure(figsize=(12, 4.8), dpi=150, layout=ConstrainedLayoutEngine(h_pad=0.08, w_pad=0.12))
    FigureCanvasAgg(figure)
    figure.suptitle(legible(title), x=0.012, ha="left", fontsize=13, color=INK)
    return figure


def save(out: Path, draw: Callable[[], Figure]) -> None:
    """Write what ``draw`` makes, PNG or SVG by the suffix; the same picture is the same file.

    Raises UsageError for another suffix, OSError when ``out`` cannot be written.
    """
    check_suffix(out)
    family = chinese_family()
    families = [LATIN_FAMILY] if family is None else [LATIN_FAMILY, family]
    # Chinese in an SVG stays legible on machines without the font, because glyphs are stored as outlines.
    with mpl.rc_context({"font.family": families, "svg.fonttype": "path", "svg.hashsalt": "ringmain"}):
        metadata = {"Date": None} if out.suffix.lower() == ".svg" else {}
        draw().savefig(out, metadata=metadata)
