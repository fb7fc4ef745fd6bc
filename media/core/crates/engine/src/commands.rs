//! What a worker can be told.

use crossbeam_channel::Sender;

use crate::events::{EndpointFacts, EndpointId, RecordingId};
use crate::playback::Playback;
use crate::ports::SocketPair;
use crate::settings::Settings;

/// A channel of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Left.
    Customer,
    /// Right.
    Agent,
}

/// An order to one worker. One for something that is gone is ignored.
#[derive(Debug)]
pub enum Command {
    Open { endpoint: EndpointId, sockets: SocketPair },
    Configure { endpoint: EndpointId, settings: Settings },
    Close { endpoint: EndpointId },
    Bridge { endpoint: EndpointId, peer: EndpointId },
    Unbridge { endpoint: EndpointId },
    Play { endpoint: EndpointId, playback: Playback },
    StopPlayback { endpoint: EndpointId },
    SendDigits { endpoint: EndpointId, digits: String },
    Record { recording: RecordingId, started_us: u64 },
    Attach { recording: RecordingId, endpoint: EndpointId, side: Side },
    StopRecording { recording: RecordingId, ended_us: u64 },
    Query { endpoint: EndpointId, answer: Sender<EndpointFacts> },
    Shutdown,
}
