"""What the speech servers can be told to do for a call, and what the core tells its shell."""

from runtime.vocabulary import Command, plain_data


@plain_data
class Speak(Command):
    """Say a text to the customer, in place of what plays and of the text that is being said.

    SpeakBegan follows, and one SpeakFinished or SpeakFailed, unless the call ends or is handed on. An order
    for a call that is gone is ignored.
    """

    request_id: str
    """Unique among those that are not over."""
    call_id: str
    text: str
    """Plain, or a whole document of SSML."""
    language: str = ""
    """Such as ``zh`` or ``en-GB``; empty: as the server is set up."""
    voice: str = ""
    """As the server calls it; empty for its usual one."""
    barge_in: bool = False
    """Whether a key, or speech that a ``Recognise`` beside it hears, ends it."""


@plain_data
class Recognise(Command):
    """Understand what the customer says next, in place of a ``Recognise`` that is under way.

    RecognitionBegan and RecognitionHeard may follow, and one Recognised or RecognitionFailed, unless the call
    ends or is handed on. An order for a call that is gone is ignored.
    """

    request_id: str
    """Unique among those that are not over."""
    call_id: str
    grammars: tuple[str, ...]
    """What may be said: each a URI such as ``builtin:speech/transcribe``, or a whole grammar."""
    language: str = ""
    barge_in: bool = True
    """Whether speech ends a prompt that plays."""
    prompt_plays: bool = False
    """Whether silence counts only from the end of the prompt, or of the ``Speak``, that plays now."""
    no_input_ms: int = 5000
    """How long the customer may say nothing."""
    longest_ms: int = 15_000
    """How long the customer may speak."""
    silence_ms: int = 800
    """After so long a pause the customer is done."""
    confidence: float = 0.5
    """What is less certain than this is no match; from 0 to 1."""


@plain_data
class StopSpeech(Command):
    """Give up a ``Speak`` or ``Recognise``. Of a text SpeakFinished follows, of a recognition nothing."""

    request_id: str


@plain_data
class WatchSpeechServers(Command):
    """Find out how the servers are, from now on. Once, when SIP can be sent."""


@plain_data
class OpenControl(Command):
    """What the core tells its shell: connect to a speech server."""

    session_id: str
    host: str
    port: int
    domain: str | None
    """The name its certificate must prove, empty for any; None for a connection in the clear."""


@plain_data
class SendControl(Command):
    """What the core tells its shell: write to a server."""

    session_id: str
    octets: bytes


@plain_data
class CloseControl(Command):
    """What the core tells its shell: close a connection; nothing more is reported of it."""

    session_id: str
