//! What the tape gets: all that was said, be it too late or too early to be played.

use super::tape::Tape;
use super::waiting::Packet;
use super::{Arrival, JitterBuffer};
use crate::decoder::{Decoder, MAX_SAMPLES};

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
        self.past.clear();
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

    /// A packet cannot be played: it is decoded for the tape alone.
    pub(super) fn tape_or_miss(&mut self, arrival: &Arrival) {
        self.counters.late += 1;
        if self.tape.is_none() {
            return;
        }
        let timestamp = self.extended(arrival.timestamp);
        let Arrival { sequence, noise, payload, .. } = *arrival;
        let packet = Packet { timestamp, sequence, noise, payload: payload.to_vec() };
        self.decode_those_before(sequence);
        match follows(sequence, self.last.sequence) {
            _ if noise => {}
            true => self.tape_newest(&packet),
            false => self.tape_late(&packet),
        }
        self.be_done_with(packet);
    }

    /// What follows this packet was decoded already: another decoder decodes it, behind what came right before it.
    pub(super) fn tape_late(&mut self, packet: &Packet) {
        if self.tape.is_none() || packet.noise {
            return;
        }
        let Some(samples) = self.decode_late(packet) else { return self.miss(packet.timestamp as u32) };
        let end = packet.timestamp + self.ticks_of(samples.len());
        if let Some(tape) = &mut self.tape {
            tape.note(packet.timestamp, end, &samples, false);
        }
    }

    /// Nothing is heard of this packet any more, but perhaps of one before it.
    pub(super) fn be_done_with(&mut self, packet: Packet) {
        let old = if self.tape.is_some() { self.past.keep(packet) } else { Some(packet) };
        if let Some(old) = old {
            self.waiting.recycle(old);
        }
    }

    fn miss(&mut self, timestamp: u32) {
        if let Some(tape) = &mut self.tape {
            tape.miss(timestamp);
        }
    }

    fn decode_those_before(&mut self, sequence: u16) {
        while self.waiting.oldest().is_some_and(|oldest| follows(sequence, oldest.sequence)) {
            self.go_on(usize::MAX);
        }
    }

    fn tape_newest(&mut self, packet: &Packet) {
        let mut samples = [0; MAX_SAMPLES];
        let Ok(count) = self.decoder.decode(&packet.payload, &mut samples) else {
            return self.miss(packet.timestamp as u32);
        };
        let end = packet.timestamp + self.ticks_of(count);
        self.last.sequence = packet.sequence;
        if end - self.next <= self.ticks(FAR_MS) {
            self.taped_to = self.taped_to.max(end);
        }
        if let Some(tape) = &mut self.tape {
            tape.note(packet.timestamp, end, &samples[..count], false);
        }
    }

    /// None when nothing is known of what came right before it.
    fn decode_late(&mut self, packet: &Packet) -> Option<Vec<i16>> {
        let packet_ms = (self.last.ticks / self.ticks(1)) as usize;
        let codec = self.codec();
        let mut before =
            self.past.before(packet.sequence, packet_ms).filter(|before| !before.noise).peekable();
        before.peek()?;
        let mut decoder = Decoder::new(codec)?;
        let mut samples = [0; MAX_SAMPLES];
        for packet in before {
            decoder.decode(&packet.payload, &mut samples).ok()?;
        }
        let count = decoder.decode(&packet.payload, &mut samples).ok()?;
        Some(samples[..count].to_vec())
    }
}

/// Whether one number comes after another.
fn follows(sequence: u16, other: u16) -> bool {
    sequence.wrapping_sub(other) as i16 > 0
}
