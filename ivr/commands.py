"""What the interpreter wants done with a call. ``ivr.service`` says it in the exchange's words."""

from runtime.vocabulary import Command, plain_data


@plain_data
class RingCaller(Command):
    """Let the caller hear ring-back; the interpreter answers later."""

    call_id: str


@plain_data
class AnswerCaller(Command):
    """Answer the call; the interpreter goes on at CallerListens."""

    call_id: str


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
class SendToQueue(Command):
    """Hand the call to a queue."""

    call_id: str
    queue: str
    language: str
    """The caller's."""


@plain_data
class GiveBack(Command):
    """Hand the call back to where the caller waits."""

    call_id: str
    target: str
    language: str
    """The caller's."""


@plain_data
class EndCall(Command):
    """Hang up."""

    call_id: str
    cause: str
    """A Q.850 name that a flow document may give."""
