//! RTCP (RFC 3550 §6, RFC 3611): reading a peer's compound packets, writing ours.
//!
//! ```text
//!  datagram   │ SR or RR │ SDES │ XR │ BYE │      one compound packet
//!  item         Sender, Report …    Voip  Goodbye what each tells us
//! ```
//!
//! Nothing is kept between packets here, and a datagram tells a bounded number of things: what does not fit
//! its own length ends the reading.

mod read;
mod report;
mod voip;
mod write;

pub use read::{Compound, Item, Malformed};
pub use report::{ReportBlock, SenderInfo};
pub use voip::VoipMetrics;
pub use write::{MAX_LENGTH, OwnPacket};

const VERSION: u8 = 2;
const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const GOODBYE: u8 = 203;
const EXTENDED_REPORT: u8 = 207;
/// Of a packet: version, count, type and length.
const HEADER_LENGTH: usize = 4;

/// Whether a datagram on a port shared by both is RTCP and not RTP, by its second octet (RFC 5761 §4).
pub fn is_rtcp(datagram: &[u8]) -> bool {
    datagram.get(1).is_some_and(|second| (192..=223).contains(second))
}

/// The time between two reports of ours (RFC 3550 §6.2, §6.3.1): 5 s, spread from half to one and a half
/// times so that legs opened together do not report together, and half of it before the first.
///
/// `random` is any number. The division by e - 3/2 of §6.3.1 belongs to its reconsideration, which needs more
/// than two participants.
pub fn interval_us(random: u32, first: bool) -> u64 {
    const MINIMUM_US: u64 = 5_000_000;
    let usual_us = if first { MINIMUM_US / 2 } else { MINIMUM_US };
    usual_us / 2 + usual_us * u64::from(random) / u64::from(u32::MAX)
}

/// Time in the middle 32 bits of an NTP timestamp: sixteen of seconds, sixteen of their fraction (RFC 3550 §4).
///
/// A clock that counts from the engine's beginning and not from 1900 serves as well (RFC 3550 §6.4.1, NTP timestamp).
pub fn compact_ntp(now_us: u64) -> u32 {
    ntp(now_us).wrapping_shr(16) as u32
}

fn ntp(now_us: u64) -> u64 {
    let fraction = ((now_us % 1_000_000) << 32) / 1_000_000;
    (now_us / 1_000_000) << 32 | fraction
}

/// Units of 1/65536 s in microseconds.
const fn from_compact_us(units: u32) -> u64 {
    (units as u64 * 1_000_000) >> 16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compact_time_counts_in_65536ths_of_a_second() {
        assert_eq!(compact_ntp(1_500_000), 0x1_8000);
        assert_eq!(compact_ntp(65_536_000_000 + 250_000), 0x4000);
        assert_eq!(from_compact_us(0x1_8000), 1_500_000);
    }

    #[test]
    fn reports_are_spread_around_five_seconds_and_the_first_comes_sooner() {
        assert_eq!([interval_us(0, false), interval_us(u32::MAX, false)], [2_500_000, 7_500_000]);
        assert_eq!([interval_us(0, true), interval_us(u32::MAX, true)], [1_250_000, 3_750_000]);
    }

    #[test]
    fn rtp_of_the_usual_payload_types_is_not_taken_for_rtcp() {
        let second_octets = [0, 8, 9, 18, 101, 127, 128, 136, 128 + 101, 255];
        assert!(!second_octets.iter().any(|&octet| is_rtcp(&[0x80, octet])));
        assert!([200, 201, 207].iter().all(|&octet| is_rtcp(&[0x80, octet])));
        assert!(!is_rtcp(&[0x80]));
    }
}
