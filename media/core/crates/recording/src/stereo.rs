//! Both channels on one clock, taken out in blocks of interleaved frames.

use crate::beside::Beside;
use crate::format::SampleFormat;
use crate::marks::Marks;
use crate::timeline::{ChannelFacts, HOLD, STALL, Timeline};

/// No block is longer, so that one that was late does not ask for memory without end.
const MAX_BLOCK_FRAMES: u64 = 16_000;
/// Frames interleaved at a time, while both channels' samples are at hand.
const PART: usize = 256;
/// How far beyond its end a recording may go to hold the last words whole: 100 ms.
const MAX_TAIL: u64 = 800;

/// Left the customer, right the agent; always of the same length.
#[derive(Debug, Default)]
pub struct Stereo {
    pub customer: Timeline,
    pub agent: Timeline,
    /// Who else is heard on the right.
    pub beside: Beside,
    /// What of it is silenced.
    pub marks: Marks,
    format: SampleFormat,
    /// Frames taken so far.
    taken: u64,
}

impl Stereo {
    /// Channels whose frames before `frame` are silence that nobody needs to take.
    pub fn starting_at(frame: u64, format: SampleFormat) -> Self {
        let timeline = || Timeline::starting_at(frame, format);
        let (customer, agent) = (timeline(), timeline());
        Self { customer, agent, format, taken: frame, ..Self::default() }
    }

    /// Frames taken so far.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// Let somebody be heard on the right beside the agent; false when there is no room for one more.
    pub fn take_in(&mut self, speaker: u64) -> bool {
        self.beside.take_in(speaker, self.taken)
    }

    /// All that is to be told of the right channel at the end.
    pub fn right_facts(&self) -> ChannelFacts {
        let mut facts = self.agent.facts();
        facts.counters += self.beside.counters();
        facts
    }

    /// The next block no late packet can change any more, or None when `now` leaves none.
    pub fn take_settled(&mut self, now: u64) -> Option<Vec<u8>> {
        let usual = now.saturating_sub(HOLD as u64);
        let until = self.waits_from(now).unwrap_or(usual);
        self.take_until(until)
    }

    /// When what is kept longer than usual, for somebody who stalls, is waited for no more.
    pub fn waits_until(&mut self, now: u64) -> Option<u64> {
        self.waits_from(now).map(|from| from + STALL as u64)
    }

    fn waits_from(&mut self, now: u64) -> Option<u64> {
        let from = self.timelines().filter_map(|timeline| timeline.waits_from(now as i64)).min();
        from.map(|from| from.max(0) as u64)
    }

    fn timelines(&mut self) -> impl Iterator<Item = &mut Timeline> {
        [&mut self.customer, &mut self.agent].into_iter().chain(self.beside.timelines())
    }

    /// The next block of a recording that was ended at `end`.
    ///
    /// A packet that came before holds what was said up to then and plays beyond it, so the recording ends
    /// with the last sample placed.
    pub fn take_rest(&mut self, end: u64) -> Option<Vec<u8>> {
        self.timelines().for_each(Timeline::give_in);
        let right = self.agent.window.written_to().max(self.beside.written_to());
        let last = self.customer.window.written_to().max(right);
        self.take_until((last as u64).clamp(end, end + MAX_TAIL))
    }

    /// The next block before `end`, settled or not.
    pub fn take_until(&mut self, end: u64) -> Option<Vec<u8>> {
        let frames = end.saturating_sub(self.taken).min(MAX_BLOCK_FRAMES);
        if frames == 0 {
            return None;
        }
        let mut block = vec![0; frames as usize * self.format.frame_length()];
        for part in block.chunks_mut(PART * self.format.frame_length()) {
            self.take_part(part);
        }
        Some(block)
    }

    fn take_part(&mut self, part: &mut [u8]) {
        let (mut left, mut right) = ([0; 2 * PART], [0; 2 * PART]);
        let length = part.len() / 2;
        let (left, right) = (&mut left[..length], &mut right[..length]);
        self.customer.window.take(left);
        self.agent.window.take(right);
        self.add_others(right);
        self.silence(left, right);
        self.format.interleave(left, right, part);
        self.taken += (part.len() / self.format.frame_length()) as u64;
    }

    /// Add to the agent's next samples those of whoever is heard beside.
    fn add_others(&mut self, right: &mut [u8]) {
        if !self.beside.is_empty() {
            let mut samples = [0; PART];
            let samples = &mut samples[..right.len() / self.format.sample_length()];
            self.format.decode(right, samples);
            self.beside.add(samples, self.taken);
            self.format.encode(samples, right);
        }
    }

    /// Take out of the next samples what is marked.
    fn silence(&self, left: &mut [u8], right: &mut [u8]) {
        let (length, silence) = (self.format.sample_length(), self.format.silence());
        for mark in self.marks.silenced_within(self.taken, self.taken + (left.len() / length) as u64) {
            let within = |at: u64| (at - self.taken) as usize * length;
            let place = within(mark.from)..within(mark.to.unwrap_or(mark.from));
            if mark.channels.customer {
                left[place.clone()].fill(silence);
            }
            if mark.channels.agent {
                right[place].fill(silence);
            }
        }
    }
}
