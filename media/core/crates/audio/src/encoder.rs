//! From samples to payloads, one instance for each stream sent.

use crate::codec::Codec;
use crate::g711::Law;
use crate::g722::G722Encoder;
use crate::opus_codec::OpusEncoder;

/// The most octets one payload takes: 60 ms of G.711 or G.722; Opus stays far below.
pub const MAX_PAYLOAD: usize = 480;

/// Our caller gave what the codec cannot encode: a wrong number of samples, or too little room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CannotEncode;

/// The encoder of one stream, with what it remembers of it.
#[derive(Debug)]
pub struct Encoder {
    codec: Codec,
    inner: Inner,
}

#[derive(Debug)]
enum Inner {
    G711(Law),
    G722(Box<G722Encoder>),
    Opus(OpusEncoder),
}

impl Encoder {
    /// None when we have no encoder for it.
    pub fn new(codec: Codec) -> Option<Self> {
        let inner = match codec {
            Codec::Pcma => Inner::G711(Law::Pcma),
            Codec::Pcmu => Inner::G711(Law::Pcmu),
            Codec::G722 => Inner::G722(Box::default()),
            Codec::Opus => Inner::Opus(OpusEncoder::new()?),
            Codec::G729 => return None,
        };
        Some(Self { codec, inner })
    }

    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// One packet of samples at the codec's `rate_hz`; says how many octets were written to `out`.
    ///
    /// `Codec::fits_packet` tells which lengths every codec takes; `MAX_PAYLOAD` of room are enough.
    pub fn encode(&mut self, samples: &[i16], out: &mut [u8]) -> Result<usize, CannotEncode> {
        match &mut self.inner {
            Inner::G711(law) => encode_g711(*law, samples, out),
            Inner::G722(encoder) => encode_g722(encoder, samples, out),
            Inner::Opus(encoder) => encoder.encode(samples, out).ok_or(CannotEncode),
        }
    }
}

fn encode_g711(law: Law, samples: &[i16], out: &mut [u8]) -> Result<usize, CannotEncode> {
    let out = out.get_mut(..samples.len()).ok_or(CannotEncode)?;
    for (octet, &sample) in out.iter_mut().zip(samples) {
        *octet = law.encode(sample);
    }
    Ok(samples.len())
}

fn encode_g722(encoder: &mut G722Encoder, samples: &[i16], out: &mut [u8]) -> Result<usize, CannotEncode> {
    let (pairs, rest) = samples.as_chunks::<2>();
    let out = out.get_mut(..pairs.len()).filter(|_| rest.is_empty()).ok_or(CannotEncode)?;
    for (octet, &[first, second]) in out.iter_mut().zip(pairs) {
        *octet = encoder.encode(first, second);
    }
    Ok(out.len())
}
