//! A stream of samples on its way to one rate or another, of which there are few.

use audio::resampler::Resampler;

/// What resamples is made when it is needed first.
#[derive(Default)]
pub struct Converter {
    resampler: Option<(u32, Resampler)>,
}

impl std::fmt::Debug for Converter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Converter")
    }
}

impl Converter {
    /// Convert whole units of 10 ms; `out` has room for as much at its rate.
    pub fn convert(&mut self, frame: &[i16], from_hz: u32, to_hz: u32, out: &mut [i16]) {
        if from_hz == to_hz {
            let count = frame.len().min(out.len());
            out[..count].copy_from_slice(&frame[..count]);
            return;
        }
        if self.resampler.as_ref().is_none_or(|&(rate_hz, _)| rate_hz != to_hz) {
            self.resampler = Resampler::new(from_hz, to_hz).map(|resampler| (to_hz, resampler));
        }
        if let Some((_, resampler)) = &mut self.resampler {
            resampler.resample(frame, out);
        }
    }
}
