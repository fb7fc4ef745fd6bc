"""A target names who takes a call: ``<scheme>:<name>``, such as ``queue:service``."""

from functools import lru_cache
from typing import NamedTuple

TARGET_PATTERN = r"^[a-z_]+:\S.*$"
"""For models that hold a target as text."""
HANG_UP = "hang_up"
"""Stands where a target could: the call ends."""
WAY_OUT_PATTERN = rf"^{HANG_UP}$|{TARGET_PATTERN}"
"""For models that hold a target or HANG_UP."""


class Target(NamedTuple):
    """The application by its scheme, and what it calls by this name."""

    scheme: str
    name: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.name}"


@lru_cache(maxsize=1024)
def parse_target(text: str) -> Target:
    """The parts of a target. Without a colon the name is empty, which no application knows."""
    scheme, _, name = text.partition(":")
    return Target(scheme, name)


def first_queue(name: str) -> str:
    """The queue whose rules hold, of the name in a target: ``billing`` of ``billing,sales?priority=20``."""
    return name.partition("?")[0].partition(",")[0]
