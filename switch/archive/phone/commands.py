"""What is said between the core that plays recordings to phones and the shell that reads them."""

from runtime.vocabulary import Command, plain_data


@plain_data
class PlayToStation(Command):
    """Call a station and play a recording to it."""

    call_id: str
    contact_id: str
    recording_id: str
    """A whole id."""
    station: str
    who: str
    """Who listens, for the journal."""
    channels: str
    """Whom they hear: a ``media.recordings.conversion.Channels``."""
    from_ms: int
    ring_s: float


@plain_data
class ReadExcerpt(Command):
    """Read a piece of a recording and keep it as a prompt. TakeExcerpt follows, whatever happens."""

    call_id: str
    recording_id: str
    channels: str
    prompt: str
    """The name it is to have."""
    from_ms: int
    length_ms: int


@plain_data
class TakeExcerpt(Command):
    """A piece was read."""

    call_id: str
    prompt: str
    length_ms: int
    """What there is of it; less than was asked for at the recording's end."""
    problem: str | None = None
    """Why it could not be read; there is no prompt then."""


@plain_data
class ForgetExcerpt(Command):
    """A piece is needed no more."""

    prompt: str
