"""Shares, service levels and waits as people write and read them on the command line."""

import math
import re

import typer

_SERVICE_LEVEL = re.compile(r"(.+)/\s*(\d{1,6}(?:\.\d+)?)\s*s?")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d+)?)(%?)")


def parse_percent(option: str, text: str) -> float:
    """The share from 0 to 1 of ``30`` or ``30%``. Raises BadParameter, also where a share may be meant."""
    match = _PERCENT.fullmatch(text.strip())
    if match is None or float(match[1]) > 100:
        raise typer.BadParameter(f"{text!r}; expected percent, from 0 to 100", param_hint=option)
    number = float(match[1])
    if 0 < number < 1 and not match[2]:
        expected = f"percent: {number * 100:g}, or {text}% if that is meant"
        raise typer.BadParameter(f"{text!r}; expected {expected}", param_hint=option)
    return number / 100


def parse_service_level(option: str, text: str) -> tuple[float, float]:
    """The share and the seconds of ``80/20``. Raises BadParameter."""
    match = _SERVICE_LEVEL.fullmatch(text.strip())
    if match is None:
        expected = "percent and seconds, such as 80/20"
        raise typer.BadParameter(f"{text!r}; expected {expected}", param_hint=option)
    return parse_percent(option, match[1]), float(match[2])


def percent(share: float | None) -> str:
    """A share as a table shows it; a dash for None."""
    return "–" if share is None else f"{share:.1%}"


def wait(seconds: float | None) -> str:
    """A wait as a table shows it; a dash for None."""
    if seconds is None:
        return "–"
    return "for ever" if math.isinf(seconds) else f"{seconds:.1f} s"


def finite(value: float) -> float | None:
    """A figure for JSON, which has no infinity: null."""
    return value if math.isfinite(value) else None
