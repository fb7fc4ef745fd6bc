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
    /// So many may be decoded once more, which is no more than came: who sends late packets on purpose gains nothing.
    credit: usize,
}

impl Past {
    /// Keep a packet; returns one that is too old by now.
    pub fn keep(&mut self, packet: Packet) -> Option<Packet> {
        self.credit = (self.credit + 1).min(MOST_PACKETS);
        self.packets.push_back(packet);
        if self.packets.len() > MOST_PACKETS { self.packets.pop_front() } else { None }
    }

    /// The packets right before this number, in order, none of them missing; `packet_ms` is how long one is. None of them
    /// when too many were asked for already.
    pub fn before(&mut self, sequence: u16, packet_ms: usize) -> impl Iterator<Item = &Packet> {
        let most = (RUN_UP_MS / packet_ms.max(1)).max(1);
        let most = if most <= self.credit { most as u16 } else { 0 };
        let place_of = |number: u16| self.packets.iter().position(|packet| packet.sequence == number);
        let places: Vec<_> = (1..=most).map_while(|back| place_of(sequence.wrapping_sub(back))).collect();
        self.credit -= places.len();
        places.into_iter().rev().map(|place| &self.packets[place])
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(past: &mut Past, numbers: std::ops::Range<u16>) {
        for sequence in numbers {
            past.keep(Packet { timestamp: 0, sequence, noise: false, payload: Vec::new() });
        }
    }

    fn before(past: &mut Past, sequence: u16) -> Vec<u16> {
        past.before(sequence, 20).map(|packet| packet.sequence).collect()
    }

    #[test]
    fn those_right_before_come_in_order_up_to_a_hole() {
        let mut past = Past::default();
        keep(&mut past, 65_530..65_535);
        keep(&mut past, 0..12);
        assert_eq!(before(&mut past, 13), Vec::<u16>::new());
        keep(&mut past, 12..30);
        assert_eq!(before(&mut past, 4), [0, 1, 2, 3]);
        assert_eq!(before(&mut past, 20), (10..20).collect::<Vec<_>>());
    }

    #[test]
    fn no_more_are_decoded_once_more_than_came() {
        let mut past = Past::default();
        let mut again = 0;
        for sequence in 0..1000 {
            keep(&mut past, sequence..sequence + 1);
            again += before(&mut past, sequence).len() + before(&mut past, sequence + 1).len();
        }
        assert!((900..=1000).contains(&again), "{again}");
    }
}
