//! What the tape gets: all that was said, be it too late or too early to be played.

use super::tape::Tape;
use super::{Arrival, JitterBuffer};
use crate::decoder::MAX_SAMPLES;

/// What is further ahead than this is no burst that will be caught up with.
const FAR_MS: i64 = 1000;

impl JitterBuffer {
    /// What was decoded since it was taken last; kept from the first time on that somebody asks for it.
    pub fn tape(&mut self) -> &mut Tape {
        self.tape.get_or_insert_default()
    }

    /// Whether something is on the tape.
    pub fn has_said(&self) -> bool {
        self.tape.as_ref().is_some_and(|tape| !tape.is_empty())
    }

    /// Nobody wants it any more.
    pub fn drop_tape(&mut self) {
        self.tape = None;
    }

    /// Decode all that waits for the tape, if there is one; it is played when its time comes.
    pub fn hurry(&mut self) {
        while self.tape.is_some() && self.waiting.oldest().is_some() {
            self.go_on(usize::MAX);
        }
    }

    /// All from `begin` on was said from `timestamp` on, which is where the next is.
    pub(super) fn note_on_tape(&mut self, timestamp: i64, begin: usize, made_up: bool) {
        if let Some(tape) = &mut self.tape {
            tape.note(timestamp, self.next, &self.samples[begin..], made_up);
        }
    }

    /// The same of samples that no packet holds, but where it is known what was said: we may have been later already.
    pub(super) fn note_made_up(&mut self, timestamp: i64, begin: usize) {
        let known = self.count_of(self.last.end.max(self.taped_to) - timestamp);
        if begin + known < self.samples.len() {
            self.note_on_tape(timestamp + self.ticks_of(known), begin + known, true);
        }
    }

    /// A packet cannot be played: it is decoded for the tape alone, or missed where what follows it was already.
    pub(super) fn tape_or_miss(&mut self, arrival: &Arrival) {
        self.counters.late += 1;
        if self.tape.is_some() && !self.decode_for_tape(arrival) {
            self.miss(arrival.timestamp);
        }
    }

    /// A packet is nowhere to be heard.
    pub(super) fn miss(&mut self, timestamp: u32) {
        if let Some(tape) = &mut self.tape {
            tape.miss(timestamp);
        }
    }

    fn decode_for_tape(&mut self, arrival: &Arrival) -> bool {
        let follows = |sequence: u16| arrival.sequence.wrapping_sub(sequence) as i16 > 0;
        while self.waiting.oldest().is_some_and(|oldest| follows(oldest.sequence)) {
            self.go_on(usize::MAX);
        }
        if arrival.noise || !follows(self.last.sequence) {
            return arrival.noise;
        }
        let mut samples = [0; MAX_SAMPLES];
        let Ok(count) = self.decoder.decode(arrival.payload, &mut samples) else { return false };
        let timestamp = self.extended(arrival.timestamp);
        let end = timestamp + self.ticks_of(count);
        self.last.sequence = arrival.sequence;
        if end - self.next <= self.ticks(FAR_MS) {
            self.taped_to = self.taped_to.max(end);
        }
        if let Some(tape) = &mut self.tape {
            tape.note(timestamp, end, &samples[..count], false);
        }
        true
    }
}
