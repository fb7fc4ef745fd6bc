"""Lengths of time as people read and write them."""

import re

_LENGTH = re.compile(r"([0-9]{1,9})([smhd]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}


def format_duration(seconds: float) -> str:
    """``0:07``, ``12:30`` or ``1:02:33``; parts of a second are left out."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def parse_duration(text: str) -> int:
    """Seconds of ``90``, ``90s``, ``15m``, ``8h`` or ``7d``. Raises ValueError saying what was expected."""
    match = _LENGTH.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no length of time; expected such as 90s, 15m, 8h or 7d")
    return int(match[1]) * _SECONDS[match[2]]
