"""What the interpreter is told about calls, in its own words."""

from dataclasses import dataclass, field

from ivr.expressions import Value
from runtime.contact_data import Data


@dataclass(frozen=True, slots=True, kw_only=True)
class CallGiven:
    """A call is ours now and shall run through a flow."""

    call_id: str
    flow: str
    answered: bool
    """False for a call that has just come in: it is answered first, then led in."""
    back: str = ""
    """The target by which it goes back to where the caller waits; empty when it is ours for good."""
    language: str = ""
    """In which the caller was served last; empty for the flow's."""
    caller_number: str = ""
    lists: tuple[str, ...] = ()
    """Number lists the caller is on."""
    tags: tuple[str, ...] = ()
    """What is known of the caller."""
    contact_id: str = ""
    caller_name: str = ""
    access_code: str = ""
    area: str = ""
    data: Data = field(default_factory=dict, repr=False)
    """What is noted of the contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerListens:
    """A call that was given unanswered is answered now."""

    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitPressed:
    """The caller pressed a key."""

    call_id: str
    digit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackOver:
    """A playback ended: heard to its end, stopped, or impossible. The flow goes on in each case."""

    call_id: str
    playback_id: str
    by_key: bool = False
    """A key went down, which DigitPressed will name when it comes up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReturned:
    """A call that a flow lent is ours again."""

    call_id: str
    outcome: str
    """How it went, as whoever had it tells; empty when nobody tells."""
    language: str = ""
    """In which the caller was served last; empty for the one of before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMoved:
    """A caller whom a flow lent goes on in another call, and comes back in that."""

    call_id: str
    from_call_id: str
    back: str
    """By which target, for the flow that has that call and would end it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataChanged:
    """Somebody has noted something of the contact."""

    call_id: str
    data: Data = field(repr=False)
    """All that is noted now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedKeysPressed:
    """The caller pressed a key that is hidden from all but the flow."""

    call_id: str
    mask_id: str
    digits: str = field(repr=False)
    """All keys behind this mask so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCame:
    """What the flow asked is answered."""

    call_id: str
    request_id: str
    answer: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAnswerCame:
    """What the flow asked will not be answered."""

    call_id: str
    request_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTaken:
    """Another application has the call now."""

    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOver:
    """The call is gone."""

    call_id: str
    by_caller: bool


Input = (
    CallGiven
    | CallReturned
    | CallMoved
    | CallerListens
    | DataChanged
    | DigitPressed
    | MaskedKeysPressed
    | PlaybackOver
    | AnswerCame
    | NoAnswerCame
    | CallTaken
    | CallOver
)
