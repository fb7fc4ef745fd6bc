//! Key presses as telephone-event packets (RFC 4733 §2.5.1), one after the other.
//!
//! ```text
//!  packet every ptime:   1M  1   1   1   1E  1E  1E  ·   ·   2M  …
//!  duration (20 ms):     160 320 480 640 800 800 800 (pause)
//! ```

use std::collections::VecDeque;

use crate::telephone_event::{TelephoneEvent, code_of_digit};

/// How long a key is held. Operators ask for 40 ms at least; 100 ms is what phones send.
const PRESS_MS: u32 = 100;
/// How long nothing is pressed after a key, at least.
const PAUSE_MS: u32 = 80;
/// The last packet goes out three times (RFC 4733 §2.5.1.4).
const ENDS: u32 = 3;

/// What to send at one packet interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A packet; `first` begins a press and takes a new timestamp.
    Packet { event: TelephoneEvent, first: bool },
    /// Nothing: between two keys.
    Pause,
}

/// The keys still to be pressed on one leg.
#[derive(Debug)]
pub struct DigitSender {
    codes: VecDeque<u8>,
    /// Packet intervals since the current key went down.
    step: u32,
    ptime_ms: u32,
}

impl DigitSender {
    /// Digits of `0-9`, `A-D`, `*` and `#`; None when there is another character among them.
    pub fn new(digits: &str, ptime_ms: u32) -> Option<Self> {
        let codes = digits.chars().map(code_of_digit).collect::<Option<_>>()?;
        Some(Self { codes, step: 0, ptime_ms })
    }

    /// Press these as well when the keys before them are done.
    pub fn append(&mut self, mut later: Self) {
        self.codes.append(&mut later.codes);
    }
}

impl Iterator for DigitSender {
    type Item = Step;

    /// What this packet interval sends; None when every key was pressed and its pause is over.
    fn next(&mut self) -> Option<Step> {
        let &code = self.codes.front()?;
        let pressed = PRESS_MS.div_ceil(self.ptime_ms);
        let step = self.step;
        self.step += 1;
        if step + 1 >= pressed + PAUSE_MS.div_ceil(self.ptime_ms).max(ENDS) {
            self.codes.pop_front();
            self.step = 0;
        }
        if step >= pressed + ENDS - 1 {
            return Some(Step::Pause);
        }
        let intervals = (step + 1).min(pressed);
        let duration = (intervals * self.ptime_ms * 8) as u16;
        Some(Step::Packet {
            event: TelephoneEvent { code, end: step + 1 >= pressed, duration },
            first: step == 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digit_receiver::DigitReceiver;

    #[test]
    fn a_press_grows_and_ends_three_times_and_pauses() {
        let steps: Vec<_> = DigitSender::new("7", 20).unwrap().collect();
        let durations: Vec<_> = steps
            .iter()
            .map(|step| match step {
                Step::Packet { event, first } => (event.duration, event.end, *first),
                Step::Pause => (0, false, false),
            })
            .collect();
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
        assert_eq!(durations, expected);
    }

    #[test]
    fn a_receiver_hears_what_is_sent_at_every_packet_time() {
        for ptime_ms in [10, 20, 30, 60] {
            let mut sender = DigitSender::new("11*", ptime_ms).unwrap();
            sender.append(DigitSender::new("A#", ptime_ms).unwrap());
            let mut receiver = DigitReceiver::default();
            let mut heard = String::new();
            let mut timestamp = 0;
            for (interval, step) in sender.enumerate() {
                let now = interval as u32 * ptime_ms;
                if let Step::Packet { event, first } = step {
                    timestamp = if first { now * 8 } else { timestamp };
                    receiver
                        .receive(event, timestamp, 1, u64::from(now) * 1000, |press| heard.push(press.digit));
                }
            }
            assert_eq!(heard, "11*A#", "{ptime_ms} ms");
        }
    }

    #[test]
    fn refuses_what_is_no_key() {
        assert!(DigitSender::new("12x", 20).is_none());
    }
}
