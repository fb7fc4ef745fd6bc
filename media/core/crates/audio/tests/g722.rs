//! G.722 against the reference implementation of ITU-T (G.191), octet for octet.

use std::path::Path;

use audio::g722::{G722Decoder, G722Encoder};

const SAMPLES: usize = 64_000;

/// What the reference was given too: even randomness, seeded.
struct Dice(u64);

impl Dice {
    fn throw(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }
}

/// FNV-1a of 64 bits.
fn hash(octets: impl Iterator<Item = u8>) -> u64 {
    octets.fold(0xcbf2_9ce4_8422_2325, |hash, octet| (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3))
}

fn encoded(samples: &[i16]) -> Vec<u8> {
    let mut encoder = G722Encoder::default();
    samples.chunks_exact(2).map(|pair| encoder.encode(pair[0], pair[1])).collect()
}

fn decoded(octets: &[u8]) -> Vec<i16> {
    let mut decoder = G722Decoder::default();
    octets.iter().flat_map(|&octet| <[i16; 2]>::from(decoder.decode(octet))).collect()
}

/// Full-scale noise that becomes softer by half every quarter of a second, then codes by chance: what the
/// reference made of both.
#[test]
fn noise_at_every_level_and_codes_by_chance_give_what_the_reference_gives() {
    let mut dice = Dice(1);
    let mut noise = |index: usize| (((dice.throw() % 65_536) as i32 - 32_768) >> (index / 4000)) as i16;
    let samples: Vec<i16> = (0..SAMPLES).map(&mut noise).collect();
    assert_eq!(hash(encoded(&samples).into_iter()), 0x2284_2b2a_f56d_86fd);
    let codes: Vec<u8> = (0..SAMPLES / 2).map(|_| dice.throw() as u8).collect();
    assert_eq!(hash(decoded(&codes).into_iter().flat_map(i16::to_le_bytes)), 0x5a51_fddc_37c5_784c);
}

/// The files are ITU-T's, of G.191's `g722/test_data`, and not ours to pass on.
#[test]
#[ignore = "needs the folder of ITU-T's test vectors in ITU_G722_VECTORS"]
fn the_test_vectors_of_the_recommendation_are_met() {
    let folder = std::env::var("ITU_G722_VECTORS").unwrap();
    let words = |name: &str| -> Vec<i16> {
        let octets = std::fs::read(Path::new(&folder).join(name)).unwrap();
        octets.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
    };
    let codes: Vec<u8> = words("codspw.cod").into_iter().map(|code| code as u8).collect();
    assert!(encoded(&words("inpsp.bin")) == codes);
    assert!(decoded(&codes) == words("outsp1.bin"));
}
