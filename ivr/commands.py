"""What the interpreter wants done with a call. ``ivr.service`` says it in the exchange's words."""

from dataclasses import field
from enum import StrEnum

from ivr.expressions import Value
from runtime.contact_data import Data
from runtime.vocabulary import Command, plain_data


@plain_data
class RingCaller(Command):
    """Let the caller hear ring-back; the interpreter answers later."""

    call_id: str


@plain_data
class AnswerCaller(Command):
    """Answer the call; the interpreter goes on at CallerListens."""

    call_id: str


class RecordingChange(StrEnum):
    """What a flow can do with the recording of a call."""

    START = "start"
    STOP = "stop"
    PAUSE = "pause"
    RESUME = "resume"


@plain_data
class ChangeRecording(Command):
    """Begin, end, pause or resume the recording. No harm if that is done already."""

    call_id: str
    change: RecordingChange


@plain_data
class TagCaller(Command):
    """From now on the caller has these tags, for this visit."""

    call_id: str
    tags: tuple[str, ...]


@plain_data
class NoteData(Command):
    """Note something of the contact, for whoever has the call next."""

    call_id: str
    data: Data = field(repr=False)
    remove: tuple[str, ...] = ()


@plain_data
class HideKeys(Command):
    """Nobody but the flow learns the caller's keys, until ShowKeys or ``max_s``."""

    call_id: str
    mask_id: str
    max_s: float


@plain_data
class ShowKeys(Command):
    """The caller's keys are no secret any more."""

    call_id: str
    mask_id: str


@plain_data
class MakeSpeech(Command):
    """Make a text to speech; the interpreter goes on at AnswerCame, with the name of a prompt."""

    call_id: str
    request_id: str
    text: str
    language: str
    voice: str


@plain_data
class SpeakLive(Command):
    """Have a speech server say a text to the caller; the interpreter goes on as with LookUp."""

    call_id: str
    request_id: str
    text: str
    language: str
    voice: str
    barge_in: bool


@plain_data
class RecogniseSpeech(Command):
    """Understand what the caller says next; the interpreter goes on as with LookUp."""

    call_id: str
    request_id: str
    grammars: tuple[str, ...]
    language: str
    barge_in: bool
    """Whether speech ends what plays."""
    prompt_plays: bool
    """Whether silence counts from the end of what plays only."""
    no_input_s: float
    longest_s: float
    pause_s: float
    confidence: float


@plain_data
class LookUp(Command):
    """Ask a service by HTTP; the interpreter goes on at AnswerCame or NoAnswerCame."""

    call_id: str
    request_id: str
    service: str
    method: str
    path: str
    query: dict[str, Value]
    body: dict[str, Value]
    """Sent as JSON unless it is empty."""
    timeout_s: float


@plain_data
class AskApplication(Command):
    """Ask an application on the control socket; the interpreter goes on as with LookUp."""

    call_id: str
    request_id: str
    hook: str
    data: dict[str, Value]
    timeout_s: float
    """0: it is told, and no answer is awaited."""


@plain_data
class RequestText(Command):
    """Have somebody send a text message."""

    call_id: str
    to: str
    text: str


@plain_data
class ForgetRequest(Command):
    """The answer is not awaited any more."""

    call_id: str
    request_id: str


@plain_data
class RecordCaller(Command):
    """Record the call from now on, if it is one of this share."""

    call_id: str
    share: float


@plain_data
class PlayToCaller(Command):
    """Play prompts, replacing what plays; the interpreter goes on at PlaybackOver."""

    call_id: str
    playback_id: str
    prompts: tuple[str, ...]
    barge_in: bool = False
    """Whether they stop at once when a key goes down; DigitPressed follows when it comes up."""


@plain_data
class SilencePrompts(Command):
    """Stop what plays: the caller has pressed a key."""

    call_id: str


@plain_data
class PassOn(Command):
    """Hand the call to another application, or back to one."""

    call_id: str
    target: str
    language: str
    """The caller's."""
    back: str = ""
    """The call is lent: where it comes back to."""


@plain_data
class EndCall(Command):
    """Hang up."""

    call_id: str
    cause: str
    """A Q.850 name that a flow document may give."""
