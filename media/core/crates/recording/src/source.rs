//! One stream on a channel: where its packets belong, by their timestamps.

use std::collections::VecDeque;
use std::ops::Range;

use rtp::packet::Header;

use crate::delay::{Delay, HeldPackets, Late};
use crate::gaps::Gaps;
use crate::losses::{Loss, Losses};
use crate::punctuality::Punctuality;
use crate::sequences::{Sequences, Step};
use crate::start::Start;
use crate::timeline::{HOLD, STALL};

/// How much earlier than its place a packet may arrive.
const EARLY: i64 = 1600;
/// The same while a stream begins, which some phones do with a burst.
const EARLY_AT_START: i64 = 6400;
/// Off by no more than 7 ms counts as in time: two channels that are off to either side stay within 20 ms.
const TOLERANCE: i64 = 56;
/// Nothing is moved for less than a millisecond.
const NEGLIGIBLE: i64 = 8;
/// The anchor is looked at so often: four times a second.
const STILL: i64 = 2000;
/// A stream that comes again after an outage may be off by a second.
const OFF_AFTER_OUTAGE: i64 = 8000;

/// So many packets may wait to be decoded; more than a second of them are given up by then.
const MAX_AWAITED: usize = 100;

/// How a stream counts its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Of its timestamps to one of our samples.
    pub ticks: i64,
    /// Samples in this packet.
    pub length: u64,
}

/// What a packet has taught of its stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lesson {
    /// All since the stream began is to be moved by so much, as it was only guessed where it lies.
    pub moved: Option<(i64, i64)>,
    /// What was held can be placed: the stream is late for good, or catches up.
    pub is_settled: bool,
}

/// One synchronisation source heard on the channel.
#[derive(Debug)]
pub struct Source {
    ssrc: u32,
    ticks: i64,
    sequences: Sequences,
    losses: Losses,
    /// The timestamps and lengths of the newest packets that are decoded later.
    awaited: VecDeque<(u32, u64)>,
    anchor_timestamp: u32,
    anchor_position: i64,
    last_timestamp: u32,
    /// Behind the last sample of its newest packet.
    pub end: i64,
    start: Option<Start>,
    punctuality: Punctuality,
    delay: Delay,
    /// What came too late, should the delay last.
    pub held: HeldPackets,
    /// Until then the anchor stays.
    still_until: i64,
}

impl Source {
    pub fn anchored(header: &Header, ticks: i64, arrival: i64) -> Self {
        Self {
            ssrc: header.ssrc,
            ticks,
            sequences: Sequences::starting_with(header.sequence),
            losses: Losses::starting_with(header.timestamp, ticks),
            awaited: VecDeque::new(),
            anchor_timestamp: header.timestamp,
            anchor_position: arrival,
            last_timestamp: header.timestamp,
            end: arrival,
            start: Some(Start::at(arrival)),
            punctuality: Punctuality::starting_at(arrival),
            delay: Delay::default(),
            held: HeldPackets::default(),
            still_until: arrival + STILL,
        }
    }

    pub fn is_of(&self, header: &Header) -> bool {
        self.ssrc == header.ssrc && self.sequences.reaches(header.sequence)
    }

    /// Whether this packet goes on with the stream, be it after an outage; its sequence number is no leap then.
    pub fn goes_on(&mut self, header: &Header, ticks: i64, arrival: i64) -> bool {
        if self.ssrc != header.ssrc || self.ticks != ticks {
            return false;
        }
        match self.outage(header, arrival) {
            Some(packets) => {
                self.sequences.leap(packets);
                self.losses.leap(packets);
            }
            None => return self.sequences.reaches(header.sequence),
        }
        true
    }

    /// So many packets of an outage are missing, as numbers and timestamps went on as time did.
    fn outage(&self, header: &Header, arrival: i64) -> Option<u64> {
        let passed = self.samples_between(self.last_timestamp, header.timestamp);
        let off = arrival - self.position_of(header.timestamp);
        let packet_length = self.losses.packet_length();
        let agrees = off.abs() <= OFF_AFTER_OUTAGE && packet_length > 0;
        let fit = (passed / packet_length.max(1) as i64).max(0) as u64;
        agrees.then(|| self.sequences.missing_before(header.sequence, fit)).flatten()
    }

    pub fn lost_samples(&self) -> u64 {
        self.losses.samples()
    }

    /// Note the number of a packet of audio, and what it tells of others; None for one that came before.
    pub fn note(&mut self, header: &Header, length: u64) -> Option<Loss> {
        let step = self.sequences.note(header.sequence);
        (step != Step::Known).then(|| self.losses.note(step, header.timestamp, length))
    }

    /// Note the number of another packet.
    pub fn skip(&mut self, header: &Header) {
        let step = self.sequences.note(header.sequence);
        self.losses.skip(step);
    }

    /// A packet is placed that told of a loss.
    pub fn note_gap(&mut self, loss: Loss, place: Range<i64>, gaps: &mut Gaps) {
        match loss {
            Loss::Nothing => {}
            Loss::Before(missing) => gaps.open(self.end.max(place.start - missing as i64)..place.start),
            Loss::Behind(missing) => gaps.open(place.end..place.end + missing as i64),
            Loss::Mended => gaps.fill(place.clone()),
        }
        self.end = self.end.max(place.end);
    }

    /// A packet is decoded later, unless that turns out to be too late.
    pub fn wait_for(&mut self, timestamp: u32, length: u64) {
        if self.awaited.len() == MAX_AWAITED {
            self.awaited.pop_front();
        }
        self.awaited.push_back((timestamp, length));
    }

    /// Of a packet that was waited for, in samples.
    pub fn awaited_length(&self, timestamp: u32) -> u64 {
        let awaited = self.awaited.iter().rev().find(|awaited| awaited.0 == timestamp);
        awaited.map_or(self.losses.packet_length(), |awaited| awaited.1)
    }

    /// A packet came: learn from it where the stream lies. What lies before `taken` can be changed no more.
    pub fn learn(&mut self, timestamp: u32, arrival: i64, taken: i64) -> Lesson {
        let step = self.samples_between(self.last_timestamp, timestamp);
        self.last_timestamp = timestamp;
        let lateness = arrival - self.position_of(timestamp);
        let early = if self.start.is_some() { EARLY_AT_START } else { EARLY };
        // Of a burst after a stall, the first packets may be lost.
        let goes_on = (-HOLD..=STALL).contains(&step);
        let jumps = !(-EARLY..=HOLD).contains(&lateness) && !goes_on;
        if jumps || lateness < -early {
            self.held.take();
            self.anchor(timestamp, arrival, arrival);
            self.start = Some(Start::at(arrival));
            return Lesson::default();
        }
        let drift = self.punctuality.note(lateness, arrival);
        if self.start.is_some() {
            return self.learn_at_start(timestamp, lateness, arrival, taken);
        }
        if let Some(Late { by, from }) = self.delay.note(lateness, arrival) {
            self.anchor(timestamp, self.position_of(timestamp) + by, arrival);
            // What was placed meanwhile, as if the stream caught up, goes along as far as it can.
            let moved = (by <= STALL && self.end > taken).then_some((from.max(taken), by));
            self.end += moved.map_or(0, |(_, by)| by);
            return Lesson { moved, is_settled: true };
        }
        self.correct_drift(drift, arrival);
        Lesson { moved: None, is_settled: self.held.is_caught_up(lateness) }
    }

    fn learn_at_start(&mut self, timestamp: u32, lateness: i64, now: i64, taken: i64) -> Lesson {
        let position = self.position_of(timestamp);
        let Some(start) = &mut self.start else { return Lesson::default() };
        start.from = start.from.min(position);
        let Some(by) = start.note(lateness, now) else { return Lesson::default() };
        let from = start.from;
        // A recording that began with the stream loses nothing of it for a move that is not needed.
        let before = taken - (from + by);
        let by = if (1..=TOLERANCE).contains(&before) { (by + before).min(0) } else { by };
        let by = if start.is_within(HOLD, now) && by.abs() >= NEGLIGIBLE { by } else { 0 };
        self.start = None;
        // What came in a burst at the beginning proves nothing of those that follow.
        self.anchor(timestamp, position + by, now);
        self.punctuality.note(lateness - by, now);
        self.end += by;
        Lesson { moved: (by != 0).then_some((from, by)), is_settled: by > 0 }
    }

    /// From now on this timestamp belongs there.
    fn anchor(&mut self, timestamp: u32, position: i64, now: i64) {
        (self.anchor_timestamp, self.anchor_position) = (timestamp, position);
        self.punctuality = Punctuality::starting_at(now);
        self.delay = Delay::default();
        self.still_until = now + STILL;
    }

    /// From where on something may come yet.
    pub fn waits_from(&self) -> i64 {
        self.held.from().map_or(self.end, |held| held.min(self.end))
    }

    pub fn position_of(&self, timestamp: u32) -> i64 {
        self.anchor_position + self.samples_between(self.anchor_timestamp, timestamp)
    }

    fn samples_between(&self, one: u32, other: u32) -> i64 {
        i64::from(other.wrapping_sub(one) as i32).div_euclid(self.ticks)
    }

    fn correct_drift(&mut self, drift: i64, arrival: i64) {
        if arrival < self.still_until {
            return;
        }
        let drift = if drift.abs() > TOLERANCE { drift } else { 0 };
        self.punctuality.shift(drift);
        self.still_until = arrival + STILL;
        // Always from the last packet, which 32 bits reach however long the stream is.
        let position = self.position_of(self.last_timestamp) + drift;
        (self.anchor_timestamp, self.anchor_position) = (self.last_timestamp, position);
    }
}
