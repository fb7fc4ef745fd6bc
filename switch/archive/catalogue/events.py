"""What people note about recordings. Each is a row of the table ``recording_changes``."""

from typing import ClassVar

from runtime.vocabulary import Event, plain_data


@plain_data
class RecordingTagged(Event):
    """A recording has a tag."""

    topic: ClassVar[str] = "recording.tagged"
    recording_id: str
    tag: str
    """1 to 64 characters."""
    by: str
    """Who did it, as they said."""


@plain_data
class RecordingUntagged(Event):
    """A recording has a tag no longer."""

    topic: ClassVar[str] = "recording.untagged"
    recording_id: str
    tag: str
    """1 to 64 characters."""
    by: str
    """Who did it, as they said."""


@plain_data
class RecordingRated(Event):
    """A recording was rated; an earlier rating counts no longer."""

    topic: ClassVar[str] = "recording.rated"
    recording_id: str
    rating: int
    """1 to 5, the best."""
    by: str
    """Who did it, as they said."""


@plain_data
class RecordingHeld(Event):
    """A recording must not be deleted until it is released, whatever the rules say: a legal hold."""

    topic: ClassVar[str] = "recording.held"
    recording_id: str
    reason: str
    by: str
    """Who did it, as they said."""


@plain_data
class RecordingReleased(Event):
    """A recording is not held any longer."""

    topic: ClassVar[str] = "recording.released"
    recording_id: str
    reason: str
    by: str
    """Who did it, as they said."""
