//! Delays that last: a stream that takes a longer way from now on, or whose timestamps stood still over a pause.
//!
//! A packet that comes late proves nothing; when all packets of a while do, and they catch up no more, it will stay so.

use std::collections::VecDeque;

use crate::timeline::HOLD;

/// Later than this for good is not only drift: 12 ms, so that two channels stay within 20 ms of each other.
const MUCH: i64 = 96;
/// A delay lasts that was there for so long: 3 s.
const PATIENCE: i64 = 24_000;
/// Of so many packets at least.
const MIN_PACKETS: u32 = 10;
/// Later than this, packets are in danger of finding their place settled.
const DANGEROUS: i64 = 2400;
/// Short enough that packets held meanwhile can still be placed.
const LITTLE_PATIENCE: i64 = 2400;
const MIN_DANGEROUS_PACKETS: u32 = 3;
/// A stream catches up when the second half of the while is less late by an eighth, counted between these bounds.
const GAIN: [i64; 2] = [40, 400];
/// A stream that is less late by so much than what is held catches up: nobody's pace changes so soon.
const CAUGHT_UP: i64 = 480;
/// So many packets are held; more than those of 10 ms could not be placed any more.
const MAX_HELD: usize = 40;

/// Watches for a delay that lasts. All in samples.
#[derive(Debug)]
pub struct Delay {
    dangerous: Watch,
    any: Watch,
}

impl Default for Delay {
    fn default() -> Self {
        let watch = |over, patience, min_packets| Watch { over, patience, min_packets, spell: None };
        Self {
            dangerous: watch(DANGEROUS, LITTLE_PATIENCE, MIN_DANGEROUS_PACKETS),
            any: watch(MUCH, PATIENCE, MIN_PACKETS),
        }
    }
}

impl Delay {
    /// A packet came so late; whether the stream is late for good.
    pub fn note(&mut self, lateness: i64, now: i64) -> Option<Late> {
        let any = self.any.note(lateness, now);
        self.dangerous.note(lateness, now).or(any)
    }
}

/// A stream is late for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Late {
    pub by: i64,
    /// Where its first packet that was late belonged.
    pub from: i64,
}

/// Watches for packets that are all later than `over`.
#[derive(Debug)]
struct Watch {
    over: i64,
    patience: i64,
    min_packets: u32,
    spell: Option<Spell>,
}

/// A while in which they were.
#[derive(Clone, Copy, Debug)]
struct Spell {
    since: i64,
    /// Where its first packet belongs.
    from: i64,
    packets: u32,
    /// The least lateness of its first half and of its second.
    least: [i64; 2],
}

impl Watch {
    fn note(&mut self, lateness: i64, now: i64) -> Option<Late> {
        if lateness <= self.over {
            self.spell = None;
            return None;
        }
        let from = now - lateness;
        let spell = self.spell.get_or_insert(Spell { since: now, from, packets: 0, least: [i64::MAX; 2] });
        let second = now - spell.since >= self.patience / 2;
        spell.packets += 1;
        spell.least[usize::from(second)] = lateness.min(spell.least[usize::from(second)]);
        if now - spell.since < self.patience || spell.packets < self.min_packets {
            return None;
        }
        let [before, least] = spell.least;
        let gain = (least / 8).clamp(GAIN[0], GAIN[1]);
        if before - least <= gain {
            let grew = least - before > gain;
            return Some(Late { by: if grew { least } else { before.min(least) }, from: spell.from });
        }
        let since = now - self.patience / 2;
        *spell = Spell { since, packets: spell.packets / 2, least: [least, i64::MAX], ..*spell };
        None
    }
}

/// A packet that came too late to be placed, unless the whole stream is late.
#[derive(Debug)]
pub struct HeldPacket {
    pub timestamp: u32,
    /// How much older than its timestamp tells its first sample is.
    pub older: i64,
    /// Where it would have been, and how much later it came.
    pub position: i64,
    pub lateness: i64,
    pub samples: Vec<i16>,
    /// Whether these are all samples of a packet, which counts then.
    pub is_packet: bool,
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

    /// Whether packets that are so late now tell that the stream catches up with what is held.
    pub fn is_caught_up(&self, lateness: i64) -> bool {
        let oldest = self.0.front();
        oldest.is_some_and(|oldest| lateness <= HOLD || oldest.lateness - lateness >= CAUGHT_UP)
    }

    /// Where the first of them would be.
    pub fn from(&self) -> Option<i64> {
        self.0.iter().map(|packet| packet.position).min()
    }

    pub fn take(&mut self) -> VecDeque<HeldPacket> {
        std::mem::take(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By how much and after how long a delay is taken for lasting.
    fn settled(lateness: impl Fn(i64) -> i64) -> Option<(i64, i64)> {
        let mut delay = Delay::default();
        (0..1000).map(|packet| packet * 160).find_map(|now| Some((delay.note(lateness(now), now)?.by, now)))
    }

    #[test]
    fn a_delay_that_stays_is_told_by_its_most_punctual_packet() {
        let jittery = |now: i64| if now % 480 == 160 { 5000 } else { 5100 };
        assert_eq!(settled(jittery), Some((5000, 2400)));
        assert_eq!(settled(|_| 800), Some((800, 24_000)));
        assert_eq!(settled(|now| if now < 12_000 { 100 } else { 800 }), Some((800, 24_000)));
    }

    #[test]
    fn one_that_becomes_dangerous_is_told_soon() {
        assert_eq!(settled(|now| if now < 16_000 { 200 } else { 9000 }), Some((9000, 18_400)));
    }

    #[test]
    fn a_stream_that_is_in_time_now_and_then_or_catches_up_is_not_late_for_good() {
        assert_eq!(settled(|now| if now % 1600 == 0 { 90 } else { 5000 }), None);
        assert_eq!(settled(|now| 16_000 - now / 2), None);
    }
}
