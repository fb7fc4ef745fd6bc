//! What a receiver knows of a stream: packets missing, twice or out of order (RFC 3550 §A.1, §A.3), jitter (§A.8).

use crate::packet::Header;
use crate::rtcp::ReportBlock;

mod jitter;
mod source;

use jitter::Jitter;
use source::{Arrival, Source};

/// Counts over the life of a leg, across all sources it heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// By sequence number.
    pub expected: u64,
    /// Expected and never arrived.
    pub lost: u64,
    /// How often one or more in a row were missing, whether they came later or not.
    pub gaps: u64,
    /// Arrived more than once.
    pub duplicated: u64,
    /// Arrived behind one that was sent later.
    pub reordered: u64,
    /// Arrived so late against the earliest that a phone's jitter buffer has given them up.
    pub late: u64,
}

/// How a leg's packets arrive.
#[derive(Debug, Default)]
pub struct Reception {
    source: Option<Source>,
    /// Of the sources before the current one.
    before: Totals,
    gaps: u64,
    duplicated: u64,
    reordered: u64,
    jitter: Jitter,
    /// What had been expected and lost when the report before was made.
    reported: (u64, u64),
}

impl Reception {
    /// Count one packet. Jitter is told by audio only, of this clock: telephone-events repeat their timestamp.
    pub fn count(&mut self, header: &Header, audio_clock_hz: Option<u32>, now_us: u64) {
        let continued = self.source.filter(|source| source.continues_with(header));
        let source = continued.unwrap_or_else(|| self.begin(header));
        let source = self.source.insert(source);
        let arrival = source.advance(header.sequence);
        match arrival {
            Arrival::InOrder => {}
            Arrival::AfterGap => self.gaps += 1,
            Arrival::Reordered => self.reordered += 1,
            Arrival::Duplicate => self.duplicated += 1,
        }
        if let Some(clock_hz) = audio_clock_hz.filter(|_| arrival != Arrival::Duplicate) {
            self.jitter.hear(header.timestamp, clock_hz, now_us);
        }
    }

    /// What was counted so far.
    pub fn totals(&self) -> Totals {
        let (expected, lost) = self.source.map_or((0, 0), |source| (source.expected(), source.lost()));
        Totals {
            expected: self.before.expected + expected,
            lost: self.before.lost + lost,
            gaps: self.gaps,
            duplicated: self.duplicated,
            reordered: self.reordered,
            late: self.jitter.late,
        }
    }

    /// Interarrival jitter.
    pub fn jitter_us(&self) -> u32 {
        self.jitter.now_us()
    }

    /// The highest it has been.
    pub fn jitter_max_us(&self) -> u32 {
        self.jitter.max_us
    }

    /// The block of our next report, but for the times of the peer's; None while nothing was heard.
    ///
    /// The loss since the block before is in it, so that each is to be sent.
    pub fn report(&mut self) -> Option<ReportBlock> {
        let source = self.source?;
        let Totals { expected, lost, .. } = self.totals();
        let (expected_before, lost_before) = std::mem::replace(&mut self.reported, (expected, lost));
        let newly_lost = lost.saturating_sub(lost_before);
        let newly_expected = expected.saturating_sub(expected_before);
        let fraction_lost =
            (newly_lost * 256).checked_div(newly_expected).map_or(0, |share| share.min(255) as u8);
        Some(ReportBlock {
            ssrc: source.ssrc,
            fraction_lost,
            lost: source.signed_loss(),
            highest_sequence: source.extended_highest(),
            jitter: self.jitter.ticks(),
            last_sr: 0,
            delay_since_sr: 0,
        })
    }

    fn begin(&mut self, header: &Header) -> Source {
        self.before = self.totals();
        self.jitter.begin();
        Source::begin(header)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CLOCK_HZ;
    use proptest::prelude::*;

    fn header(sequence: u16, ssrc: u32) -> Header {
        let timestamp = u32::from(sequence) * 160;
        Header { marker: false, payload_type: 8, sequence, timestamp, ssrc }
    }

    fn hear(sequences: impl IntoIterator<Item = u16>) -> Reception {
        let mut reception = Reception::default();
        for (index, sequence) in sequences.into_iter().enumerate() {
            reception.count(&header(sequence, 1), Some(CLOCK_HZ), index as u64 * 20_000);
        }
        reception
    }

    fn lost(sequences: impl IntoIterator<Item = u16>) -> u64 {
        hear(sequences).totals().lost
    }

    #[test]
    fn nothing_is_lost_across_the_wrap() {
        assert_eq!(lost((65_500..=65_535).chain(0..50)), 0);
    }

    #[test]
    fn gaps_count_and_late_packets_fill_them() {
        assert_eq!(lost([10, 11, 14]), 2);
        assert_eq!(lost([10, 11, 14, 12]), 1);
        assert_eq!(lost([10, 9, 12]), 1);
    }

    #[test]
    fn a_new_source_or_a_far_jump_begins_anew_and_keeps_the_count() {
        assert_eq!(lost([1, 3, 40_000, 40_002]), 2);
        let mut reception = hear([1, 3]);
        reception.count(&header(900, 2), Some(CLOCK_HZ), 0);
        assert_eq!((reception.totals().lost, reception.totals().expected), (1, 4));
    }

    #[test]
    fn duplicates_never_hide_a_loss() {
        let totals = hear([5, 5, 5, 7, 7]).totals();
        assert_eq!((totals.lost, totals.duplicated, totals.expected), (1, 3, 3));
    }

    #[test]
    fn what_comes_behind_its_successor_is_reordered_once_and_twice_a_duplicate() {
        let totals = hear([1, 3, 2, 2, 4]).totals();
        assert_eq!((totals.reordered, totals.duplicated, totals.lost, totals.gaps), (1, 1, 0, 1));
    }

    #[test]
    fn losses_in_a_row_are_one_gap() {
        let totals = hear([1, 5, 6, 8]).totals();
        assert_eq!((totals.lost, totals.gaps), (4, 2));
    }

    #[test]
    fn a_report_tells_the_loss_since_the_one_before() {
        let mut reception = hear((0..100).filter(|sequence| sequence % 4 != 1));
        let first = reception.report().unwrap();
        assert_eq!((first.fraction_lost, first.lost, first.highest_sequence), (64, 25, 99));
        (100..200).for_each(|sequence| reception.count(&header(sequence, 1), None, 0));
        let second = reception.report().unwrap();
        assert_eq!((second.fraction_lost, second.lost, second.highest_sequence), (0, 25, 199));
        assert_eq!(reception.report().unwrap().fraction_lost, 0);
        assert_eq!(Reception::default().report(), None);
    }

    #[test]
    fn a_report_tells_wraps_above_the_sequence_number_and_jitter_in_ticks() {
        let mut reception = hear((65_000..=65_535).chain(0..10));
        assert_eq!(reception.report().unwrap().highest_sequence, 0x1_0009);
        let mut uneven = Reception::default();
        for sequence in 0..2000_u16 {
            let late_us = if sequence % 2 == 0 { 0 } else { 10_000 };
            uneven.count(&header(sequence, 1), Some(CLOCK_HZ), u64::from(sequence) * 20_000 + late_us);
        }
        assert!(uneven.report().unwrap().jitter.abs_diff(80) < 4);
    }

    proptest! {
        /// The leg's network loses, repeats and shuffles; what it did is what is counted.
        #[test]
        fn every_loss_and_every_copy_on_a_bad_network_is_counted(
            fates in prop::collection::vec(0..=2_usize, 200), swaps in prop::collection::vec(any::<bool>(), 400), first: u16
        ) {
            let mut arrivals = vec![0_u16];
            for (index, copies) in fates.iter().enumerate() {
                arrivals.extend(std::iter::repeat_n(index as u16 + 1, *copies));
            }
            arrivals.push(201);
            for at in 1..arrivals.len() - 2 {
                if swaps.get(at).is_some_and(|swap| *swap) {
                    arrivals.swap(at, at + 1);
                }
            }
            let totals = hear(arrivals.into_iter().map(|sequence| sequence.wrapping_add(first))).totals();
            prop_assert_eq!(totals.lost, fates.iter().filter(|copies| **copies == 0).count() as u64);
            prop_assert_eq!(totals.duplicated, fates.iter().filter(|copies| **copies == 2).count() as u64);
            prop_assert_eq!(totals.expected, 202);
        }
    }
}
