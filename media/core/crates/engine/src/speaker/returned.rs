//! What forks send back, encoded for the leg that hears it.

use audio::codec::Codec;

use super::Speaker;
use crate::settings::MAX_PTIME_MS;

/// Forks send back samples at 16 kHz at most.
const MAX_SAMPLES: usize = (MAX_PTIME_MS * 16) as usize;

impl Speaker {
    /// Write the next packet into `payload`. Its length; 0 when nothing is there, or it cannot be encoded.
    pub(super) fn fill_returned(&mut self, codec: Codec, ptime_ms: u32, payload: &mut [u8]) -> usize {
        let Some(returned) = &mut self.returned else { return 0 };
        let mut room = [0; MAX_SAMPLES];
        let rate_hz = returned.rate_hz();
        let samples = &mut room[..(ptime_ms * rate_hz / 1000) as usize];
        if !returned.fill(samples) {
            return 0;
        }
        if let Some(law) = codec.law().filter(|_| rate_hz == codec.rate_hz()) {
            payload.iter_mut().zip(&*samples).for_each(|(octet, sample)| *octet = law.encode(*sample));
            return samples.len();
        }
        let Some(voice) = self.from_mix.voice_for(codec, rate_hz) else { return 0 };
        voice.say(samples);
        voice.packet(ptime_ms, payload).unwrap_or(0)
    }
}
