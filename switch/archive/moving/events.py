"""What became of recordings that were to go to the second tier, and of the tier."""

from typing import ClassVar

from runtime.vocabulary import Event, plain_data


@plain_data
class RecordingMoved(Event):
    """A recording lies in the second tier now; its copy was read back from there before the first went."""

    topic: ClassVar[str] = "recording.moved"
    recording_id: str
    path: str
    """Where it lies now: a path, or such as ``s3://bucket/2026-11-20/recording-1.wav``."""
    size_bytes: int
    sha256: str
    """Of the whole file as it lies there."""
    by: str
    """``rule``, since it was its time, or who wanted it."""


@plain_data
class RecordingNotMoved(Event):
    """A recording stays where it is though its time in the first tier is over. Told once a run."""

    topic: ClassVar[str] = "recording.not_moved"
    recording_id: str
    path: str
    """The file as it was begun."""
    reason: str


@plain_data
class SecondTierFailed(Event):
    """The second tier takes no recordings; they stay and are tried again until it does. Once an outage."""

    topic: ClassVar[str] = "second_tier.failed"
    reason: str


@plain_data
class SecondTierRecovered(Event):
    """Recordings move again."""

    topic: ClassVar[str] = "second_tier.recovered"
