"""What the media engine reports."""

from enum import StrEnum
from typing import ClassVar

from runtime.vocabulary import Event, plain_data, plain_data_in_order

Spans = tuple[tuple[float, float], ...]
"""From and to, in milliseconds of a recording, exact to the sample."""
CodecsHeard = tuple[tuple[float, str], ...]
"""Milliseconds of a recording, and the codec heard from then on."""


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


@plain_data_in_order  # that of what the media core counts
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
    packets_forged: int
    """Of those, not made by who has the keys of an encrypted leg, or repeated."""
    jitter_ms: float
    """Interarrival jitter (RFC 3550 §6.4.1) at the end."""
    packets_late: int = 0
    """Arrived more than 120 ms behind the earliest, so that a phone's jitter buffer has given them up."""
    packets_duplicated: int = 0
    """Arrived more than once."""
    packets_reordered: int = 0
    """Arrived behind one that was sent later."""
    rtcp_received: int = 0
    """Reports of the peer."""
    rtcp_sent: int = 0
    """Reports of ours."""
    jitter_max_ms: float = 0.0
    """The highest in the leg's life."""
    round_trip_ms: float | None = None
    """To the peer and back, by its last report; None when none told it (RFC 3550 §6.4.1)."""
    round_trip_max_ms: float | None = None
    """The longest in the leg's life."""
    r_factor: float | None = None
    """How well the peer's audio arrived here, 0 to 93.2 (ITU-T G.107, simplified; G.107.1 for wide-band
    codecs, divided by 1.29); None when nothing did."""
    mos: float | None = None
    """The same as a mean opinion score, 1 to 4.41."""
    mos_lowest: float | None = None
    """Of the worst second."""
    mos_lowest_at_s: float | None = None
    """When that was, in seconds since the leg was opened."""
    remote_packets_lost: int | None = None
    """What the peer reports of what we sent; None when it reports nothing."""
    remote_jitter_ms: float | None = None
    """As the peer reports it."""
    remote_mos: float | None = None
    """The peer's own score (RFC 3611 §4.7), else what its reports come to."""


@plain_data
class MediaStarted(Event):
    """A usable packet arrived from a new source of the leg; from here the endpoint sends there."""

    topic: ClassVar[str] = "media.started"
    leg_id: str
    host: str
    port: int


@plain_data
class HandshakeFailed(Event):
    """A leg's keys were to come out of a handshake (DTLS-SRTP), and none came: nothing of it can be heard."""

    topic: ClassVar[str] = "media.handshake_failed"
    leg_id: str
    reason: str
    """``wrong_certificate``: not the one its SDP named; ``broken``: both sides cannot agree, or the peer
    said so; ``not_in_time``: it had not ended, or no path was proved, after 30 seconds."""


@plain_data
class MediaUnmixable(Event):
    """A leg is in a mix, or bridged with one of another codec, and its own codec (G.729) can only be relayed.

    Nobody there hears it, and it hears nobody, until it agrees on another codec or the mix is relayed again.
    """

    topic: ClassVar[str] = "media.unmixable"
    leg_id: str


@plain_data
class MediaLost(Event):
    """Nothing arrived for the configured time though neither side held the other."""

    topic: ClassVar[str] = "media.lost"
    leg_id: str
    silent_s: float


@plain_data
class MediaResumed(Event):
    """A leg that was reported lost is heard again."""

    topic: ClassVar[str] = "media.resumed"
    leg_id: str
    silent_s: float


@plain_data
class MediaFlooded(Event):
    """More packets come to a leg's port than any call has; host and port are those of one of the senders.

    Packets from where the phone is not are dropped in the kernel while it lasts, and not counted; the phone
    is heard. If the flood comes from there, or nothing was heard of the phone before, speech is lost. Told
    once a flood.
    """

    topic: ClassVar[str] = "media.flooded"
    leg_id: str
    host: str
    port: int


@plain_data
class OneWayDetected(Event):
    """Audio flows in one direction only, though both should be heard. Told once for each direction.

    Silence alone is no evidence: either the peer was talked to for long and never heard at all, or its
    reports (RTCP) contradict what arrives.
    """

    topic: ClassVar[str] = "media.one_way_detected"
    leg_id: str
    missing: str
    """``from_peer``: nothing of it arrives here; ``to_peer``: nothing of ours arrives there."""


class KeySource(StrEnum):
    """How a phone told a key."""

    RFC4733 = "rfc4733"
    """By telephone-event."""
    IN_BAND = "in_band"
    """As tones in its audio."""
    INFO = "info"
    """By SIP INFO."""


@plain_data
class DigitDetected(Event):
    """A telephone-event or a key's tones ended (or the end was lost and it is over)."""

    topic: ClassVar[str] = "media.digit_detected"
    leg_id: str
    digit: str
    """The key: 0–9, *, # or A–D; x for one behind a mask."""
    duration_ms: int
    source: KeySource = KeySource.RFC4733
    """``rfc4733`` or ``in_band``."""


@plain_data
class LegMasked(Event):
    """What the leg says and presses is hidden from here on: a card number is taken."""

    topic: ClassVar[str] = "media.masked"
    leg_id: str


@plain_data
class LegUnmasked(Event):
    """The leg is heard again."""

    topic: ClassVar[str] = "media.unmasked"
    leg_id: str


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
class MixJoined(Event):
    """A leg is in a mix, or has another role there."""

    topic: ClassVar[str] = "mix.joined"
    mix_id: str
    leg_id: str
    role: str
    """``speaker``, ``monitor``, ``whisper`` or ``barge``."""


@plain_data
class MixFailed(Event):
    """A leg could not join a mix, and is where it was."""

    topic: ClassVar[str] = "mix.failed"
    mix_id: str
    leg_id: str
    reason: str


@plain_data
class MixLeft(Event):
    """A leg is out of a mix: by verb, bridge, another mix or close."""

    topic: ClassVar[str] = "mix.left"
    mix_id: str
    leg_id: str


@plain_data
class MixEnded(Event):
    """Nobody is in the mix any more."""

    topic: ClassVar[str] = "mix.ended"
    mix_id: str


@plain_data
class RecordingStarted(Event):
    """The file exists and its header is valid."""

    topic: ClassVar[str] = "recording.started"
    recording_id: str
    contact_id: str
    call_id: str
    path: str
    began_at: float | None = None
    """When its first sample was, in seconds since the Unix epoch; the file may be made later. None: not
    known."""


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
    """Of the samples, without the file's header, in hexadecimal."""
    customer_packets: int
    customer_lost_ms: int
    """Silence written where packets were missing between others."""
    agent_packets: int
    agent_lost_ms: int
    customer_gaps: Spans = ()
    """Where that silence is; at most 500 of each channel."""
    agent_gaps: Spans = ()
    """The same of the agent's side."""
    customer_codecs: CodecsHeard = ()
    """What the channel was said in, each from then on."""
    agent_codecs: CodecsHeard = ()
    """The same of the agent's side."""
    marks: tuple[tuple[str, str, float, float], ...] = ()
    """What was silenced on purpose (``paused``, ``masked``), what was said in a codec that is only relayed
    (``undecoded``), and where those who are recorded were told so (``beep``): which, whose (``customer``,
    ``agent``, ``both``), from and to."""
    unwritten: Spans = ()
    """What the disk did not take. Silence is in its place, or the recording ends there."""
    customer_placed_ms: int | None = None
    """What packets carried to the channel; None when recovered."""
    customer_silent_ms: int | None = None
    """Of that, what was as good as silent: no louder than 54 dB below full scale for 20 ms."""
    agent_placed_ms: int | None = None
    """The same of the agent's side, all voices added up."""
    agent_silent_ms: int | None = None
    """The same of the agent's side."""
    recovered: bool = False
    """Whether it was finished after its process had ended: it holds what was on the disk then."""
    began_at: float | None = None
    """When it began, in seconds since the Unix epoch, if no recording.started tells it."""


@plain_data
class RecordingFailed(Event):
    """The recording is not whole. What could be written is still at ``path``."""

    topic: ClassVar[str] = "recording.failed"
    recording_id: str
    contact_id: str
    call_id: str
    path: str
    reason: str
    began_at: float | None = None
    """When it began, in seconds since the Unix epoch, if no recording.started tells it."""


@plain_data
class RecordingWaiting(Event):
    """The recording is over and lies in parts, and no disk takes them as one file, or the first hangs.

    Told once; it is tried again every 5 s, and at the next start. Its end follows.
    """

    topic: ClassVar[str] = "recording.waiting"
    recording_id: str
    contact_id: str
    call_id: str
    path: str
    """Of its beginning."""
    reason: str


@plain_data
class StorageLagging(Event):
    """Recordings cannot be written to this folder, or not fast enough, or its disk is not mounted.

    Calls are not touched by it. New recordings go to the spool, if there is one. Told once, until
    StorageRecovered follows.
    """

    topic: ClassVar[str] = "storage.lagging"
    folder: str
    """Of recordings."""
    behind_ms: int
    """Since when the oldest block waits; 0 when the disk refused one."""
    reason: str


@plain_data
class StorageRecovered(Event):
    """This folder takes what it is given again, and in time.

    That is a recording's block, or a trial every 5 s while nothing is written there. Told when all of the
    folder's writers have found it so.
    """

    topic: ClassVar[str] = "storage.recovered"
    folder: str
    """Of recordings."""


@plain_data
class RecordingMasked(Event):
    """From here on the recording holds silence in place of a leg that is masked."""

    topic: ClassVar[str] = "recording.masked"
    recording_id: str
    contact_id: str
    call_id: str
    leg_id: str
    position_ms: int
    """So far into the recording."""


@plain_data
class RecordingUnmasked(Event):
    """From here on the recording holds what the leg says; without this, the silence lasts to the end."""

    topic: ClassVar[str] = "recording.unmasked"
    recording_id: str
    contact_id: str
    call_id: str
    leg_id: str
    position_ms: int
    """So far into the recording."""


@plain_data
class ForkStarted(Event):
    """A fork is connected and its audio flows; told again when a connection that broke was made anew."""

    topic: ClassVar[str] = "media.fork_started"
    fork_id: str
    leg_id: str
    call_id: str
    url: str
    """Where it goes, without what follows a question mark."""


@plain_data
class ForkEnded(Event):
    """A fork is over; the call goes on."""

    topic: ClassVar[str] = "media.fork_ended"
    fork_id: str
    leg_id: str
    call_id: str
    url: str
    """Where it went, without what follows a question mark."""
    reason: str
    """``stopped`` (by verb), ``leg_closed``, ``far_end_closed``, ``unreachable``, ``refused``, ``untrusted``,
    ``protocol_error`` or ``failed`` (it could not begin)."""
    detail: str
    """The same in more words, if there are any."""
    frames_sent: int
    """Frames of 20 ms the far end was sent."""
    frames_dropped: int
    """Frames lost because the far end was slow or away."""
    overrun_ms: int
    """Audio of the far end that was dropped because a minute of it waited already."""
