//! Prompts as the engine keeps them: encoded once, shared by all who hear them.

use audio::g711::Law;

/// Octets a millisecond of G.711.
pub const OCTETS_PER_MS: usize = 8;

/// A prompt in both laws.
#[derive(Debug)]
pub struct Prompt {
    pcma: Box<[u8]>,
    pcmu: Box<[u8]>,
}

impl Prompt {
    /// From samples at 8 kHz.
    pub fn encode(samples: &(impl Iterator<Item = i16> + Clone)) -> Self {
        let encoded = |law: Law| samples.clone().map(|sample| law.encode(sample)).collect();
        Self { pcma: encoded(Law::Pcma), pcmu: encoded(Law::Pcmu) }
    }

    pub fn octets(&self, law: Law) -> &[u8] {
        match law {
            Law::Pcma => &self.pcma,
            Law::Pcmu => &self.pcmu,
        }
    }

    /// Its length in octets of G.711.
    pub fn len(&self) -> usize {
        self.pcma.len()
    }

    pub fn is_empty(&self) -> bool {
        self.pcma.is_empty()
    }
}
