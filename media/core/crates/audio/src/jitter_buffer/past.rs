//! Packets that were decoded already: what a decoder must have heard before it makes sense of one that comes late.

use std::collections::VecDeque;

use super::waiting::Packet;

/// So many are as old as any packet that is of use for a tape.
const MOST_PACKETS: usize = 64;
/// For so long a decoder hears what came before, until it is as good as one that heard all: Opus takes 80 ms (RFC 7845 §4.6),
/// G.722, which adapts slowly, twice as much.
const RUN_UP_MS: usize = 200;

/// The last packets of one stream.
#[derive(Debug, Default)]
pub struct Past {
    packets: VecDeque<Packet>,
}

impl Past {
    /// Keep a packet; returns one that is too old by now.
    pub fn keep(&mut self, packet: Packet) -> Option<Packet> {
        self.packets.push_back(packet);
        if self.packets.len() > MOST_PACKETS { self.packets.pop_front() } else { None }
    }

    /// The packets right before this number, in order, none of them missing; `packet_ms` is how long one is.
    pub fn before(&self, sequence: u16, packet_ms: usize) -> impl Iterator<Item = &Packet> {
        let most = (RUN_UP_MS / packet_ms.max(1)).max(1) as u16;
        let numbered = |number: u16| self.packets.iter().find(|packet| packet.sequence == number);
        let there = (1..=most).map_while(|back| numbered(sequence.wrapping_sub(back)));
        there.collect::<Vec<_>>().into_iter().rev()
    }

    pub fn clear(&mut self) {
        self.packets.clear();
    }
}
