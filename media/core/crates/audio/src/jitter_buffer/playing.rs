//! What is played in a beat: packets decoded, what is missing made up, silence shortened.

use super::waiting::Packet;
use super::{JitterBuffer, Last, MARGIN_MS, MOST_MADE_UP_MS};
use crate::decoder::MAX_SAMPLES;
use crate::level::level_dbov;

/// What is taken out at once, and over how long both sides are blended.
const CUT_MS: i64 = 10;
const BLEND_MS: usize = 5;
/// Below this nobody hears what is taken out.
const SILENCE_DBOV: f32 = -45.0;
/// Beats between cuts into speech.
const PATIENCE_BEATS: u64 = 50;

impl JitterBuffer {
    /// Fill a frame, be it of a sound shortened by what the delay may shrink.
    pub(super) fn play_next(&mut self, frame: &mut [i16]) {
        if self.may_cut() {
            self.play_cutting(frame);
        } else {
            self.play(frame);
        }
        self.silent = level_dbov(frame) < SILENCE_DBOV;
    }

    /// Whether 10 ms can go without packets coming too late, and without much being heard of it.
    fn may_cut(&mut self) -> bool {
        let enough = self.ticks(MARGIN_MS + CUT_MS);
        let early = self.slack.least().is_some_and(|least| least >= enough);
        early && (self.silent || self.beats - self.cut_beat >= PATIENCE_BEATS)
    }

    fn play(&mut self, frame: &mut [i16]) {
        self.fill(frame.len());
        frame.copy_from_slice(&self.samples[..frame.len()]);
        self.samples.drain(..frame.len());
    }

    fn play_cutting(&mut self, frame: &mut [i16]) {
        let (cut, blend) = (self.count(CUT_MS as usize), self.count(BLEND_MS));
        self.fill(frame.len() + cut);
        frame.copy_from_slice(&self.samples[cut..cut + frame.len()]);
        for (index, sample) in frame[..blend].iter_mut().enumerate() {
            let weight = (index + 1) as f32 / (blend + 1) as f32;
            let before = f32::from(self.samples[index]);
            *sample = (before + (f32::from(*sample) - before) * weight) as i16;
        }
        self.samples.drain(..cut + frame.len());
        self.slack.shift(-self.ticks(CUT_MS));
        self.cut_beat = self.beats;
    }

    /// Decode or make up until so many samples are there.
    fn fill(&mut self, count: usize) {
        while self.samples.len() < count {
            let needed = count - self.samples.len();
            if self.stall > 0 {
                let made_up = needed.min(self.count_of(self.stall)).max(1);
                self.make_up(made_up);
                self.stall -= self.ticks_of(made_up);
            } else {
                self.go_on(needed);
            }
        }
    }

    /// Decode the next packet, or make up at most `needed` samples of what is missing before it.
    pub(super) fn go_on(&mut self, needed: usize) {
        let Some(oldest) = self.waiting.oldest() else { return self.make_up_next(needed) };
        let missing = oldest.timestamp - self.next;
        let count = self.count_of(missing);
        if missing <= 0 {
            self.decode_oldest();
        } else if count == 0 {
            self.next = oldest.timestamp;
        } else if self.is_one_packet(missing, oldest) {
            self.recover(count);
        } else {
            self.make_up_next(count.min(needed));
        }
    }

    /// Make up what is missing next.
    fn make_up_next(&mut self, count: usize) {
        let (begin, timestamp) = (self.samples.len(), self.next);
        let goes_on = self.last.ticks > 0 && self.made_up < self.count(MOST_MADE_UP_MS);
        let heard = self.noise_on || goes_on;
        self.make_up(count);
        self.next += self.ticks_of(count);
        if heard {
            self.note_made_up(timestamp, begin);
        }
    }

    /// Whether what is missing before `after` is one packet like the last, of which nothing was made up yet.
    fn is_one_packet(&self, missing: i64, after: &Packet) -> bool {
        let step = after.sequence.wrapping_sub(self.last.sequence);
        !after.noise && step == 2 && self.next == self.last.end && missing == self.last.ticks
    }

    fn recover(&mut self, count: usize) {
        let begin = self.samples.len();
        self.samples.resize(begin + count, 0);
        if let Some(after) = self.waiting.oldest() {
            self.decoder.recover(&after.payload, &mut self.samples[begin..]);
        }
        self.counters.concealed_samples += count as u64;
        let timestamp = self.next;
        self.next += self.ticks_of(count);
        self.note_on_tape(timestamp, begin, true);
    }

    fn decode_oldest(&mut self) {
        let Some(packet) = self.waiting.pop() else { return };
        if packet.timestamp < self.last.end {
            self.counters.late += 1;
            self.tape_late(&packet);
        } else if packet.noise {
            self.noise.describe(&packet.payload);
            self.noise_on = true;
        } else {
            self.decode(&packet);
        }
        self.be_done_with(packet);
    }

    fn decode(&mut self, packet: &Packet) {
        let begin = self.samples.len();
        self.samples.resize(begin + MAX_SAMPLES, 0);
        let count = self.decoder.decode(&packet.payload, &mut self.samples[begin..]).unwrap_or(0);
        self.samples.truncate(begin + count);
        if count == 0 {
            self.counters.refused += 1;
            return;
        }
        let ticks = self.ticks_of(count);
        self.next = packet.timestamp + ticks;
        self.last = Last { sequence: packet.sequence, end: self.next, ticks };
        self.counters.decoded += 1;
        (self.made_up, self.noise_on) = (0, false);
        self.note_on_tape(packet.timestamp, begin, false);
    }

    fn make_up(&mut self, count: usize) {
        let begin = self.samples.len();
        self.samples.resize(begin + count, 0);
        if self.noise_on {
            self.noise.fill(&mut self.samples[begin..]);
        } else if self.made_up < self.count(MOST_MADE_UP_MS) {
            self.decoder.conceal(&mut self.samples[begin..]);
            self.counters.concealed_samples += count as u64;
        }
        self.made_up = self.made_up.saturating_add(count);
    }
}
