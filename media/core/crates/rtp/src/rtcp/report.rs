//! What senders tell of themselves and receivers of others (RFC 3550 §6.4.1).

use super::{compact_ntp, from_compact_us, ntp};

/// What a sender says of its own stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderInfo {
    pub ntp: u64,
    /// The same moment by the stream's clock.
    pub timestamp: u32,
    pub packets: u32,
    /// Of payload, without headers.
    pub octets: u32,
}

/// What a receiver says of one stream it hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportBlock {
    /// Whose stream.
    pub ssrc: u32,
    /// Lost since the report before, in 256ths of what was expected.
    pub fraction_lost: u8,
    /// Since the beginning, 24 bits; duplicates make it negative.
    pub lost: i32,
    /// The highest sequence number heard, with the count of its wraps above it.
    pub highest_sequence: u32,
    /// In ticks of the stream's clock.
    pub jitter: u32,
    /// The middle of the NTP timestamp of the last sender report from there; 0 before there was one.
    pub last_sr: u32,
    /// Since that came, in 65536ths of a second.
    pub delay_since_sr: u32,
}

/// Both ends round their times to 65536ths of a second: a short trip may come out below zero.
const ROUNDING: i32 = 64;

impl SenderInfo {
    pub(super) const LENGTH: usize = 20;

    /// Of a stream that stands at `timestamp` now.
    pub fn now(now_us: u64, timestamp: u32, packets: u64, octets: u64) -> Self {
        Self { ntp: ntp(now_us), timestamp, packets: packets as u32, octets: octets as u32 }
    }

    /// As a receiver of this report repeats its time.
    pub fn compact_ntp(&self) -> u32 {
        (self.ntp >> 16) as u32
    }

    pub(super) fn read(bytes: &[u8; Self::LENGTH]) -> Self {
        let [high, low, timestamp, packets, octets] = words(bytes);
        Self { ntp: u64::from(high) << 32 | u64::from(low), timestamp, packets, octets }
    }

    pub(super) fn words(&self) -> [u32; 5] {
        [(self.ntp >> 32) as u32, self.ntp as u32, self.timestamp, self.packets, self.octets]
    }
}

impl ReportBlock {
    pub(super) const LENGTH: usize = 24;

    /// The time a packet takes to the reporter and back, if it has heard a report of ours (RFC 3550 §6.4.1, DLSR).
    ///
    /// None also for one that makes no sense: a reporter can claim to have waited longer than we have.
    pub fn round_trip_us(&self, now_us: u64) -> Option<u64> {
        let asked = (self.last_sr != 0).then_some(self.last_sr)?;
        let trip = compact_ntp(now_us).wrapping_sub(asked).wrapping_sub(self.delay_since_sr) as i32;
        (trip >= -ROUNDING).then(|| from_compact_us(trip.max(0) as u32))
    }

    pub(super) fn read(bytes: &[u8; Self::LENGTH]) -> Self {
        let [ssrc, losses, highest_sequence, jitter, last_sr, delay_since_sr] = words(bytes);
        Self {
            ssrc,
            fraction_lost: (losses >> 24) as u8,
            lost: (losses << 8) as i32 >> 8,
            highest_sequence,
            jitter,
            last_sr,
            delay_since_sr,
        }
    }

    pub(super) fn words(&self) -> [u32; 6] {
        let lost = self.lost.clamp(-0x80_0000, 0x7f_ffff) as u32 & 0xff_ffff;
        let losses = u32::from(self.fraction_lost) << 24 | lost;
        [self.ssrc, losses, self.highest_sequence, self.jitter, self.last_sr, self.delay_since_sr]
    }
}

/// `N` words from as many times four octets.
fn words<const OCTETS: usize, const N: usize>(bytes: &[u8; OCTETS]) -> [u32; N] {
    let mut words = [0; N];
    for (word, octets) in words.iter_mut().zip(bytes.as_chunks::<4>().0) {
        *word = u32::from_be_bytes(*octets);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(last_sr: u32, delay_since_sr: u32) -> ReportBlock {
        ReportBlock {
            ssrc: 1,
            fraction_lost: 0,
            lost: 0,
            highest_sequence: 0,
            jitter: 0,
            last_sr,
            delay_since_sr,
        }
    }

    #[test]
    fn the_round_trip_is_what_passed_less_what_the_reporter_waited() {
        let asked = compact_ntp(10_000_000);
        let trip_us = block(asked, 65_536 * 2).round_trip_us(12_080_000).unwrap();
        assert!(trip_us.abs_diff(80_000) < 50, "{trip_us}");
    }

    #[test]
    fn a_round_trip_across_the_wrap_of_compact_time_is_measured() {
        let wrap_us = 65_536_000_000;
        let asked = compact_ntp(wrap_us - 1_000_000);
        let trip_us = block(asked, 0).round_trip_us(wrap_us + 500_000).unwrap();
        assert!(trip_us.abs_diff(1_500_000) < 50, "{trip_us}");
    }

    #[test]
    fn a_reporter_that_heard_nothing_or_lies_gives_no_round_trip() {
        assert_eq!(block(0, 0).round_trip_us(5_000_000), None);
        assert_eq!(block(compact_ntp(4_000_000), 65_536 * 3).round_trip_us(5_000_000), None);
    }

    #[test]
    fn a_trip_that_rounding_makes_shorter_than_nothing_is_none_at_all() {
        let asked = compact_ntp(4_000_000);
        assert_eq!(block(asked, 65_536 + 3).round_trip_us(5_000_000), Some(0));
    }

    #[test]
    fn a_negative_loss_keeps_its_sign_in_24_bits() {
        let mut report = block(0, 0);
        for lost in [-5, 0, 7, 0x7f_ffff, -0x80_0000] {
            report.lost = lost;
            let mut bytes = [0; ReportBlock::LENGTH];
            for (octets, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(report.words()) {
                *octets = word.to_be_bytes();
            }
            assert_eq!(ReportBlock::read(&bytes), report);
        }
    }
}
