//! Delays that last: a stream that takes a longer way from now on, or whose timestamps stood still over a pause.
//!
//! A packet that comes late proves nothing; when all packets of a while do, and no longer come less late, it will stay so.

use std::collections::VecDeque;

use audio::g711::Law;

/// Late by no more than 60 ms is the network's jitter, or drift.
const MUCH: i64 = 480;
/// Later than this, packets are in danger of being lost.
const DANGEROUS: i64 = 2400;
/// A delay lasts that was there for so long.
const PATIENCE: i64 = 24_000;
/// The same for a dangerous one: short enough that the packets held meanwhile can still be placed.
const LITTLE_PATIENCE: i64 = 2800;
/// A stream that gains so much meanwhile catches up.
const GAIN: i64 = 1000;
/// So many packets are held; more than those of 10 ms could not be placed any more.
const MAX_HELD: usize = 40;

/// Since when a stream is late, and how much. All in samples.
#[derive(Clone, Copy, Debug)]
struct Spell {
    since: i64,
    first: i64,
    least: i64,
}

/// Watches for a delay that lasts.
#[derive(Debug, Default)]
pub struct Delay {
    spell: Option<Spell>,
}

impl Delay {
    /// A packet came so late; by how much the stream is late for good.
    pub fn note(&mut self, lateness: i64, now: i64) -> Option<i64> {
        if lateness <= MUCH {
            self.spell = None;
            return None;
        }
        let fresh = Spell { since: now, first: lateness, least: lateness };
        let spell = self.spell.get_or_insert(fresh);
        spell.least = spell.least.min(lateness);
        if spell.first - lateness > GAIN {
            *spell = fresh;
        }
        let patience = if spell.least > DANGEROUS { LITTLE_PATIENCE } else { PATIENCE };
        let lasts = now - spell.since >= patience;
        self.spell.take_if(|_| lasts).map(|spell| spell.least)
    }
}

/// A packet that came too late to be placed, unless the whole stream is late.
#[derive(Debug)]
pub struct HeldPacket {
    pub arrival: i64,
    pub timestamp: u32,
    pub octets: Vec<u8>,
    pub law: Law,
}

/// The newest of them.
#[derive(Debug, Default)]
pub struct HeldPackets(VecDeque<HeldPacket>);

impl HeldPackets {
    pub fn hold(&mut self, packet: HeldPacket) {
        if self.0.len() == MAX_HELD {
            self.0.pop_front();
        }
        self.0.push_back(packet);
    }

    /// Let go of those that are taken.
    pub fn release(&mut self, mut taken: impl FnMut(&HeldPacket) -> bool) {
        self.0.retain(|packet| !taken(packet));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By how much and after how long a delay is taken for lasting.
    fn settled(lateness: impl Fn(i64) -> i64) -> Option<(i64, i64)> {
        let mut delay = Delay::default();
        (0..1000).map(|packet| packet * 160).find_map(|now| Some((delay.note(lateness(now), now)?, now)))
    }

    #[test]
    fn a_delay_that_stays_is_told_by_its_most_punctual_packet() {
        let jittery = |now: i64| if now % 480 == 160 { 5000 } else { 5100 };
        assert_eq!(settled(jittery), Some((5000, 2880)));
        assert_eq!(settled(|_| 800), Some((800, 24_000)));
    }

    #[test]
    fn a_stream_that_is_in_time_now_and_then_or_catches_up_is_not_late_for_good() {
        assert_eq!(settled(|now| if now % 2400 == 0 { 300 } else { 5000 }), None);
        assert_eq!(settled(|now| 16_000 - now), None);
    }
}
