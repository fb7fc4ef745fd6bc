"""What happens to callers inside flows."""

from enum import StrEnum
from typing import ClassVar

from runtime.vocabulary import Event, plain_data


class FlowEnd(StrEnum):
    """How a call's run through a flow ended."""

    QUEUED = "queued"
    """A queue node handed it to a queue."""
    PASSED_ON = "passed_on"
    """A transfer or goto node gave it to another target."""
    RETURNED = "returned"
    """It went back to the queue in which the caller waits."""
    HUNG_UP = "hung_up"
    """A hang-up node ended it."""
    CALLER_HUNG_UP = "caller_hung_up"
    CALL_ENDED = "call_ended"
    """The exchange ended it: an operator, lost media, a shutdown."""
    TAKEN = "taken"
    """Somebody gave it to another application."""
    RUNAWAY = "runaway"
    """It was led through too many nodes without the caller pressing a key."""
    FAILED = "failed"
    """Something went wrong that the flow does not handle."""


@plain_data
class FlowEntered(Event):
    """A call begins its run through a flow."""

    topic: ClassVar[str] = "flow.entered"
    call_id: str
    flow: str
    version: int = 0
    """The published one; 0: the document in the folder."""


@plain_data
class NodeEntered(Event):
    """The caller has come to a node."""

    topic: ClassVar[str] = "flow.node_entered"
    call_id: str
    flow: str
    node: str


@plain_data
class DigitAccepted(Event):
    """A key was one of the menu's choices."""

    topic: ClassVar[str] = "flow.digit_accepted"
    call_id: str
    flow: str
    node: str
    digit: str
    choice: str
    """The node it leads to."""


@plain_data
class DigitRefused(Event):
    """A key was no choice of the menu: one try is spent."""

    topic: ClassVar[str] = "flow.digit_refused"
    call_id: str
    flow: str
    node: str
    digit: str
    tries_left: int


@plain_data
class MenuTimedOut(Event):
    """No key came in time: one try is spent."""

    topic: ClassVar[str] = "flow.menu_timed_out"
    call_id: str
    flow: str
    node: str
    tries_left: int


class RefusalReason(StrEnum):
    """Why a number that was typed in is none."""

    TIMED_OUT = "timed_out"
    """No key came."""
    TOO_SHORT = "too_short"
    CHECK = "check"
    """What the node demands of it does not hold."""


@plain_data
class DigitsCollected(Event):
    """A number was typed in."""

    topic: ClassVar[str] = "flow.digits_collected"
    call_id: str
    flow: str
    node: str
    digits: str
    """Empty when the node is masked."""
    count: int
    """How many keys it has."""
    masked: bool
    """Whether nobody but the flow may know it."""


@plain_data
class DigitsRefused(Event):
    """No number was typed in, or none that will do: one try is spent."""

    topic: ClassVar[str] = "flow.digits_refused"
    call_id: str
    flow: str
    node: str
    reason: RefusalReason
    tries_left: int


@plain_data
class SpeechUnderstood(Event):
    """The caller said something that was understood."""

    topic: ClassVar[str] = "flow.speech_understood"
    call_id: str
    flow: str
    node: str
    confidence: float
    """How sure the speech server is, from 0 to 1."""


@plain_data
class SpeechRefused(Event):
    """Nothing was understood: one try is spent, or all where no server can be had."""

    topic: ClassVar[str] = "flow.speech_refused"
    call_id: str
    flow: str
    node: str
    reason: str
    """As in `recognition.failed`."""
    tries_left: int


@plain_data
class SurveyAnswered(Event):
    """The caller has answered a question of a survey (话后评价)."""

    topic: ClassVar[str] = "flow.survey_answered"
    call_id: str
    flow: str
    node: str
    contact_id: str
    caller_number: str
    question: str
    """By its name in the flow."""
    answer: str
    """The key."""
    language: str
    """In which the caller is served."""


@plain_data
class FlowLent(Event):
    """The call is with another application, which gives it back to the flow."""

    topic: ClassVar[str] = "flow.lent"
    call_id: str
    flow: str
    node: str
    target: str
    """Who has it now: `<scheme>:<name>`."""


@plain_data
class FlowResumed(Event):
    """The call is back in the flow that lent it."""

    topic: ClassVar[str] = "flow.resumed"
    call_id: str
    flow: str
    node: str
    outcome: str
    """How it went, as whoever had the call tells it; empty when nobody tells."""


@plain_data
class NodeFailed(Event):
    """A node could not do what it should; the caller goes on where the flow's handlers of errors lead."""

    topic: ClassVar[str] = "flow.node_failed"
    call_id: str
    flow: str
    node: str
    reason: str
    """In plain English."""


@plain_data
class FlowLeft(Event):
    """A call's run through a flow is over. Exactly once for each FlowEntered."""

    topic: ClassVar[str] = "flow.left"
    call_id: str
    flow: str
    node: str
    """Where it left."""
    reason: FlowEnd
    queue: str
    """Where it went; empty unless the reason is ``queued``."""
    language: str
    """The language the caller was served in last."""
    path: tuple[str, ...]
    """The nodes in the order they were entered, up to ``ivr.run.PATH_LIMIT``."""
    keys: str
    """The keys that were an answer, right or wrong, in order, up to the same number; masked ones as *."""


@plain_data
class FlowPublished(Event):
    """Another version of a flow runs, or is tried, for callers from now on."""

    topic: ClassVar[str] = "flow.published"
    flow: str
    version: int
    """0: the document in the folder runs."""
    share: float
    """Of the callers: 1 for all; less while the version is tried."""
    by: str
    """Who wanted it; empty when nobody said."""
    note: str
    """What it is about, as its publisher says."""
    rolled_back: bool
    """Whether it is an earlier one that runs again."""
