//! A leg whose port strangers flood: while the guard is up, the kernel drops them before the worker is woken.
//!
//! ```text
//!            too many strangers             a second later
//!   down ─────────────────────────► up ─────────────────────► down, with a few strangers left
//!                                    ▲                                │
//!                                    └──── strangers come again ◄─────┘
//! ```
//!
//! It is down for a moment each second, since behind it nobody sees whether the flood goes on, and since the peer may
//! be silent by now and have moved.

use crate::budget::{Budget, Rate};

/// How long the guard stays up before it is looked behind it.
pub const LOOK_AFTER_US: u64 = 1_000_000;
/// How many strangers show that the flood goes on. They are taken before the kernel's queue is full.
const STILL_FLOODED: u64 = 8;
/// After so long without a flood the next one is another.
const ANOTHER_FLOOD_AFTER_US: u64 = 10_000_000;

/// What a leg knows of floods.
#[derive(Debug)]
pub struct FloodGuard {
    strangers: Budget,
    is_up: bool,
    /// When it was flooded last.
    flooded_us: Option<u64>,
}

impl Default for FloodGuard {
    fn default() -> Self {
        Self { strangers: Budget::new(Rate::STRANGERS), is_up: false, flooded_us: None }
    }
}

impl FloodGuard {
    /// A stranger's datagram came; whether that makes it a flood.
    pub fn meet_stranger(&mut self, now_us: u64) -> bool {
        !self.strangers.spend(now_us)
    }

    /// The leg is flooded; whether that is news.
    pub fn is_news(&mut self, now_us: u64) -> bool {
        let before_us = self.flooded_us.replace(now_us);
        before_us.is_none_or(|before_us| now_us >= before_us + ANOTHER_FLOOD_AFTER_US)
    }

    pub fn is_up(&self) -> bool {
        self.is_up
    }

    pub fn put_up(&mut self) {
        self.is_up = true;
    }

    pub fn take_down(&mut self, now_us: u64) {
        self.is_up = false;
        self.strangers.leave(STILL_FLOODED, now_us);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOOD_GAP_US: u64 = 40;

    /// Strangers met from `from_us` on before they are a flood.
    fn met(guard: &mut FloodGuard, from_us: u64) -> u64 {
        (0..1000).find(|met| guard.meet_stranger(from_us + met * FLOOD_GAP_US)).unwrap()
    }

    #[test]
    fn a_flood_that_goes_on_is_known_by_fewer_strangers_than_a_new_one() {
        let mut guard = FloodGuard::default();
        let at_first = met(&mut guard, 0);
        guard.put_up();
        guard.take_down(LOOK_AFTER_US);
        let later = met(&mut guard, LOOK_AFTER_US);
        assert!(later <= 8 && at_first >= 50, "{at_first}, {later}");
    }

    #[test]
    fn one_flood_is_news_once_and_the_next_again() {
        let mut guard = FloodGuard::default();
        let news: Vec<_> = [0, 1, 9, 18, 30].into_iter().filter(|s| guard.is_news(s * 1_000_000)).collect();
        assert_eq!(news, [0, 30]);
    }
}
