"""What befalls clients of the control socket."""

from typing import ClassVar

from runtime.vocabulary import Event, plain_data


@plain_data
class ControlClientDropped(Event):
    """A client of the control socket had not read for too long, and was hung up on."""

    topic: ClassVar[str] = "control.client_dropped"
    unread_bytes: int
    """What was written for it and waited to be read."""
    stalled_s: float
    """For how long it may read nothing; ``control.stalled_s``."""
