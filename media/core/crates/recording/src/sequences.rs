//! Which packets of one source have come: duplicates told from new ones, and where each stands among the others.

/// A jump further than this is no loss but a new beginning.
const MAX_JUMP: u16 = 1000;
/// Numbers begin again after so many.
const TURN: u64 = 0x1_0000;

/// Where the number of a packet stands among those that came before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    First,
    /// So far above the highest.
    Above(u64),
    /// Between the lowest and the highest, and was missing.
    Late,
    /// So far below the lowest.
    Below(u64),
    /// It came before, or is too old to tell.
    Known,
}

/// The sequence numbers of one source, with a memory of the last 64.
#[derive(Clone, Copy, Debug)]
pub struct Sequences {
    lowest: u64,
    highest: u64,
    /// Bit n: `highest - n` has come.
    recent: u64,
}

impl Sequences {
    pub fn starting_with(sequence: u16) -> Self {
        let first = u64::from(sequence) + TURN;
        Self { lowest: first, highest: first, recent: 0 }
    }

    /// Whether this number can belong to the same run.
    pub fn reaches(&self, sequence: u16) -> bool {
        let step = sequence.wrapping_sub(self.highest as u16);
        !(MAX_JUMP..=u16::MAX - MAX_JUMP).contains(&step)
    }

    /// How many packets are missing before this number when it is further than can be told by itself, and so many
    /// fit into the time that passed: a stream that went on meanwhile. None when it is near, or does not fit.
    pub fn missing_before(&self, sequence: u16, fit: u64) -> Option<u64> {
        let step = u64::from(sequence.wrapping_sub(self.highest as u16));
        let turns = if fit < TURN / 2 { 0 } else { (fit.saturating_sub(step) + TURN / 2) / TURN };
        let whole = step + turns * TURN;
        // Who was silent for long meanwhile sent fewer: then what the numbers tell by themselves counts.
        let exact = whole <= fit + 1 && fit - whole.min(fit) <= fit / 20;
        let step = if turns > 0 && exact { whole } else { step };
        let is_far = step >= TURN || !self.reaches(sequence);
        (is_far && step <= fit + 1).then(|| step - 1)
    }

    /// So many packets are missing behind the newest.
    pub fn leap(&mut self, packets: u64) {
        self.highest += packets;
        self.recent = 0;
    }

    /// Note a number that `reaches` holds for.
    pub fn note(&mut self, sequence: u16) -> Step {
        let step = i64::from(sequence.wrapping_sub(self.highest as u16) as i16);
        if step > 0 {
            self.recent = self.recent.checked_shl(step as u32).unwrap_or(0) | 1;
            self.highest += step as u64;
            return Step::Above(step as u64);
        }
        let bit = 1_u64.checked_shl(-step as u32).unwrap_or(0);
        let is_first = self.recent == 0 && self.lowest == self.highest;
        if bit == 0 || self.recent & bit != 0 {
            return Step::Known;
        }
        self.recent |= bit;
        let number = self.highest - step.unsigned_abs();
        let below = self.lowest.saturating_sub(number);
        self.lowest -= below;
        match below {
            0 if is_first => Step::First,
            0 => Step::Late,
            _ => Step::Below(below),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_is_new_once_across_the_wrap() {
        let mut sequences = Sequences::starting_with(65_534);
        let noted = [65_534, 65_535, 1, 0, 0, 65_535, 2].map(|number| sequences.note(number));
        let [above, known] = [Step::Above, |_| Step::Known];
        assert_eq!(noted, [Step::First, above(1), above(2), Step::Late, known(0), known(0), above(1)]);
    }

    #[test]
    fn a_number_is_told_from_the_lowest_and_the_highest() {
        let mut sequences = Sequences::starting_with(10);
        let noted = [10, 13, 8, 9, 6, 100, 99, 13].map(|number| {
            assert!(sequences.reaches(number));
            sequences.note(number)
        });
        let [above, below] = [Step::Above, Step::Below];
        let known = Step::Known;
        assert_eq!(
            noted,
            [Step::First, above(3), below(2), Step::Late, below(2), above(87), Step::Late, known]
        );
    }

    #[test]
    fn an_outage_is_counted_when_its_packets_fit_into_the_time() {
        let mut sequences = Sequences::starting_with(65_000);
        sequences.note(65_000);
        assert_eq!(sequences.missing_before(65_500, 500), None);
        assert_eq!(sequences.missing_before(1464, 2000), Some(1999));
        assert_eq!(sequences.missing_before(1464, 2400), Some(1999));
        assert_eq!(sequences.missing_before(1464, 1500), None);
        assert_eq!(sequences.missing_before(64_990, 30), None);
        assert_eq!(sequences.missing_before(65_010, TURN + 10), Some(TURN + 9));
        sequences.leap(1999);
        assert_eq!(sequences.note(1464), Step::Above(1));
    }

    #[test]
    fn far_jumps_do_not_reach() {
        let sequences = Sequences::starting_with(500);
        assert!(sequences.reaches(1499) && sequences.reaches(500));
        assert!(!sequences.reaches(1500) && !sequences.reaches(30_000));
    }
}
