//! Key presses as telephone-event packets (RFC 4733 §2.5.1), one after the other.
//!
//! ```text
//!  packet every ptime:   1M  1   1   1   1E  1E  1E  ·   ·   2M  …
//!  duration (20 ms):     160 320 480 640 800 800 800 (pause)
//! ```
//!
//! A press longer than a duration can tell goes on in further segments, each beginning where the one before
//! ended (§2.5.1.3).

use std::collections::VecDeque;

use crate::telephone_event::{TelephoneEvent, code_of_digit};

/// The last packet goes out three times (RFC 4733 §2.5.1.4).
const ENDS: u32 = 3;
/// The longest that one segment can tell.
const SEGMENT: u32 = 0xffff;
/// Keys that may wait on one leg; those beyond are left out.
const MAX_WAITING: usize = 256;

/// How keys are pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touch {
    /// How long each is held.
    pub press_ms: u32,
    /// How long nothing is pressed after it, at least.
    pub pause_ms: u32,
    /// How loud a tone it stands for, in dBm0 below zero: 0 to 63.
    pub volume: u8,
}

impl Default for Touch {
    /// Networks ask for 40 ms at least (ITU-T Q.24); 100 ms is what phones send.
    fn default() -> Self {
        Self { press_ms: 100, pause_ms: 80, volume: 10 }
    }
}

/// What to send at one packet interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A packet; `first` begins a press and takes a new timestamp, which `offset` is added to.
    Packet { event: TelephoneEvent, first: bool, offset: u32 },
    /// Nothing: between two keys.
    Pause,
}

/// The keys still to be pressed on one leg.
#[derive(Debug)]
pub struct DigitSender {
    presses: VecDeque<(u8, Touch)>,
    /// Packet intervals since the current key went down.
    step: u32,
}

impl DigitSender {
    /// Digits of `0-9`, `A-D`, `*` and `#`; None when there is another character among them.
    pub fn new(digits: &str, touch: Touch) -> Option<Self> {
        let press = |digit| Some((code_of_digit(digit)?, touch));
        Some(Self { presses: digits.chars().map(press).collect::<Option<_>>()?, step: 0 })
    }

    /// Press these as well when the keys before them are done.
    pub fn append(&mut self, later: Self) {
        let room = MAX_WAITING.saturating_sub(self.presses.len());
        self.presses.extend(later.presses.into_iter().take(room));
    }

    /// What this packet interval sends; None when every key was pressed and its pause is over.
    pub fn next(&mut self, ptime_ms: u32, clock_hz: u32) -> Option<Step> {
        let &(code, touch) = self.presses.front()?;
        let pressed = touch.press_ms.div_ceil(ptime_ms).max(1);
        let step = self.step;
        self.step += 1;
        if step + 1 >= pressed + touch.pause_ms.div_ceil(ptime_ms).max(ENDS) {
            self.presses.pop_front();
            self.step = 0;
        }
        if step >= pressed + ENDS - 1 {
            return Some(Step::Pause);
        }
        let interval = clock_hz / 1000 * ptime_ms;
        let held = (step + 1).min(pressed) * interval;
        // The packet in which a segment fills up still belongs to it.
        let offset = (held - interval) / SEGMENT * SEGMENT;
        let duration = (held - offset).min(SEGMENT) as u16;
        let event = TelephoneEvent { code, end: step + 1 >= pressed, volume: touch.volume, duration };
        Some(Step::Packet { event, first: step == 0, offset })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digit_receiver::{DigitReceiver, KeyPress};

    fn steps(mut sender: DigitSender, ptime_ms: u32, clock_hz: u32) -> Vec<Step> {
        std::iter::from_fn(|| sender.next(ptime_ms, clock_hz)).collect()
    }

    /// What a receiver hears of it.
    fn heard(sender: DigitSender, ptime_ms: u32, clock_hz: u32) -> Vec<KeyPress> {
        let mut receiver = DigitReceiver::default();
        let (mut heard, mut begun) = (Vec::new(), 0);
        for (interval, step) in steps(sender, ptime_ms, clock_hz).into_iter().enumerate() {
            let passed_ms = interval as u32 * ptime_ms;
            if let Step::Packet { event, first, offset } = step {
                begun = if first { passed_ms * (clock_hz / 1000) } else { begun };
                let now_us = u64::from(passed_ms) * 1000;
                receiver.receive(event, begun + offset, 1, clock_hz, now_us, |press| heard.push(press));
            }
        }
        heard
    }

    #[test]
    fn a_press_grows_and_ends_three_times_and_pauses() {
        let told = |step: &Step| match step {
            Step::Packet { event, first, .. } => (event.duration, event.end, *first),
            Step::Pause => (0, false, false),
        };
        let sender = DigitSender::new("7", Touch::default()).unwrap();
        let expected = [
            (160, false, true),
            (320, false, false),
            (480, false, false),
            (640, false, false),
            (800, true, false),
            (800, true, false),
            (800, true, false),
            (0, false, false),
            (0, false, false),
        ];
        assert_eq!(steps(sender, 20, 8000).iter().map(told).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_receiver_hears_what_is_sent_at_every_packet_time_and_clock() {
        for ptime_ms in [10, 20, 30, 60] {
            for clock_hz in [8000, 16_000, 48_000] {
                let mut sender = DigitSender::new("11*", Touch::default()).unwrap();
                sender.append(DigitSender::new("A#", Touch::default()).unwrap());
                let heard = heard(sender, ptime_ms, clock_hz);
                let digits: String = heard.iter().map(|press| press.digit).collect();
                assert_eq!(digits, "11*A#", "{ptime_ms} ms at {clock_hz} Hz");
                assert!(heard.iter().all(|press| (100..160).contains(&press.duration_ms)), "{heard:?}");
            }
        }
    }

    #[test]
    fn a_key_held_for_long_is_one_press_of_many_segments() {
        for (clock_hz, press_ms) in [(8000, 20_000), (48_000, 5000)] {
            let touch = Touch { press_ms, ..Touch::default() };
            let heard = heard(DigitSender::new("5", touch).unwrap(), 20, clock_hz);
            assert_eq!(heard.len(), 1, "{heard:?}");
            assert!(heard[0].duration_ms.abs_diff(press_ms) <= 20, "{heard:?}");
        }
    }

    #[test]
    fn keys_beyond_what_may_wait_are_left_out() {
        let digits = "5".repeat(MAX_WAITING);
        let mut sender = DigitSender::new(&digits, Touch::default()).unwrap();
        sender.append(DigitSender::new("6", Touch::default()).unwrap());
        assert_eq!(sender.presses.len(), MAX_WAITING);
    }

    #[test]
    fn refuses_what_is_no_key() {
        assert!(DigitSender::new("12x", Touch::default()).is_none());
    }
}
