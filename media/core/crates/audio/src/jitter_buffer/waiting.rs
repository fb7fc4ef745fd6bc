//! Packets that wait to be decoded, in order and few.

use std::collections::VecDeque;

/// So many packets of 10 ms are far more than any delay allowed.
const MOST_PACKETS: usize = 64;

/// One packet; timestamps are extended to 64 bits.
#[derive(Debug)]
pub struct Packet {
    pub timestamp: i64,
    pub sequence: u16,
    /// Its payload describes comfort noise.
    pub noise: bool,
    pub payload: Vec<u8>,
}

/// The packets of one stream, ordered by timestamp.
#[derive(Debug, Default)]
pub struct Waiting {
    packets: VecDeque<Packet>,
    /// Payloads to be used again, so that a steady stream allocates nothing.
    spare: Vec<Vec<u8>>,
}

impl Waiting {
    /// False when there is no room, or one with this timestamp waits already.
    pub fn insert(&mut self, timestamp: i64, sequence: u16, noise: bool, payload: &[u8]) -> bool {
        let Err(index) = self.packets.binary_search_by_key(&timestamp, |packet| packet.timestamp) else {
            return false;
        };
        if self.packets.len() == MOST_PACKETS {
            return false;
        }
        let mut kept = self.spare.pop().unwrap_or_default();
        kept.extend_from_slice(payload);
        self.packets.insert(index, Packet { timestamp, sequence, noise, payload: kept });
        true
    }

    pub fn oldest(&self) -> Option<&Packet> {
        self.packets.front()
    }

    pub fn newest(&self) -> Option<&Packet> {
        self.packets.back()
    }

    pub fn pop(&mut self) -> Option<Packet> {
        self.packets.pop_front()
    }

    /// Give back a packet that was popped.
    pub fn recycle(&mut self, packet: Packet) {
        let mut payload = packet.payload;
        payload.clear();
        if self.spare.len() < MOST_PACKETS {
            self.spare.push(payload);
        }
    }

    pub fn clear(&mut self) {
        while let Some(packet) = self.pop() {
            self.recycle(packet);
        }
    }
}
