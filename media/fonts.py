"""Which font can draw Chinese on this machine, if any."""

import re
from functools import cache
from pathlib import Path

from matplotlib.font_manager import FontProperties, findfont, findSystemFonts, fontManager, get_font

LATIN_FAMILY = "DejaVu Sans"
"""Comes with matplotlib, so it is always there."""

# By file name: opening every font of a desktop machine would take seconds.
_CHINESE_FILES = re.compile(
    r"(noto ?sans ?(cjk|sc)|source ?han ?sans|wqy|wenquanyi|droidsansfallback|msyh|simhei|pingfang|uming)",
    re.I,
)


@cache
def chinese_family() -> str | None:
    """The family name of an installed Chinese font, or None; matplotlib knows the font afterwards."""
    for path in sorted(findSystemFonts()):
        if _CHINESE_FILES.search(Path(path).stem.replace("-", "").replace("_", "")):
            fontManager.addfont(path)
            return str(get_font(path).family_name)
    return None


def legible(text: str) -> str:
    """The text without the characters that would come out as boxes."""
    return " ".join("".join(c for c in text if c.isspace() or ord(c) in _drawable()).split())


@cache
def _drawable() -> frozenset[int]:
    families = [LATIN_FAMILY, chinese_family()]
    files = [findfont(FontProperties(family=family)) for family in families if family]
    return frozenset(code for file in files for code in get_font(file).get_charmap())
