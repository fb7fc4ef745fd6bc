//! When a connection is made again: after faults that may pass, a little later each time, and not for ever.

use std::time::Duration;

use crate::ending::Reason;

const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(4);
/// A connection that held so long makes up for the faults before it.
const GOOD: Duration = Duration::from_secs(30);

/// The attempts of one fork.
#[derive(Debug)]
pub struct Retries {
    allowed: u32,
    made: u32,
}

impl Retries {
    pub fn new(allowed: u32) -> Self {
        Self { allowed, made: 0 }
    }

    /// How long to wait before the next attempt, after a connection that held for `held`; None for no more.
    pub fn after(&mut self, reason: Reason, held: Duration) -> Option<Duration> {
        if held >= GOOD {
            self.made = 0;
        }
        if reason != Reason::Unreachable || self.made == self.allowed {
            return None;
        }
        let wait = FIRST_WAIT.saturating_mul(1 << self.made.min(8)).min(LONGEST_WAIT);
        self.made += 1;
        Some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_four_seconds_and_come_to_an_end() {
        let mut retries = Retries::new(7);
        let waits: Vec<_> =
            std::iter::from_fn(|| retries.after(Reason::Unreachable, Duration::ZERO)).collect();
        assert_eq!(
            waits.iter().map(Duration::as_millis).collect::<Vec<_>>(),
            [250, 500, 1000, 2000, 4000, 4000, 4000]
        );
    }

    #[test]
    fn a_connection_that_held_gives_all_attempts_back() {
        let mut retries = Retries::new(1);
        assert!(retries.after(Reason::Unreachable, Duration::ZERO).is_some());
        assert!(retries.after(Reason::Unreachable, Duration::ZERO).is_none());
        assert_eq!(retries.after(Reason::Unreachable, GOOD), Some(FIRST_WAIT));
    }

    #[test]
    fn what_will_not_pass_is_not_tried_again() {
        for reason in [Reason::Refused, Reason::Untrusted, Reason::ProtocolError, Reason::FarEndClosed] {
            assert_eq!(Retries::new(5).after(reason, GOOD), None);
        }
    }
}
