//! Where a packet that comes belongs: in time, late, or at the beginning of another stream.

use super::seen::Seen;
use super::slack::Slack;
use super::{Arrival, JitterBuffer, Last, MARGIN_MS};

/// Timestamps out of bounds for so many beats are the stream's new ones.
const JUMP_BEATS: u64 = 2;

/// Timestamps that are not where the stream should be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jump {
    timestamp: i64,
    since_beat: u64,
}

impl JitterBuffer {
    /// A stream begins here, or goes on with timestamps that have nothing to do with those before.
    pub(super) fn begin(&mut self, arrival: &Arrival) {
        self.ssrc = Some(arrival.ssrc);
        self.waiting.clear();
        self.samples.clear();
        self.past.clear();
        self.next = i64::from(arrival.timestamp) - self.start;
        self.last = Last { sequence: arrival.sequence, end: self.next, ticks: 0 };
        self.seen = Seen::starting_with(arrival.sequence);
        self.slack = Slack::default();
        (self.stall, self.jump, self.noise_on, self.taped_to) = (0, None, false, i64::MIN);
    }

    /// Whether a packet can be of the stream as we know it; after some that cannot, they begin a new one.
    pub(super) fn is_in_bounds(&mut self, arrival: &Arrival) -> bool {
        let timestamp = self.extended(arrival.timestamp);
        if self.is_near(timestamp) {
            self.jump = None;
            return true;
        }
        let known = self.jump.filter(|jump| (timestamp - jump.timestamp).abs() <= self.most);
        let since_beat = known.map_or(self.beats, |jump| jump.since_beat);
        if self.beats - since_beat < JUMP_BEATS {
            self.jump = Some(Jump { timestamp, since_beat });
            self.tape_or_miss(arrival);
            return false;
        }
        self.begin(arrival);
        self.seen.note(arrival.sequence)
    }

    pub(super) fn place(&mut self, arrival: &Arrival) {
        let timestamp = self.extended(arrival.timestamp);
        let slack = timestamp - self.playing();
        if timestamp < self.next && !self.make_time_for(timestamp) {
            self.tape_or_miss(arrival);
            return;
        }
        let Arrival { sequence, noise, payload, .. } = *arrival;
        if self.waiting.insert(timestamp, sequence, noise, payload) {
            self.slack.note(slack.max(timestamp - self.playing()));
        } else {
            self.counters.refused += 1;
        }
    }

    /// A packet is late: be later from now on. True when it can still be played.
    fn make_time_for(&mut self, timestamp: i64) -> bool {
        let begin = timestamp - self.ticks(MARGIN_MS);
        let later = self.next - begin;
        if self.depth_at(begin) + self.stall > self.most {
            return false;
        }
        let nothing_played_after_it = timestamp >= self.last.end;
        if nothing_played_after_it {
            self.next = begin;
        } else {
            self.stall += later;
        }
        self.slack.shift(later);
        nothing_played_after_it
    }
}
