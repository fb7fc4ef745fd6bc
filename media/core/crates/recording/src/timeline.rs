//! One channel: where in the recording each packet of a leg belongs.
//!
//! The arrival of a source's first packet anchors its timestamps to the recording's clock; from then on
//! timestamps decide, so jitter, loss and reordering move nothing. Two things move the anchor:
//!
//! - a jump: another source, or a timestamp far from its arrival that does not continue the one before;
//! - drift: when even the most punctual packets are off, the anchor was late or the phone's clock runs
//!   differently from ours, and it is moved by that much (`punctuality`).

use std::ops::{Add, AddAssign, Range};

use audio::codec::Codec;
use audio::g711::Law;
use rtp::packet::Header;

use crate::gaps::Gaps;
use crate::punctuality::Punctuality;
use crate::sequences::Sequences;
use crate::window::SampleWindow;

/// How late a packet may arrive and still be placed; blocks are taken no younger than this.
pub const HOLD: i64 = 3200;
/// How much earlier than its place a packet may arrive.
const EARLY: i64 = 1600;
/// A packet is sent when it is full, so that the first sample of a long one is older than that of a short one: those of
/// 20 ms are placed as they arrive, and others as much earlier or later.
const USUAL_PACKET: i64 = 160;
/// Off by no more than 7 ms counts as in time: two channels that are off to either side stay within 20 ms.
const TOLERANCE: i64 = 56;
/// The anchor is looked at so often: four times a second.
const STILL: i64 = 2000;
/// So many changes of codec are remembered; nobody makes more in earnest.
const MAX_CODECS: usize = 100;

/// One synchronisation source heard on the channel.
#[derive(Debug)]
struct Source {
    ssrc: u32,
    sequences: Sequences,
    anchor_timestamp: u32,
    anchor_position: i64,
    last_timestamp: u32,
    /// Behind the last sample of its newest packet.
    end: i64,
    /// Of its last packet, in samples.
    packet_length: u64,
    punctuality: Punctuality,
    /// Until then the anchor stays: packets sent ahead of their time lie one behind the other.
    still_until: i64,
}

/// What a channel holds, for the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChannelCounters {
    /// Audio packets placed.
    pub packets: u64,
    /// Samples of silence where packets were missing between others.
    pub lost_samples: u64,
}

impl Add for ChannelCounters {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { packets: self.packets + other.packets, lost_samples: self.lost_samples + other.lost_samples }
    }
}

impl AddAssign for ChannelCounters {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// A codec and the position from which it was heard.
pub type CodecHeard = (u64, Codec);

/// All that is to be told of a channel at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelFacts {
    pub counters: ChannelCounters,
    pub gaps: Gaps,
    pub codecs: Vec<CodecHeard>,
}

/// The timeline of one channel.
#[derive(Debug, Default)]
pub struct Timeline {
    pub(crate) window: SampleWindow,
    source: Option<Source>,
    counters: ChannelCounters,
    gaps: Gaps,
    codecs: Vec<CodecHeard>,
}

impl Timeline {
    /// A timeline of which the samples before `position` are taken already.
    pub(crate) fn starting_at(position: u64) -> Self {
        Self { window: SampleWindow::starting_at(position as i64), ..Self::default() }
    }

    /// Place one audio packet that arrived at `arrival`.
    pub fn place(&mut self, header: &Header, octets: &[u8], law: Law, arrival: i64) {
        let sent_full = arrival - (octets.len() as i64 - USUAL_PACKET);
        let mut source = self.source_of(header, sent_full);
        let newest = source.sequences.newest();
        if source.sequences.note(header.sequence) {
            source.packet_length = octets.len() as u64;
            match Some(source.place_of(header.timestamp, sent_full)).filter(|place| arrival - place <= HOLD) {
                Some(position) => {
                    self.counters.packets += 1;
                    self.window.write(position, octets, law.decode_table());
                    let step = source.sequences.newest() - newest;
                    source.note_gap(step, position..position + octets.len() as i64, &mut self.gaps);
                }
                None => self.counters.lost_samples += octets.len() as u64,
            }
        }
        self.source = Some(source);
    }

    /// What follows is said in this codec.
    pub fn note_codec(&mut self, codec: Codec, position: u64) {
        let same = self.codecs.last().is_some_and(|&(_, last)| last == codec);
        if !same && self.codecs.len() < MAX_CODECS {
            self.codecs.push((position, codec));
        }
    }

    /// Place samples that were made even already.
    pub fn place_samples(&mut self, position: i64, samples: &[i16]) {
        self.window.write_samples(position, samples);
    }

    /// Count what the samples that were placed here are made of.
    pub fn count(&mut self, position: i64, packets: u64, lost_samples: u64) {
        self.gaps.open(position..position + lost_samples as i64);
        self.counters.packets += packets;
        self.counters.lost_samples += lost_samples;
    }

    /// Note a packet that is not audio, so that its sequence number is not missed.
    pub fn skip(&mut self, header: &Header) {
        if let Some(source) = self.source.as_mut().filter(|source| source.is_of(header)) {
            source.sequences.note(header.sequence);
        }
    }

    /// The leg on this channel changes: whatever comes next is anchored by its arrival.
    pub fn forget_source(&mut self) {
        if let Some(source) = self.source.take() {
            self.counters.lost_samples += source.lost_samples();
        }
    }

    pub fn counters(&self) -> ChannelCounters {
        let lost = self.source.as_ref().map_or(0, Source::lost_samples);
        ChannelCounters { lost_samples: self.counters.lost_samples + lost, ..self.counters }
    }

    pub fn facts(&self) -> ChannelFacts {
        ChannelFacts { counters: self.counters(), gaps: self.gaps.clone(), codecs: self.codecs.clone() }
    }

    fn source_of(&mut self, header: &Header, arrival: i64) -> Source {
        if let Some(source) = self.source.take_if(|source| source.is_of(header)) {
            return source;
        }
        self.forget_source();
        Source::anchored(header, arrival)
    }
}

impl Source {
    fn anchored(header: &Header, arrival: i64) -> Self {
        Self {
            ssrc: header.ssrc,
            sequences: Sequences::starting_with(header.sequence),
            anchor_timestamp: header.timestamp,
            anchor_position: arrival,
            last_timestamp: header.timestamp,
            end: arrival,
            packet_length: 0,
            punctuality: Punctuality::starting_at(arrival),
            still_until: arrival + STILL,
        }
    }

    fn is_of(&self, header: &Header) -> bool {
        self.ssrc == header.ssrc && self.sequences.reaches(header.sequence)
    }

    fn lost_samples(&self) -> u64 {
        self.sequences.missing() * self.packet_length
    }

    /// A packet was placed whose number is `step` above the newest before; 0 when it came late.
    ///
    /// A sender that was silent meanwhile skips time without a number: no more is missing than the packets held.
    fn note_gap(&mut self, step: u64, place: Range<i64>, gaps: &mut Gaps) {
        match step {
            0 => gaps.fill(place.clone()),
            1 => {}
            _ => {
                let missing = (step - 1) * self.packet_length;
                gaps.open(self.end.max(place.start - missing as i64)..place.start);
            }
        }
        self.end = self.end.max(place.end);
    }

    /// Where a packet belongs.
    fn place_of(&mut self, timestamp: u32, arrival: i64) -> i64 {
        let step = i64::from(timestamp.wrapping_sub(self.last_timestamp) as i32);
        self.last_timestamp = timestamp;
        let lateness = arrival - self.position_of(timestamp);
        if lateness < -EARLY || lateness > HOLD && step.abs() > HOLD {
            (self.anchor_timestamp, self.anchor_position) = (timestamp, arrival);
            self.punctuality = Punctuality::starting_at(arrival);
            self.still_until = arrival + STILL;
        } else {
            self.correct_drift(lateness, arrival);
        }
        self.position_of(timestamp)
    }

    fn position_of(&self, timestamp: u32) -> i64 {
        self.anchor_position + i64::from(timestamp.wrapping_sub(self.anchor_timestamp) as i32)
    }

    fn correct_drift(&mut self, lateness: i64, arrival: i64) {
        let drift = self.punctuality.note(lateness, arrival);
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
