"""Where a recording lies in the recordings' folder, by a template such as ``{date}/{trunk}/{recording_id}``.

The first folder is the day's, so that the recordings of a day are found without looking at all others.
"""

import re
import string
from collections.abc import Mapping

DEFAULT = "{date}/{recording_id}"
PARTS = ("date", "hour", "caller", "called", "trunk", "access_code", "tenant", "recording_id")
_NAMED = "called, caller, trunk, access_code, tenant or hour"
_BEGINNING, _END = "{date}", "/{recording_id}"
_LITERAL = re.compile(r"[A-Za-z0-9_+=-]*")
_UNSAFE = re.compile(r"[^A-Za-z0-9_+-]")
_LONGEST_NAME = 64
_NONE = "none"
"""Stands for what is not known."""


def check_template(template: str) -> str:
    """The template. Raises ValueError that says what is wrong."""
    if not template.startswith(_BEGINNING) or not template.endswith(_END):
        raise ValueError(f"a path that begins with {_BEGINNING} and ends with {_END}")
    for literal, part, spec, conversion in _parsed(template):
        if part is not None and (part not in PARTS or spec or conversion):
            raise ValueError(f"nothing in braces but date, recording_id, {_NAMED}; it has {{{part}}}")
        if not all(_LITERAL.fullmatch(piece) for piece in literal.split("/")):
            raise ValueError(f"letters, digits, _, +, =, - and / between the braces; it has {literal!r}")
    if template.count(_BEGINNING) > 1 or template.count(_END[1:]) > 1 or not _has_day_alone(template):
        raise ValueError(f"{_BEGINNING} alone as the first folder and {_END[1:]} alone as the file's name")
    if "//" in template:
        raise ValueError("a name between each two /")
    return template


def place_of(template: str, names: Mapping[str, str]) -> str:
    """The place by a checked template; ``names`` has each part, as it came from the network or empty.

    Of date and recording_id nothing is changed.
    """
    ours = {name: names[name] for name in ("date", "recording_id")}
    return template.format_map({name: _safe(value) for name, value in names.items()} | ours)


def _parsed(template: str) -> list[tuple[str, str | None, str | None, str | None]]:
    try:
        return list(string.Formatter().parse(template))
    except ValueError:
        raise ValueError("each { with its }, and no others") from None


def _has_day_alone(template: str) -> bool:
    return template.split("/")[0] == _BEGINNING


def _safe(value: str) -> str:
    """What cannot lead elsewhere, nor trouble a shell; never empty."""
    return _UNSAFE.sub("_", value)[:_LONGEST_NAME] or _NONE
