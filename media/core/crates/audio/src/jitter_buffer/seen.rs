//! Which sequence numbers have come already.

/// The last 64 sequence numbers of a stream.
#[derive(Debug)]
pub struct Seen {
    highest: u16,
    /// Bit n: `highest` − n has come.
    came: u64,
}

impl Seen {
    pub fn starting_with(sequence: u16) -> Self {
        Self { highest: sequence.wrapping_sub(1), came: 0 }
    }

    /// Note a number; false when it has come before. One too old to tell counts as new.
    pub fn note(&mut self, sequence: u16) -> bool {
        let ahead = sequence.wrapping_sub(self.highest) as i16;
        if ahead > 0 {
            self.came = self.came.checked_shl(ahead as u32).unwrap_or(0) | 1;
            self.highest = sequence;
            return true;
        }
        let bit = 1_u64.checked_shl(u32::from(ahead.unsigned_abs())).unwrap_or(0);
        let new = self.came & bit == 0;
        self.came |= bit;
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_new_once() {
        let mut seen = Seen::starting_with(65_534);
        let new = [65_534, 65_535, 2, 1, 0, 1, 65_534, 2, 200, 3].map(|sequence| seen.note(sequence));
        assert_eq!(new, [true, true, true, true, true, false, false, false, true, true]);
    }
}
