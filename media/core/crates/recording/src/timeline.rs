//! One channel: where in the recording each packet of a leg belongs.
//!
//! The arrival of a source's first packets anchors its timestamps to the recording's clock; from then on
//! timestamps decide, so jitter, loss and reordering move nothing. Three things move the anchor:
//!
//! - a jump: another source, or a timestamp far from its arrival that does not continue the one before;
//! - drift: when even the most punctual packets are off, the phone's clock runs differently from ours, and it is
//!   moved by that much (`punctuality`);
//! - a delay that lasts: when all packets of a while are late, and catch up no more (`delay`).
//!
//! Who stalls may send what it owes in a burst. Until that can have come, nothing behind its last packet is taken.

use std::collections::VecDeque;
use std::ops::{Add, AddAssign};

use audio::codec::Codec;
use audio::g711::Law;
use rtp::packet::Header;

use crate::delay::HeldPacket;
use crate::format::SampleFormat;
use crate::gaps::Gaps;
use crate::losses::Loss;
use crate::sound::Carried;
use crate::source::{Lesson, Measure, Source};
use crate::window::SampleWindow;

/// How late a packet may arrive and still be placed; blocks are taken no younger than this.
pub const HOLD: i64 = 3200;
/// For so long is a stream waited for that came no more, less than a second: a recording keeps no more to itself.
pub const STALL: i64 = 7600;
/// Whoever comes up to 10 ms before the time is not sent away for them.
const RELEASE: i64 = 80;
/// A packet is sent when it is full, so that the first sample of a long one is older than that of a short one: those of
/// 20 ms are placed as they arrive, and others as much earlier or later.
const USUAL_PACKET: i64 = 160;
/// So many changes of codec are remembered; nobody makes more in earnest.
const MAX_CODECS: usize = 100;

/// What a channel holds, for the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChannelCounters {
    /// Audio packets placed.
    pub packets: u64,
    /// Samples of silence where packets were missing between others, by their timestamps.
    pub lost_samples: u64,
    /// What they carried.
    pub carried: Carried,
}

impl Add for ChannelCounters {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            packets: self.packets + other.packets,
            lost_samples: self.lost_samples + other.lost_samples,
            carried: self.carried + other.carried,
        }
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

/// Of samples that were decoded of packets.
#[derive(Clone, Copy, Debug)]
pub struct Decoded {
    /// How much older than its timestamp tells a sample is.
    pub older: i64,
    /// No packet holds them.
    pub made_up: bool,
    pub now: i64,
}

/// The timeline of one channel.
#[derive(Debug, Default)]
pub struct Timeline {
    pub(crate) window: SampleWindow,
    source: Option<Source>,
    counters: ChannelCounters,
    gaps: Gaps,
    codecs: Vec<CodecHeard>,
    /// The last of them.
    codec: Option<Codec>,
}

impl Timeline {
    /// A timeline of which the samples before `position` are taken already.
    pub(crate) fn starting_at(position: u64, format: SampleFormat) -> Self {
        Self { window: SampleWindow::starting_at(position as i64, format), ..Self::default() }
    }

    /// A packet is placed soon.
    pub fn prefetch(&self) {
        self.window.prefetch(USUAL_PACKET as usize);
    }

    /// Place one audio packet that arrived at `arrival`.
    pub fn place(&mut self, header: &Header, octets: &[u8], law: Law, arrival: i64) {
        let measure = Measure { ticks: 1, length: octets.len() as u64 };
        let Some(loss) = self.follow(header, measure, arrival) else { return };
        let Some(source) = &mut self.source else { return };
        let position = source.position_of(header.timestamp);
        source.note_gap(loss, position..position + octets.len() as i64, &mut self.gaps);
        if arrival - position <= HOLD {
            self.counters.packets += 1;
            let placed = self.window.write(position, octets, law);
            self.counters.carried += Carried::of_octets(octets, law, placed);
        } else {
            let decode = law.decode_table();
            let samples = octets.iter().map(|&octet| decode[usize::from(octet)]).collect();
            let (timestamp, lateness) = (header.timestamp, arrival - position);
            self.hold(HeldPacket { timestamp, older: 0, position, lateness, samples, is_packet: true });
        }
    }

    /// Learn from a packet where its stream lies, and what it tells of others; None for a duplicate.
    fn follow(&mut self, header: &Header, measure: Measure, arrival: i64) -> Option<Loss> {
        let sent_full = arrival - (measure.length as i64 - USUAL_PACKET);
        if !self.source.as_mut().is_some_and(|source| source.goes_on(header, measure.ticks, sent_full)) {
            self.forget_source();
        }
        let source = self.source.get_or_insert_with(|| Source::anchored(header, measure.ticks, sent_full));
        let loss = source.note(header, measure.length)?;
        // One that was missing amid others and comes after all is too late, however late: no stream begins there.
        let is_straggler = loss == Loss::Mended && sent_full - source.position_of(header.timestamp) > HOLD;
        if !is_straggler {
            let lesson = source.learn(header.timestamp, sent_full, self.window.start());
            self.heed(lesson);
        }
        Some(loss)
    }

    fn heed(&mut self, lesson: Lesson) {
        let held = if lesson.is_settled { self.take_held() } else { VecDeque::new() };
        if let Some((from, by)) = lesson.moved {
            self.window.shift(from, by);
            self.gaps.shift(from, by);
        }
        self.place_held(held);
    }

    /// Give up a packet that came too late, unless its whole stream turns out to be late.
    fn hold(&mut self, packet: HeldPacket) {
        let length = packet.samples.len();
        self.counters.lost_samples += length as u64;
        self.gaps.open(packet.position..packet.position + length as i64);
        if let Some(source) = &mut self.source {
            source.held.hold(packet);
        }
    }

    /// What was given up as too late, as if it had never been.
    fn take_held(&mut self) -> VecDeque<HeldPacket> {
        let held = self.source.as_mut().map(|source| source.held.take()).unwrap_or_default();
        for packet in &held {
            let length = packet.samples.len();
            self.gaps.fill(packet.position..packet.position + length as i64);
            self.counters.lost_samples -= length as u64;
        }
        held
    }

    /// Place what can be placed now, however late it came; of the others it is known where they are lost.
    fn place_held(&mut self, held: VecDeque<HeldPacket>) {
        let Some(source) = &mut self.source else { return };
        for packet in held {
            let position = source.position_of(packet.timestamp) - packet.older;
            let place = position..position + packet.samples.len() as i64;
            if position < self.window.start() {
                self.counters.lost_samples += packet.samples.len() as u64;
                self.gaps.open(place);
                continue;
            }
            let placed = self.window.write_samples(position, &packet.samples);
            self.counters.carried += Carried::of_samples(&packet.samples, placed);
            source.end = source.end.max(place.end);
            self.counters.packets += u64::from(packet.is_packet);
        }
    }

    /// Nothing more will tell where what is held belongs: where its timestamps say.
    pub(crate) fn give_in(&mut self) {
        let held = self.take_held();
        self.place_held(held);
    }

    /// From where on nothing is to be taken, if that is longer ago than usual.
    pub(crate) fn waits_from(&self, now: i64) -> Option<i64> {
        let from = self.source.as_ref()?.waits_from();
        (HOLD..STALL - RELEASE).contains(&(now - from)).then_some(from)
    }

    /// What follows is said in this codec.
    pub fn note_codec(&mut self, codec: Codec, position: u64) {
        if self.codec != Some(codec) && self.codecs.len() < MAX_CODECS {
            self.codec = Some(codec);
            self.codecs.push((position, codec));
        }
    }

    /// Place samples that were made even already.
    pub fn place_samples(&mut self, position: i64, samples: &[i16]) {
        self.window.write_samples(position, samples);
    }

    /// A packet came that is decoded later: where it belongs is known from now on.
    pub fn expect(&mut self, header: &Header, measure: Measure, arrival: i64) {
        let Some(loss) = self.follow(header, measure, arrival) else { return };
        let Some(source) = &mut self.source else { return };
        let position = source.position_of(header.timestamp);
        source.note_gap(loss, position..position + measure.length as i64, &mut self.gaps);
        source.wait_for(header.timestamp, measure.length);
        self.counters.packets += 1;
    }

    /// Place samples decoded of packets that were expected, the first of which has this timestamp.
    pub fn place_decoded(&mut self, timestamp: u32, samples: &[i16], decoded: Decoded) {
        let Some(source) = &mut self.source else { return };
        let position = source.position_of(timestamp) - decoded.older;
        if decoded.now - position <= HOLD {
            let placed = self.window.write_samples(position, samples);
            if !decoded.made_up {
                self.counters.carried += Carried::of_samples(samples, placed);
            }
        } else if !decoded.made_up {
            let (lateness, samples, older) = (decoded.now - position, samples.to_vec(), decoded.older);
            self.hold(HeldPacket { timestamp, older, position, lateness, samples, is_packet: false });
        }
    }

    /// A packet that was expected came too late to be decoded.
    pub fn miss(&mut self, timestamp: u32) {
        let Some(source) = &self.source else { return };
        let (position, length) = (source.position_of(timestamp), source.awaited_length(timestamp));
        self.gaps.open(position..position + length as i64);
        self.counters.packets = self.counters.packets.saturating_sub(1);
        self.counters.lost_samples += length;
    }

    /// Note a packet that is not audio, so that its sequence number is not missed.
    pub fn skip(&mut self, header: &Header) {
        if let Some(source) = self.source.as_mut().filter(|source| source.is_of(header)) {
            source.skip(header);
        }
    }

    /// The leg on this channel changes: whatever comes next is anchored by its arrival.
    pub fn forget_source(&mut self) {
        self.give_in();
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
}
