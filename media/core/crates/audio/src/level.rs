//! How loud samples are, making them louder or quieter, and whether somebody speaks.

/// What `level_dbov` says of silence: the least that RFC 3389 and RFC 6464 can tell.
pub const SILENCE_DBOV: f32 = -127.0;

/// The level of these samples against the loudest square wave (RFC 3389 §3): 0 down to −127 dBov.
pub fn level_dbov(samples: &[i16]) -> f32 {
    let power = power_of(samples) / 32_768.0_f32.powi(2);
    (10.0 * power.log10()).clamp(SILENCE_DBOV, 0.0)
}

/// The mean square of these samples; 0 of none.
pub fn power_of(samples: &[i16]) -> f32 {
    let sum: i64 = samples.iter().map(|&sample| i64::from(sample) * i64::from(sample)).sum();
    sum as f32 / samples.len().max(1) as f32
}

/// A factor for samples; what would be louder than full scale stays at it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gain {
    factor: f32,
}

impl Gain {
    pub const NONE: Self = Self { factor: 1.0 };

    pub fn of_db(gain_db: f32) -> Self {
        Self { factor: 10.0_f32.powf(gain_db / 20.0) }
    }

    pub fn apply(self, samples: &mut [i16]) {
        if self == Self::NONE {
            return;
        }
        for sample in samples {
            *sample = (f32::from(*sample) * self.factor).round() as i16;
        }
    }
}

/// Voice begins this much above the noise, and is over this much above it again.
const ONSET_DB: f32 = 9.0;
const RELEASE_DB: f32 = 5.0;
/// Below it nothing is voice.
const QUIETEST_VOICE_DBOV: f32 = -55.0;
/// The noise is thought to be no louder than this, whatever is heard.
const LOUDEST_NOISE_DBOV: f32 = -30.0;
/// What is heard falls below the noise: that is the noise. Else it rises by this much a second.
const NOISE_RISE_DB_PER_S: f32 = 3.0;
/// Between words and syllables voice goes on for so long.
const HANGOVER_MS: u32 = 200;

/// Whether somebody speaks: level above the noise, with hysteresis.
#[derive(Debug)]
pub struct VoiceActivity {
    noise_dbov: f32,
    /// How much longer it counts as voice without being one; 0 in silence.
    left_ms: u32,
}

impl Default for VoiceActivity {
    fn default() -> Self {
        Self { noise_dbov: LOUDEST_NOISE_DBOV, left_ms: 0 }
    }
}

impl VoiceActivity {
    /// Judge the next samples, `length_ms` of them; true when there is voice.
    pub fn hear(&mut self, samples: &[i16], length_ms: u32) -> bool {
        let level_dbov = level_dbov(samples);
        let rise_db = NOISE_RISE_DB_PER_S * length_ms as f32 / 1000.0;
        self.noise_dbov = (self.noise_dbov + rise_db).min(level_dbov).min(LOUDEST_NOISE_DBOV);
        let above_db = if self.left_ms > 0 { RELEASE_DB } else { ONSET_DB };
        if level_dbov > QUIETEST_VOICE_DBOV.max(self.noise_dbov + above_db) {
            self.left_ms = HANGOVER_MS;
        } else {
            self.left_ms = self.left_ms.saturating_sub(length_ms);
        }
        self.left_ms > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(amplitude: f32, seed: u32) -> Vec<i16> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 1.0
        };
        (0..160).map(|_| (next() * amplitude) as i16).collect()
    }

    #[test]
    fn a_full_square_wave_is_nought_dbov_and_a_sine_three_less() {
        assert!(level_dbov(&[i16::MIN; 160]).abs() < 0.01);
        let sine = |index: u16| (f32::from(index) * std::f32::consts::TAU / 16.0).sin() * 32_767.0;
        let sine: Vec<i16> = (0..160).map(|index| sine(index) as i16).collect();
        assert!((level_dbov(&sine) + 3.01).abs() < 0.01);
        assert_eq!((level_dbov(&[0; 160]), level_dbov(&[])), (SILENCE_DBOV, SILENCE_DBOV));
    }

    #[test]
    fn gain_is_in_decibels_and_saturates() {
        let mut samples = [1000, -1000, 30_000, -30_000];
        Gain::of_db(6.0206).apply(&mut samples);
        assert_eq!(samples, [2000, -2000, i16::MAX, i16::MIN]);
        Gain::of_db(-6.0206).apply(&mut samples[..2]);
        assert_eq!(samples[..2], [1000, -1000]);
    }

    #[test]
    fn voice_over_noise_is_told_from_the_noise() {
        for (noise_amplitude, voice_amplitude) in [(30.0, 1000.0), (200.0, 4000.0), (800.0, 9000.0)] {
            let mut activity = VoiceActivity::default();
            let mut hear = |amplitude: f32, frames: u32| -> Vec<bool> {
                (1..=frames).map(|frame| activity.hear(&noise(amplitude, frame), 20)).collect()
            };
            hear(noise_amplitude, 50);
            assert!(!hear(noise_amplitude, 100).contains(&true), "{noise_amplitude}");
            assert!(!hear(voice_amplitude, 25).contains(&false), "{noise_amplitude}");
            let after = hear(noise_amplitude, 50);
            assert_eq!(after.iter().filter(|&&voice| voice).count(), 9, "the hangover of {noise_amplitude}");
        }
    }

    #[test]
    fn noise_that_becomes_louder_is_noise_after_a_while() {
        let mut activity = VoiceActivity::default();
        for frame in 0..100 {
            activity.hear(&noise(60.0, frame), 20);
        }
        let voice: Vec<bool> = (0..500).map(|frame| activity.hear(&noise(300.0, frame), 20)).collect();
        assert!(voice[0] && !voice[499]);
    }
}
