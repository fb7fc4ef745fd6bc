//! Keys heard as tones (ITU-T Q.23, Q.24).
//!
//! Every 5 ms the last 16 ms are held against the eight frequencies. A *hit* is two of them, one of each group,
//! that hold most of the power at levels that fit each other. Hits in a row make a press when they last, and
//! when the phases from one to the next turn as these frequencies do: that tells 1.5 % beside a frequency from 3.5 %,
//! which a look at 16 ms cannot, and speech from keys.
//!
//! ```text
//!  sound   ──╱████████ 1 ████████╲──────
//!  looks      miss hit hit hit hit hit … hit miss miss miss miss miss
//!                      │         └ pressed                         └ released
//!                      └ suspected
//! ```

use std::f32::consts::TAU;

use crate::tone::{HIGH_HZ, KEYS, LOW_HZ};

const WINDOW_MS: usize = 16;
const HOP_MS: usize = 5;
const LONGEST_WINDOW: usize = WINDOW_MS * 16;
/// Hits of a press: 40 ms give seven or so, 23 ms no more than four.
const LEAST_HITS: u32 = 5;
/// Hits that make a press likely: less than 20 ms of a key, and of speech something once a minute or so.
const SUSPICIOUS_HITS: u32 = 2;
/// Misses in a row that end it: an interruption of 10 ms gives four at most, a pause of 40 ms six.
const MOST_MISSES: u32 = 5;
/// A tone weaker than −38 dBm0 is none: between −25, which is one, and −55.
const LEAST_POWER: f32 = 83_000.0;
/// The two tones' part of all power: 15 dB of noise leave 97 %, and 1.5 % beside the frequency 82 %.
const LEAST_PURITY: f32 = 0.65;
/// High over low, as a ratio of powers: +4 to −8 dB are allowed, and something for what we measure with.
const MOST_TWIST: f32 = 4.5;
const LEAST_TWIST: f32 = 0.09;
/// Halfway between what must be accepted and what must not.
const MOST_DEVIATION: f32 = 0.025;
/// How steadily phases have to turn, of 1.
const LEAST_STEADINESS: f32 = 0.9;

/// What was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyTone {
    /// What sounds is likely to become a key; if it does not, nothing more is told of it.
    Suspected,
    Pressed {
        key: char,
    },
    Released {
        key: char,
        duration_ms: u32,
    },
}

/// A number with a phase.
#[derive(Clone, Copy, Debug, Default)]
struct Phasor {
    re: f32,
    im: f32,
}

/// One of the last 16 ms with a key's tones in them.
#[derive(Clone, Copy, Debug)]
struct Hit {
    low: usize,
    high: usize,
    phasors: [Phasor; 2],
}

/// Hits of one key in a row.
#[derive(Clone, Copy, Debug)]
struct Press {
    last: Hit,
    hits: u32,
    misses: u32,
    /// Looks since the first hit, it included.
    looks: u32,
    /// How phases turned beyond what the frequencies say, summed, and how much of it there was.
    turns: [Phasor; 2],
    weights: [f32; 2],
    told: bool,
}

/// Listens to one stream.
#[derive(Debug)]
pub struct InBandDigits {
    rate_hz: f32,
    window: Vec<f32>,
    /// The last `window.len()` samples.
    recent: [f32; LONGEST_WINDOW],
    /// Samples since the last look.
    fresh: usize,
    press: Option<Press>,
}

impl InBandDigits {
    /// For samples at `rate_hz`, 8 or 16 kHz.
    pub fn new(rate_hz: u32) -> Self {
        let length = (WINDOW_MS * rate_hz as usize / 1000).min(LONGEST_WINDOW);
        let hann = |index: usize| 0.5 - 0.5 * (TAU * (index as f32 + 0.5) / length as f32).cos();
        let window = (0..length).map(hann).collect();
        Self { rate_hz: rate_hz as f32, window, recent: [0.0; LONGEST_WINDOW], fresh: 0, press: None }
    }

    /// Hear the next samples; tells what they begin and end.
    pub fn hear(&mut self, samples: &[i16], mut tell: impl FnMut(KeyTone)) {
        let hop = HOP_MS * self.rate_hz as usize / 1000;
        let mut rest = samples;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(hop - self.fresh));
            rest = later;
            self.remember(now);
            if self.fresh == hop {
                self.fresh = 0;
                self.look(&mut tell);
            }
        }
    }

    fn remember(&mut self, samples: &[i16]) {
        let length = self.window.len();
        self.recent.copy_within(samples.len()..length, 0);
        for (kept, &sample) in self.recent[length - samples.len()..length].iter_mut().zip(samples) {
            *kept = f32::from(sample);
        }
        self.fresh += samples.len();
    }

    fn look(&mut self, tell: &mut impl FnMut(KeyTone)) {
        let hit = self.find_hit();
        let other_key = |press: &mut Press| hit.is_some_and(|hit| hit.key() != press.last.key());
        if let Some(press) = self.press.take_if(other_key) {
            press.end(tell);
        }
        match (hit, &mut self.press) {
            (Some(hit), Some(press)) => press.hear(hit, tell),
            (Some(hit), none) => *none = Some(Press::beginning(hit)),
            (None, Some(press)) => press.miss(),
            (None, None) => {}
        }
        if let Some(press) = self.press.take_if(|press| press.misses == MOST_MISSES) {
            press.end(tell);
        }
    }

    fn find_hit(&self) -> Option<Hit> {
        let power = self.power();
        if power < LEAST_POWER {
            return None;
        }
        let phasors = self.phasors();
        let strongest = |group: &[Phasor]| {
            let stronger = |&one: &usize, &other: &usize| group[one].power().total_cmp(&group[other].power());
            (0..group.len()).max_by(stronger)
        };
        let (low, high) = (strongest(&phasors[..4])?, strongest(&phasors[4..])?);
        let hit = Hit { low, high, phasors: [phasors[low], phasors[4 + high]] };
        hit.fits(power).then_some(hit)
    }

    /// The mean square under the window.
    fn power(&self) -> f32 {
        let weighted = self.window.iter().zip(&self.recent).map(|(weight, sample)| (weight * sample).powi(2));
        // A Hann window's mean square is 3/8.
        weighted.sum::<f32>() / (0.375 * self.window.len() as f32)
    }

    /// Each frequency's part, with the power of a sine of it (Goertzel).
    fn phasors(&self) -> [Phasor; 8] {
        let angles: [f32; 8] = std::array::from_fn(|index| TAU * frequency(index) / self.rate_hz);
        let twice_cosines = angles.map(|angle| 2.0 * angle.cos());
        let (mut last, mut before) = ([0.0_f32; 8], [0.0_f32; 8]);
        for (weight, sample) in self.window.iter().zip(&self.recent) {
            let input = weight * sample;
            for index in 0..8 {
                let next = input + twice_cosines[index] * last[index] - before[index];
                before[index] = last[index];
                last[index] = next;
            }
        }
        // A Hann window's mean is 1/2, so a sine of amplitude a gives a/4 of the length; its power is a²/2.
        let scale = 8.0_f32.sqrt() / self.window.len() as f32;
        std::array::from_fn(|index| Phasor {
            re: (last[index] - before[index] * angles[index].cos()) * scale,
            im: before[index] * angles[index].sin() * scale,
        })
    }
}

fn frequency(index: usize) -> f32 {
    if index < 4 { LOW_HZ[index] } else { HIGH_HZ[index - 4] }
}

impl Hit {
    fn key(&self) -> char {
        KEYS[self.low][self.high]
    }

    fn frequencies(&self) -> [f32; 2] {
        [LOW_HZ[self.low], HIGH_HZ[self.high]]
    }

    /// Whether the two tones are loud enough, fit each other, and are nearly all there is.
    fn fits(&self, power: f32) -> bool {
        let [low, high] = self.phasors.map(Phasor::power);
        low.min(high) >= LEAST_POWER
            && (LEAST_TWIST..=MOST_TWIST).contains(&(high / low))
            && low + high >= LEAST_PURITY * power
    }
}

impl Press {
    fn beginning(hit: Hit) -> Self {
        let turns = [Phasor::default(); 2];
        Self { last: hit, hits: 1, misses: 0, looks: 1, turns, weights: [0.0; 2], told: false }
    }

    fn hear(&mut self, hit: Hit, tell: &mut impl FnMut(KeyTone)) {
        if self.misses == 0 {
            self.note_turns(&hit);
        }
        (self.last, self.misses) = (hit, 0);
        self.hits += 1;
        self.looks += 1;
        if self.hits == SUSPICIOUS_HITS && self.is_on_frequency() {
            tell(KeyTone::Suspected);
        }
        if !self.told && self.hits >= LEAST_HITS && self.is_on_frequency() {
            self.told = true;
            tell(KeyTone::Pressed { key: hit.key() });
        }
    }

    fn miss(&mut self) {
        self.misses += 1;
        self.looks += 1;
    }

    fn end(self, tell: &mut impl FnMut(KeyTone)) {
        if self.told {
            let duration_ms = (self.looks - self.misses + 1) * HOP_MS as u32;
            tell(KeyTone::Released { key: self.last.key(), duration_ms });
        }
    }

    fn note_turns(&mut self, hit: &Hit) {
        for (index, frequency) in hit.frequencies().into_iter().enumerate() {
            let turn = hit.phasors[index].turn_since(self.last.phasors[index]);
            let deviation = turn.turned_back(TAU * frequency * HOP_MS as f32 / 1000.0);
            self.turns[index] = self.turns[index].plus(deviation);
            self.weights[index] += deviation.power().sqrt();
        }
    }

    fn is_on_frequency(&self) -> bool {
        let on_frequency = |index: usize| {
            let turns = self.turns[index];
            let deviation_hz = turns.im.atan2(turns.re) / TAU * 1000.0 / HOP_MS as f32;
            deviation_hz.abs() <= MOST_DEVIATION * self.last.frequencies()[index]
                && turns.power().sqrt() >= LEAST_STEADINESS * self.weights[index]
        };
        on_frequency(0) && on_frequency(1)
    }
}

impl Phasor {
    fn power(self) -> f32 {
        self.re * self.re + self.im * self.im
    }

    fn plus(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }

    /// How it turned since it was `before`, by the product with its conjugate.
    fn turn_since(self, before: Self) -> Self {
        Self { re: self.re * before.re + self.im * before.im, im: self.im * before.re - self.re * before.im }
    }

    fn turned_back(self, angle: f32) -> Self {
        let (sin, cos) = (angle % TAU).sin_cos();
        Self { re: self.re * cos + self.im * sin, im: self.im * cos - self.re * sin }
    }
}
