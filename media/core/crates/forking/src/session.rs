//! One fork from its first connection to its end.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rustls::ClientConfig;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{Connector, connect_async_tls_with_config};

use crate::ending::Ending;
use crate::forks::{Report, Reporter};
use crate::link::WireEnd;
use crate::order::{ForkId, Order};
use crate::retries::Retries;
use crate::wire::{Conversation, Socket};

/// Name resolution, TCP, TLS and the handshake together.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// The longest message taken from the far end: half a minute of audio at once.
const MAX_MESSAGE: usize = 1 << 20;

/// A fork and what it needs.
pub struct Session {
    pub fork: ForkId,
    pub order: Order,
    pub request: Request,
    pub tls: Option<Arc<ClientConfig>>,
    pub wire: WireEnd,
    pub report: Reporter,
}

impl Session {
    /// Connect and talk, again after faults that may pass, until the fork is over.
    pub async fn run(mut self) {
        let mut retries = Retries::new(self.order.reconnects);
        let ending = loop {
            let begun = Instant::now();
            let ending = self.connect_and_talk().await;
            let stopped = self.wire.ledger.stopped.get().is_some() || self.wire.frames.is_closed();
            if stopped {
                break Ending::of_stop(self.wire.ledger.stopped.get());
            }
            let Some(wait) = retries.after(ending.reason, begun.elapsed()) else { break ending };
            // An end of the wait before its time means that the fork was stopped.
            if timeout(wait, self.wire.drop_until_stopped()).await.is_ok() {
                break Ending::of_stop(self.wire.ledger.stopped.get());
            }
        };
        self.report_end(ending);
    }

    async fn connect_and_talk(&mut self) -> Ending {
        let connection = connect(self.request.clone(), self.tls.clone());
        let socket = tokio::select! {
            socket = connection => match socket {
                Ok(socket) => socket,
                Err(ending) => return ending,
            },
            () = self.wire.drop_until_stopped() => return Ending::of_stop(self.wire.ledger.stopped.get()),
        };
        (self.report)(Report::Connected { fork: self.fork });
        self.wire.drop_waiting();
        let conversation = Conversation { order: &self.order, wire: &mut self.wire };
        conversation.hold(socket).await
    }

    fn report_end(&self, ending: Ending) {
        let ledger = &self.wire.ledger;
        (self.report)(Report::Ended {
            fork: self.fork,
            ending,
            frames_sent: ledger.frames_sent.load(Ordering::Relaxed),
            frames_dropped: ledger.frames_dropped.load(Ordering::Relaxed),
            overrun_ms: ledger.overrun_ms.load(Ordering::Relaxed),
        });
    }
}

async fn connect(request: Request, tls: Option<Arc<ClientConfig>>) -> Result<Socket, Ending> {
    let limits =
        WebSocketConfig::default().max_message_size(Some(MAX_MESSAGE)).max_frame_size(Some(MAX_MESSAGE));
    let connector = tls.map_or(Connector::Plain, Connector::Rustls);
    let connecting = connect_async_tls_with_config(request, Some(limits), true, Some(connector));
    match timeout(CONNECT_PATIENCE, connecting).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(error)) => Err(Ending::of_error(&error)),
        Err(_) => Err(Ending::unreachable(format!("no connection within {} s", CONNECT_PATIENCE.as_secs()))),
    }
}
