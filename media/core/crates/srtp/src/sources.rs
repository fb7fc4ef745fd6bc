//! The sources heard of in one direction, each with its indices; a bounded number of them.

use crate::sequence::Indices;

/// A leg has one source, and another after a transfer at the far end; beyond, the one silent longest is forgotten.
const MAX_SOURCES: usize = 8;

/// Indices by source, the one heard of last in front.
#[derive(Debug)]
pub struct Sources {
    heard: Vec<(u32, Indices)>,
}

impl Default for Sources {
    fn default() -> Self {
        Self { heard: Vec::with_capacity(MAX_SOURCES + 1) }
    }
}

impl Sources {
    /// What was taken of a source; nothing of one not heard of yet.
    pub fn indices_of(&self, ssrc: u32) -> Indices {
        self.position(ssrc).map_or_else(Indices::default, |at| self.heard[at].1)
    }

    /// A packet proved good: keep its source.
    pub fn keep(&mut self, ssrc: u32, indices: Indices) {
        if let Some(at) = self.position(ssrc) {
            self.heard[at].1 = indices;
            self.heard[..=at].rotate_right(1);
        } else {
            self.heard.insert(0, (ssrc, indices));
            self.heard.truncate(MAX_SOURCES);
        }
    }

    fn position(&self, ssrc: u32) -> Option<usize> {
        self.heard.iter().position(|(heard, _)| *heard == ssrc)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_silent_longest_gives_way() {
        let mut sources = Sources::default();
        let mut indices = Indices::default();
        indices.take(5);
        (0..8).for_each(|ssrc| sources.keep(ssrc, indices));
        sources.keep(0, indices);
        sources.keep(8, indices);
        assert_eq!(sources.indices_of(0), indices);
        assert_eq!(sources.indices_of(1), Indices::default());
        assert_eq!(sources.heard.len(), MAX_SOURCES);
    }
}
