//! What stands for a key that is known for half a minute.

use std::hash::{BuildHasher, RandomState};

/// 128 bits of a key. Two keys have the same ones by chance less often than a machine fails, and nobody can look for two
/// that have: they are hashed with secrets of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(u64, u64);

/// The secrets.
#[derive(Debug, Default)]
pub struct Fingerprints(RandomState, RandomState);

impl Fingerprints {
    pub fn of(&self, key: &[u8]) -> Fingerprint {
        Fingerprint(self.0.hash_one(key), self.1.hash_one(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_key_has_the_same_fingerprint_under_the_same_secrets() {
        let (ours, theirs) = (Fingerprints::default(), Fingerprints::default());
        assert_eq!(ours.of(b"z9hG4bK1"), ours.of(b"z9hG4bK1"));
        assert_ne!(ours.of(b"z9hG4bK1"), ours.of(b"z9hG4bK2"));
        assert_ne!(ours.of(b"z9hG4bK1"), theirs.of(b"z9hG4bK1"));
    }

    #[test]
    fn both_halves_have_secrets_of_their_own() {
        let Fingerprint(first, second) = Fingerprints::default().of(b"z9hG4bK1");
        assert_ne!(first, second);
    }
}
