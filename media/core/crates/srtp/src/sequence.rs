//! Packet indices and what was taken of them (RFC 3711 §3.3.1, §3.3.2).
//!
//! The index is the sequence number with the count of its roll-overs above it, which never travels: both sides
//! keep it. A packet is at the index next to the highest one so far:
//!
//! ```text
//!  highest 1:65530   sequence 65533 → 1:65533    sequence 3 → 2:3        (it rolled over)
//!  highest 2:3       sequence 65533 → 1:65533    (late, from before)
//! ```

/// So many indices back from the highest are known as taken or not; older ones count as taken.
pub const WINDOW: u64 = 128;

/// The indices of one source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Indices {
    /// None before the first packet.
    highest: Option<u64>,
    /// Bit n is set when `highest - n` was taken.
    taken: u128,
}

impl Indices {
    /// The index of a packet with this sequence number; None for one from before the first roll-over of all.
    pub fn index_of(&self, sequence: u16) -> Option<u64> {
        let Some(highest) = self.highest else { return Some(u64::from(sequence)) };
        let step = sequence.wrapping_sub(highest as u16) as i16;
        highest.checked_add_signed(i64::from(step))
    }

    /// Whether the packet at this index is to be turned away.
    pub fn has_taken(&self, index: u64) -> bool {
        let Some(back) = self.highest.and_then(|highest| highest.checked_sub(index)) else { return false };
        back >= WINDOW || self.taken >> back & 1 == 1
    }

    /// Remember a packet that proved good.
    pub fn take(&mut self, index: u64) {
        match self.highest {
            Some(highest) if index <= highest => self.taken |= bit(highest - index),
            highest => {
                let ahead = highest.map_or(WINDOW, |highest| index - highest);
                self.taken = if ahead < WINDOW { self.taken << ahead | 1 } else { 1 };
                self.highest = Some(index);
            }
        }
    }

    pub fn highest(&self) -> Option<u64> {
        self.highest
    }
}

fn bit(back: u64) -> u128 {
    if back < WINDOW { 1 << back } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn after(indices: &[u64]) -> Indices {
        let mut all = Indices::default();
        for &index in indices {
            all.take(index);
        }
        all
    }

    #[test]
    fn sequence_numbers_roll_over_in_both_directions() {
        const ROUND: u64 = 65_536;
        assert_eq!(Indices::default().index_of(40_000), Some(40_000));
        assert_eq!(after(&[65_530]).index_of(3), Some(ROUND + 3));
        assert_eq!(after(&[ROUND + 3]).index_of(65_530), Some(65_530));
        assert_eq!(after(&[3]).index_of(65_530), None);
        assert_eq!(after(&[3 * ROUND + 40_000]).index_of(40_001), Some(3 * ROUND + 40_001));
    }

    #[test]
    fn what_is_too_old_counts_as_taken() {
        let indices = after(&[1000]);
        assert!(!indices.has_taken(1000 - WINDOW + 1) && indices.has_taken(1000 - WINDOW));
    }

    proptest! {
        #[test]
        fn each_index_is_taken_once_and_all_recent_ones_can_be(steps in prop::collection::vec(0_u64..400, 1..200)) {
            let mut indices = Indices::default();
            let mut taken = HashSet::new();
            for index in steps {
                let recent = indices.highest().is_none_or(|highest| index + WINDOW > highest);
                prop_assert_eq!(indices.has_taken(index), !recent || taken.contains(&index));
                if !indices.has_taken(index) {
                    indices.take(index);
                    taken.insert(index);
                }
            }
        }

        #[test]
        fn an_even_stream_with_loss_and_reordering_keeps_its_count(jumps in prop::collection::vec(-60_i64..900, 1..500)) {
            let mut indices = Indices::default();
            let mut at = 30_000_i64;
            for jump in jumps {
                at = (at + jump).max(0);
                prop_assert_eq!(indices.index_of(at as u16), Some(at as u64));
                indices.take(at as u64);
                at = indices.highest().unwrap_or(0) as i64;
            }
        }
    }
}
