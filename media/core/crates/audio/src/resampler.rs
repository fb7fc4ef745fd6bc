//! From one sample rate to another: a stream of samples, frame by frame.

use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _, WindowFunction};

/// Frames are multiples of this.
pub const UNIT_MS: u32 = 10;

/// One stream on its way from one rate to another; it comes out half a unit later.
pub struct Resampler {
    fft: Fft<f32>,
    input: Vec<f32>,
    output: Vec<f32>,
}

impl Resampler {
    /// Between any two rates that are whole multiples of 100 Hz; None for others.
    pub fn new(from_hz: u32, to_hz: u32) -> Option<Self> {
        let unit = |rate_hz: u32| rate_hz.is_multiple_of(100).then_some((rate_hz * UNIT_MS / 1000) as usize);
        let (input, output) = (vec![0.0; unit(from_hz)?], vec![0.0; unit(to_hz)?]);
        let (from_hz, to_hz, window) = (from_hz as usize, to_hz as usize, WindowFunction::Hann2);
        let fft = Fft::new_custom(from_hz, to_hz, input.len(), 1, 1, window, FixedSync::Both).ok()?;
        Some(Self { fft, input, output })
    }

    /// Resample whole units into `out`; says how many samples were written. What is no whole unit is left out.
    pub fn resample(&mut self, samples: &[i16], out: &mut [i16]) -> usize {
        let units = samples.chunks_exact(self.input.len());
        let mut written = 0;
        for (unit, out) in units.zip(out.chunks_exact_mut(self.output.len())) {
            self.resample_unit(unit, out);
            written += out.len();
        }
        written
    }

    fn resample_unit(&mut self, unit: &[i16], out: &mut [i16]) {
        for (input, &sample) in self.input.iter_mut().zip(unit) {
            *input = f32::from(sample);
        }
        if self.process().is_none() {
            self.output.fill(0.0);
        }
        for (out, &output) in out.iter_mut().zip(&self.output) {
            *out = output.round() as i16;
        }
    }

    /// None when the buffers do not fit, which those of `new` do.
    fn process(&mut self) -> Option<()> {
        let (frames_in, frames_out) = (self.input.len(), self.output.len());
        let input = InterleavedSlice::new(&self.input, 1, frames_in).ok()?;
        let mut output = InterleavedSlice::new_mut(&mut self.output, 1, frames_out).ok()?;
        self.fft.process_into_buffer(&input, &mut output, None).ok().map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(hz: f64, rate_hz: u32, ms: u32) -> Vec<i16> {
        let step = hz / f64::from(rate_hz) * std::f64::consts::TAU;
        (0..rate_hz / 1000 * ms).map(|index| ((f64::from(index) * step).sin() * 10_000.0) as i16).collect()
    }

    /// Level in dB of what a sine of `hz` becomes, against what went in.
    fn gain_db(hz: f64, from_hz: u32, to_hz: u32) -> f64 {
        let samples = sine(hz, from_hz, 400);
        let mut out = vec![0; to_hz as usize * 400 / 1000];
        let mut resampler = Resampler::new(from_hz, to_hz).unwrap();
        let frames = samples.chunks(from_hz as usize / 50).zip(out.chunks_mut(to_hz as usize / 50));
        for (samples, out) in frames {
            assert_eq!(resampler.resample(samples, out), out.len());
        }
        let heard = &out[out.len() / 4..];
        let power = heard.iter().map(|&sample| f64::from(sample).powi(2)).sum::<f64>() / heard.len() as f64;
        10.0 * (power.max(1e-3) / (10_000.0_f64.powi(2) / 2.0)).log10()
    }

    #[test]
    fn what_a_telephone_carries_passes_between_all_rates_unchanged() {
        for (from_hz, to_hz) in
            [(8000, 16_000), (16_000, 8000), (8000, 48_000), (48_000, 8000), (48_000, 16_000)]
        {
            for hz in [60.0, 300.0, 1000.0, 2500.0, 3400.0] {
                let gain_db = gain_db(hz, from_hz, to_hz);
                assert!(gain_db.abs() < 0.1, "{hz} Hz from {from_hz} to {to_hz}: {gain_db} dB");
            }
        }
    }

    #[test]
    fn what_the_lower_rate_cannot_hold_does_not_fold_into_it() {
        for (from_hz, to_hz) in [(16_000, 8000), (48_000, 8000)] {
            for hz in [4200.0, 5000.0, 6000.0, 7500.0] {
                let gain_db = gain_db(hz, from_hz, to_hz);
                assert!(gain_db < -60.0, "{hz} Hz from {from_hz} to {to_hz}: {gain_db} dB");
            }
        }
    }

    #[test]
    fn what_goes_in_comes_out_half_a_unit_later() {
        let mut samples = [0; 320];
        samples[0] = 10_000;
        let mut out = [0; 160];
        Resampler::new(16_000, 8000).unwrap().resample(&samples, &mut out);
        let loudest = (0..out.len()).max_by_key(|&index| out[index].unsigned_abs());
        assert_eq!(loudest, Some(40));
    }

    #[test]
    fn full_scale_saturates_and_odd_rates_are_refused() {
        let loud: Vec<i16> =
            (0..160).map(|index| if index / 4 % 2 == 0 { i16::MAX } else { i16::MIN }).collect();
        let mut out = [0; 320];
        Resampler::new(8000, 16_000).unwrap().resample(&loud, &mut out);
        assert!(out.contains(&i16::MAX) && out.contains(&i16::MIN));
        assert!(Resampler::new(8000, 44_101).is_none() && Resampler::new(0, 8000).is_none());
    }
}
