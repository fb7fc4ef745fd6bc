//! Packets longer than the peer they would be relayed to takes (`a=maxptime`).
//!
//! ```text
//!  what can be decoded    heard and said anew, from the next packet on
//!  G.729                  │f f│f f│f f│   its frames stand one behind the other: cut between them
//! ```

use std::net::SocketAddr;

use audio::codec::{Codec, G729_FRAME};
use rtp::packet::HEADER_LENGTH;

use super::Worker;
use crate::events::EndpointId;
use crate::intake::{Content, Received};
use crate::speaker::MAX_PACKET;

/// Nobody sends longer packets (RFC 3551 §4.2); a cut one makes so many others at most.
const LONGEST_MS: u32 = 200;

impl Worker {
    /// Whether the leg at `peer` takes only shorter packets than this, which lies in the buffer.
    pub(super) fn is_too_long(&mut self, peer: usize, received: &Received) -> bool {
        let longest_ms = self.legs.at(peer).and_then(|leg| leg.longest_ms());
        longest_ms.is_some_and(|longest_ms| received.audio_ms(&self.buffer[..]) > longest_ms)
    }

    /// A packet of this leg, which lies in the buffer, is longer than the leg at `peer` takes.
    pub(super) fn shorten(
        &mut self,
        id: EndpointId,
        local: SocketAddr,
        peer: usize,
        received: &Received,
        now_us: u64,
    ) {
        if received.content != Content::Audio(Codec::G729) {
            self.stop_relaying(id, received, now_us);
        } else if received.audio_ms(&self.buffer[..]) <= LONGEST_MS {
            self.forward_cut(local, peer, received, now_us);
        }
    }

    /// Send a packet of G.729 that lies in the buffer on to the leg at `peer`, in packets as long as its peer wants them.
    fn forward_cut(&mut self, from: SocketAddr, peer: usize, received: &Received, now_us: u64) {
        let Some(leg) = self.legs.at(peer).filter(|leg| leg.endpoint.destination() != Some(from)) else {
            return;
        };
        let Some(settings) = leg.endpoint.settings else { return };
        let pieces =
            self.buffer[received.payload.clone()].chunks(settings.ptime_ms as usize / 10 * G729_FRAME);
        let headers = leg.endpoint.relay_cut(received, pieces.len() as u16, now_us);
        for (header, piece) in headers.into_iter().flatten().zip(pieces) {
            let mut packet = [0; MAX_PACKET];
            let end = HEADER_LENGTH + piece.len();
            packet[HEADER_LENGTH..end].copy_from_slice(piece);
            let place = header.put_before(&mut packet, HEADER_LENGTH..end);
            leg.tell_forks(&packet[place.clone()], &mut self.forks);
            leg.send(&mut self.raw, &mut packet, place);
        }
    }
}
