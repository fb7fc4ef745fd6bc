"""What is reported of speech servers and of what they do for calls."""

from enum import StrEnum
from typing import ClassVar

from runtime.vocabulary import Event, plain_data


class SpeechFailure(StrEnum):
    """Why nothing was said or understood."""

    NO_SERVER = "no_server"
    """Every server that could do it is down, full, or failed at it just now."""
    NO_INPUT = "no_input"
    """The caller said nothing in time."""
    NO_MATCH = "no_match"
    """The caller said something else, or nothing that could be understood."""
    TOO_EARLY = "too_early"
    """The caller spoke before the recogniser could hear."""
    UNUSABLE = "unusable"
    """No server can do anything with the language, the voice or the grammar."""
    SERVER_FAILED = "server_failed"
    """A server failed in the middle."""
    NOT_NOW = "not_now"
    """The caller is not answered, or talks with somebody, or has a codec that is only relayed."""


@plain_data
class SpeakBegan(Event):
    """A speech server says a text to the customer of a call."""

    topic: ClassVar[str] = "speaking.began"
    request_id: str
    call_id: str
    server: str


@plain_data
class SpeakFinished(Event):
    """A text was said, or was cut off."""

    topic: ClassVar[str] = "speaking.finished"
    request_id: str
    call_id: str
    reason: str
    """``finished``; ``barged_in`` by a key or by speech; ``stopped`` by whoever had ordered it."""


@plain_data
class SpeakFailed(Event):
    """A text was not said, or not to its end."""

    topic: ClassVar[str] = "speaking.failed"
    request_id: str
    call_id: str
    reason: SpeechFailure
    problem: str = ""
    """For people: what each server that was asked did."""


@plain_data
class RecognitionBegan(Event):
    """A speech server listens to the customer of a call."""

    topic: ClassVar[str] = "recognition.began"
    request_id: str
    call_id: str
    server: str


@plain_data
class RecognitionHeard(Event):
    """The customer began to speak."""

    topic: ClassVar[str] = "recognition.heard"
    request_id: str
    call_id: str


@plain_data
class Recognised(Event):
    """A speech server understood what the customer said."""

    topic: ClassVar[str] = "recognition.finished"
    request_id: str
    call_id: str
    text: str
    """What was said, word by word."""
    interpretation: str
    """What it means by the grammar: a text, or JSON where the grammar gives several values; may be empty."""
    confidence: float
    """How sure the server is, from 0 to 1."""


@plain_data
class RecognitionFailed(Event):
    """Nothing was understood."""

    topic: ClassVar[str] = "recognition.failed"
    request_id: str
    call_id: str
    reason: SpeechFailure
    problem: str = ""
    """For people: what each server that was asked did."""


@plain_data
class SpeechServerDown(Event):
    """A speech server failed so often in a row that it is passed over for a while."""

    topic: ClassVar[str] = "speech_server.down"
    server: str
    problem: str
    """What it did last."""
    rests_s: float
    """How long it is passed over, unless its next OPTIONS are answered before."""


@plain_data
class SpeechServerUp(Event):
    """A speech server that was down works again."""

    topic: ClassVar[str] = "speech_server.up"
    server: str
