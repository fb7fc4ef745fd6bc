//! From telephone-event packets to key presses (RFC 4733 §2.5.2), one for each press whatever is lost.
//!
//! ```text
//!  packets   1·  1·  1·  1E 1E 1E          2·  2·   (end lost)      2E (late)
//!  timestamp 100 100 100 100               900 900                  900
//!  reported              1                          2 after SILENCE_US
//! ```
//!
//! A press is known by its timestamp, never by marker bit or sequence number, so a lost start, a missing
//! marker and repeated ends do no harm. A press longer than a duration can tell comes in segments, each
//! beginning where the last ended (§2.5.1.3), and is still one press.
//!
//! Nobody presses a key for less than 40 ms (ITU-T Q.24): a sender that begins presses faster is not
//! heard beyond that pace, so that no stream of packets becomes a flood of digits.

use crate::telephone_event::{TelephoneEvent, digit_of_code};

/// An event nothing was heard of for so long is over: its end was lost. Three packets of 50 ms (§2.6.2).
pub const SILENCE_US: u64 = 150_000;
/// A packet with a timestamp no older than this is a late one of an earlier press, not a jump.
const LATE_S: u32 = 5;
/// The shortest press of a key.
const PRESS_US: u64 = 40_000;
/// Presses that may come at once, after the network held them up.
const MAX_BURST: u64 = 8;
/// A segment may be known by less than it had, when its last packets were lost.
const SEGMENT_LOST_MS: u32 = 300;

/// One key press, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyPress {
    pub digit: char,
    pub duration_ms: u32,
}

/// What the receiver remembers of the press it hears or heard last.
#[derive(Clone, Copy, Debug)]
struct Press {
    code: u8,
    ssrc: u32,
    /// What its ticks are counted by.
    clock_hz: u32,
    /// Of the current segment.
    timestamp: u32,
    /// Ticks of the segments before the current one.
    earlier: u32,
    /// The longest duration heard of the current segment.
    duration: u32,
    heard_us: u64,
    /// It is over, and was told if it was a key.
    reported: bool,
}

/// Hears the telephone-events of one leg.
#[derive(Debug, Default)]
pub struct DigitReceiver {
    press: Option<Press>,
    /// When all presses begun so far would be over, each as short as can be.
    paced_us: u64,
    /// Keys that went down so far.
    presses: u64,
}

impl DigitReceiver {
    /// Take one packet and report the presses it ends: one before it whose end was lost, or its own.
    ///
    /// False when it begins a press sooner than a key can be pressed; then nothing is kept of it.
    pub fn receive(
        &mut self,
        event: TelephoneEvent,
        timestamp: u32,
        ssrc: u32,
        clock_hz: u32,
        now_us: u64,
        mut report: impl FnMut(KeyPress),
    ) -> bool {
        let press = match self.press {
            Some(press) if press.ssrc == ssrc && press.timestamp == timestamp => press,
            Some(press) if press.goes_on_in(event, timestamp, ssrc) => press.next_segment(timestamp),
            Some(press) if !press.is_older_than(timestamp, ssrc) => return true,
            previous => {
                if !self.keeps_pace(now_us) {
                    return false;
                }
                previous.and_then(|press| press.unreported()).into_iter().for_each(&mut report);
                self.presses += u64::from(digit_of_code(event.code).is_some());
                Press::new(event.code, timestamp, ssrc, clock_hz.max(1000))
            }
        };
        let (press, ended) = press.hear(event, now_us);
        self.press = Some(press);
        ended.into_iter().for_each(report);
        true
    }

    /// How many keys went down so far; it grows with the first packet that is heard of each.
    pub fn presses(&self) -> u64 {
        self.presses
    }

    /// Whether anything was heard of a press in the last `span_us`.
    pub fn heard_within(&self, span_us: u64, now_us: u64) -> bool {
        self.press.is_some_and(|press| now_us.saturating_sub(press.heard_us) < span_us)
    }

    /// When to ask `expire` next: the moment a press under way would count as over.
    pub fn deadline_us(&self) -> Option<u64> {
        self.press.filter(|press| !press.reported).map(|press| press.heard_us + SILENCE_US)
    }

    /// The press whose end was lost, once its silence has lasted long enough.
    pub fn expire(&mut self, now_us: u64) -> Option<KeyPress> {
        let press = self.press.as_mut().filter(|press| now_us >= press.heard_us + SILENCE_US)?;
        let ended = press.unreported();
        press.reported = true;
        ended
    }

    /// Whether a press may begin now; if so it is counted as one.
    fn keeps_pace(&mut self, now_us: u64) -> bool {
        let kept = self.paced_us < now_us + MAX_BURST * PRESS_US;
        if kept {
            self.paced_us = self.paced_us.max(now_us) + PRESS_US;
        }
        kept
    }
}

impl Press {
    fn new(code: u8, timestamp: u32, ssrc: u32, clock_hz: u32) -> Self {
        Self { code, ssrc, clock_hz, timestamp, earlier: 0, duration: 0, heard_us: 0, reported: false }
    }

    /// False for a packet of some press before this one, delayed on its way.
    fn is_older_than(&self, timestamp: u32, ssrc: u32) -> bool {
        self.ssrc != ssrc || self.timestamp.wrapping_sub(timestamp) > LATE_S * self.clock_hz
    }

    /// Whether a packet with a new timestamp is the next segment of this press.
    fn goes_on_in(&self, event: TelephoneEvent, timestamp: u32, ssrc: u32) -> bool {
        let step = timestamp.wrapping_sub(self.timestamp);
        !self.reported
            && self.ssrc == ssrc
            && self.code == event.code
            && self.duration + SEGMENT_LOST_MS * (self.clock_hz / 1000) >= 0xffff
            && (self.duration..=0xffff + 1).contains(&step)
    }

    fn next_segment(self, timestamp: u32) -> Self {
        let earlier = self.earlier.saturating_add(timestamp.wrapping_sub(self.timestamp));
        Self { timestamp, earlier, duration: 0, ..self }
    }

    fn hear(mut self, event: TelephoneEvent, now_us: u64) -> (Self, Option<KeyPress>) {
        self.duration = self.duration.max(u32::from(event.duration));
        self.heard_us = now_us;
        let ended = if event.end { self.unreported() } else { None };
        self.reported |= event.end;
        (self, ended)
    }

    /// The press for the report, unless it was made already or its code is no key.
    fn unreported(&self) -> Option<KeyPress> {
        let digit = digit_of_code(self.code).filter(|_| !self.reported)?;
        let ticks = self.earlier.saturating_add(self.duration);
        Some(KeyPress { digit, duration_ms: ticks / (self.clock_hz / 1000) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SSRC: u32 = 1;

    /// Packets as (code, timestamp, duration, end), 20 ms apart; what is reported, expiry included.
    fn presses(packets: &[(u8, u32, u16, bool)]) -> Vec<(char, u32)> {
        let mut receiver = DigitReceiver::default();
        let mut heard = Vec::new();
        let mut now_us = 0;
        for &(code, timestamp, duration, end) in packets {
            now_us += 20_000;
            let event = TelephoneEvent { code, end, volume: 10, duration };
            receiver.receive(event, timestamp, SSRC, 8000, now_us, |press| heard.push(press));
        }
        assert_eq!(receiver.expire(now_us + SILENCE_US - 1), None);
        heard.extend(receiver.expire(now_us + SILENCE_US));
        assert_eq!(receiver.expire(now_us + 2 * SILENCE_US), None);
        heard.iter().map(|press| (press.digit, press.duration_ms)).collect()
    }

    #[test]
    fn one_press_is_reported_at_its_first_end_packet() {
        let packets = [(1, 100, 160, false), (1, 100, 320, false), (1, 100, 480, true), (1, 100, 480, true)];
        assert_eq!(presses(&packets), [('1', 60)]);
    }

    #[test]
    fn a_press_of_which_only_a_repeated_end_arrived_counts() {
        assert_eq!(presses(&[(5, 100, 800, true)]), [('5', 100)]);
    }

    #[test]
    fn a_press_whose_end_was_lost_is_over_after_silence() {
        assert_eq!(presses(&[(9, 100, 160, false), (9, 100, 320, false)]), [('9', 40)]);
    }

    #[test]
    fn a_press_whose_end_was_lost_is_over_when_the_next_begins() {
        let packets = [(1, 100, 320, false), (2, 2100, 800, true)];
        assert_eq!(presses(&packets), [('1', 40), ('2', 100)]);
    }

    #[test]
    fn the_same_key_twice_is_two_presses() {
        let packets = [(1, 100, 800, true), (1, 100, 800, true), (1, 1700, 800, true)];
        assert_eq!(presses(&packets), [('1', 100), ('1', 100)]);
    }

    #[test]
    fn late_packets_of_an_earlier_press_are_ignored() {
        let packets = [(1, 100, 800, true), (2, 1700, 160, false), (1, 100, 800, true), (2, 1700, 800, true)];
        assert_eq!(presses(&packets), [('1', 100), ('2', 100)]);
    }

    #[test]
    fn a_long_press_in_segments_is_one() {
        let packets = [
            (3, 1000, 65_000, false),
            (3, 1000, 65_535, false),
            (3, 66_535, 800, false),
            (3, 66_535, 1600, true),
        ];
        assert_eq!(presses(&packets), [('3', 8391)]);
    }

    #[test]
    fn a_sender_that_starts_its_clock_anew_is_still_heard() {
        assert_eq!(presses(&[(1, 4_000_000, 800, true), (2, 100, 800, true)]), [('1', 100), ('2', 100)]);
    }

    #[test]
    fn a_hook_flash_is_no_digit() {
        assert_eq!(presses(&[(16, 100, 800, true)]), []);
    }

    #[test]
    fn what_is_no_digit_is_over_after_silence_too() {
        let mut receiver = DigitReceiver::default();
        let flash = TelephoneEvent { code: 16, end: false, volume: 10, duration: 160 };
        receiver.receive(flash, 100, SSRC, 8000, 0, |press| panic!("{press:?}"));
        assert_eq!(receiver.deadline_us(), Some(SILENCE_US));
        assert_eq!(receiver.expire(SILENCE_US), None);
        assert_eq!(receiver.deadline_us(), None);
    }

    #[test]
    fn presses_faster_than_any_finger_are_refused_and_not_reported() {
        let mut receiver = DigitReceiver::default();
        let (mut taken, mut reported) = (0, 0);
        for packet in 0..10_000_u32 {
            let event = TelephoneEvent { code: 1, end: true, volume: 10, duration: 800 };
            let now_us = u64::from(packet) * 1000;
            let kept = receiver.receive(event, packet * 1600, SSRC, 8000, now_us, |_| reported += 1);
            taken += u32::from(kept);
        }
        let possible = 10_000_000 / PRESS_US as u32;
        assert!((possible..=possible + MAX_BURST as u32).contains(&reported), "{reported}");
        assert_eq!(taken, reported);
    }

    #[test]
    fn a_press_refused_for_its_haste_is_heard_when_it_lasts() {
        let mut receiver = DigitReceiver::default();
        let mut heard = String::new();
        let mut press = |code, timestamp, end, now_us| {
            let event = TelephoneEvent { code, end, volume: 10, duration: 800 };
            receiver.receive(event, timestamp, SSRC, 8000, now_us, |press| heard.push(press.digit))
        };
        assert!((0..MAX_BURST as u32).all(|index| press(1, index * 1600, true, 0)));
        assert!(!press(2, 90_000, false, 0));
        assert!(press(2, 90_000, true, PRESS_US));
        assert_eq!(heard, "111111112");
    }

    proptest! {
        #[test]
        fn keys_are_heard_once_whatever_is_lost_and_repeated(
            kept in prop::collection::vec(prop::collection::vec(0..3_usize, 8), 1..12),
        ) {
            let mut packets = Vec::new();
            let mut expected = String::new();
            for (index, copies) in kept.iter().enumerate() {
                let timestamp = 5000 * index as u32;
                for (step, &count) in copies.iter().enumerate() {
                    let duration = 160 * (step as u16 + 1).min(6);
                    packets.extend(vec![((index % 10) as u8, timestamp, duration, step >= 5); count]);
                }
                if copies.iter().any(|&count| count > 0) {
                    expected.push(char::from(b'0' + (index % 10) as u8));
                }
            }
            let heard: String = presses(&packets).iter().map(|press| press.0).collect();
            prop_assert_eq!(heard, expected);
        }
    }
}
