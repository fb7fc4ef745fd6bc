//! How much of what packets carried was sound, so that a silent channel can be told from one that lost what was said.

use std::ops::{Add, AddAssign};

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
    /// Of values whose samples `sample` tells; `placed` of them lie within what can still be written.
    pub fn of<T>(values: &[T], placed: usize, sample: impl Fn(&T) -> i16) -> Self {
        let is_silent = |piece: &&[T]| piece.iter().all(|value| sample(value).unsigned_abs() <= SILENCE);
        let silent: usize = values.chunks(PIECE).filter(is_silent).map(<[T]>::len).sum();
        Self { placed: placed as u64, silent: silent.min(placed) as u64 }
    }
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
        let Carried { placed, silent } = Carried::of(samples, placed, |&sample| sample);
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
    fn what_is_not_placed_does_not_count() {
        assert_eq!(carried(&[0; 400], 100), (100, 100));
        assert_eq!(carried(&[900; 400], 0), (0, 0));
    }
}
