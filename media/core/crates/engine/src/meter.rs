//! How good a leg sounded: over its life, and in its worst second.

use rtp::quality::{CodecImpairment, Impairments, mos, r_factor};
use rtp::reception::{Reception, Totals};
use rtp::rtcp::VoipMetrics;

/// Beside the network: packetisation, and what a receiver does with a packet before it is heard.
const OWN_DELAY_MS: f64 = 20.0;

/// A leg's rating.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// Of the whole life, 0 to 93.2.
    pub r_factor: f64,
    /// The score it stands for.
    pub mos: f64,
    /// Of the worst second.
    pub lowest_mos: f64,
    /// When that was, since the leg was opened.
    pub lowest_at_us: u64,
}

impl Quality {
    /// As a report tells it (RFC 3611 §4.7).
    pub fn voice_metrics(&self, ssrc: u32, reception: &Reception, round_trip_us: Option<u64>) -> VoipMetrics {
        let totals = reception.totals();
        let share = |packets: u64| {
            (packets * 256).checked_div(totals.expected).map_or(0, |share| share.min(255) as u8)
        };
        let score = (self.mos * 10.0).round() as u8;
        VoipMetrics {
            ssrc,
            loss: share(totals.lost),
            discarded: share(totals.late),
            round_trip_ms: round_trip_us.map_or(0, |us| (us / 1000).min(u16::MAX.into()) as u16),
            end_system_delay_ms: OWN_DELAY_MS as u16,
            r_factor: self.r_factor.round() as u8,
            mos_lq: score,
            mos_cq: score,
            buffer_ms: (reception.jitter_us() / 500).min(u16::MAX.into()) as u16,
        }
    }
}

/// What is known of the way now, beside the losses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Way {
    pub codec: CodecImpairment,
    pub jitter_us: u32,
    /// 0 while it is not known.
    pub round_trip_us: u64,
}

/// Rates each second that brought packets.
#[derive(Debug)]
pub struct Meter {
    opened_us: u64,
    before: Totals,
    lowest: Option<(f64, u64)>,
}

impl Meter {
    pub fn new(opened_us: u64) -> Self {
        Self { opened_us, before: Totals::default(), lowest: None }
    }

    /// A second is over. One without a packet has nothing to rate; what was lost in it shows in the next.
    pub fn second_passed(&mut self, totals: Totals, way: Way, now_us: u64) {
        let before = std::mem::replace(&mut self.before, totals);
        let Some(score) = rate(&since(&before, &totals), way).map(mos) else { return };
        if self.lowest.is_none_or(|(lowest, _)| score < lowest) {
            self.lowest = Some((score, now_us.saturating_sub(self.opened_us)));
        }
    }

    /// The rating so far; None when nothing was heard.
    pub fn quality(&self, totals: &Totals, way: Way) -> Option<Quality> {
        let r_factor = rate(totals, way)?;
        let mos = mos(r_factor);
        let (lowest_mos, lowest_at_us) = self.lowest.unwrap_or((mos, 0));
        Some(Quality { r_factor, mos, lowest_mos, lowest_at_us })
    }
}

/// The score of a stream of which so many packets were lost, each by chance.
pub fn score_of(sent: u64, lost: u64, way: Way) -> f64 {
    let totals = Totals { expected: sent.max(1), lost: lost.min(sent), gaps: lost, ..Totals::default() };
    rate(&totals, way).map_or(1.0, mos)
}

fn rate(totals: &Totals, way: Way) -> Option<f64> {
    let loss = (totals.expected > 0).then(|| ratio(totals.lost + totals.late, totals.expected))?;
    let jitter_ms = f64::from(way.jitter_us) / 1000.0;
    let delay_ms = ratio(way.round_trip_us, 2000) + 2.0 * jitter_ms + OWN_DELAY_MS;
    Some(r_factor(way.codec, &Impairments { loss, burst_ratio: burst_ratio(totals, loss), delay_ms }))
}

/// How long the runs of lost packets are, against those that chance makes at the same loss (G.107 §7.4).
fn burst_ratio(totals: &Totals, loss: f64) -> f64 {
    if totals.gaps == 0 { 1.0 } else { (ratio(totals.lost, totals.gaps) * (1.0 - loss)).max(1.0) }
}

/// Counts of packets and microseconds of a call are far below where a float would round them.
#[allow(clippy::cast_precision_loss)]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

/// What was counted between two moments. A packet that fills a gap of before takes nothing from it.
fn since(before: &Totals, now: &Totals) -> Totals {
    Totals {
        expected: now.expected.saturating_sub(before.expected),
        lost: now.lost.saturating_sub(before.lost),
        gaps: now.gaps.saturating_sub(before.gaps),
        duplicated: now.duplicated.saturating_sub(before.duplicated),
        reordered: now.reordered.saturating_sub(before.reordered),
        late: now.late.saturating_sub(before.late),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Way = Way { codec: CodecImpairment::G711, jitter_us: 0, round_trip_us: 0 };
    const SECOND_US: u64 = 1_000_000;

    fn totals(expected: u64, lost: u64, gaps: u64) -> Totals {
        Totals { expected, lost, gaps, ..Totals::default() }
    }

    /// A meter that saw so many of 50 packets lost in each second, each alone.
    fn meter(lost: &[u64]) -> (Meter, Totals) {
        let mut meter = Meter::new(7 * SECOND_US);
        let mut seen = Totals::default();
        for (second, lost) in lost.iter().enumerate() {
            seen = totals(seen.expected + 50, seen.lost + lost, seen.gaps + lost);
            meter.second_passed(seen, GOOD, (8 + second as u64) * SECOND_US);
        }
        (meter, seen)
    }

    #[test]
    fn the_lowest_second_is_told_with_its_time_in_the_legs_life() {
        let (meter, seen) = meter(&[0, 0, 10, 1, 0, 10]);
        let quality = meter.quality(&seen, GOOD).unwrap();
        assert_eq!(quality.lowest_at_us, 3 * SECOND_US);
        assert!(quality.lowest_mos < quality.mos && quality.mos < 4.4, "{quality:?}");
    }

    #[test]
    fn seconds_of_silence_are_not_rated() {
        let (mut meter, seen) = meter(&[0]);
        let untouched = meter.quality(&seen, GOOD);
        meter.second_passed(seen, Way { jitter_us: 500_000, ..GOOD }, 20 * SECOND_US);
        assert_eq!(meter.quality(&seen, GOOD), untouched);
        assert_eq!(Meter::new(0).quality(&Totals::default(), GOOD), None);
    }

    #[test]
    fn what_comes_too_late_is_as_bad_as_what_is_lost() {
        let late = Totals { late: 5, ..totals(50, 0, 0) };
        assert_eq!(rate(&late, GOOD), rate(&totals(50, 5, 5), GOOD));
    }

    #[test]
    fn losses_in_a_row_are_worse_than_the_same_number_alone() {
        assert!(rate(&totals(1000, 50, 5), GOOD) < rate(&totals(1000, 50, 50), GOOD));
    }

    #[test]
    fn a_long_way_and_an_uneven_one_cost() {
        let seen = totals(1000, 0, 0);
        assert!(rate(&seen, Way { round_trip_us: 600_000, ..GOOD }) < rate(&seen, GOOD));
        assert!(rate(&seen, Way { jitter_us: 60_000, ..GOOD }) < rate(&seen, GOOD));
    }
}
