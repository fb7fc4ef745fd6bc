"""What may be asked of speech, and what its core and its shell tell each other."""

from runtime.vocabulary import Command, plain_data


@plain_data
class MakeSpeech(Command):
    """Make a prompt of a text. SpeechMade or SpeechFailed follows, exactly one of them.

    Whoever asks for what is made already has SpeechMade in the same run.
    """

    request_id: str
    call_id: str | None
    """The call it is for, so that events tell whose it was; None for no call."""
    text: str
    language: str
    """A language tag such as ``zh`` or ``en-US``."""
    voice: str = ""
    """A name that the configuration gives a voice; empty, or one an engine has not, for the language's."""


@plain_data
class FetchSpeech(Command):
    """Look whether it is on the disk, and have it as a prompt then. TakeSpeech follows."""

    making_id: int
    prompt: str


@plain_data
class Synthesise(Command):
    """Have an engine say it, and have that as a prompt. TakeSpeech follows, whatever happens."""

    making_id: int
    prompt: str
    engine: str
    text: str
    language: str
    voice: str
    """As the engine calls it."""


@plain_data
class TakeSpeech(Command):
    """It is a prompt now, or it is not."""

    making_id: int
    length_ms: int
    """0 when there is no prompt."""
    size_bytes: int = 0
    """What it takes of memory."""
    problem: str = ""
    """Why there is none; empty when it was not on the disk."""
    engine_failed: bool = False
    """Whether that is the engine's fault, and not the text's."""
    engine_missing: bool = False
    """And whether to ask again at once would be vain."""


@plain_data
class ForgetSpeech(Command):
    """Keep it on the disk only."""

    prompt: str
