//! What the engine reports.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Instant;

use recording::marks::Mark;
use recording::timeline::ChannelFacts;

use crate::handshake::Fault;
use crate::meter::Quality;
use crate::one_way::Missing;
use crate::reports::RemoteView;
use crate::storage::Ending;
use crate::stored::FinishedRecording;

/// Names an endpoint; given out once and never again.
pub type EndpointId = u64;
/// Names a mix; given out once and never again.
pub type MixId = u64;
/// Names a playback; given out once and never again.
pub type PlaybackId = u64;
/// Names a recording; given out once and never again.
pub type RecordingId = u64;

/// Names a fork; given out once and never again.
pub type ForkId = forking::order::ForkId;

/// What a leg carried so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EndpointCounters {
    pub packets_received: u64,
    pub packets_sent: u64,
    pub bytes_received: u64,
    pub bytes_sent: u64,
    /// Expected by sequence number but never arrived (RFC 3550 §A.3).
    pub packets_lost: u64,
    /// Arrived so late that a phone's jitter buffer has given them up.
    pub packets_late: u64,
    pub packets_duplicated: u64,
    /// Arrived behind one that was sent later.
    pub packets_reordered: u64,
    /// Arrived but not usable: malformed, from a stranger, of an unknown payload type, on hold, or of
    /// keys pressed faster than can be.
    pub packets_dropped: u64,
    /// Of those, not made by who has the keys of an encrypted leg, or repeated.
    pub packets_forged: u64,
    /// Of the peer, and well-formed.
    pub rtcp_received: u64,
    pub rtcp_sent: u64,
    /// Interarrival jitter (RFC 3550 §6.4.1).
    pub jitter_us: u32,
    pub jitter_max_us: u32,
    /// By the last report that tells it; None when none did.
    pub round_trip_us: Option<u64>,
    pub round_trip_max_us: Option<u64>,
    /// Of what is heard; None when nothing was.
    pub quality: Option<Quality>,
    /// What the peer says of what it hears; None when it says nothing.
    pub remote: Option<RemoteView>,
}

/// From one sample of a recording's clock, 8 kHz, to before another.
pub type Samples = (u64, u64);

/// A closed recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingSummary {
    pub path: PathBuf,
    pub duration_ms: u64,
    pub size_bytes: u64,
    /// Of the samples, without the header.
    pub sha256: String,
    pub customer: ChannelFacts,
    pub agent: ChannelFacts,
    pub marks: Vec<Mark>,
    /// What the disk did not take; silence is in its place.
    pub unwritten: Vec<Samples>,
}

impl RecordingSummary {
    pub fn new(finished: FinishedRecording, ending: Ending) -> Self {
        let FinishedRecording { path, file, lost } = finished;
        let mut unwritten = [ending.unwritten, lost].concat();
        unwritten.sort_unstable();
        Self {
            path,
            duration_ms: file.frames / 8,
            size_bytes: file.size_bytes,
            sha256: file.sha256,
            customer: ending.customer,
            agent: ending.agent,
            marks: ending.marks,
            unwritten,
        }
    }
}

/// How a key was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// By telephone-events.
    Events,
    /// As tones in the audio.
    InBand,
}

/// Why a playback is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaybackEnd {
    Finished,
    /// By verb, bridge, replacement or close.
    Stopped,
    /// By a key press of its leg.
    BargedIn,
}

/// What became of a fork.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForkEnding {
    /// As `docs/media_streams.md` names it.
    pub reason: &'static str,
    /// For people.
    pub detail: String,
    pub frames_sent: u64,
    pub frames_dropped: u64,
    /// Audio of the far end that found no room.
    pub overrun_ms: u64,
}

/// A fact.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    EndpointClosed {
        endpoint: EndpointId,
        counters: EndpointCounters,
    },
    MediaStarted {
        endpoint: EndpointId,
        source: SocketAddr,
    },
    /// The leg has no keys and never will.
    HandshakeFailed {
        endpoint: EndpointId,
        fault: Fault,
    },
    /// The leg's codec can only be relayed: in its mix it is heard by nobody and hears nobody.
    MediaUnmixable {
        endpoint: EndpointId,
    },
    MediaLost {
        endpoint: EndpointId,
        silent_us: u64,
    },
    MediaResumed {
        endpoint: EndpointId,
        silent_us: u64,
    },
    /// So many packets come to the leg's port that most are dropped unread. This is one of the senders.
    MediaFlooded {
        endpoint: EndpointId,
        source: SocketAddr,
    },
    OneWayDetected {
        endpoint: EndpointId,
        missing: Missing,
    },
    DigitDetected {
        endpoint: EndpointId,
        digit: char,
        duration_ms: u32,
        source: KeySource,
        /// It is for whoever put the mask on, and for nobody else.
        masked: bool,
    },
    /// What the leg says and presses is hidden from here on.
    Masked {
        endpoint: EndpointId,
    },
    Unmasked {
        endpoint: EndpointId,
    },
    /// So far into the recording the leg falls silent behind a mask, or is heard again.
    RecordingMasked {
        recording: RecordingId,
        endpoint: EndpointId,
        position_ms: u64,
        masked: bool,
    },
    PlaybackEnded {
        endpoint: EndpointId,
        playback: PlaybackId,
        end: PlaybackEnd,
        position_ms: u64,
    },
    RecordingStarted {
        recording: RecordingId,
        path: String,
        /// When its first sample was, however long the disk took.
        began: Instant,
    },
    RecordingCompleted {
        recording: RecordingId,
        summary: Box<RecordingSummary>,
    },
    RecordingFailed {
        recording: RecordingId,
        path: String,
        reason: String,
    },
    /// It is over, and no disk takes its parts as one file yet; its end follows.
    RecordingWaiting {
        recording: RecordingId,
        path: String,
        reason: String,
    },
    StorageLagging {
        folder: String,
        behind_ms: u64,
        reason: String,
    },
    StorageRecovered {
        folder: String,
    },
    ForkConnected {
        fork: ForkId,
    },
    ForkEnded {
        fork: ForkId,
        ending: ForkEnding,
    },
}

impl Event {
    /// Whether a peer can cause any number of these, so that a reader far behind may be spared some.
    ///
    /// The others are the lives of legs, playbacks, recordings and forks, and somebody waits for each end.
    pub fn may_be_lost(&self) -> bool {
        matches!(self, Self::DigitDetected { .. } | Self::MediaStarted { .. } | Self::ForkConnected { .. })
    }
}
