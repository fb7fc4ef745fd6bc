//! Prompts as the engine keeps them: encoded once for each codec, shared by all who hear them.

use std::ops::Range;
use std::sync::OnceLock;

use audio::codec::Codec;
use audio::encoder::{Encoder, MAX_PAYLOAD};
use audio::g711::Law;

/// Samples a millisecond of `narrow`, which places are counted in; octets a millisecond of G.711.
pub const SAMPLES_PER_MS: usize = 8;
/// What a packet made ahead holds, and that in samples of `narrow`.
pub const FRAME_MS: u32 = 20;
pub const FRAME: usize = SAMPLES_PER_MS * FRAME_MS as usize;
/// The same in samples of `wide`.
const WIDE_FRAME: usize = WIDENING * FRAME;
const WIDENING: usize = 2;
/// In so many ways a prompt may be cut into packets that are made ahead, by what is played before it.
const MOST_PHASES: usize = 8;

/// A prompt in both laws, and what other codecs are made of.
///
/// G.722 is not made ahead: its decoder follows the sound before, and a prompt that began anew would be loud.
#[derive(Debug)]
pub struct Prompt {
    pcma: Box<[u8]>,
    pcmu: Box<[u8]>,
    /// At 16 kHz, twice as many samples as `pcma` has.
    wide: Box<[i16]>,
    opus: [OnceLock<Packets>; MOST_PHASES],
}

/// A prompt as packets of `FRAME_MS`.
#[derive(Debug)]
struct Packets {
    /// Where the first begins; what is before it lies in a packet with the end of another prompt.
    phase: usize,
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
        Self {
            pcma: encoded(Law::Pcma),
            pcmu: encoded(Law::Pcmu),
            wide: wide.into(),
            opus: Default::default(),
        }
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

    /// The packet that begins at a sample; None when none is made that does.
    pub fn packet(&self, codec: Codec, offset: usize) -> Option<&[u8]> {
        let packets = self.made(codec, offset % FRAME)?;
        let index = (offset - packets.phase) / FRAME;
        let start = if index == 0 { 0 } else { packets.ends[index - 1] };
        Some(&packets.octets[start as usize..*packets.ends.get(index)? as usize])
    }

    /// Whether packets of this codec are made ahead, and those that begin at `phase` are neither made yet nor too many.
    pub fn wants_packets(&self, codec: Codec, phase: usize) -> bool {
        self.made(codec, phase).is_none() && self.room(codec).is_some()
    }

    /// Make the packets of a codec that begin at `phase`: some milliseconds of work for each second of sound.
    pub fn make_packets(&self, codec: Codec, phase: usize) {
        if let Some(room) = self.room(codec).filter(|_| self.wants_packets(codec, phase)) {
            room.get_or_init(|| packets_of(&self.wide, codec, phase).unwrap_or_else(|| Packets::none(phase)));
        }
    }

    /// Write its samples at 8 or 16 kHz, which `out` has room for. `range` counts at 8 kHz.
    pub fn copy(&self, rate_hz: u32, range: Range<usize>, out: &mut [i16]) {
        if rate_hz == 16_000 {
            out.copy_from_slice(&self.wide[2 * range.start..2 * range.end]);
            return;
        }
        let table = Law::Pcma.decode_table();
        for (out, &octet) in out.iter_mut().zip(&self.pcma[range]) {
            *out = table[usize::from(octet)];
        }
    }

    fn made(&self, codec: Codec, phase: usize) -> Option<&Packets> {
        self.packets(codec).iter().filter_map(OnceLock::get).find(|packets| packets.phase == phase)
    }

    fn room(&self, codec: Codec) -> Option<&OnceLock<Packets>> {
        self.packets(codec).iter().find(|room| room.get().is_none())
    }

    fn packets(&self, codec: Codec) -> &[OnceLock<Packets>] {
        match codec {
            Codec::Opus => &self.opus,
            _ => &[],
        }
    }
}

impl Packets {
    fn none(phase: usize) -> Self {
        Self { phase, octets: Box::default(), ends: Box::default() }
    }
}

/// None when the codec cannot be encoded.
fn packets_of(samples: &[i16], codec: Codec, phase: usize) -> Option<Packets> {
    let mut encoder = Encoder::new(codec)?;
    let mut packet = [0; MAX_PAYLOAD];
    let (mut octets, mut ends) = (Vec::new(), Vec::new());
    let (before, samples) = samples.split_at((WIDENING * phase).min(samples.len()));
    if !before.is_empty() {
        encoder.encode(&after_silence(before), &mut packet).ok()?;
    }
    let (frames, last) = samples.as_chunks::<WIDE_FRAME>();
    let last = (!last.is_empty()).then(|| before_silence(last));
    for frame in frames.iter().chain(&last) {
        let length = encoder.encode(frame, &mut packet).ok()?;
        octets.extend_from_slice(&packet[..length]);
        ends.push(octets.len() as u32);
    }
    Some(Packets { phase, octets: octets.into(), ends: ends.into() })
}

fn after_silence(samples: &[i16]) -> [i16; WIDE_FRAME] {
    let mut frame = [0; WIDE_FRAME];
    frame[WIDE_FRAME - samples.len()..].copy_from_slice(samples);
    frame
}

fn before_silence(samples: &[i16]) -> [i16; WIDE_FRAME] {
    let mut frame = [0; WIDE_FRAME];
    frame[..samples.len()].copy_from_slice(samples);
    frame
}
