"""What is known of a caller by the number, at one moment."""

from collections.abc import Callable
from dataclasses import dataclass

from switch.causes import Cause


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a caller is not let in."""

    list: str
    cause: Cause
    target: str | None
    """Where they go instead; None: nowhere."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Lists the number is on, tags it has, and what follows."""

    lists: tuple[str, ...] = ()
    """In the order of the configuration."""
    tags: tuple[str, ...] = ()
    """Those of the lists, and those given to the number; each once, in order."""
    priority: int = 0
    """To be added to the call's."""
    rejection: Rejection | None = None


NOTHING_KNOWN = Facts()

FactsOf = Callable[[str, str], Facts]
"""What a tenant, or the house, knows now of a number."""


def nothing_known(number: str, tenant: str) -> Facts:
    """The facts of a switch without number lists."""
    return NOTHING_KNOWN
