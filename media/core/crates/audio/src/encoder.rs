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
    rate_hz: u32,
    inner: Inner,
}

#[derive(Debug)]
enum Inner {
    G711(Law),
    G722(Box<G722Encoder>),
    Opus(OpusEncoder),
}

impl Encoder {
    /// For samples at the codec's `rate_hz`; None when we have no encoder for it.
    pub fn new(codec: Codec) -> Option<Self> {
        Self::for_rate(codec, codec.rate_hz())
    }

    /// For samples at this rate, if the codec takes them so, else at the codec's own: `rate_hz` tells.
    ///
    /// Opus takes 8 kHz, which costs half of what 16 kHz do and no resampling.
    pub fn for_rate(codec: Codec, rate_hz: u32) -> Option<Self> {
        let rate_hz = if codec == Codec::Opus && rate_hz == 8000 { rate_hz } else { codec.rate_hz() };
        let inner = match codec {
            Codec::Pcma => Inner::G711(Law::Pcma),
            Codec::Pcmu => Inner::G711(Law::Pcmu),
            Codec::G722 => Inner::G722(Box::default()),
            Codec::Opus => Inner::Opus(OpusEncoder::new(rate_hz)?),
            Codec::G729 => return None,
        };
        Some(Self { codec, rate_hz, inner })
    }

    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// The rate of the samples it takes.
    pub fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// One packet of samples at `rate_hz`; says how many octets were written to `out`.
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
