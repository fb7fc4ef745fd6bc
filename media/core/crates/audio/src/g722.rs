//! G.722 at 64 kbit/s (ITU-T G.722): two bands of 8 kHz, each ADPCM, in one octet for two samples of 16 kHz.
//!
//! ```text
//!  16 kHz ─ QMF ─┬─ low band  ─ 6 bits ─┐             ┌─ low  ─┐
//!                └─ high band ─ 2 bits ─┴── octet ────┴─ high ─┴─ QMF ─ 16 kHz
//! ```
//!
//! The arithmetic is the recommendation's, 16 bits with saturation, so the octets are the same everywhere.

mod band;
mod filter_bank;
mod quantiser;

use band::Band;
use filter_bank::{Analysis, Synthesis};
use quantiser::{HIGH, LOW};

#[derive(Debug)]
pub struct G722Encoder {
    bank: Analysis,
    low: Band,
    high: Band,
}

impl Default for G722Encoder {
    fn default() -> Self {
        Self { bank: Analysis::default(), low: Band::new(&LOW), high: Band::new(&HIGH) }
    }
}

impl G722Encoder {
    /// The octet for two samples.
    pub fn encode(&mut self, first: i16, second: i16) -> u8 {
        let (low, high) = self.bank.split(first, second);
        self.encode_bands(low, high)
    }

    fn encode_bands(&mut self, low: i16, high: i16) -> u8 {
        let low_code = LOW.quantise(self.low.error(low), self.low.step());
        self.low.adapt(low_code >> 2);
        let high_code = HIGH.quantise(self.high.error(high), self.high.step());
        self.high.adapt(high_code);
        high_code << 6 | low_code
    }
}

#[derive(Debug)]
pub struct G722Decoder {
    bank: Synthesis,
    low: Band,
    high: Band,
}

impl Default for G722Decoder {
    fn default() -> Self {
        Self { bank: Synthesis::default(), low: Band::new(&LOW), high: Band::new(&HIGH) }
    }
}

impl G722Decoder {
    /// The two samples of an octet.
    pub fn decode(&mut self, octet: u8) -> (i16, i16) {
        let (low, high) = self.decode_bands(octet);
        self.bank.join(low, high)
    }

    fn decode_bands(&mut self, octet: u8) -> (i16, i16) {
        let (low_code, high_code) = (octet & 0x3f, octet >> 6);
        // All six bits make the sound; only the upper four adapt, so that the lower two may be robbed.
        let low = self.low.reconstruct(LOW.dequantise(low_code, self.low.step()));
        self.low.adapt(low_code >> 2);
        let high = self.high.reconstruct(HIGH.dequantise(high_code, self.high.step()));
        self.high.adapt(high_code);
        (low, high)
    }
}
