//! The system's randomness, drawn a good deal at a time: each draw is a system call, and every leg needs some.

use rustix::rand::{GetRandomFlags, getrandom};

/// Octets of one draw: enough for ten legs, and never given in part (getrandom(2) gives up to 256 whole).
const DRAWN: usize = 256;

/// Numbers that nobody guesses, but no secrets; all zero only if the system has no randomness.
#[derive(Debug)]
pub struct Randomness {
    octets: [u8; DRAWN],
    used: usize,
}

impl Default for Randomness {
    fn default() -> Self {
        Self { octets: [0; DRAWN], used: DRAWN }
    }
}

impl Randomness {
    pub fn u32(&mut self) -> u32 {
        u32::from_ne_bytes(self.next())
    }

    pub fn u64(&mut self) -> u64 {
        u64::from_ne_bytes(self.next())
    }

    /// The next octets, none of which is given out twice.
    fn next<const N: usize>(&mut self) -> [u8; N] {
        if self.used + N > DRAWN {
            let _ = getrandom(&mut self.octets, GetRandomFlags::empty());
            self.used = 0;
        }
        let octets = std::array::from_fn(|index| self.octets[self.used + index]);
        self.used += N;
        octets
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_number_comes_twice_however_many_draws_they_take() {
        let mut randomness = Randomness::default();
        let numbers: Vec<_> = (0..100).map(|_| (randomness.u32(), randomness.u64())).collect();
        let (short, long): (HashSet<_>, HashSet<_>) = numbers.into_iter().unzip();
        // Of a hundred numbers of 32 bits two are the same once in a million runs.
        assert!(short.len() >= 99);
        assert_eq!(long.len(), 100);
        assert!(long.iter().any(|number| number >> 32 != 0) && long.iter().any(|number| *number as u32 != 0));
    }
}
