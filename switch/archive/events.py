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


@plain_data
class RecordingAgentJoined(Event):
    """Somebody who is heard in a recording is an agent. Follows ``recording.leg_joined``."""

    topic: ClassVar[str] = "recording.agent_joined"
    recording_id: str
    call_id: str
    """The call that is recorded."""
    leg_id: str
    agent: str
    """Who is signed in at the station (工号)."""


@plain_data
class RecordingFaulty(Event):
    """The nightly check found something wrong with a recording. At most 1000 a night are told."""

    topic: ClassVar[str] = "recording.faulty"
    recording_id: str
    path: str
    fault: str
    """``missing``, ``unreadable``, ``changed``, ``wrong_length``, ``short``, ``silent``,
    ``unexplained_gaps``, ``no_manifest``, ``manifest_wrong``, ``failed``, ``not_deleted``,
    ``left_over``, ``no_record`` or ``no_recording``."""
    text: str
    """What is there and what was expected, for people."""


@plain_data
class RecordingsReconciled(Event):
    """All recordings of some days were held against files, manifests and calls."""

    topic: ClassVar[str] = "recordings.reconciled"
    began_day: str
    """The first day, such as 2026-11-20."""
    until_day: str
    """The first day that was not checked."""
    checked: int
    """Recordings that have a record."""
    faulty: int
    """Findings."""


@plain_data
class ReconciliationFailed(Event):
    """The nightly check could not be done; the next night does both."""

    topic: ClassVar[str] = "recordings.reconciliation_failed"
    reason: str


@plain_data
class RecordingConverted(Event):
    """A recording lies as FLAC or Opus now; that it holds the same was checked before the WAV file went."""

    topic: ClassVar[str] = "recording.converted"
    recording_id: str
    path: str
    """Where it lies now."""
    size_bytes: int


@plain_data
class RecordingEncrypted(Event):
    """A recording lies encrypted now; the envelope was read back before the plain file went."""

    topic: ClassVar[str] = "recording.encrypted"
    recording_id: str
    path: str
    """Where it lies now."""
    size_bytes: int
    """Of the envelope."""


@plain_data
class RecordingNotTreated(Event):
    """A recording was not converted or encrypted as configured, and stays as it is."""

    topic: ClassVar[str] = "recording.not_treated"
    recording_id: str
    path: str
    """The file as it was begun."""
    reason: str
