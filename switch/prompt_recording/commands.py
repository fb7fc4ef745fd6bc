"""What recording prompts by phone can be told, and what its core and its shell tell each other."""

from runtime.vocabulary import Command, plain_data


@plain_data
class RecordPrompt(Command):
    """Call a station, and let it record a prompt when it answers."""

    call_id: str
    contact_id: str
    station: str
    prompt: str
    by: str
    """Who orders it, for the journal."""
    ring_s: float


@plain_data
class ReadTake(Command):
    """Make what was said into a prompt to be heard back. TakeWasRead follows, whatever happens."""

    call_id: str
    take: str
    """The name it is to have until it is kept or forgotten."""
    path: str
    """Of the recording, whose left channel it is."""
    cut_ms: int
    """So much of its end is no speech."""


@plain_data
class TakeWasRead(Command):
    """It can be heard back, or not."""

    call_id: str
    take: str
    problem: str = ""


@plain_data
class KeepTake(Command):
    """Put a take into the library, in place of its namesake. TakeWasKept follows, whatever happens."""

    call_id: str
    take: str
    prompt: str


@plain_data
class TakeWasKept(Command):
    """It is in the library and heard from now on, or it is not."""

    call_id: str
    length_ms: int
    replaced: bool
    """Whether there was such a prompt before."""
    problem: str = ""


@plain_data
class ForgetTake(Command):
    """It is wanted no more. No harm if there is none."""

    take: str
