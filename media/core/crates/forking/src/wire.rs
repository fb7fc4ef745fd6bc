//! One connection: what we send and what we hear, side by side, so that neither holds the other up.

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::Sender;
use tokio::time::{Instant, interval_at, sleep, timeout};
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::ending::{Ending, Reason};
use crate::link::{Downward, Upward, WireEnd};
use crate::messages::{self, Said, Samples};
use crate::order::Order;

pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;
type Mouth = SplitSink<Socket, Message>;
type Ear = SplitStream<Socket>;

const PING_EVERY: Duration = Duration::from_secs(10);
/// A far end that answers no ping for so long is gone.
const SILENCE: Duration = Duration::from_secs(30);
/// One that takes nothing for so long, too.
const STALL: Duration = Duration::from_secs(10);
/// How long our good-bye may take to be answered.
const PARTING: Duration = Duration::from_secs(1);

/// The two sides of one connection.
pub struct Conversation<'a> {
    pub order: &'a Order,
    pub wire: &'a mut WireEnd,
}

impl Conversation<'_> {
    /// Talk until one side ends it.
    pub async fn hold(self, socket: Socket) -> Ending {
        let (mouth, ear) = socket.split();
        let messages = self.wire.messages.clone();
        let returns = self.order.returns;
        tokio::select! {
            ending = self.speak(mouth) => ending,
            ending = listen(ear, messages, returns) => ending,
        }
    }

    async fn speak(self, mut mouth: Mouth) -> Ending {
        if let Err(ending) = say(&mut mouth, text(self.order.metadata.clone())).await {
            return ending;
        }
        let mut pings = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
        loop {
            let upward = tokio::select! {
                upward = self.wire.frames.recv() => upward,
                _ = pings.tick() => {
                    if let Err(ending) = say(&mut mouth, Message::Ping(Bytes::new())).await {
                        return ending;
                    }
                    continue;
                }
            };
            let Some(upward) = upward else { return self.part(mouth).await };
            let is_frame = matches!(upward, Upward::Frame(_));
            if let Err(ending) = say(&mut mouth, message(upward)).await {
                return ending;
            }
            self.wire.ledger.frames_sent.fetch_add(u64::from(is_frame), Ordering::Relaxed);
        }
    }

    /// Say why we go, and leave the far end a moment to answer; `listen` hears that.
    async fn part(self, mut mouth: Mouth) -> Ending {
        let ledger = &self.wire.ledger;
        let ending = Ending::of_stop(ledger.stopped.get());
        let dropped = ledger.frames_dropped.load(Ordering::Relaxed);
        let last = text(messages::end(ending.reason.name(), dropped));
        if say(&mut mouth, last).await.is_ok() && timeout(STALL, mouth.close()).await.is_ok() {
            sleep(PARTING).await;
        }
        ending
    }
}

async fn say(mouth: &mut Mouth, message: Message) -> Result<(), Ending> {
    match timeout(STALL, mouth.send(message)).await {
        Ok(sent) => sent.map_err(|error| Ending::of_error(&error)),
        Err(_) => Err(Ending::unreachable(format!("the far end took nothing for {} s", STALL.as_secs()))),
    }
}

/// Hear the far end until it closes, fails or asks us to go.
async fn listen(mut ear: Ear, messages: Sender<Downward>, returns: bool) -> Ending {
    let mut samples = Samples::default();
    loop {
        let message = match timeout(SILENCE, ear.next()).await {
            Ok(Some(Ok(message))) => message,
            Ok(Some(Err(error))) => return Ending::of_error(&error),
            Ok(None) => return Ending::of_close(None),
            Err(_) => return Ending::unreachable(format!("no sign of life for {} s", SILENCE.as_secs())),
        };
        let downward = match message {
            Message::Binary(octets) if returns => Downward::Audio(samples.read(&octets)),
            Message::Text(text) => match messages::parse(&text) {
                Said::ForLeg(downward) if returns => downward,
                Said::Disconnect => return Ending::new(Reason::FarEndClosed, "disconnect"),
                Said::ForLeg(_) | Said::Unknown => continue,
            },
            Message::Close(frame) => {
                // The answer to it goes out with the next read.
                let _ = timeout(PARTING, ear.next()).await;
                return Ending::of_close(frame.as_ref());
            }
            _ => continue,
        };
        if messages.send(downward).await.is_err() {
            return Ending::of_stop(None);
        }
    }
}

fn message(upward: Upward) -> Message {
    match upward {
        Upward::Frame(samples) => Message::Binary(samples.into()),
        Upward::Mark(mark) => text(messages::mark(&mark)),
    }
}

fn text(text: String) -> Message {
    Message::Text(text.into())
}
