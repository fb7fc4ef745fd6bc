//! Tones by cadence: what a caller hears of a network, and the keys of a phone.
//!
//! A cadence is written as exchanges do: frequencies joined by `+`, each with its level in dBm0 behind `@`, and
//! how many milliseconds they last behind `/`; parts follow each other after a comma, and the whole repeats.
//!
//! ```text
//!  450/1000,0/4000           ring-back of China: one second on, four off
//!  450                       dial tone: for ever
//!  697@-9+1209@-7/100,0/60   the key 1, pressed again and again
//! ```

use std::f32::consts::TAU;

/// Tones of China's network by name (GB/T 3380).
pub const CHINA: [(&str, &str); 4] = [
    ("dial", "450"),
    ("ring_back", "450/1000,0/4000"),
    ("busy", "450/350,0/350"),
    ("congestion", "450/700,0/700"),
];

const DEFAULT_DBM0: f32 = -10.0;
/// The level of a sine at full scale (ITU-T G.711 table 5).
#[allow(clippy::approx_constant, reason = "decibels, and not π")]
pub const FULL_SCALE_DBM0: f32 = 3.14;
/// Low and high frequencies of the keys (ITU-T Q.23), and how loud we send them.
pub const LOW_HZ: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
pub const HIGH_HZ: [f32; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
pub const KEYS: [[char; 4]; 4] =
    [['1', '2', '3', 'A'], ['4', '5', '6', 'B'], ['7', '8', '9', 'C'], ['*', '0', '#', 'D']];
const LOW_DBM0: f32 = -9.0;
const HIGH_DBM0: f32 = -7.0;
/// A tone begins and ends over this, so that nothing clicks.
const RAMP_MS: usize = 2;
/// What one part may hold, and a cadence.
const MOST_FREQUENCIES: usize = 4;
const MOST_PARTS: usize = 32;
const LONGEST_MS: u32 = 600_000;

#[derive(Clone, Copy, Debug, PartialEq)]
struct Sine {
    hz: f32,
    level_dbm0: f32,
}

#[derive(Clone, Debug, PartialEq)]
struct Part {
    sines: Vec<Sine>,
    /// None lasts for ever.
    length_ms: Option<u32>,
}

/// A cadence, to be played by any number of `ToneSource`s.
#[derive(Clone, Debug, PartialEq)]
pub struct Tone {
    parts: Vec<Part>,
    repeated: bool,
}

impl Tone {
    /// Read a cadence; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts: Vec<Part> = text.split(',').map(parse_part).collect::<Result<_, _>>()?;
        if parts.len() > MOST_PARTS {
            return Err(format!("a tone has at most {MOST_PARTS} parts"));
        }
        Ok(Self { parts, repeated: true })
    }

    /// A key pressed once, and the pause after it; None for a character that is on no phone.
    pub fn of_key(key: char, length_ms: u32, pause_ms: u32) -> Option<Self> {
        let key = key.to_ascii_uppercase();
        let (row, column) =
            (0..4).find_map(|row| Some((row, KEYS[row].iter().position(|&other| other == key)?)))?;
        let low = Sine { hz: LOW_HZ[row], level_dbm0: LOW_DBM0 };
        let high = Sine { hz: HIGH_HZ[column], level_dbm0: HIGH_DBM0 };
        let press = Part { sines: vec![low, high], length_ms: Some(length_ms) };
        let pause = Part { sines: vec![], length_ms: Some(pause_ms) };
        Some(Self { parts: vec![press, pause], repeated: false })
    }
}

fn parse_part(text: &str) -> Result<Part, String> {
    let (sines, length) = text.split_once('/').map_or((text, None), |(sines, length)| (sines, Some(length)));
    let length_ms = length.map(|length| parse_number(length, 1, LONGEST_MS, "milliseconds")).transpose()?;
    if sines.trim() == "0" {
        return Ok(Part { sines: vec![], length_ms });
    }
    let sines: Vec<Sine> = sines.split('+').map(parse_sine).collect::<Result<_, _>>()?;
    if sines.len() > MOST_FREQUENCIES {
        return Err(format!("{text:?} has more than {MOST_FREQUENCIES} frequencies"));
    }
    Ok(Part { sines, length_ms })
}

fn parse_sine(text: &str) -> Result<Sine, String> {
    let (hz, level) = text.split_once('@').map_or((text, None), |(hz, level)| (hz, Some(level)));
    let hz = parse_number(hz, 20, 3900, "Hz")? as f32;
    let level_dbm0 = match level {
        Some(level) => level.trim().parse().ok().filter(|level| (-60.0..=3.0).contains(level)),
        None => Some(DEFAULT_DBM0),
    };
    let level_dbm0 = level_dbm0.ok_or_else(|| format!("{text:?} needs a level of -60 to 3 dBm0 behind @"))?;
    Ok(Sine { hz, level_dbm0 })
}

fn parse_number(text: &str, least: u32, most: u32, unit: &str) -> Result<u32, String> {
    let number = text.trim().parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| format!("{text:?} is no number of {unit} between {least} and {most}"))
}

/// A tone as one listener hears it.
#[derive(Debug)]
pub struct ToneSource {
    tone: Tone,
    rate_hz: u32,
    part: usize,
    /// Samples of the part that were heard.
    position: usize,
    phases: [f32; MOST_FREQUENCIES],
}

impl ToneSource {
    pub fn new(tone: Tone, rate_hz: u32) -> Self {
        Self { tone, rate_hz, part: 0, position: 0, phases: [0.0; MOST_FREQUENCIES] }
    }

    /// Fill with what comes next, silence after the end. False when nothing was left.
    pub fn fill(&mut self, out: &mut [i16]) -> bool {
        let mut filled = 0;
        while filled < out.len() && self.part < self.tone.parts.len() {
            filled += self.fill_part(&mut out[filled..]);
        }
        out[filled..].fill(0);
        filled > 0
    }

    fn fill_part(&mut self, out: &mut [i16]) -> usize {
        let part = &self.tone.parts[self.part];
        let length = part.length_ms.map(|ms| ms as usize * self.rate_hz as usize / 1000);
        let left = length.map_or(usize::MAX, |length| length - self.position);
        let count = left.min(out.len());
        let ramp = RAMP_MS * self.rate_hz as usize / 1000;
        for (index, sample) in out[..count].iter_mut().enumerate() {
            let from_edge = (self.position + index).min(left - index);
            let sum: f32 = part
                .sines
                .iter()
                .zip(&mut self.phases)
                .map(|(sine, phase)| sine.next(phase, self.rate_hz))
                .sum();
            *sample = (sum * (from_edge as f32 / ramp as f32).min(1.0)) as i16;
        }
        self.position = self.position.saturating_add(count);
        if count == left {
            self.next_part();
        }
        count
    }

    fn next_part(&mut self) {
        (self.position, self.phases) = (0, [0.0; MOST_FREQUENCIES]);
        self.part += 1;
        if self.tone.repeated {
            self.part %= self.tone.parts.len();
        }
    }
}

impl Sine {
    fn next(self, phase: &mut f32, rate_hz: u32) -> f32 {
        *phase = (*phase + self.hz / rate_hz as f32).fract();
        32_767.0 * 10.0_f32.powf((self.level_dbm0 - FULL_SCALE_DBM0) / 20.0) * (*phase * TAU).sin()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::level_dbov;

    fn heard(text: &str, rate_hz: u32, ms: u32) -> Vec<i16> {
        let mut source = ToneSource::new(Tone::parse(text).unwrap(), rate_hz);
        let mut samples = vec![0; (rate_hz / 1000 * ms) as usize];
        for frame in samples.chunks_mut(rate_hz as usize / 50) {
            assert!(source.fill(frame));
        }
        samples
    }

    #[test]
    fn the_tones_of_china_sound_and_pause_as_long_as_they_should() {
        for (name, on_ms, off_ms) in [("ring_back", 1000, 4000), ("busy", 350, 350), ("congestion", 700, 700)]
        {
            let text = CHINA.iter().find(|tone| tone.0 == name).unwrap().1;
            for rate_hz in [8000, 16_000] {
                let samples = heard(text, rate_hz, 2 * (on_ms + off_ms));
                let count = |ms: u32| (rate_hz / 1000 * ms) as usize;
                for period in samples.chunks(count(on_ms + off_ms)) {
                    let (on, off) = period.split_at(count(on_ms));
                    // A sine of 0 dBm0 is at -6.15 dBov.
                    assert!((level_dbov(on) + 16.2).abs() < 0.3, "{name}: {}", level_dbov(on));
                    assert!(off.iter().all(|&sample| sample == 0), "{name}");
                }
            }
        }
    }

    #[test]
    fn a_tone_has_its_frequency() {
        let samples = heard("450", 8000, 1000);
        let rising = samples.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count();
        assert!((449..=450).contains(&rising), "{rising}");
    }

    #[test]
    fn a_key_is_two_frequencies_once() {
        let mut source = ToneSource::new(Tone::of_key('5', 100, 50).unwrap(), 8000);
        let mut samples = [0; 1200];
        assert!(source.fill(&mut samples));
        assert!(level_dbov(&samples[..800]) > -12.0 && samples[800..].iter().all(|&sample| sample == 0));
        assert!(!source.fill(&mut samples));
        assert!(Tone::of_key('x', 100, 50).is_none());
    }

    #[test]
    fn a_cadence_that_makes_no_sense_is_refused_with_its_reason() {
        for (text, reason) in [
            ("", "no number of Hz"),
            ("450/0", "no number of milliseconds"),
            ("450@9", "level"),
            ("5000", "between 20 and 3900"),
            ("1+2+3", "no number of Hz"),
            ("400+400+400+400+400", "more than 4"),
        ] {
            let error = Tone::parse(text).unwrap_err();
            assert!(error.contains(reason), "{text:?}: {error}");
        }
        assert!(Tone::parse("450/10,".repeat(40).trim_end_matches(',')).is_err());
    }
}
