"""What is told of what programs let be heard, and of the keys that they take."""

from enum import StrEnum
from typing import ClassVar

from runtime.vocabulary import Event, plain_data
from switch.call_media.commands import CallSide


@plain_data
class KeyCollected(Event):
    """A key was pressed that a program collects; whoever has the call does not hear of it."""

    topic: ClassVar[str] = "call.key_collected"
    call_id: str
    collect_id: str
    """The collection, as call.collect answered."""
    digit: str
    """The key: 0–9, *, # or A–D; x for one that nobody may know."""


class CollectEnd(StrEnum):
    """Why a collection is over."""

    COMPLETE = "complete"
    """There are as many keys as were wanted at most."""
    TERMINATED = "terminated"
    """A key that ends it was pressed."""
    TIMED_OUT = "timed_out"
    """No key came in time."""
    STOPPED = "stopped"
    """By call.stop_collecting."""
    LEFT = "left"
    """The call is over."""


@plain_data
class DigitsCollected(Event):
    """A program's collection of keys is over. Exactly once for each."""

    topic: ClassVar[str] = "call.digits_collected"
    call_id: str
    collect_id: str
    """The collection, as call.collect answered."""
    digits: str
    """The keys, without the one that ended it; empty when they are masked: call.take_digits has them."""
    count: int
    """How many there are."""
    enough: bool
    """Whether they are as many as were wanted at least."""
    reason: CollectEnd
    """Why it is over."""
    terminator: str = ""
    """The key that ended it; empty for none."""


@plain_data
class CallMuted(Event):
    """One of a call is heard by nobody from now on, or by all again. Recordings hold silence of it."""

    topic: ClassVar[str] = "call.muted"
    call_id: str
    side: CallSide
    """Who: customer or station."""
    muted: bool
    """Whether it is heard by nobody."""
    by: str
    """Who wanted it."""
