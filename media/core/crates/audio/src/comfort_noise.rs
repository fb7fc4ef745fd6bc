//! Comfort noise (RFC 3389): what a line sounds like while nobody speaks, told in a few octets.
//!
//! The payload is a level and the reflection coefficients of a filter for white noise:
//!
//! ```text
//!   0           1            2
//!  +-----------+------------+------------+--
//!  | −dBov     | k1         | k2         | ...      k = (octet − 127) · 258 / 32768
//!  +-----------+------------+------------+--
//! ```
//!
//! Their signs are ITU-T's: k1 is negative when neighbouring samples are alike.

use crate::level::level_dbov;

/// How many coefficients are used; more that come are left out (RFC 3389 §3.3).
const ORDER: usize = 10;
/// What a description of ours takes.
pub const SID_LENGTH: usize = 1 + ORDER;
/// The level moves to a new one over about 25 ms.
const SMOOTHING: f32 = 0.005;
const STABLE: f32 = 0.99;
const COEFFICIENT_STEP: f32 = 258.0 / 32_768.0;
const COEFFICIENT_ZERO: f32 = 127.0;

/// The generator of one stream's noise.
#[derive(Debug)]
pub struct ComfortNoise {
    /// Root mean square of the white noise that is filtered, and what it is becoming.
    loudness: f32,
    wanted_loudness: f32,
    reflections: [f32; ORDER],
    backward: [f32; ORDER],
    random: u32,
}

impl ComfortNoise {
    /// Silent until it is told what to sound like; `seed` makes two of them sound different.
    pub fn new(seed: u32) -> Self {
        let random = seed | 1;
        Self {
            loudness: 0.0,
            wanted_loudness: 0.0,
            reflections: [0.0; ORDER],
            backward: [0.0; ORDER],
            random,
        }
    }

    /// Sound like this payload says; one without a level says nothing.
    pub fn describe(&mut self, sid: &[u8]) {
        let Some((&level, coefficients)) = sid.split_first() else { return };
        self.reflections = [0.0; ORDER];
        for (reflection, &octet) in self.reflections.iter_mut().zip(coefficients) {
            *reflection = ((f32::from(octet) - COEFFICIENT_ZERO) * COEFFICIENT_STEP).clamp(-STABLE, STABLE);
        }
        let root_mean_square = 32_768.0 * 10.0_f32.powf(-f32::from(level & 0x7f) / 20.0);
        self.wanted_loudness = root_mean_square / gain_of(&self.reflections);
    }

    pub fn fill(&mut self, out: &mut [i16]) {
        for sample in out {
            self.loudness += (self.wanted_loudness - self.loudness) * SMOOTHING;
            let white = self.white() * self.loudness;
            *sample = self.filtered(white) as i16;
        }
    }

    /// Evenly spread, with a root mean square of 1.
    fn white(&mut self) -> f32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 17;
        self.random ^= self.random << 5;
        (self.random >> 8) as f32 * (2.0 * 1.732_050_8 / 16_777_216.0) - 1.732_050_8
    }

    /// The all-pole lattice of the reflection coefficients.
    fn filtered(&mut self, white: f32) -> f32 {
        let mut forward = white;
        for index in (0..ORDER).rev() {
            forward -= self.reflections[index] * self.backward[index];
            let backward = self.backward[index] + self.reflections[index] * forward;
            if let Some(next) = self.backward.get_mut(index + 1) {
                *next = backward;
            }
        }
        self.backward[0] = forward;
        forward
    }
}

/// How much louder the filter makes white noise.
fn gain_of(reflections: &[f32; ORDER]) -> f32 {
    reflections.iter().map(|reflection| 1.0 - reflection * reflection).product::<f32>().sqrt().recip()
}

/// Describe a line in silence by its last samples, some 20 ms or more of them.
pub fn sid_of(samples: &[i16]) -> [u8; SID_LENGTH] {
    let mut sid = [COEFFICIENT_ZERO as u8; SID_LENGTH];
    sid[0] = -level_dbov(samples).round() as u8;
    for (octet, reflection) in sid[1..].iter_mut().zip(reflections_of(samples)) {
        *octet = (COEFFICIENT_ZERO + reflection / COEFFICIENT_STEP).round() as u8;
    }
    sid
}

/// By Levinson's and Durbin's recursion on the autocorrelation.
fn reflections_of(samples: &[i16]) -> [f32; ORDER] {
    let correlations = autocorrelation(samples);
    let mut reflections = [0.0; ORDER];
    let mut predictor = [0.0_f32; ORDER];
    let mut error = correlations[0];
    for order in 0..ORDER {
        let known: f32 = (0..order).map(|lag| predictor[lag] * correlations[order - lag]).sum();
        let reflection = (-(correlations[order + 1] + known) / error).clamp(-STABLE, STABLE);
        let before = predictor;
        for lag in 0..order {
            predictor[lag] += reflection * before[order - 1 - lag];
        }
        predictor[order] = reflection;
        reflections[order] = reflection;
        error *= 1.0 - reflection * reflection;
    }
    reflections
}

/// A little white noise is added, so that silence has one too.
fn autocorrelation(samples: &[i16]) -> [f32; ORDER + 1] {
    let at_lag = |lag: usize| {
        let pairs = samples.iter().zip(samples.get(lag..).unwrap_or_default());
        pairs.map(|(&now, &then)| f32::from(now) * f32::from(then)).sum::<f32>()
    };
    let mut correlations = std::array::from_fn(at_lag);
    correlations[0] = correlations[0] * 1.0001 + 1.0;
    correlations
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn generated(sid: &[u8], count: usize) -> Vec<i16> {
        let mut noise = ComfortNoise::new(7);
        noise.describe(sid);
        let mut samples = vec![0; 2000 + count];
        noise.fill(&mut samples);
        samples.split_off(2000)
    }

    #[test]
    fn noise_has_the_level_it_is_told() {
        for level in [20, 40, 60] {
            for coefficients in
                [&[][..], &[40, 180], &[20, 200, 90, 140, 127, 127, 120, 130, 127, 127, 250, 3]]
            {
                let sid: Vec<u8> = [level].iter().chain(coefficients).copied().collect();
                let heard = level_dbov(&generated(&sid, 16_000));
                assert!((heard + f32::from(level)).abs() < 1.0, "{sid:?} gave {heard} dBov");
            }
        }
    }

    #[test]
    fn noise_described_and_made_again_is_described_alike() {
        let original = generated(&[40, 30, 190, 100, 140], 16_000);
        let described = sid_of(&original);
        let again = sid_of(&generated(&described, 16_000));
        for (first, second) in described.iter().zip(again) {
            assert!(first.abs_diff(second) <= 6, "{described:?} became {again:?}");
        }
    }

    #[test]
    fn silence_is_described_as_such() {
        assert_eq!(sid_of(&[0; 160])[0], 127);
        assert!(generated(&sid_of(&[0; 160]), 800).iter().all(|sample| sample.abs() <= 1));
    }

    proptest! {
        #[test]
        fn no_description_makes_noise_louder_than_full_scale_for_long(sid in prop::collection::vec(any::<u8>(), 0..30)) {
            let samples = generated(&sid, 4000);
            let level = sid.first().map_or(127, |level| level & 0x7f);
            prop_assert!(level_dbov(&samples) <= 8.0 - f32::from(level).min(126.0));
        }
    }
}
