"""Who was let in to listen, told for the journal."""

from typing import ClassVar

from runtime.vocabulary import Event, plain_data


@plain_data
class RecordingLinked(Event):
    """Somebody was given a link by which a recording can be listened to."""

    topic: ClassVar[str] = "recording.linked"
    recording_id: str
    who: str
    """For whom, as whoever asked for the link said."""
    until: int
    """The link is good until then, in seconds since the Unix epoch."""


@plain_data
class RecordingListened(Event):
    """A recording was fetched with a link, or is played by phone. Told once for each link and address, and
    each call."""

    topic: ClassVar[str] = "recording.listened"
    recording_id: str
    who: str
    """For whom the link was made, or who has it played, as whoever asked for it said."""
    host: str
    """Address the request came from: the listener's, or that of a proxy in between; empty by phone."""
    station: str | None = None
    """The station that hears it by phone."""
    call_id: str | None = None
    """The call it is played to."""
