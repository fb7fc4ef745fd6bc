"""The audit of deletions."""

from typing import ClassVar

from runtime.vocabulary import Event, plain_data


@plain_data
class RecordingDeleted(Event):
    """A recording's file is gone, with its manifest, picture and analysis. Its row stays."""

    topic: ClassVar[str] = "recording.deleted"
    recording_id: str
    path: str
    """The file as it was begun; empty when it never was."""
    sha256: str | None
    """Of the samples; null when the recording had failed."""
    reason: str
    """Why: what was said, or the rule."""
    by: str
    """Who did it, as they said; ``rule`` when a rule did."""


@plain_data
class RecordingNotDeleted(Event):
    """The disk did not let a recording go whose time is over; it is tried again the next night.

    When the disk is not mounted, only the first is told.
    """

    topic: ClassVar[str] = "recording.not_deleted"
    recording_id: str
    path: str
    """The file as it was begun."""
    reason: str
