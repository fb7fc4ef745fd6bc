"""What is told of voice messages."""

from enum import StrEnum
from typing import ClassVar

from runtime.vocabulary import Event, plain_data


class MessageEnd(StrEnum):
    """Why a voice message is over."""

    KEY = "key"
    """The caller pressed the end key."""
    LIMIT = "limit"
    """It lasted as long as the box allows."""
    HUNG_UP = "hung_up"
    """The call ended."""
    HANDED_OFF = "handed_off"
    """Another application took the call."""


@plain_data
class VoiceMessageStarted(Event):
    """A caller hears the tone's end and speaks."""

    topic: ClassVar[str] = "voice_message.started"
    call_id: str
    contact_id: str
    box: str
    caller_number: str


@plain_data
class VoiceMessageLeft(Event):
    """A voice message is over. Its recording has the tag ``message:<box>``, unless it is too short."""

    topic: ClassVar[str] = "voice_message.left"
    call_id: str
    contact_id: str
    box: str
    caller_number: str
    recording_id: str | None
    """None when it is too short to count, or the call must not be recorded."""
    length_ms: int
    end: MessageEnd
