//! The forks of one worker: what legs say and hear, made even and cut into frames of 20 ms.

use audio::g711::Law;
pub use forking::order::Order;

use forking::link::{Stop, WorkerEnd};
use forking::returned::Returned;
use recording::stereo::Stereo;
use recording::timeline::Timeline;
use rtp::packet::{Header, Packet};
use rtp::us_to_samples;

use crate::events::{EndpointId, ForkId};
use crate::intake::{Content, Received};
use crate::settings::Settings;
use crate::table::Table;

/// How late a packet may come and still be in its place; a fork is so far behind the leg.
pub const HOLD_US: u64 = 60_000;
pub const FRAME_US: u64 = 20_000;
const FRAME_SAMPLES: u64 = 160;
/// A worker further behind than this does not catch up: the far end would only count it as late.
const MAX_BEHIND_US: u64 = 1_000_000;
/// Messages of one far end looked at in a beat.
const MESSAGES_PER_BEAT: usize = 64;

/// What of a leg a fork carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mix {
    /// What the leg says.
    Said,
    /// What it hears.
    Heard,
    /// Both in one channel.
    Mixed,
    /// Two channels: left what it says, right what it hears.
    Stereo,
}

/// What a worker is told of a new fork.
#[derive(Debug)]
pub struct NewFork {
    pub leg: EndpointId,
    pub mix: Mix,
    /// Whether the leg hears what comes back.
    pub returns: bool,
    pub end: WorkerEnd,
}

#[derive(Debug)]
struct Fork {
    about: NewFork,
    begun_us: u64,
    next_us: u64,
    /// Left what the leg says, right what it hears.
    sides: Stereo,
    /// Samples handed over.
    taken: u64,
}

/// What is to be done after a beat of a fork.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    BeatAt(u64),
    /// The other side has ended it.
    Over,
}

/// Owns the forks of a worker. Never waits for a far end.
#[derive(Debug, Default)]
pub struct Forks {
    forks: Table<Fork>,
}

impl Forks {
    /// Begin a fork; returns its slot. The first beat is due now.
    pub fn start(&mut self, id: ForkId, about: NewFork, now_us: u64) -> usize {
        let fork = Fork { about, begun_us: now_us, next_us: now_us, sides: Stereo::default(), taken: 0 };
        self.forks.insert(id, fork)
    }

    pub fn stop(&mut self, id: ForkId, stop: Stop) -> Option<(EndpointId, usize)> {
        let slot = self.forks.slot_of(id)?;
        let about = self.forks.remove(id)?.about;
        about.end.stop(stop);
        Some((about.leg, slot))
    }

    pub fn leg_of(&mut self, id: ForkId) -> Option<EndpointId> {
        self.forks.get(id).map(|fork| fork.about.leg)
    }

    /// The leg that hears what comes back by this fork.
    pub fn speaker_to(&mut self, id: ForkId) -> Option<EndpointId> {
        self.forks.get(id).filter(|fork| fork.about.returns).map(|fork| fork.about.leg)
    }

    /// The forks of a leg, of which only the slots are known there.
    pub fn ids_at(&self, leg: EndpointId) -> Vec<ForkId> {
        self.forks.iter().filter(|(_, fork)| fork.about.leg == leg).map(|(id, _)| id).collect()
    }

    /// The leg said this packet.
    pub fn place_said(&mut self, slots: &[usize], received: &Received, datagram: &[u8], now_us: u64) {
        let law = match received.content {
            Content::Audio(codec) => codec.law(),
            Content::Noise | Content::Keys { .. } => None,
        };
        for &slot in slots {
            let Some(fork) = self.forks.at(slot) else { continue };
            let arrival = fork.position(now_us) as i64;
            let octets = &datagram[received.payload.clone()];
            place(&mut fork.sides.customer, &received.header, octets, law, arrival);
        }
    }

    /// The leg is sent this packet.
    pub fn place_heard(&mut self, slots: &[usize], packet: &[u8], settings: &Settings, now_us: u64) {
        let Ok(Packet { header, payload }) = Packet::parse(packet) else { return };
        for &slot in slots {
            let Some(fork) = self.forks.at(slot) else { continue };
            let arrival = fork.position(now_us) as i64;
            let law = settings.codec.law().filter(|_| header.payload_type == settings.payload_type);
            place(&mut fork.sides.agent, &header, &packet[payload.clone()], law, arrival);
        }
    }

    /// Hand over what is due, and let the leg have what came back.
    pub fn beat(&mut self, id: ForkId, returned: Option<&mut Returned>, now_us: u64) -> Next {
        let Some(fork) = self.forks.get(id).filter(|fork| !fork.about.end.is_over()) else {
            return Next::Over;
        };
        fork.hand_over(now_us);
        match returned.filter(|_| fork.about.returns) {
            Some(returned) => exchange(&mut fork.about.end, returned),
            None => while fork.about.end.hear().is_some() {},
        }
        Next::BeatAt(fork.next_beat(now_us))
    }
}

impl Fork {
    /// A moment as samples since the fork began.
    fn position(&self, at_us: u64) -> u64 {
        us_to_samples(at_us.saturating_sub(self.begun_us))
    }

    fn hand_over(&mut self, now_us: u64) {
        let settled = self.position(now_us.saturating_sub(HOLD_US));
        while self.taken + FRAME_SAMPLES <= settled {
            self.taken += FRAME_SAMPLES;
            let Some(frames) = self.sides.take_until(self.taken) else { return };
            self.about.end.send(mixed(frames, self.about.mix));
        }
    }

    fn next_beat(&mut self, now_us: u64) -> u64 {
        let behind_us = now_us.saturating_sub(self.next_us);
        self.next_us = if behind_us > MAX_BEHIND_US { now_us } else { self.next_us } + FRAME_US;
        self.next_us
    }
}

fn place(side: &mut Timeline, header: &Header, octets: &[u8], law: Option<Law>, arrival: i64) {
    match law {
        Some(law) => side.place(header, octets, law, arrival),
        None => side.skip(header),
    }
}

/// Take in what the far end wants, and tell it what became of its marks.
fn exchange(end: &mut WorkerEnd, returned: &mut Returned) {
    for _ in 0..MESSAGES_PER_BEAT {
        let Some(message) = end.hear() else { break };
        returned.take_in(message);
    }
    while returned.next_fate().is_some_and(|mark| end.tell(mark)) {
        returned.told();
    }
    end.note_overrun(returned.overrun());
}

/// Frames of both sides as they go to the far end.
fn mixed(frames: Vec<u8>, mix: Mix) -> Vec<u8> {
    let one_side = |pick: fn([i16; 2]) -> i16| {
        let sides = |frame: &[u8]| [[frame[0], frame[1]], [frame[2], frame[3]]].map(i16::from_le_bytes);
        frames.chunks_exact(4).flat_map(|frame| pick(sides(frame)).to_le_bytes()).collect()
    };
    match mix {
        Mix::Said => one_side(|[said, _]| said),
        Mix::Heard => one_side(|[_, heard]| heard),
        Mix::Mixed => one_side(|[said, heard]| said.saturating_add(heard)),
        Mix::Stereo => frames,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(octets: &[u8]) -> Vec<i16> {
        octets.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
    }

    #[test]
    fn each_mix_holds_what_it_names() {
        let frames: Vec<u8> =
            [1_i16, 2, 30_000, 30_000, -5, 3].iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let heard = |mix| samples(&mixed(frames.clone(), mix));
        assert_eq!(heard(Mix::Said), [1, 30_000, -5]);
        assert_eq!(heard(Mix::Heard), [2, 30_000, 3]);
        assert_eq!(heard(Mix::Mixed), [3, i16::MAX, -2]);
        assert_eq!(heard(Mix::Stereo), [1, 2, 30_000, 30_000, -5, 3]);
    }
}
