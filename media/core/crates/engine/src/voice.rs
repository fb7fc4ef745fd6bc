//! What a leg is to hear, on its way from samples to packets of its codec.

use audio::codec::Codec;
use audio::encoder::Encoder;
use audio::resampler::Resampler;

/// Of 60 ms at 16 kHz, and a beat that is not sent yet.
const MAX_PENDING: usize = 960 + 320;

/// Encodes for one leg. Frames of 20 ms go in, packets of the peer's length come out.
pub struct Voice {
    encoder: Encoder,
    resampler: Option<Resampler>,
    rate_hz: u32,
    pending: Box<[i16; MAX_PENDING]>,
    filled: usize,
}

impl std::fmt::Debug for Voice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Voice").field("codec", &self.codec()).finish_non_exhaustive()
    }
}

impl Voice {
    /// For samples of this rate; None when nothing can be encoded so.
    pub fn new(codec: Codec, rate_hz: u32) -> Option<Self> {
        let encoder = Encoder::for_rate(codec, rate_hz)?;
        let resampler = match encoder.rate_hz() {
            same if same == rate_hz => None,
            other => Some(Resampler::new(rate_hz, other)?),
        };
        Some(Self { encoder, resampler, rate_hz, pending: Box::new([0; MAX_PENDING]), filled: 0 })
    }

    pub fn codec(&self) -> Codec {
        self.encoder.codec()
    }

    pub fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// Take a frame. One there is no room for is left out; whoever takes packets after each leaves room.
    pub fn say(&mut self, frame: &[i16]) {
        let room = &mut self.pending[self.filled..];
        self.filled += match &mut self.resampler {
            Some(resampler) => resampler.resample(frame, room),
            None => copy(frame, room),
        };
    }

    /// Let go of what is not enough for a packet yet.
    pub fn forget(&mut self) {
        self.filled = 0;
    }

    /// The payload of the next packet of that length; None until there is enough for one.
    pub fn packet(&mut self, ptime_ms: u32, payload: &mut [u8]) -> Option<usize> {
        let samples = (self.encoder.rate_hz() / 1000 * ptime_ms) as usize;
        if self.filled < samples {
            return None;
        }
        let encoded = self.encoder.encode(&self.pending[..samples], payload);
        self.pending.copy_within(samples..self.filled, 0);
        self.filled -= samples;
        encoded.ok()
    }
}

fn copy(frame: &[i16], room: &mut [i16]) -> usize {
    let count = frame.len().min(room.len());
    room[..count].copy_from_slice(&frame[..count]);
    count
}
