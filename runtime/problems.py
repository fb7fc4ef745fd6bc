"""What is wrong with a document a person wrote, configuration or flow, and the words to say it in."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

KeyPath = tuple[str | int, ...]
"""Keys and list positions from the top, such as ``("queues", 1, "name")``."""

_LONGEST = 60
"""Characters of a value or a key that a message repeats."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake by its place in a document. Whoever read the document makes it a Problem."""

    path: KeyPath
    expected: str
    """What would have been right, in plain English."""
    value: str = ""
    """What stands there; empty when something is missing or the document shows it."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake, told so that it can be mended without reading source."""

    file: str
    line: int
    """Counted from 1; 0 when the mistake has no line (a missing file)."""
    key: str
    """Where it is, as ``key_text`` writes it."""
    value: str
    """What stands there, shortened; empty when something is missing."""
    expected: str
    """What would have been right, in plain English."""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        found = " is ".join(part for part in (self.key, self.value) if part)
        return f"{place}: {found}{'; ' if found else ''}expected {self.expected}"


def key_text(path: KeyPath) -> str:
    """A path as people write it, such as ``queues[1].ring_timeout_s``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{shorten(part)}" for part in path)
    return "".join(parts).removeprefix(".")


def shorten(text: str) -> str:
    """The text on one line, cut where it gets too long for a message."""
    line = " ".join(text.splitlines())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def closest(written: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant, or None when none comes close."""
    return next(iter(get_close_matches(written[:_LONGEST], known, n=1)), None)


def listed(names: Iterable[str]) -> str:
    """Names to choose from, in alphabetical order."""
    return ", ".join(sorted(names)) or "(there are none)"
