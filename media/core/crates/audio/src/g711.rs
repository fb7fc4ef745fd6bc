//! G.711 (ITU-T G.711): A-law and µ-law to and from 16-bit linear, by tables built at compile time.

/// The two laws, by their RTP encoding names (RFC 3551 §4.5.14).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    Pcma,
    Pcmu,
}

impl Law {
    /// The octet that says silence; A-law inverts every other bit (0x55).
    pub const fn silence(self) -> u8 {
        match self {
            Self::Pcma => 0xd5,
            Self::Pcmu => 0xff,
        }
    }

    /// Octet to sample, for all 256 octets.
    pub const fn decode_table(self) -> &'static [i16; 256] {
        match self {
            Self::Pcma => &ALAW_TO_LINEAR,
            Self::Pcmu => &ULAW_TO_LINEAR,
        }
    }

    /// Turn octets of this law into the nearest octets of the other, in place.
    pub fn to_other_law(self, octets: &mut [u8]) {
        let table = match self {
            Self::Pcma => &ALAW_TO_ULAW,
            Self::Pcmu => &ULAW_TO_ALAW,
        };
        for octet in octets {
            *octet = table[usize::from(*octet)];
        }
    }

    /// The octet for one sample.
    pub const fn encode(self, sample: i16) -> u8 {
        match self {
            Self::Pcma => linear_to_alaw(sample),
            Self::Pcmu => linear_to_ulaw(sample),
        }
    }
}

static ALAW_TO_LINEAR: [i16; 256] = decode_all(Law::Pcma);
static ULAW_TO_LINEAR: [i16; 256] = decode_all(Law::Pcmu);
static ALAW_TO_ULAW: [u8; 256] = convert_all(Law::Pcma, Law::Pcmu);
static ULAW_TO_ALAW: [u8; 256] = convert_all(Law::Pcmu, Law::Pcma);

const fn decode_all(law: Law) -> [i16; 256] {
    let mut table = [0; 256];
    let mut octet = 0;
    while octet < 256 {
        table[octet] = decode(law, octet as u8);
        octet += 1;
    }
    table
}

const fn convert_all(from: Law, to: Law) -> [u8; 256] {
    let mut table = [0; 256];
    let mut octet = 0;
    while octet < 256 {
        table[octet] = to.encode(decode(from, octet as u8));
        octet += 1;
    }
    table
}

const fn decode(law: Law, octet: u8) -> i16 {
    match law {
        Law::Pcma => alaw_to_linear(octet),
        Law::Pcmu => ulaw_to_linear(octet),
    }
}

const fn alaw_to_linear(octet: u8) -> i16 {
    let bits = octet ^ 0x55;
    let exponent = (bits >> 4) & 7;
    let step = ((bits & 0x0f) as i16) << 4;
    let magnitude = if exponent == 0 { step + 8 } else { (step + 0x108) << (exponent - 1) };
    if bits & 0x80 == 0 { -magnitude } else { magnitude }
}

const fn linear_to_alaw(sample: i16) -> u8 {
    let sign = if sample < 0 { 0 } else { 0x80 };
    let magnitude = (if sample < 0 { !sample } else { sample } >> 4) as u16;
    let bits = if magnitude < 16 {
        magnitude as u8
    } else {
        let exponent = magnitude.ilog2() - 3;
        (exponent << 4) as u8 | ((magnitude >> (exponent - 1)) & 0x0f) as u8
    };
    (sign | bits) ^ 0x55
}

/// Added to the magnitude so that every µ-law segment is a power of two.
const ULAW_BIAS: i32 = 0x84;
const ULAW_CLIP: i32 = 32_635;

const fn ulaw_to_linear(octet: u8) -> i16 {
    let bits = !octet;
    let exponent = (bits >> 4) & 7;
    let magnitude = (((((bits & 0x0f) as i32) << 3) + ULAW_BIAS) << exponent) - ULAW_BIAS;
    if bits & 0x80 == 0 { magnitude as i16 } else { -magnitude as i16 }
}

const fn linear_to_ulaw(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = (sample as i32).abs();
    let biased = (if magnitude > ULAW_CLIP { ULAW_CLIP } else { magnitude }) + ULAW_BIAS;
    let exponent = biased.ilog2() - 7;
    let mantissa = (biased >> (exponent + 3)) & 0x0f;
    !(sign | (exponent << 4) as u8 | mantissa as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Law; 2] = [Law::Pcma, Law::Pcmu];

    /// The decision values of one sign, ITU-T G.711 tables 1a and 2a, at 16 bits: how many intervals of which size.
    fn decisions(law: Law) -> Vec<i32> {
        let (segments, scale): (&[(usize, i32)], i32) = match law {
            Law::Pcma => (&[(32, 2), (16, 4), (16, 8), (16, 16), (16, 32), (16, 64), (16, 128)], 8),
            Law::Pcmu => {
                (&[(1, 1), (15, 2), (16, 4), (16, 8), (16, 16), (16, 32), (16, 64), (16, 128), (16, 256)], 4)
            }
        };
        let sizes = segments.iter().flat_map(|&(count, size)| std::iter::repeat_n(size * scale, count));
        [0].into_iter()
            .chain(sizes.scan(0, |end, size| {
                *end += size;
                Some(*end)
            }))
            .collect()
    }

    /// The octet that the tables give to an interval, from the middle of the scale outwards.
    fn octet_of(law: Law, interval: usize, is_negative: bool) -> u8 {
        match law {
            Law::Pcma => (interval as u8 | if is_negative { 0 } else { 0x80 }) ^ 0x55,
            Law::Pcmu => !(interval as u8 | if is_negative { 0x80 } else { 0 }),
        }
    }

    #[test]
    fn every_octet_is_the_middle_of_its_interval_in_the_tables_of_the_recommendation() {
        for law in BOTH {
            let decisions = decisions(law);
            assert_eq!(
                (decisions.len(), decisions[128]),
                (129, if law == Law::Pcma { 32_768 } else { 32_636 })
            );
            for (interval, ends) in decisions.windows(2).enumerate() {
                // The first of µ-law reaches as far below zero.
                let is_zero = law == Law::Pcmu && interval == 0;
                let middle = if is_zero { 0 } else { i32::midpoint(ends[0], ends[1]) };
                for (is_negative, expected) in [(false, middle), (true, -middle)] {
                    let octet = octet_of(law, interval, is_negative);
                    let decoded = law.decode_table()[usize::from(octet)];
                    assert_eq!(i32::from(decoded), expected, "{law:?} {octet:#04x}");
                }
            }
        }
    }

    #[test]
    fn every_sample_gets_the_octet_of_an_interval_it_lies_in() {
        for law in BOTH {
            let decisions = decisions(law);
            for sample in i16::MIN..=i16::MAX {
                let octet = law.encode(sample);
                let interval = (0..128).find(|&interval| octet_of(law, interval, sample < 0) == octet);
                let interval = interval.unwrap_or_else(|| panic!("{law:?} {sample} changed its sign"));
                // On a decision value either side is right; beyond the last there is only one.
                let magnitude = i32::from(sample).abs().min(decisions[128]);
                let ends = decisions[interval]..=decisions[interval + 1];
                assert!(ends.contains(&magnitude), "{law:?} {sample} as {octet:#04x}");
            }
        }
    }

    #[test]
    fn known_points_of_the_standard_decode() {
        let alaw = Law::Pcma.decode_table();
        assert_eq!([alaw[0xd5], alaw[0x55], alaw[0xaa], alaw[0x2a]], [8, -8, 32_256, -32_256]);
        let ulaw = Law::Pcmu.decode_table();
        assert_eq!([ulaw[0xff], ulaw[0x7f], ulaw[0x80], ulaw[0x00]], [0, 0, 32_124, -32_124]);
    }

    #[test]
    fn every_octet_survives_decoding_and_encoding() {
        for law in BOTH {
            for octet in 0..=255_u8 {
                let sample = law.decode_table()[usize::from(octet)];
                let again = law.encode(sample);
                // µ-law has two zeros; the negative one comes back as the positive.
                assert!(again == octet || (law, octet) == (Law::Pcmu, 0x7f), "{law:?} {octet:#x}");
            }
        }
    }

    #[test]
    fn every_sample_is_kept_within_half_a_step() {
        for law in BOTH {
            for sample in i16::MIN..=i16::MAX {
                let decoded = law.decode_table()[usize::from(law.encode(sample))];
                let error = (i32::from(sample) - i32::from(decoded)).abs();
                let allowed = 16 + i32::from(sample).abs() / 31;
                assert!(error <= allowed, "{law:?} {sample} became {decoded}");
            }
        }
    }

    #[test]
    fn silence_is_the_quietest_octet() {
        for law in BOTH {
            assert!(law.decode_table()[usize::from(law.silence())].abs() <= 8);
        }
    }

    #[test]
    fn the_other_law_says_nearly_the_same() {
        for (law, other) in [(Law::Pcma, Law::Pcmu), (Law::Pcmu, Law::Pcma)] {
            for octet in 0..=255_u8 {
                let here = i32::from(law.decode_table()[usize::from(octet)]);
                let mut octets = [octet];
                law.to_other_law(&mut octets);
                let octet_there = octets[0];
                let there = i32::from(other.decode_table()[usize::from(octet_there)]);
                assert!((here - there).abs() <= 16 + here.abs() / 31, "{law:?} {octet:#x}");
            }
        }
    }
}
