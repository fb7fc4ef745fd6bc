"""What a program wants heard in a call, or to know of its keys. All are ignored for a call that is gone."""

from dataclasses import field
from enum import StrEnum

from runtime.vocabulary import Command, plain_data


class CallSide(StrEnum):
    """One of two who talk."""

    CUSTOMER = "customer"
    """Whose contact it is; of two stations the one that called."""
    STATION = "station"
    """The other."""


@plain_data
class PlayToCall(Command):
    """Play prompts to one or both of a call; PromptFinished follows once, when it is over for all of them.

    It comes before what whoever has the call plays, and before whom one talks to; what was played goes on
    after it, where it was. A caller who is not answered yet hears it as early media.
    """

    call_id: str
    playback_id: str
    prompts: tuple[str, ...]
    sides: tuple[CallSide, ...] = (CallSide.CUSTOMER,)
    times: int = 1
    """How often; ``media.commands.FOR_EVER`` is until it is stopped."""
    barge_in: bool = False
    """Whether it ends as soon as a key is pressed on the leg that hears it."""
    over: bool = False
    """Laid over what is heard otherwise, once; it cannot be stopped then."""


@plain_data
class StopPlayingToCall(Command):
    """End what programs play in a call."""

    call_id: str


@plain_data
class CollectKeys(Command):
    """Take the keys of one side of a call, in place of whoever has the call. DigitsCollected follows once."""

    call_id: str
    collect_id: str
    side: CallSide = CallSide.CUSTOMER
    most: int
    """So many keys end it."""
    least: int = 1
    """Fewer are not enough."""
    terminators: str = "#"
    """Keys of which each ends it, and is not one of them."""
    first_s: float
    """How long the first may take, from the end of the prompts on."""
    between_s: float
    """How long the next may take."""
    masked: bool = False
    """Whether nobody else may know them: no event tells them, and nobody hears them."""
    prompts: tuple[str, ...] = ()
    """What is played first; a key ends it."""


@plain_data
class StopCollecting(Command):
    """Take no more keys: DigitsCollected tells those there are. No harm if it is over."""

    collect_id: str


@plain_data
class ListenForKeys(Command):
    """From now on keys of a side are a collection's, and not told to whoever has the call."""

    call_id: str
    side: CallSide
    collect_id: str


@plain_data
class StopListening(Command):
    """They are told as ever; a mask that has the collection's id ends."""

    collect_id: str


@plain_data
class TakeKey(Command):
    """A key for a collection."""

    collect_id: str
    digit: str = field(repr=False)


@plain_data
class MuteSide(Command):
    """Let one side of a call be heard by nobody, or by all again; CallMuted follows when that is other.

    It hears on, and its keys are heard; recordings hold silence of it.
    """

    call_id: str
    side: CallSide
    muted: bool
    by: str
    """Who wants it, as events tell it."""
