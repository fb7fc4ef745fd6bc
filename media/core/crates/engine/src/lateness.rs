//! How far a worker is behind, and what then has to wait.
//!
//! A worker has caught up whenever a round finds fewer sockets ready than it can serve: what is left is then only
//! what came meanwhile. It is behind since it last had, or by what its agenda should have done already.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Behind by more than this, statistics, reports, tones and prompts yield to relayed packets.
pub const MUCH_US: u64 = 10_000;

/// Kept by the worker from round to round.
#[derive(Debug, Default)]
pub struct Pace {
    caught_up_us: u64,
}

impl Pace {
    /// A round begins in which this was due earliest, if anything; how late it is.
    pub fn late_us(&self, due_us: Option<u64>, now_us: u64) -> u64 {
        let overdue_us = due_us.map_or(0, |due_us| now_us.saturating_sub(due_us));
        let backlog_us = if self.caught_up_us == 0 { 0 } else { now_us.saturating_sub(self.caught_up_us) };
        overdue_us.max(backlog_us)
    }

    /// A round is over. `full`: as many sockets were ready as one can serve, so that more may be.
    pub fn end_round(&mut self, full: bool, now_us: u64) {
        self.caught_up_us = match (full, self.caught_up_us) {
            (false, _) => 0,
            (true, 0) => now_us,
            (true, since_us) => since_us,
        };
    }
}

/// What others may see of it: the worst of this second and of the one before, and of all.
#[derive(Debug, Default)]
#[allow(clippy::struct_field_names)] // the unit belongs to each
pub struct Lateness {
    second_us: AtomicU64,
    before_us: AtomicU64,
    worst_us: AtomicU64,
}

impl Lateness {
    pub fn note(&self, late_us: u64) {
        if late_us > self.second_us.load(Relaxed) {
            self.second_us.store(late_us, Relaxed);
            self.worst_us.fetch_max(late_us, Relaxed);
        }
    }

    pub fn second_passed(&self) {
        self.before_us.store(self.second_us.swap(0, Relaxed), Relaxed);
    }

    /// The worst of the last second or two.
    pub fn recent_us(&self) -> u64 {
        self.second_us.load(Relaxed).max(self.before_us.load(Relaxed))
    }

    /// The worst since the worker began.
    pub fn worst_us(&self) -> u64 {
        self.worst_us.load(Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_late_by_what_its_agenda_should_have_done() {
        let pace = Pace::default();
        assert_eq!(pace.late_us(None, 50), 0);
        assert_eq!(pace.late_us(Some(70), 50), 0);
        assert_eq!(pace.late_us(Some(30), 50), 20);
    }

    #[test]
    fn a_worker_whose_rounds_stay_full_falls_behind_until_one_is_not() {
        let mut pace = Pace::default();
        pace.end_round(true, 100);
        pace.end_round(true, 300);
        assert_eq!(pace.late_us(None, 500), 400);
        pace.end_round(false, 600);
        assert_eq!(pace.late_us(None, 700), 0);
    }

    #[test]
    fn the_worst_of_the_last_seconds_is_told_and_then_forgotten_but_for_the_worst_of_all() {
        let lateness = Lateness::default();
        lateness.note(30);
        lateness.note(20);
        lateness.second_passed();
        assert_eq!(lateness.recent_us(), 30);
        lateness.note(5);
        lateness.second_passed();
        assert_eq!((lateness.recent_us(), lateness.worst_us()), (5, 30));
    }
}
