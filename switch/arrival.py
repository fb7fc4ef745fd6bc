"""What is settled about a call before the exchange takes it: who it comes from, and in which numbers."""

from collections.abc import Callable
from dataclasses import dataclass

from msgspec import Struct

from runtime.vocabulary import Output
from switch.causes import Cause
from switch.customers.facts import NOTHING_KNOWN, Facts
from switch.sip.events import LegArrived


class Admitted(Struct, frozen=True):
    """A call that may come in, in the numbers of the house."""

    called_number: str
    caller_number: str
    caller_name: str
    trunk: str | None = None
    """The trunk it comes from; None when it comes from no trunk."""
    area: str = ""
    """Where the caller is, by the landing code (落地码); empty when that is not known."""
    facts: Facts = NOTHING_KNOWN
    """What number lists say of the caller."""


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """A call that may not."""

    cause: Cause
    retry_after_s: int | None = None
    """Told with a 503."""
    outputs: tuple[Output, ...] = ()
    """What is to be told besides."""
    black_list: str = ""
    """The number list that says so."""


Admission = Callable[[LegArrived, float], Admitted | TurnedAway]
"""Takes a leg and ``now``."""


def admit_everybody(event: LegArrived, now: float) -> Admitted:
    """The admission of a switch without trunks."""
    return Admitted(event.called_number, event.caller_number, event.caller_name)
