"""What is told of prompts recorded by phone."""

from typing import ClassVar

from runtime.vocabulary import Event, plain_data


@plain_data
class PromptRecorded(Event):
    """A prompt spoken at a station is in the library, and heard from now on."""

    topic: ClassVar[str] = "prompt.recorded"
    call_id: str
    """By which it was spoken."""
    prompt: str
    """Its name, such as `zh/notice`."""
    station: str
    agent: str | None
    """Who is signed in there (工号); null when nobody is."""
    by: str
    """Who ordered it, as they said; empty when the station dialled by itself."""
    length_ms: int
    """How long it is."""
    replaced: bool
    """Whether there was one of this name, which lies hidden beside it now."""


@plain_data
class PromptNotRecorded(Event):
    """What was spoken at a station could not be used, or not be put into the library."""

    topic: ClassVar[str] = "prompt.not_recorded"
    call_id: str
    """By which it was spoken."""
    prompt: str
    """The name it was to have."""
    station: str
    problem: str
    """Why, for people."""
