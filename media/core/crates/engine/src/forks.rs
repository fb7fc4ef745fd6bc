//! The forks of one worker: what legs say and hear, on its way to a far end and back.

pub use forking::order::Order;

use forking::link::{Stop, WorkerEnd};
use forking::returned::Returned;

use crate::events::{EndpointId, ForkId};
use crate::hearing::Hearing;
use crate::settings::Settings;
use crate::table::Table;

pub mod sides;

use sides::Sides;

/// How late a beat may be and still be in its place; a fork is so far behind the leg's hearing.
pub const HOLD_US: u64 = 20_000;
pub const FRAME_US: u64 = 20_000;
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
    /// Of both ways: 8000 or 16000.
    pub rate_hz: u32,
    /// Whether the leg hears what comes back.
    pub returns: bool,
    /// Whether that ends what the leg is played, or waits for its end.
    pub interrupts: bool,
    pub end: WorkerEnd,
}

/// A fork under way.
#[derive(Debug)]
pub struct Fork {
    about: NewFork,
    next_us: u64,
    sides: Sides,
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
        let sides = Sides::new(about.mix, about.rate_hz, now_us);
        self.forks.insert(id, Fork { about, next_us: now_us, sides })
    }

    pub fn stop(&mut self, id: ForkId, stop: Stop) -> Option<(EndpointId, usize)> {
        let slot = self.forks.slot_of(id)?;
        let about = self.forks.remove(id)?.about;
        about.end.stop(stop);
        Some((about.leg, slot))
    }

    /// Let go of the forks of a leg, for another worker to take them over.
    pub fn give_up(&mut self, leg: EndpointId) -> Vec<(ForkId, Fork)> {
        let ids = self.ids_at(leg);
        ids.into_iter().filter_map(|id| Some((id, self.forks.remove(id)?))).collect()
    }

    /// Go on with a fork that another worker gave up; returns its slot.
    pub fn take_over(&mut self, id: ForkId, fork: Fork) -> usize {
        self.forks.insert(id, fork)
    }

    pub fn leg_of(&mut self, id: ForkId) -> Option<EndpointId> {
        self.forks.get(id).map(|fork| fork.about.leg)
    }

    /// Whether what comes back by this fork ends what the leg is played.
    pub fn interrupts(&mut self, id: ForkId) -> bool {
        self.forks.get(id).is_some_and(|fork| fork.about.interrupts)
    }

    /// The leg that hears what comes back by this fork.
    pub fn speaker_to(&mut self, id: ForkId) -> Option<EndpointId> {
        self.forks.get(id).filter(|fork| fork.about.returns).map(|fork| fork.about.leg)
    }

    /// The forks of a leg, of which only the slots are known there.
    pub fn ids_at(&self, leg: EndpointId) -> Vec<ForkId> {
        self.forks.iter().filter(|(_, fork)| fork.about.leg == leg).map(|(id, _)| id).collect()
    }

    /// Whether any of these carries what its leg says.
    pub fn need_said(&mut self, slots: &[usize]) -> bool {
        slots.iter().any(|&slot| self.forks.at(slot).is_some_and(|fork| fork.sides.needs_said()))
    }

    /// The leg said what its hearing heard in the beat of that moment.
    pub fn place_frame(&mut self, slots: &[usize], hearing: &Hearing, beat_us: u64) {
        self.each(slots, |sides| sides.say_frame(hearing, beat_us));
    }

    /// The leg is sent this packet.
    pub fn place_heard(&mut self, slots: &[usize], packet: &[u8], settings: &Settings) {
        self.each(slots, |sides| sides.send_packet(packet, settings));
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

    fn each(&mut self, slots: &[usize], mut act: impl FnMut(&mut Sides)) {
        for &slot in slots {
            if let Some(fork) = self.forks.at(slot) {
                act(&mut fork.sides);
            }
        }
    }
}

impl Fork {
    fn hand_over(&mut self, now_us: u64) {
        self.sides.beat(self.next_us);
        while let Some(frame) = self.sides.take(now_us) {
            self.about.end.send(frame);
        }
    }

    fn next_beat(&mut self, now_us: u64) -> u64 {
        let behind_us = now_us.saturating_sub(self.next_us);
        self.next_us = if behind_us > MAX_BEHIND_US { now_us } else { self.next_us } + FRAME_US;
        self.next_us
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
    end.note_overrun(returned.overrun_ms());
}
