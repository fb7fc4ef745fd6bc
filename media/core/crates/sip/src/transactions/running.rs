//! The timers of transactions that run.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, VecDeque};

use crate::transactions::machine::Timer;
use crate::transactions::table::Id;

/// T1, T2 and T4 of RFC 3261 (table 4 in appendix A), in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Durations {
    pub t1_s: f64,
    pub t2_s: f64,
    pub t4_s: f64,
}

/// One that runs, or was stopped since.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry {
    at: f64,
    pub id: Id,
    pub timer: Timer,
}

impl Eq for Entry {}

impl Ord for Entry {
    /// By time, and of one moment those that are older first.
    fn cmp(&self, other: &Self) -> Ordering {
        self.at.total_cmp(&other.at).then_with(|| self.id.cmp(&other.id))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Which timers are due when.
///
/// Those that repeat stand in a heap. The others run for half a minute, four for each call; but all of one duration
/// are due in the order in which they were started, so that they stand in a line. One that is stopped stays where it
/// is until its time comes; who asks says which still run.
#[derive(Debug)]
pub struct Running {
    durations: Durations,
    /// Of 64 × T1: how long a message is repeated before its peer counts as lost, and lateness is waited for.
    long: VecDeque<Entry>,
    /// Of T4.
    short: VecDeque<Entry>,
    repeating: BinaryHeap<Reverse<Entry>>,
}

impl Running {
    pub fn new(durations: Durations) -> Self {
        Self { durations, long: VecDeque::new(), short: VecDeque::new(), repeating: BinaryHeap::new() }
    }

    /// Run a timer for the first time.
    pub fn start(&mut self, id: Id, timer: Timer, now: f64) {
        let Durations { t1_s, t4_s, .. } = self.durations;
        match timer {
            Timer::A | Timer::E | Timer::G => self.repeat(id, timer, now + t1_s),
            Timer::I | Timer::K => self.short.push_back(Entry { at: now + t4_s, id, timer }),
            _ => self.long.push_back(Entry { at: now + 64.0 * t1_s, id, timer }),
        }
    }

    /// Run one that repeats until its next time.
    pub fn repeat(&mut self, id: Id, timer: Timer, at: f64) {
        self.repeating.push(Reverse(Entry { at, id, timer }));
    }

    /// When the first is due of those that run.
    pub fn next(&mut self, runs: impl Fn(&Entry) -> bool) -> Option<f64> {
        self.drop_stopped(runs);
        let lines = self.long.front().into_iter().chain(self.short.front());
        let repeating = self.repeating.peek().map(|Reverse(entry)| entry);
        lines.chain(repeating).map(|entry| entry.at).reduce(f64::min)
    }

    /// Stop one that is due; those that repeat come last, as there may be no need any more.
    pub fn first_due(&mut self, now: f64, runs: impl Fn(&Entry) -> bool) -> Option<Entry> {
        self.drop_stopped(runs);
        for line in [&mut self.long, &mut self.short] {
            if line.front().is_some_and(|entry| entry.at <= now) {
                return line.pop_front();
            }
        }
        let is_due = self.repeating.peek().is_some_and(|Reverse(entry)| entry.at <= now);
        is_due.then(|| self.repeating.pop()).flatten().map(|Reverse(entry)| entry)
    }

    /// As far as they stand in the way.
    fn drop_stopped(&mut self, runs: impl Fn(&Entry) -> bool) {
        for line in [&mut self.long, &mut self.short] {
            while line.front().is_some_and(|entry| !runs(entry)) {
                line.pop_front();
            }
        }
        while self.repeating.peek().is_some_and(|Reverse(entry)| !runs(entry)) {
            self.repeating.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running() -> Running {
        Running::new(Durations { t1_s: 0.5, t2_s: 4.0, t4_s: 5.0 })
    }

    fn all_due(running: &mut Running, now: f64, runs: impl Fn(&Entry) -> bool + Copy) -> Vec<(Id, Timer)> {
        std::iter::from_fn(|| running.first_due(now, runs)).map(|entry| (entry.id, entry.timer)).collect()
    }

    #[test]
    fn timers_are_due_after_their_durations() {
        let (mut running, all) = (running(), |_: &Entry| true);
        running.start(1, Timer::L, 1.0);
        running.start(2, Timer::K, 2.0);
        running.start(3, Timer::E, 3.0);
        assert_eq!(running.next(all), Some(3.5));
        assert_eq!(all_due(&mut running, 3.4, all), []);
        assert_eq!(all_due(&mut running, 3.5, all), [(3, Timer::E)]);
        assert_eq!(running.next(all), Some(7.0));
        assert_eq!(all_due(&mut running, 7.0, all), [(2, Timer::K)]);
        assert_eq!(running.next(all), Some(33.0));
        assert_eq!(all_due(&mut running, 33.0, all), [(1, Timer::L)]);
        assert_eq!(running.next(all), None);
    }

    #[test]
    fn a_timer_that_is_stopped_is_never_due() {
        let mut running = running();
        for timer in [Timer::A, Timer::B] {
            running.start(1, timer, 0.0);
        }
        running.start(2, Timer::J, 1.0);
        running.start(1, Timer::M, 2.0);
        let runs = |entry: &Entry| !matches!(entry.timer, Timer::A | Timer::B);
        assert_eq!(running.next(runs), Some(33.0));
        assert_eq!(all_due(&mut running, 40.0, runs), [(2, Timer::J), (1, Timer::M)]);
    }

    #[test]
    fn a_request_that_is_given_up_is_not_repeated_once_more_before() {
        let mut running = running();
        for timer in [Timer::A, Timer::B] {
            running.start(1, timer, 0.0);
        }
        let first = running.first_due(50.0, |_| true);
        assert_eq!(first.map(|entry| entry.timer), Some(Timer::B));
    }

    #[test]
    fn those_that_repeat_are_due_by_time_and_then_by_age() {
        let (mut running, all) = (running(), |_: &Entry| true);
        for (id, at) in [(3, 2.0), (2, 2.0), (1, 4.0), (4, 1.0)] {
            running.repeat(id, Timer::E, at);
        }
        assert_eq!(running.next(all), Some(1.0));
        assert_eq!(all_due(&mut running, 4.0, all), [4, 2, 3, 1].map(|id| (id, Timer::E)));
    }
}
