//! From payloads to samples, one instance for each stream heard.

use crate::codec::Codec;
use crate::concealment::Concealment;
use crate::g711::Law;
use crate::opus_codec::OpusDecoder;

/// The most one payload can hold: 120 ms at 16 kHz (RFC 6716 §2.1.4).
pub const MAX_SAMPLES: usize = 1920;

/// Why a payload gave no samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadPayload {
    /// Not of this codec.
    Malformed,
    /// More samples than there is room for.
    TooLong,
}

/// The decoder of one stream, with what it remembers of it.
#[derive(Debug)]
pub struct Decoder {
    codec: Codec,
    inner: Inner,
}

#[derive(Debug)]
enum Inner {
    G711(Law, Box<Concealment>),
    Opus(OpusDecoder),
}

impl Decoder {
    /// None when we have no decoder for it.
    pub fn new(codec: Codec) -> Option<Self> {
        let g711 = |law| Inner::G711(law, Box::new(Concealment::new(codec.rate_hz())));
        let inner = match codec {
            Codec::Pcma => g711(Law::Pcma),
            Codec::Pcmu => g711(Law::Pcmu),
            Codec::Opus => Inner::Opus(OpusDecoder::new()?),
            Codec::G722 | Codec::G729 => return None,
        };
        Some(Self { codec, inner })
    }

    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// The samples of one payload, at the codec's `rate_hz`; says how many were written to `out`.
    ///
    /// `MAX_SAMPLES` of room are enough for what fits the network's packets.
    pub fn decode(&mut self, payload: &[u8], out: &mut [i16]) -> Result<usize, BadPayload> {
        match &mut self.inner {
            Inner::G711(law, concealment) => {
                let count = decode_g711(*law, payload, out)?;
                concealment.heard(&mut out[..count]);
                Ok(count)
            }
            Inner::Opus(decoder) => decoder.decode(payload, out).ok_or(BadPayload::Malformed),
        }
    }

    /// Fill `out` with what might have been in a lost packet of that many samples.
    pub fn conceal(&mut self, out: &mut [i16]) {
        match &mut self.inner {
            Inner::G711(_, concealment) => concealment.conceal(out),
            Inner::Opus(decoder) => decoder.conceal(out),
        }
    }

    /// Fill `out` with what was in the lost packet before the one with the payload `next`, as far as that tells.
    ///
    /// To be called before `next` is decoded.
    pub fn recover(&mut self, next: &[u8], out: &mut [i16]) {
        match &mut self.inner {
            Inner::G711(..) => self.conceal(out),
            Inner::Opus(decoder) => decoder.recover(next, out),
        }
    }
}

fn decode_g711(law: Law, payload: &[u8], out: &mut [i16]) -> Result<usize, BadPayload> {
    let out = out.get_mut(..payload.len()).ok_or(BadPayload::TooLong)?;
    let table = law.decode_table();
    for (sample, &octet) in out.iter_mut().zip(payload) {
        *sample = table[usize::from(octet)];
    }
    Ok(payload.len())
}
