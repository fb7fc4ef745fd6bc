"""By which sources it is known whether inputs are told again to the same code."""

import subprocess
import sys
from pathlib import Path

from acd.replay.code import sources

HOUSE = Path(__file__).parents[3]
NO_PART_IN_DECISIONS = {
    "acd/messages/config.py",
    "runtime/errors.py",
    "runtime/ids.py",
    "runtime/problems.py",
}
"""Bounds of texts, what refusals are called, ids kept as answers, words for mistakes in a configuration."""
ALL_IMPORTED = (
    "import sys, acd.core; print(*(getattr(m, '__file__', m) for m in sys.modules.values()), sep='\\n')"
)


def test_whatever_the_core_stands_on_is_part_of_the_code_that_decides() -> None:
    found = subprocess.run(
        [sys.executable, "-c", ALL_IMPORTED], cwd=HOUSE, capture_output=True, text=True, check=True
    )
    houses = {HOUSE / package for package in ("acd", "media", "runtime", "switch")}
    imported = {Path(line) for line in found.stdout.splitlines()}
    ours = {path for path in imported if houses & set(path.parents) and path.name != "__init__.py"}
    missing = {str(path.relative_to(HOUSE)) for path in ours - set(sources())}
    assert len(ours) > 50
    assert missing == NO_PART_IN_DECISIONS
