"""What the media engine reports."""

from typing import ClassVar

from runtime.vocabulary import Event, plain_data


@plain_data
class EndpointOpened(Event):
    """The leg has its ports."""

    topic: ClassVar[str] = "endpoint.opened"
    leg_id: str
    host: str
    """Address to write into SDP."""
    port: int
    """Even RTP port; RTCP has the odd one above (RFC 3550 §11)."""


@plain_data
class EndpointFailed(Event):
    """No port could be had."""

    topic: ClassVar[str] = "endpoint.failed"
    leg_id: str
    reason: str


@plain_data
class EndpointClosed(Event):
    """The ports are free; what the leg carried in its life."""

    topic: ClassVar[str] = "endpoint.closed"
    leg_id: str
    packets_received: int
    packets_sent: int
    bytes_received: int
    bytes_sent: int
    packets_lost: int
    """Expected by sequence number but never arrived (RFC 3550 §A.3)."""
    packets_dropped: int
    """Arrived but not usable: malformed, from a stranger, of an unknown payload type, digits too fast."""
    jitter_ms: float
    """Interarrival jitter (RFC 3550 §6.4.1) at the end."""


@plain_data
class MediaStarted(Event):
    """A usable packet arrived from a new source of the leg; from here the endpoint sends there."""

    topic: ClassVar[str] = "media.started"
    leg_id: str
    host: str
    port: int


@plain_data
class MediaLost(Event):
    """Nothing arrived for the configured time though neither side held the other."""

    topic: ClassVar[str] = "media.lost"
    leg_id: str
    silent_s: float


@plain_data
class DigitDetected(Event):
    """A telephone-event ended (or its end was lost and it is over)."""

    topic: ClassVar[str] = "media.digit_detected"
    leg_id: str
    digit: str
    duration_ms: int


@plain_data
class PlaybackEnded(Event):
    """A playback is over."""

    topic: ClassVar[str] = "media.playback_ended"
    playback_id: str
    leg_id: str
    reason: str
    """``finished``, ``stopped`` (by verb, bridge, replacement or close), ``barged_in`` or ``failed``."""
    position_ms: int = 0
    """How far it came, from the beginning of the first prompt; of its last pass when it was repeated."""
    problem: str = ""
    """Why it failed, for people; empty otherwise."""


@plain_data
class RecordingStarted(Event):
    """The file exists and its header is valid."""

    topic: ClassVar[str] = "recording.started"
    recording_id: str
    contact_id: str
    call_id: str
    path: str


@plain_data
class RecordingCompleted(Event):
    """The file is closed and will not change."""

    topic: ClassVar[str] = "recording.completed"
    recording_id: str
    contact_id: str
    call_id: str
    path: str
    duration_ms: int
    size_bytes: int
    sha256: str
    """Of the whole file, in hexadecimal."""
    customer_packets: int
    customer_lost_ms: int
    """Silence written where packets were missing between others."""
    agent_packets: int
    agent_lost_ms: int


@plain_data
class RecordingFailed(Event):
    """The recording is not whole. What could be written is still at ``path``."""

    topic: ClassVar[str] = "recording.failed"
    recording_id: str
    contact_id: str
    call_id: str
    path: str
    reason: str
