//! Something to say, and how well it was heard.

/// Something like speech: a gliding pitch with harmonics, in syllables of 200 ms.
pub fn speech(rate_hz: u32, seconds: usize) -> Vec<i16> {
    let mut phase = 0.0_f64;
    let at = |index: usize| {
        let time_s = index as f64 / f64::from(rate_hz);
        phase += (240.0 + 40.0 * (time_s * 5.0).sin()) / f64::from(rate_hz) * std::f64::consts::TAU;
        let syllable = (time_s * std::f64::consts::PI / 0.2).sin().abs();
        let voiced: f64 =
            (1..12).map(|harmonic| (phase * f64::from(harmonic)).sin() / f64::from(harmonic)).sum();
        (voiced * syllable * 5000.0) as i16
    };
    (0..rate_hz as usize * seconds).map(at).collect()
}

/// How alike both are at the best delay up to 20 ms: 1 when they are the same.
#[allow(dead_code, reason = "not every test asks")]
pub fn likeness(said: &[i16], heard: &[i16], rate_hz: u32) -> f64 {
    let correlation = |delay: usize| {
        let (mut product, mut said_energy, mut heard_energy) = (0.0, 1.0, 1.0);
        for (&said, &heard) in said.iter().zip(&heard[delay..]) {
            let (said, heard) = (f64::from(said), f64::from(heard));
            product += said * heard;
            said_energy += said * said;
            heard_energy += heard * heard;
        }
        product / (said_energy * heard_energy).sqrt()
    };
    (0..rate_hz as usize / 50).map(correlation).fold(0.0, f64::max)
}
