"""One thing wrong in a flow document, before it is given its file and line."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from ivr.yaml_tree import Path
from runtime.problems import Problem

_SHOWN = 60
"""Characters of a value or a name that a message repeats."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake by its place in the document."""

    path: Path
    value: object
    """What stands there; None when something is missing."""
    expected: str


def located(mistake: Mistake, file: str, line: int) -> Problem:
    """The mistake as people are told of it."""
    return Problem(file, line, dotted(mistake.path), shown(mistake.value), mistake.expected)


def dotted(path: Path) -> str:
    """The path as people write it: ``nodes.main.prompts[0]``."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{shown(step)}" for step in path)
    return text.removeprefix(".") or "document"


def shown(value: object) -> str:
    """A value on one line, shortened; nothing for a list, a mapping or no value."""
    if value is None or isinstance(value, list | dict):
        return ""
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def guess(written: str, known: Iterable[str]) -> str:
    """`` (did you mean …?)`` when one of the known names comes close, else nothing."""
    close = get_close_matches(written, known, n=1)
    return f" (did you mean {close[0]}?)" if close else ""
