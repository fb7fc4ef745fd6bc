//! What a worker can be told.

use std::sync::Arc;

use crossbeam_channel::Sender;
use recording::marks::Channels;
use rtp::digit_sender::DigitSender;

use crate::company::Company;
use crate::events::{EndpointCounters, EndpointId, ForkId, MixId, RecordingId};
use crate::forks::NewFork;
use crate::mix::Role;
use crate::playback::{Playback, Seek};
use crate::ports::SocketPair;
use crate::prompt::Prompt;
use crate::protection::KeyPair;
use crate::recorder::Begun;
use crate::settings::Settings;
use crate::threads::Door;
use crate::web_peer::WebTerms;
use crate::worker::Luggage;

/// A channel of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Left.
    Customer,
    /// Right.
    Agent,
    /// Right too, with all who are there.
    Beside,
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
    /// What a leg says goes to no recording any more.
    Detach {
        endpoint: EndpointId,
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
        endpoint: EndpointId,
    },
    /// Send a company to another worker, which awaits it.
    Depart {
        company: Company,
        to: Door,
    },
    /// A company is on its way: commands for it wait until it is here.
    Await {
        company: Company,
    },
    /// What another worker sent.
    Arrive(Box<Luggage>),
    Query {
        endpoint: EndpointId,
        answer: Sender<EndpointCounters>,
    },
    Shutdown,
}

impl Command {
    /// What has to be here for it to be obeyed.
    pub fn named(&self) -> Vec<u64> {
        match self {
            Self::Open { endpoint, .. }
            | Self::Configure { endpoint, .. }
            | Self::Close { endpoint }
            | Self::Unbridge { endpoint }
            | Self::LeaveMix { endpoint }
            | Self::Detach { endpoint }
            | Self::Play { endpoint, .. }
            | Self::SteerPlayback { endpoint, .. }
            | Self::PressKeys { endpoint, .. }
            | Self::Mask { endpoint, .. }
            | Self::Unmask { endpoint }
            | Self::Query { endpoint, .. } => vec![*endpoint],
            Self::Bridge { mix, legs: [one, other] } => vec![*mix, *one, *other],
            Self::JoinMix { mix, endpoint, .. } => vec![*mix, *endpoint],
            Self::Record { recording, .. }
            | Self::PauseRecording { recording, .. }
            | Self::StopRecording { recording, .. } => vec![*recording],
            Self::Attach { recording, endpoint, .. } => vec![*recording, *endpoint],
            Self::Fork { fork, about } => vec![*fork, about.leg],
            Self::StopFork { fork, endpoint } => vec![*fork, *endpoint],
            Self::Depart { company, .. } | Self::Await { company } => company.ids().collect(),
            Self::Arrive(_) | Self::Shutdown => Vec::new(),
        }
    }
}
