"""What the archive reports."""

from typing import ClassVar

from runtime.vocabulary import Event, plain_data


@plain_data
class ArchiveFailed(Event):
    """The recordings' folder takes no manifests; they are tried again until it does. Once for each outage."""

    topic: ClassVar[str] = "archive.failed"
    reason: str


@plain_data
class ArchiveRecovered(Event):
    """Manifests are written again."""

    topic: ClassVar[str] = "archive.recovered"
