//! Where packets were missing: silence that nobody spoke.

use std::ops::Range;

/// So many are kept singly; the samples of later ones are only counted.
const MAX_GAPS: usize = 500;
/// How far back a packet that came late can mend a gap.
const MENDABLE: usize = 8;

/// The gaps of one channel, in samples, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gaps {
    gaps: Vec<Range<u64>>,
}

impl Gaps {
    /// Packets are missing here, so far.
    pub fn open(&mut self, gap: Range<i64>) {
        let gap = gap.start.max(0) as u64..gap.end.max(0) as u64;
        if gap.is_empty() {
            return;
        }
        let at = self.gaps.partition_point(|before| before.end < gap.start);
        let touched = self.gaps[at..].iter().take_while(|after| after.start <= gap.end).count();
        if touched == 0 && self.gaps.len() >= MAX_GAPS {
            return;
        }
        let merged = self.gaps[at..at + touched]
            .iter()
            .fold(gap, |gap, other| gap.start.min(other.start)..gap.end.max(other.end));
        self.gaps.splice(at..at + touched, [merged]);
    }

    /// What begins at `from` or later lies elsewhere by so much.
    pub fn shift(&mut self, from: i64, by: i64) {
        let at = self.gaps.partition_point(|gap| (gap.start as i64) < from);
        for gap in self.gaps.split_off(at) {
            self.open(gap.start as i64 + by..gap.end as i64 + by);
        }
    }

    /// One of them has come after all.
    pub fn fill(&mut self, packet: Range<i64>) {
        let packet = packet.start.max(0) as u64..packet.end.max(0) as u64;
        let recent = self.gaps.len().saturating_sub(MENDABLE);
        let holds = |gap: &Range<u64>| gap.start < packet.end && packet.start < gap.end;
        if let Some(at) = (recent..self.gaps.len()).find(|&at| holds(&self.gaps[at])) {
            let gap = self.gaps[at].clone();
            let rest = [gap.start..packet.start, packet.end..gap.end];
            self.gaps.splice(at..=at, rest.into_iter().filter(|part| !part.is_empty()));
        }
    }

    /// All of them.
    pub fn ranges(&self) -> &[Range<u64>] {
        &self.gaps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(gaps: &Gaps) -> Vec<(u64, u64)> {
        gaps.ranges().iter().map(|gap| (gap.start, gap.end)).collect()
    }

    #[test]
    fn late_packets_mend_gaps_from_any_side() {
        for (packet, left) in [
            (160..320, vec![(320, 640)]),
            (320..480, vec![(160, 320), (480, 640)]),
            (480..640, vec![(160, 480)]),
            (800..960, vec![(160, 640)]),
        ] {
            let mut gaps = Gaps::default();
            gaps.open(160..640);
            gaps.fill(packet.clone());
            assert_eq!(spans(&gaps), left, "{packet:?}");
        }
    }

    #[test]
    fn a_gap_goes_on_with_the_next() {
        let mut gaps = Gaps::default();
        gaps.open(160..320);
        gaps.open(320..480);
        assert_eq!(spans(&gaps), [(160, 480)]);
    }

    #[test]
    fn one_that_is_told_late_lies_where_it_belongs() {
        let mut gaps = Gaps::default();
        for gap in [800..960, 160..320, 320..480, 400..900] {
            gaps.open(gap);
        }
        assert_eq!(spans(&gaps), [(160, 960)]);
        gaps.open(1600..1760);
        gaps.shift(1000, -400);
        assert_eq!(spans(&gaps), [(160, 960), (1200, 1360)]);
    }

    #[test]
    fn the_number_kept_is_bounded_and_nothing_lies_before_the_beginning() {
        let mut gaps = Gaps::default();
        gaps.open(-100..-10);
        gaps.open(-100..10);
        assert_eq!(spans(&gaps), [(0, 10)]);
        (1..2000).for_each(|at| gaps.open(at * 100..at * 100 + 50));
        assert_eq!(gaps.ranges().len(), MAX_GAPS);
    }
}
