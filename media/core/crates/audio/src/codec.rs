//! The codecs, by what SDP and RTP must know of them.

use crate::g711::Law;
use crate::opus_codec::samples_in;

/// Octets of 10 ms of G.729; a packet has whole ones one behind the other.
pub const G729_FRAME: usize = 10;

/// A codec of speech, by its RTP encoding name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    Pcma,
    Pcmu,
    G722,
    Opus,
    /// Only relayed: no implementation is both free and licensed as we need it.
    G729,
}

impl Codec {
    pub const ALL: [Self; 5] = [Self::Pcma, Self::Pcmu, Self::G722, Self::Opus, Self::G729];

    /// Its encoding name (RFC 3551 §6, RFC 7587 §6.1).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcma => "PCMA",
            Self::Pcmu => "PCMU",
            Self::G722 => "G722",
            Self::Opus => "opus",
            Self::G729 => "G729",
        }
    }

    /// How much sound a payload is, in samples at 8 kHz; 0 for Opus that makes no sense.
    pub fn narrow_samples_in(self, payload: &[u8]) -> usize {
        match self {
            Self::Pcma | Self::Pcmu | Self::G722 => payload.len(),
            // A frame of 10 ms is ten octets; the last may be a shorter one of comfort noise (RFC 3551 §4.5.6).
            Self::G729 => payload.len().div_ceil(G729_FRAME) * 80,
            Self::Opus => samples_in(payload, 8000),
        }
    }

    /// The codec of this encoding name, in whatever case (RFC 4855 §3).
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|codec| codec.name().eq_ignore_ascii_case(name))
    }

    /// The codec with this static payload type (RFC 3551 §6).
    pub const fn of_payload_type(payload_type: u8) -> Option<Self> {
        match payload_type {
            0 => Some(Self::Pcmu),
            8 => Some(Self::Pcma),
            9 => Some(Self::G722),
            18 => Some(Self::G729),
            _ => None,
        }
    }

    /// Its static payload type; None when it is always a dynamic one.
    pub const fn payload_type(self) -> Option<u8> {
        match self {
            Self::Pcmu => Some(0),
            Self::Pcma => Some(8),
            Self::G722 => Some(9),
            Self::G729 => Some(18),
            Self::Opus => None,
        }
    }

    /// The rate of its RTP timestamps. G.722 keeps a mistake of old (RFC 3551 §4.5.2).
    pub const fn clock_hz(self) -> u32 {
        match self {
            Self::Opus => 48_000,
            Self::Pcma | Self::Pcmu | Self::G722 | Self::G729 => 8000,
        }
    }

    /// The rate of the samples we decode it to and encode it from.
    pub const fn rate_hz(self) -> u32 {
        match self {
            Self::G722 | Self::Opus => 16_000,
            Self::Pcma | Self::Pcmu | Self::G729 => 8000,
        }
    }

    /// Ticks of its RTP clock in a packet of this length.
    pub const fn ticks(self, packet_ms: u32) -> u32 {
        self.clock_hz() / 1000 * packet_ms
    }

    /// Samples in a packet of this length.
    pub const fn samples(self, packet_ms: u32) -> usize {
        (self.rate_hz() / 1000 * packet_ms) as usize
    }

    /// Whether a packet may hold this much of it. Opus has no frames of 30 or 50 ms (RFC 6716 §2).
    pub const fn fits_packet(self, packet_ms: u32) -> bool {
        match self {
            Self::Opus => matches!(packet_ms, 10 | 20 | 40 | 60),
            _ => matches!(packet_ms, 10 | 20 | 30 | 40 | 50 | 60),
        }
    }

    /// Whether what is said in it can be heard here, and not only relayed.
    pub const fn can_be_decoded(self) -> bool {
        !matches!(self, Self::G729)
    }

    /// The law, when it is G.711.
    pub const fn law(self) -> Option<Law> {
        match self {
            Self::Pcma => Some(Law::Pcma),
            Self::Pcmu => Some(Law::Pcmu),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_codec_is_found_by_its_name_in_any_case_and_by_its_static_payload_type() {
        for codec in Codec::ALL {
            assert_eq!(Codec::of_name(&codec.name().to_uppercase()), Some(codec));
            assert_eq!(Codec::of_name(&codec.name().to_lowercase()), Some(codec));
            let by_number = codec.payload_type().and_then(Codec::of_payload_type);
            assert!(codec == Codec::Opus || by_number == Some(codec), "{codec:?}");
        }
        assert_eq!((Codec::of_name("GSM"), Codec::of_payload_type(3)), (None, None));
    }

    #[test]
    fn a_payload_tells_how_much_sound_it_is() {
        let ms = |codec: Codec, payload: &[u8]| codec.narrow_samples_in(payload) / 8;
        assert_eq!([Codec::Pcma, Codec::Pcmu, Codec::G722].map(|codec| ms(codec, &[0; 240])), [30; 3]);
        let with_noise = [0, 2, 10, 20, 62].map(|octets| ms(Codec::G729, &[0; 62][..octets]));
        assert_eq!(with_noise, [0, 10, 10, 20, 70]);
        // RFC 6716 §3.1: SILK of 60 ms, CELT of 20 ms, two frames of that; and nothing.
        let opus = [&[0x58, 0][..], &[0xb8, 0], &[0xb9, 0, 0], &[]].map(|payload| ms(Codec::Opus, payload));
        assert_eq!(opus, [60, 20, 40, 0]);
    }

    #[test]
    fn clocks_and_samples_of_twenty_milliseconds() {
        let of = |codec: Codec| (codec.ticks(20), codec.samples(20));
        assert_eq!(of(Codec::Pcma), (160, 160));
        assert_eq!(of(Codec::G722), (160, 320));
        assert_eq!(of(Codec::Opus), (960, 320));
    }
}
