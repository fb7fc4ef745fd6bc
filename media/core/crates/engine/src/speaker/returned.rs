//! What forks send back, encoded for the leg that hears it.

use audio::codec::Codec;

use super::Speaker;
use crate::settings::MAX_PTIME_MS;

/// Forks send back samples at 8 kHz.
const RETURNED_HZ: u32 = 8000;
const MAX_SAMPLES: usize = (MAX_PTIME_MS * RETURNED_HZ / 1000) as usize;

impl Speaker {
    /// Write the next packet into `payload`. Its length; 0 when nothing is there, or it cannot be encoded.
    pub(super) fn fill_returned(&mut self, codec: Codec, ptime_ms: u32, payload: &mut [u8]) -> usize {
        let Some(returned) = &mut self.returned else { return 0 };
        let mut room = [0; MAX_SAMPLES];
        let samples = &mut room[..(ptime_ms * RETURNED_HZ / 1000) as usize];
        if !returned.fill(samples) {
            return 0;
        }
        if let Some(law) = codec.law() {
            payload.iter_mut().zip(&*samples).for_each(|(octet, sample)| *octet = law.encode(*sample));
            return samples.len();
        }
        let Some(voice) = self.from_mix.voice_for(codec, RETURNED_HZ) else { return 0 };
        voice.say(samples);
        voice.packet(ptime_ms, payload).unwrap_or(0)
    }
}
