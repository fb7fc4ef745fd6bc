"""The small interface of an engine, and how what it says becomes a prompt."""

import io
from typing import Protocol

from media.prompt_file import prompt_file
from media.prompts import UnusableSoundError, read_sound
from runtime.errors import PeerError, UsageError


class EngineFailed(PeerError):
    """An engine did not say a text: it is late, has ended with an error, or answers what is no sound."""


class EngineMissing(EngineFailed):
    """There is no such engine here: to ask again at once would be vain."""


class NothingSaid(PeerError):
    """The engine works, but there is nothing to hear of this text."""


class SpeechEngine(Protocol):
    """Says texts. Called on threads of the speech shell, ``at_once`` of them at a time.

    An engine of another machine fits as well: it blocks its thread, keeps to a time limit of its own, and
    ``close`` ends what is under way.
    """

    def synthesise(self, text: str, language: str, voice: str) -> bytes:
        """A sound file of any format libsndfile reads, with the text spoken by ``voice``.

        ``voice`` is the engine's own name of it. Raises EngineFailed.
        """

    def close(self) -> None:
        """End what is under way; nothing is asked of it any more."""


def as_prompt_file(said: bytes) -> bytes:
    """What an engine said as a file of the library: one channel, 16 bits, trimmed, as loud as other prompts.

    Raises EngineFailed when it is no sound, NothingSaid when it is silent.
    """
    try:
        sound, rate_hz = read_sound(io.BytesIO(said))
    except UnusableSoundError as fault:
        raise EngineFailed(f"what it said is no prompt: expected {fault}") from fault
    try:
        return prompt_file(sound, rate_hz)
    except UsageError as silent:
        raise NothingSaid(f"nothing is heard of the text: {silent}") from silent
