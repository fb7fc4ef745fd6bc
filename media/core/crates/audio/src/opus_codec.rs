//! Opus (RFC 6716) by its own library: mono, at 16 kHz, and encoded from 8 kHz too.

use opus::{Application, Bitrate, Channels};

use crate::codec::Codec;

const RATE_HZ: u32 = Codec::Opus.rate_hz();
const NARROW_HZ: u32 = 8000;
/// Speech at 16 kHz, and at 8 kHz, sounds no better with more (RFC 6716 §2.1.1).
const BITS_PER_S: i32 = 24_000;
const NARROW_BITS_PER_S: i32 = 16_000;
/// Of 10; from 2 on, encoding takes more than twice as long (`codec_cost`), and a call 0.5 % of a core.
const COMPLEXITY: i32 = 1;
/// How much loss the encoder writes in-band redundancy for.
const EXPECTED_LOSS_PERCENT: i32 = 10;
/// The unit of its frames, and so of what it conceals: 2.5 ms.
const STEP: usize = RATE_HZ as usize / 400;

/// Samples at `rate_hz` in a packet, as its first octets tell (RFC 6716 §3.1); 0 for what is none.
pub fn samples_in(payload: &[u8], rate_hz: u32) -> usize {
    opus::packet::get_nb_samples(payload, rate_hz).unwrap_or(0)
}

#[derive(Debug)]
pub struct OpusDecoder(opus::Decoder);

impl OpusDecoder {
    /// None when the library has no memory.
    pub fn new() -> Option<Self> {
        opus::Decoder::new(RATE_HZ, Channels::Mono).ok().map(Self)
    }

    /// Samples decoded; None for a payload that is not Opus or longer than `out`.
    pub fn decode(&mut self, payload: &[u8], out: &mut [i16]) -> Option<usize> {
        // The library takes no octets at all for a loss to conceal.
        if payload.is_empty() { None } else { self.0.decode(payload, out, false).ok() }
    }

    /// The packet lost before `next`, from the redundancy in it (RFC 6716 §2.1.7), else by concealment.
    pub fn recover(&mut self, next: &[u8], out: &mut [i16]) {
        let whole = out.len() - out.len() % STEP;
        let decoded = self.0.decode(next, &mut out[..whole], true).unwrap_or(0);
        out[decoded..].fill(0);
    }

    /// What might have been in a packet that is lost.
    pub fn conceal(&mut self, out: &mut [i16]) {
        self.recover(&[], out);
    }
}

#[derive(Debug)]
pub struct OpusEncoder(opus::Encoder);

impl OpusEncoder {
    /// For samples at 16 or 8 kHz; None for others, and when the library has no memory.
    pub fn new(rate_hz: u32) -> Option<Self> {
        let bits_per_s = match rate_hz {
            RATE_HZ => BITS_PER_S,
            NARROW_HZ => NARROW_BITS_PER_S,
            _ => return None,
        };
        let mut encoder = opus::Encoder::new(rate_hz, Channels::Mono, Application::Voip).ok()?;
        encoder.set_bitrate(Bitrate::Bits(bits_per_s)).ok()?;
        encoder.set_complexity(COMPLEXITY).ok()?;
        encoder.set_inband_fec(true).ok()?;
        encoder.set_packet_loss_perc(EXPECTED_LOSS_PERCENT).ok()?;
        Some(Self(encoder))
    }

    /// Octets written; None for a number of samples that is no Opus frame, or an `out` too short.
    pub fn encode(&mut self, samples: &[i16], out: &mut [u8]) -> Option<usize> {
        self.0.encode(samples, out).ok()
    }
}
