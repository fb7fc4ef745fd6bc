//! From payloads to samples, one instance for each stream heard.

use crate::codec::Codec;
use crate::concealment::Concealment;
use crate::g711::Law;
use crate::g722::G722Decoder;
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
    /// Of codecs that have none of their own.
    concealment: Option<Box<Concealment>>,
}

#[derive(Debug)]
enum Inner {
    G711(Law),
    G722(Box<G722Decoder>),
    Opus(OpusDecoder),
}

impl Decoder {
    /// None when we have no decoder for it.
    pub fn new(codec: Codec) -> Option<Self> {
        let inner = match codec {
            Codec::Pcma => Inner::G711(Law::Pcma),
            Codec::Pcmu => Inner::G711(Law::Pcmu),
            Codec::G722 => Inner::G722(Box::default()),
            Codec::Opus => Inner::Opus(OpusDecoder::new()?),
            Codec::G729 => return None,
        };
        let concealment = (codec != Codec::Opus).then(|| Box::new(Concealment::new(codec.rate_hz())));
        Some(Self { codec, inner, concealment })
    }

    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// The samples of one payload, at the codec's `rate_hz`; says how many were written to `out`.
    ///
    /// `MAX_SAMPLES` of room are enough for what fits the network's packets.
    pub fn decode(&mut self, payload: &[u8], out: &mut [i16]) -> Result<usize, BadPayload> {
        let count = match &mut self.inner {
            Inner::G711(law) => decode_g711(*law, payload, out)?,
            Inner::G722(decoder) => decode_g722(decoder, payload, out)?,
            Inner::Opus(decoder) => decoder.decode(payload, out).ok_or(BadPayload::Malformed)?,
        };
        if let Some(concealment) = &mut self.concealment {
            concealment.heard(&mut out[..count]);
        }
        Ok(count)
    }

    /// Fill `out` with what might have been in a lost packet of that many samples.
    pub fn conceal(&mut self, out: &mut [i16]) {
        match (&mut self.concealment, &mut self.inner) {
            (Some(concealment), _) => concealment.conceal(out),
            (None, Inner::Opus(decoder)) => decoder.conceal(out),
            (None, Inner::G711(_) | Inner::G722(_)) => out.fill(0),
        }
    }

    /// Fill `out` with what was in the lost packet before the one with the payload `next`, as far as that tells.
    ///
    /// To be called before `next` is decoded.
    pub fn recover(&mut self, next: &[u8], out: &mut [i16]) {
        match &mut self.inner {
            Inner::Opus(decoder) => decoder.recover(next, out),
            Inner::G711(_) | Inner::G722(_) => self.conceal(out),
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

fn decode_g722(decoder: &mut G722Decoder, payload: &[u8], out: &mut [i16]) -> Result<usize, BadPayload> {
    let out = out.get_mut(..2 * payload.len()).ok_or(BadPayload::TooLong)?;
    for (pair, &octet) in out.chunks_exact_mut(2).zip(payload) {
        pair.copy_from_slice(&<[i16; 2]>::from(decoder.decode(octet)));
    }
    Ok(out.len())
}
