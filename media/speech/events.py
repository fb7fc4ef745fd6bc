"""What is told of speech made from text. No event tells the text, which may be a customer's."""

from enum import StrEnum
from typing import ClassVar

from runtime.vocabulary import Event, plain_data


class SpeechFault(StrEnum):
    """Why a text did not become speech."""

    EMPTY = "empty"
    """There is nothing to say in it."""
    TOO_LONG = "too_long"
    """It has more characters than `speech.max_characters`."""
    NO_VOICE = "no_voice"
    """No engine has a voice for the language."""
    NO_ENGINE = "no_engine"
    """All engines that have one are down, or have too much to say already."""
    FAILED = "failed"
    """None of the engines could say it."""
    LATE = "late"
    """It was not ready within `speech.answer_within_s`."""


@plain_data
class SpeechMade(Event):
    """A text is a prompt now, to be played by its name."""

    topic: ClassVar[str] = "speech.made"
    request_id: str
    """Of the MakeSpeech it answers."""
    call_id: str | None
    """The call it is for; None for no call."""
    prompt: str
    """Its name, `speech:` and the digest of what is said by which voice; good for a minute at least."""
    length_ms: int
    """How long it is."""
    engine: str
    """Which engine said it."""
    was_kept: bool
    """Whether it had been said before, and no engine was asked."""


@plain_data
class SpeechFailed(Event):
    """A text did not become speech."""

    topic: ClassVar[str] = "speech.failed"
    request_id: str
    """Of the MakeSpeech it answers."""
    call_id: str | None
    """The call it is for; None for no call."""
    reason: SpeechFault
    problem: str
    """The same for people; what the last engine complained of."""


@plain_data
class SpeechEngineDown(Event):
    """An engine failed so often that it is passed over for a while; the next ones speak."""

    topic: ClassVar[str] = "speech_engine.down"
    engine: str
    """Its name in the configuration."""
    problem: str
    """What it complained of last."""
    for_s: float
    """How long it is passed over; each time it fails then twice as long, up to five minutes."""


@plain_data
class SpeechEngineUp(Event):
    """An engine that was down speaks again."""

    topic: ClassVar[str] = "speech_engine.up"
    engine: str
    """Its name in the configuration."""
