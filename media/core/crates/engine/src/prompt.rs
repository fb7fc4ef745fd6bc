//! Prompts as the engine keeps them: encoded once for each codec, shared by all who hear them.

use std::ops::Range;
use std::sync::OnceLock;

use audio::codec::Codec;
use audio::encoder::{Encoder, MAX_PAYLOAD};
use audio::g711::Law;

/// Samples a millisecond of `narrow`, which places are counted in; octets a millisecond of G.711.
pub const SAMPLES_PER_MS: usize = 8;
/// What a packet made ahead holds.
pub const FRAME_MS: u32 = 20;

/// A prompt in both laws, and what other codecs are made of.
///
/// G.722 is not made ahead: its decoder follows the sound before, and a prompt that began anew would be loud.
#[derive(Debug)]
pub struct Prompt {
    pcma: Box<[u8]>,
    pcmu: Box<[u8]>,
    /// At 16 kHz, twice as many samples as `pcma` has.
    wide: Box<[i16]>,
    opus: OnceLock<Packets>,
}

/// A prompt as packets of `FRAME_MS`.
#[derive(Debug, Default)]
struct Packets {
    octets: Box<[u8]>,
    /// Where each ends.
    ends: Box<[u32]>,
}

impl Prompt {
    /// From samples at 8 kHz and the same sound at 16 kHz, which is cut or goes on in silence to fit.
    pub fn encode(narrow: &[i16], wide: &[i16]) -> Self {
        let encoded = |law: Law| narrow.iter().map(|&sample| law.encode(sample)).collect();
        let mut wide = wide.to_vec();
        wide.resize(2 * narrow.len(), 0);
        Self { pcma: encoded(Law::Pcma), pcmu: encoded(Law::Pcmu), wide: wide.into(), opus: OnceLock::new() }
    }

    /// Its length in samples at 8 kHz.
    pub fn len(&self) -> usize {
        self.pcma.len()
    }

    pub fn is_empty(&self) -> bool {
        self.pcma.is_empty()
    }

    /// Its octets, one for each sample.
    pub fn octets(&self, law: Law) -> &[u8] {
        match law {
            Law::Pcma => &self.pcma,
            Law::Pcmu => &self.pcmu,
        }
    }

    /// The packet of Opus around a sample; None while it is not made.
    pub fn packet(&self, offset: usize) -> Option<&[u8]> {
        let packets = self.opus.get()?;
        let index = offset / (SAMPLES_PER_MS * FRAME_MS as usize);
        let start = if index == 0 { 0 } else { packets.ends[index - 1] };
        Some(&packets.octets[start as usize..*packets.ends.get(index)? as usize])
    }

    /// Whether packets of this codec are made ahead, and are not made yet.
    pub fn wants_packets(&self, codec: Codec) -> bool {
        self.packets(codec).is_some_and(|packets| packets.get().is_none())
    }

    /// Make the packets of a codec: some milliseconds of work for each second of sound.
    pub fn make_packets(&self, codec: Codec) {
        if let Some(packets) = self.packets(codec) {
            packets.get_or_init(|| packets_of(&self.wide, codec).unwrap_or_default());
        }
    }

    /// Write its samples at the rate of the codec, which `out` has room for. `range` counts at 8 kHz.
    pub fn copy(&self, codec: Codec, range: Range<usize>, out: &mut [i16]) {
        if codec.rate_hz() == 16_000 {
            out.copy_from_slice(&self.wide[2 * range.start..2 * range.end]);
            return;
        }
        let table = Law::Pcma.decode_table();
        for (out, &octet) in out.iter_mut().zip(&self.pcma[range]) {
            *out = table[usize::from(octet)];
        }
    }

    fn packets(&self, codec: Codec) -> Option<&OnceLock<Packets>> {
        match codec {
            Codec::Opus => Some(&self.opus),
            _ => None,
        }
    }
}

/// None when the codec cannot be encoded.
fn packets_of(samples: &[i16], codec: Codec) -> Option<Packets> {
    let mut encoder = Encoder::new(codec)?;
    let mut frame = vec![0; codec.samples(FRAME_MS)];
    let mut packet = [0; MAX_PAYLOAD];
    let (mut octets, mut ends) = (Vec::new(), Vec::new());
    for chunk in samples.chunks(frame.len()) {
        frame[..chunk.len()].copy_from_slice(chunk);
        frame[chunk.len()..].fill(0);
        let length = encoder.encode(&frame, &mut packet).ok()?;
        octets.extend_from_slice(&packet[..length]);
        ends.push(octets.len() as u32);
    }
    Some(Packets { octets: octets.into(), ends: ends.into() })
}
