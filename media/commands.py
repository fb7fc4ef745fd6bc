"""What the media engine can be told. One small class a verb; ``leg_id`` names the endpoint of that leg."""

from dataclasses import field
from enum import StrEnum

from runtime.vocabulary import Command, plain_data, plain_data_in_order


class Codec(StrEnum):
    """Audio codecs by their RTP encoding names (RFC 3551 §6, RFC 7587 §6.1)."""

    PCMA = "PCMA"
    PCMU = "PCMU"
    G722 = "G722"
    OPUS = "opus"
    G729 = "G729"
    """Only relayed between two legs that both speak it: it is neither played, mixed nor recorded."""


FOR_EVER = 0
"""How often music plays: until it is stopped."""


class SrtpSuite(StrEnum):
    """How SRTP encrypts and authenticates, by the SDES names (RFC 4568 §6.2, RFC 7714 §14.1)."""

    AEAD_AES_128_GCM = "AEAD_AES_128_GCM"
    AES_CM_128_HMAC_SHA1_80 = "AES_CM_128_HMAC_SHA1_80"
    AES_CM_128_HMAC_SHA1_32 = "AES_CM_128_HMAC_SHA1_32"
    AEAD_AES_256_GCM = "AEAD_AES_256_GCM"

    @property
    def key_octets(self) -> int:
        """Of a master key with its salt."""
        return _KEY_OCTETS[self]


_KEY_OCTETS = {
    SrtpSuite.AEAD_AES_128_GCM: 16 + 12,
    SrtpSuite.AES_CM_128_HMAC_SHA1_80: 16 + 14,
    SrtpSuite.AES_CM_128_HMAC_SHA1_32: 16 + 14,
    SrtpSuite.AEAD_AES_256_GCM: 32 + 12,
}


@plain_data
class DtlsPeer:
    """Who a leg's peer is in the handshake its keys come from (DTLS), and how it proves its address (ICE)."""

    fingerprint: str
    """SHA-256 of its certificate, 64 hexadecimal digits."""
    we_begin: bool
    """Whether we are the client of the handshake."""
    ufrag: str
    """Our name in its checks; empty when it makes none, and is where SDP says."""
    password: str = field(repr=False)
    """And our password."""


@plain_data
class SrtpKeys:
    """What a leg's packets are encrypted with. Its text tells no key."""

    suite: SrtpSuite
    ours: bytes = field(repr=False)
    """Master key with its salt behind it, for what we send."""
    theirs: bytes = field(repr=False)
    """The same for what the peer sends."""


class Channel(StrEnum):
    """Where in a recording somebody is heard."""

    CUSTOMER = "customer"
    """Left: what the customer says."""
    AGENT = "agent"
    """Right: what the agent says."""
    BESIDE = "beside"
    """Right too, beside the agent and each other: others who are heard by the customer."""


class MixRole(StrEnum):
    """What a member of a mix says and who hears it. Each member hears those who are heard by all."""

    SPEAKER = "speaker"
    """One of those who talk; heard by all."""
    MONITOR = "monitor"
    """Heard by nobody."""
    WHISPER = "whisper"
    """Heard by one member only."""
    BARGE = "barge"
    """Comes in on those who talk; heard by all."""


@plain_data
class OpenEndpoint(Command):
    """Take an even/odd port pair for a leg. Answered by EndpointOpened or EndpointFailed."""

    leg_id: str
    near: str | None
    """Another leg of the same call, so that both begin on one media worker and none has to move; None for a
    call's first leg."""
    ipv6: bool = False
    """For a peer that speaks IPv6; an address of ours for it is taken where the configuration names one."""
    within: bool = False
    """For a peer that is another endpoint of ours: told is the address that is bound, whatever SDP names."""


@plain_data_in_order
class ConfigureEndpoint(Command):
    """Tell the endpoint what the peer's SDP agreed to. May be given again at any time (re-INVITE)."""

    leg_id: str
    host: str
    """Where to send, until packets from elsewhere latch the endpoint (symmetric RTP, RFC 4961)."""
    port: int
    codec: Codec
    payload_type: int
    dtmf_payload_type: int | None
    """RFC 4733 telephone-event in both directions, or None when the peer offers none."""
    ptime_ms: int
    sending: bool
    """False while the peer holds us: nothing is sent."""
    receiving: bool
    """False while we hold the peer: what arrives is counted and dropped."""
    dtmf_clock_hz: int = 8000
    """The clock that telephone-event counts durations by."""
    cn_payload_type: int | None = None
    """Comfort noise (RFC 3389) that the peer may send in its pauses, or None when it was not agreed on."""
    srtp: SrtpKeys | None = None
    """Keys out of SDP, or None. Keys that stay the same go on where they were."""
    dtls: DtlsPeer | None = None
    """Where keys come from a handshake, with whom."""
    answered: bool = True
    """False while only early media may flow: nobody need be heard yet."""
    rtcp_mux: bool = False
    """Reports share the port of voice (RFC 5761)."""
    rtcp_host: str | None = None
    """Where reports go when they do not (RFC 3605); None for ``host``."""
    rtcp_port: int | None = None
    """None for the one above ``port``."""
    max_ptime_ms: int | None = None
    """The longest packet the peer takes; what is relayed to it is made anew when it is longer."""
    voice_metrics: bool = False
    """Report voice metrics too (RFC 3611 §4.7)."""


@plain_data
class CloseEndpoint(Command):
    """Give the ports back. Stops playback and bridge; answered by EndpointClosed with the leg's counters."""

    leg_id: str


@plain_data
class BridgeEndpoints(Command):
    """Let two legs hear each other and nobody else. Stops any playback on either; both leave their mixes.

    Packets are relayed when the legs have a codec in common, and go through samples when not; a re-INVITE
    may change that at any time.
    """

    leg_id: str
    peer_leg_id: str


@plain_data
class UnbridgeEndpoints(Command):
    """End the bridge that this leg takes part in."""

    leg_id: str


@plain_data
class JoinMix(Command):
    """Take a leg into a mix of up to 64, out of the mix or bridge it is in; or give it another role there.

    A mix begins with its first member. Two who are heard by all and are alone are relayed like a bridge.
    Answered by MixJoined, or by MixFailed when there is no room.
    """

    mix_id: str
    leg_id: str
    role: MixRole
    whisper_to: str | None = None
    """The leg that hears a whisper; None in other roles."""


@plain_data
class LeaveMix(Command):
    """Take a leg out of its mix; no harm if it is in none. Answered by MixLeft."""

    leg_id: str


@plain_data
class StartPlayback(Command):
    """Play prompts to a leg without a gap, replacing what plays now. Ends with one PlaybackEnded."""

    playback_id: str
    leg_id: str
    prompts: tuple[str, ...]
    """Names in the prompt library, such as ``zh/greeting``."""
    times: int = 1
    """How often they play, one time after the other; FOR_EVER is until stopped."""
    gain_db: float = 0.0
    """From -40 to 40; what becomes too loud is cut off at full scale."""
    barge_in: bool = False
    """Whether the first packet of a key press ends it."""
    shared: bool = False
    """Music on hold: who joins hears what all others hear, from its middle."""
    laid_over: bool = False
    """Once, beside what the leg hears otherwise, in place of what was so before: a beep in a call. Commands
    below do not touch it, and no recording holds it, but the leg's tells of it."""


@plain_data
class StopPlayback(Command):
    """Fall silent within one packet; no harm if nothing plays, here and in the commands below."""

    leg_id: str


@plain_data
class PausePlayback(Command):
    """Fall silent within one packet, until ResumePlayback."""

    leg_id: str


@plain_data
class ResumePlayback(Command):
    """Go on where a pause began, or where SeekPlayback or SkipPlayback led since."""

    leg_id: str


@plain_data
class SeekPlayback(Command):
    """Go on at a place; one beyond the end is the end."""

    leg_id: str
    position_ms: int
    """From the beginning of the first prompt."""


@plain_data
class SkipPlayback(Command):
    """Go on so much further or, when negative, so much earlier; at most to the end or the beginning."""

    leg_id: str
    offset_ms: int


@plain_data
class SetPlaybackGain(Command):
    """Make what plays louder or quieter than it is recorded."""

    leg_id: str
    gain_db: float
    """From -40 to 40."""


@plain_data
class MaskLeg(Command):
    """Hide what a leg says and presses from all but whoever collects its keys.

    Other legs, recording and forks have silence of it and no keys. LegMasked follows, LegUnmasked at the end.
    """

    leg_id: str
    max_s: float
    """When it ends by itself, up to an hour; given again, it counts anew."""


@plain_data
class UnmaskLeg(Command):
    """End that; within a key, when it comes up."""

    leg_id: str


@plain_data
class SendDigits(Command):
    """Press keys on a leg, one after the other: RFC 4733 events, or tones when its peer agreed on none."""

    leg_id: str
    digits: str
    """Of 0-9, A-D, * and #; at most 64."""
    press_ms: int = 100
    """How long each is held, from 40 to 60000."""
    pause_ms: int = 80
    """How long nothing is pressed after each, from 40 to 10000."""
    level_dbm0: int = -10
    """How loud, from -55 to 0."""


@plain_data
class StartRecording(Command):
    """Open a two-channel recording of a contact. Both channels are silent until legs are attached.

    Answered by RecordingStarted; ends with exactly one RecordingCompleted or RecordingFailed.
    """

    recording_id: str
    contact_id: str
    call_id: str
    caller: str = ""
    """This and the following are for the file's path."""
    called: str = ""
    trunk: str = ""
    access_code: str = ""
    tenant: str = ""


@plain_data
class AttachToRecording(Command):
    """Put what this leg says on a channel only, replacing the leg that was there unless it is BESIDE.

    No harm if more than 16 are beside: it is not recorded then.
    """

    recording_id: str
    leg_id: str
    channel: Channel


@plain_data
class DetachFromRecording(Command):
    """What this leg says is recorded no more. No harm if it is not."""

    leg_id: str


@plain_data
class PauseRecording(Command):
    """Record silence on these channels from now on, in place of those before; the clock goes on.

    No harm if the recording has ended.
    """

    recording_id: str
    customer: bool
    agent: bool


@plain_data
class StopRecording(Command):
    """Finish the file. No harm if it has ended already."""

    recording_id: str


class ForkMix(StrEnum):
    """What of a leg a fork carries."""

    SAID = "said"
    """What the leg says."""
    HEARD = "heard"
    """What the leg hears."""
    MIXED = "mixed"
    """Both in one channel."""
    STEREO = "stereo"
    """Two channels: left what it says, right what it hears."""


@plain_data
class StartFork(Command):
    """Carry a leg's audio to a WebSocket (docs/media_streams.md).

    ForkStarted follows each time it is connected; ends with exactly one ForkEnded.
    """

    fork_id: str
    leg_id: str
    call_id: str
    url: str
    """``ws://`` or ``wss://``."""
    mix: ForkMix
    returns: bool
    """Let the leg hear the audio that comes back."""
    interrupts: bool = False
    """That audio ends what the leg is played; else it waits for its end."""
    rate_hz: int = 8000
    """Samples a second, both ways: 8000 or 16000."""
    reconnects: int
    """How often a connection that breaks is made again, in a row."""
    authorization: str
    """The handshake's Authorization header; empty for none. Never told to anybody else."""
    subprotocol: str
    """The WebSocket subprotocol asked for; empty for none."""
    details: tuple[tuple[str, str], ...]
    """Names and values that the first message tells beside ours."""


@plain_data
class StopFork(Command):
    """End a fork. No harm if it has ended already."""

    fork_id: str
