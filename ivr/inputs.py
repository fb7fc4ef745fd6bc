"""What the interpreter is told about calls, in its own words."""

from dataclasses import dataclass


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
class CallTaken:
    """Another application has the call now."""

    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOver:
    """The call is gone."""

    call_id: str
    by_caller: bool


Input = CallGiven | CallerListens | DigitPressed | PlaybackOver | CallTaken | CallOver
