//! What a worker can be told.

use std::sync::Arc;

use crossbeam_channel::Sender;
use recording::marks::Channels;
use rtp::digit_sender::DigitSender;

use crate::events::{EndpointCounters, EndpointId, ForkId, MixId, RecordingId};
use crate::forks::NewFork;
use crate::mix::Role;
use crate::playback::{Playback, Seek};
use crate::ports::SocketPair;
use crate::prompt::Prompt;
use crate::protection::KeyPair;
use crate::recorder::Begun;
use crate::settings::Settings;
use crate::web_peer::WebTerms;

/// A channel of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Left.
    Customer,
    /// Right.
    Agent,
}

/// What can be done with a playback under way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Steer {
    Stop,
    Pause,
    Resume,
    Seek(Seek),
    SetGain { gain_db: f32 },
}

/// Keys to be pressed on a leg, as its peer understands them.
#[derive(Debug)]
pub enum Keys {
    Events(DigitSender),
    Tones(Vec<Arc<Prompt>>),
}

/// How packets are encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Security {
    Plain,
    /// By keys that both sides told each other in SDP.
    Keys(KeyPair),
    /// By keys of a DTLS handshake.
    Web(WebTerms),
}

impl Security {
    /// Whether the peer proves by ICE where it is, whatever its SDP says.
    pub fn proves_path(&self) -> bool {
        matches!(self, Self::Web(terms) if terms.ice.is_some())
    }
}

/// What one worker is to do. A command for something that is gone is ignored.
#[derive(Debug)]
pub enum Command {
    Open {
        endpoint: EndpointId,
        sockets: SocketPair,
    },
    Configure {
        endpoint: EndpointId,
        settings: Settings,
        security: Security,
    },
    Close {
        endpoint: EndpointId,
    },
    /// A mix of two that ends with the first who leaves it.
    Bridge {
        mix: MixId,
        legs: [EndpointId; 2],
    },
    Unbridge {
        endpoint: EndpointId,
    },
    /// Join, or change the role of a member.
    JoinMix {
        mix: MixId,
        endpoint: EndpointId,
        role: Role,
    },
    LeaveMix {
        endpoint: EndpointId,
    },
    Play {
        endpoint: EndpointId,
        playback: Playback,
    },
    SteerPlayback {
        endpoint: EndpointId,
        steer: Steer,
    },
    PressKeys {
        endpoint: EndpointId,
        keys: Keys,
    },
    /// Hide what the leg says and presses, for so long or until `Unmask`.
    Mask {
        endpoint: EndpointId,
        for_us: u64,
    },
    Unmask {
        endpoint: EndpointId,
    },
    /// Carry a recording that has begun already.
    Record {
        recording: RecordingId,
        begun: Begun,
    },
    Attach {
        recording: RecordingId,
        endpoint: EndpointId,
        channel: Channel,
    },
    /// Record silence on these channels from now on, in place of those before.
    PauseRecording {
        recording: RecordingId,
        channels: Channels,
        at_us: u64,
    },
    StopRecording {
        recording: RecordingId,
        ended_us: u64,
    },
    Fork {
        fork: ForkId,
        about: NewFork,
    },
    StopFork {
        fork: ForkId,
    },
    Query {
        endpoint: EndpointId,
        answer: Sender<EndpointCounters>,
    },
    Shutdown,
}
