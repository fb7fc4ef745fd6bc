//! How much of what packets carried was sound, so that a silent channel can be told from one that lost what was said.

use std::ops::{Add, AddAssign};

use audio::g711::Law;

/// The loudest sample of what counts as silence: 54 dB below full scale, as quiet phones send instead of nothing.
const SILENCE: u16 = 64;
/// Sound is looked for in so many samples at a time.
const PIECE: usize = 160;

/// What packets carried to a channel, in samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Placed on the channel.
    pub placed: u64,
    /// Of these, in pieces of 20 ms at most that are silent all through.
    pub silent: u64,
}

impl Carried {
    /// Of samples of which so many were placed.
    pub fn of_samples(samples: &[i16], placed: usize) -> Self {
        Self::of(samples, placed, |piece| piece.iter().all(|sample| sample.unsigned_abs() <= SILENCE))
    }

    /// Of octets of G.711 of which so many were placed.
    pub fn of_octets(octets: &[u8], law: Law, placed: usize) -> Self {
        Self::of(octets, placed, |piece| is_silent(piece, law))
    }

    fn of<T>(values: &[T], placed: usize, is_silent: impl Fn(&[T]) -> bool) -> Self {
        let pieces = values.chunks(PIECE).filter(|piece| is_silent(piece));
        let silent = pieces.map(<[T]>::len).sum::<usize>();
        Self { placed: placed as u64, silent: silent.min(placed) as u64 }
    }
}

/// Without its sign an octet of G.711 counts up with the level, so that none need be decoded: a dozen at a time.
fn is_silent(octets: &[u8], law: Law) -> bool {
    let (turned, loudest) = match law {
        Law::Pcma => (0x55, 3),
        Law::Pcmu => (0xff, 8),
    };
    octets.iter().fold(0, |most: u8, octet| most.max((octet ^ turned) & 0x7f)) <= loudest
}

impl Add for Carried {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { placed: self.placed + other.placed, silent: self.silent + other.silent }
    }
}

impl AddAssign for Carried {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carried(samples: &[i16], placed: usize) -> (u64, u64) {
        let Carried { placed, silent } = Carried::of_samples(samples, placed);
        (placed, silent)
    }

    #[test]
    fn pieces_with_any_sound_are_not_silent() {
        let mut samples = [64; 400];
        assert_eq!(carried(&samples, 400), (400, 400));
        samples[200] = -65;
        assert_eq!(carried(&samples, 400), (400, 240));
        samples[399] = i16::MIN;
        assert_eq!(carried(&samples, 400), (400, 160));
    }

    #[test]
    fn either_law_is_judged_as_its_samples_are() {
        for law in [Law::Pcma, Law::Pcmu] {
            for octet in 0..=u8::MAX {
                let samples = [law.decode_table()[usize::from(octet)]];
                let told = Carried::of_octets(&[octet], law, 1);
                assert_eq!(told, Carried::of_samples(&samples, 1), "{law:?} {octet:#x}");
            }
        }
    }

    #[test]
    fn what_is_not_placed_does_not_count() {
        assert_eq!(carried(&[0; 400], 100), (100, 100));
        assert_eq!(carried(&[900; 400], 0), (0, 0));
    }
}
