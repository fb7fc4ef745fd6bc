//! From packets that come unevenly to samples in an even beat.
//!
//! A packet's *slack* is how far its timestamp is ahead of what is played when it comes:
//!
//! ```text
//!  timestamps   ...│ played │  decoded  │ next ...
//!                  └────────┴ playing   └──► slack of a packet that comes now
//! ```
//!
//! One that comes too late moves the place we play at back at once, so that those who come as late are in time.
//! When even the latest packet of the last seconds came early, 10 ms are taken out of a silence, or, when
//! there is none, out of speech once a second. That also follows a clock that runs faster or slower than ours.
//! What is missing when it is due is recovered from the packet after it, concealed, or comfort noise.

mod seen;
mod slack;
mod waiting;

use crate::codec::Codec;
use crate::comfort_noise::ComfortNoise;
use crate::decoder::{Decoder, MAX_SAMPLES};
use crate::level::level_dbov;
use seen::Seen;
use slack::Slack;
use waiting::{Packet, Waiting};

/// The length of a beat.
pub const BEAT_MS: u32 = 20;
/// Longer payloads are nobody's speech.
const MAX_PAYLOAD: usize = 1500;
/// How early the least punctual packet should be.
const MARGIN_MS: i64 = 10;
/// What is taken out at once, and over how long both sides are blended.
const CUT_MS: i64 = 10;
const BLEND_MS: usize = 5;
/// Below this nobody hears what is taken out.
const SILENCE_DBOV: f32 = -45.0;
/// Beats between cuts into speech.
const PATIENCE_BEATS: u64 = 50;
/// Timestamps out of bounds for so many beats are the stream's new ones.
const JUMP_BEATS: u64 = 2;
/// What is made up when nothing comes ends after this.
const MOST_MADE_UP_MS: usize = 500;

/// How much a buffer may delay, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delays {
    /// At the beginning, while nothing is known of the network.
    pub start_ms: u32,
    /// What comes later than this allows is lost.
    pub most_ms: u32,
}

impl Default for Delays {
    fn default() -> Self {
        Self { start_ms: 40, most_ms: 200 }
    }
}

/// An audio packet as it comes from the network.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    pub ssrc: u32,
    pub sequence: u16,
    pub timestamp: u32,
    /// Its payload describes comfort noise (RFC 3389) in place of speech.
    pub noise: bool,
    pub payload: &'a [u8],
}

/// What became of the packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    pub decoded: u64,
    /// Came when their time was over and what follows had been played, or later than any delay allows.
    pub late: u64,
    pub duplicated: u64,
    /// Not of the codec, too long, or more than there is room for.
    pub refused: u64,
    /// Samples made up for packets that were lost, late or not sent; comfort noise is none.
    pub concealed_samples: u64,
}

/// Timestamps that are not where the stream should be.
#[derive(Clone, Copy, Debug)]
struct Jump {
    timestamp: i64,
    since_beat: u64,
}

/// The packet decoded last.
#[derive(Clone, Copy, Debug)]
struct Last {
    sequence: u16,
    /// Where it ended, and how long it was.
    end: i64,
    ticks: i64,
}

/// One stream heard: its packets, its decoder, its delay.
#[derive(Debug)]
pub struct JitterBuffer {
    decoder: Decoder,
    noise: ComfortNoise,
    /// The sender said what its silence sounds like, and has not spoken since.
    noise_on: bool,
    most: i64,
    start: i64,
    ssrc: Option<u32>,
    seen: Seen,
    waiting: Waiting,
    /// Decoded and not yet played.
    samples: Vec<i16>,
    /// The timestamp of what is decoded or made up next.
    next: i64,
    last: Last,
    /// To be made up beside the timeline, so that late packets are in time from then on.
    stall: i64,
    slack: Slack,
    jump: Option<Jump>,
    beats: u64,
    cut_beat: u64,
    /// The last frame was as good as silent.
    silent: bool,
    /// Samples in a row that came from no packet.
    made_up: usize,
    counters: Counters,
}

impl JitterBuffer {
    /// None when we have no decoder for the codec.
    pub fn new(codec: Codec, delays: Delays, noise_seed: u32) -> Option<Self> {
        let per_ms = i64::from(codec.clock_hz() / 1000);
        Some(Self {
            decoder: Decoder::new(codec)?,
            noise: ComfortNoise::new(noise_seed),
            noise_on: false,
            most: i64::from(delays.most_ms) * per_ms,
            start: i64::from(delays.start_ms.min(delays.most_ms)) * per_ms,
            ssrc: None,
            seen: Seen::starting_with(0),
            waiting: Waiting::default(),
            samples: Vec::with_capacity(2 * MAX_SAMPLES),
            next: 0,
            last: Last { sequence: 0, end: 0, ticks: 0 },
            stall: 0,
            slack: Slack::default(),
            jump: None,
            beats: 0,
            cut_beat: 0,
            silent: true,
            made_up: 0,
            counters: Counters::default(),
        })
    }

    pub fn codec(&self) -> Codec {
        self.decoder.codec()
    }

    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// How long what came last has to wait before it is played.
    pub fn delay_ms(&self) -> u32 {
        (self.depth_at(self.playing()) / self.ticks(1)).max(0) as u32
    }

    /// Take a packet.
    pub fn put(&mut self, arrival: &Arrival) {
        if self.ssrc != Some(arrival.ssrc) {
            self.begin(arrival);
        }
        if arrival.payload.len() > MAX_PAYLOAD {
            self.counters.refused += 1;
        } else if !self.seen.note(arrival.sequence) {
            self.counters.duplicated += 1;
        } else if self.is_in_bounds(arrival) {
            self.place(arrival);
        }
    }

    /// The next beat: fill `frame` with 20 ms at the codec's `rate_hz`. False when there is nothing to hear.
    pub fn pull(&mut self, frame: &mut [i16]) -> bool {
        self.beats += 1;
        self.slack.beat();
        if self.ssrc.is_none() {
            frame.fill(0);
            return false;
        }
        if self.may_cut() {
            self.play_cutting(frame);
        } else {
            self.play(frame);
        }
        self.silent = level_dbov(frame) < SILENCE_DBOV;
        self.noise_on || self.made_up < self.count(MOST_MADE_UP_MS)
    }

    /// A stream begins here, or goes on with timestamps that have nothing to do with those before.
    fn begin(&mut self, arrival: &Arrival) {
        self.ssrc = Some(arrival.ssrc);
        self.waiting.clear();
        self.samples.clear();
        self.next = i64::from(arrival.timestamp) - self.start;
        self.last = Last { sequence: arrival.sequence, end: self.next, ticks: 0 };
        self.seen = Seen::starting_with(arrival.sequence);
        self.slack = Slack::default();
        (self.stall, self.jump, self.noise_on) = (0, None, false);
    }

    /// Whether a packet can be of the stream as we know it; after some that cannot, they begin a new one.
    fn is_in_bounds(&mut self, arrival: &Arrival) -> bool {
        let timestamp = self.extended(arrival.timestamp);
        if (timestamp - self.playing()).abs() <= self.most {
            self.jump = None;
            return true;
        }
        let known = self.jump.filter(|jump| (timestamp - jump.timestamp).abs() <= self.most);
        let since_beat = known.map_or(self.beats, |jump| jump.since_beat);
        if self.beats - since_beat < JUMP_BEATS {
            self.jump = Some(Jump { timestamp, since_beat });
            self.counters.late += 1;
            return false;
        }
        self.begin(arrival);
        self.seen.note(arrival.sequence)
    }

    fn place(&mut self, arrival: &Arrival) {
        let timestamp = self.extended(arrival.timestamp);
        let slack = timestamp - self.playing();
        if timestamp < self.next && !self.make_time_for(timestamp) {
            self.counters.late += 1;
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
    fn go_on(&mut self, needed: usize) {
        let Some(oldest) = self.waiting.oldest() else {
            self.make_up(needed);
            self.next += self.ticks_of(needed);
            return;
        };
        let missing = oldest.timestamp - self.next;
        let count = self.count_of(missing);
        if missing <= 0 {
            self.decode_oldest();
        } else if count == 0 {
            self.next = oldest.timestamp;
        } else if self.is_one_packet(missing, oldest) {
            self.recover(count);
        } else {
            let count = count.min(needed);
            self.make_up(count);
            self.next += self.ticks_of(count);
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
        self.next += self.ticks_of(count);
    }

    fn decode_oldest(&mut self) {
        let Some(packet) = self.waiting.pop() else { return };
        if packet.timestamp < self.last.end {
            self.counters.late += 1;
        } else if packet.noise {
            self.noise.describe(&packet.payload);
            self.noise_on = true;
        } else {
            self.decode(&packet);
        }
        self.waiting.recycle(packet);
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

    /// The timestamp of what is played next.
    fn playing(&self) -> i64 {
        self.next - self.ticks_of(self.samples.len())
    }

    /// How much would wait if we played at `timestamp`.
    fn depth_at(&self, timestamp: i64) -> i64 {
        let newest = self.waiting.newest().map_or(self.last.end, |packet| packet.timestamp + self.last.ticks);
        newest - timestamp
    }

    /// As far from `next` as 32 bits can tell.
    fn extended(&self, timestamp: u32) -> i64 {
        self.next + i64::from(timestamp.wrapping_sub(self.next as u32) as i32)
    }

    fn ticks(&self, ms: i64) -> i64 {
        i64::from(self.codec().clock_hz() / 1000) * ms
    }

    fn ticks_of(&self, samples: usize) -> i64 {
        samples as i64 * i64::from(self.codec().clock_hz()) / i64::from(self.codec().rate_hz())
    }

    fn count(&self, ms: usize) -> usize {
        self.codec().samples(1) * ms
    }

    fn count_of(&self, ticks: i64) -> usize {
        (ticks.max(0) * i64::from(self.codec().rate_hz()) / i64::from(self.codec().clock_hz())) as usize
    }
}
