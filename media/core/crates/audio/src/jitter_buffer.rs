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

mod arrivals;
mod past;
mod playing;
mod said;
mod seen;
mod slack;
pub mod tape;
mod waiting;

use crate::codec::Codec;
use crate::comfort_noise::ComfortNoise;
use crate::decoder::{Decoder, MAX_SAMPLES};
use arrivals::Jump;
use past::Past;
use seen::Seen;
use slack::Slack;
use tape::Tape;
use waiting::Waiting;

/// The length of a beat.
pub const BEAT_MS: u32 = 20;
/// Longer payloads are nobody's speech.
const MAX_PAYLOAD: usize = 1500;
/// How early the least punctual packet should be.
const MARGIN_MS: i64 = 10;
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
    /// While somebody wants it.
    tape: Option<Tape>,
    /// What was decoded while somebody did.
    past: Past,
    /// Up to here it holds what was never played.
    taped_to: i64,
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
            tape: None,
            past: Past::default(),
            taped_to: i64::MIN,
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

    /// Whether it is this source that is heard.
    pub fn hears(&self, ssrc: u32) -> bool {
        self.ssrc == Some(ssrc)
    }

    /// Whether this timestamp is so near to what is played that a packet of it can be.
    pub fn reaches(&self, timestamp: u32) -> bool {
        self.is_near(self.extended(timestamp))
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
        self.play_next(frame);
        self.noise_on || self.made_up < self.count(MOST_MADE_UP_MS)
    }

    fn is_near(&self, timestamp: i64) -> bool {
        (timestamp - self.playing()).abs() <= self.most
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
