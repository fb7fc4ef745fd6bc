//! What a worker has to do later: one heap of moments.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::events::{EndpointId, ForkId, MixId, RecordingId};

/// Something to be done at a moment. It may have become needless by then; the doer checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Task {
    /// The endpoint's next packet of its own.
    Speak(EndpointId),
    /// The next beat of a mix.
    Mix(MixId),
    /// The next beat of a leg that is heard though it is in no mix.
    Listen(EndpointId),
    /// A key press of which the end may have been lost.
    ExpireDigit(EndpointId),
    /// The recording's next block.
    Flush(RecordingId),
    /// The fork's next frame.
    Fork(ForkId),
    /// The endpoint's next report by RTCP.
    Report(EndpointId),
    /// The look after a share of the legs.
    Sweep,
}

/// Every packet time is a multiple of it, so that beats on the grid are as even as those off it.
const GRID_US: u64 = 5_000;

/// Tasks in the order they fall due.
#[derive(Debug, Default)]
pub struct Agenda {
    heap: BinaryHeap<Reverse<(u64, Task)>>,
}

impl Agenda {
    pub fn add(&mut self, at_us: u64, task: Task) {
        self.heap.push(Reverse((at_us, task)));
    }

    /// Add one of the steady beats of a leg, up to a grid's step early, so that those of many legs come together:
    /// to wake up and set the timer for each of them would cost more than what a beat does.
    pub fn add_beat(&mut self, at_us: u64, task: Task) {
        self.add(at_us - at_us % GRID_US, task);
    }

    pub fn next_us(&self) -> Option<u64> {
        self.heap.peek().map(|Reverse((at_us, _))| *at_us)
    }

    /// Take the earliest task that is due.
    pub fn pop_due(&mut self, now_us: u64) -> Option<Task> {
        self.next_us().filter(|&at_us| at_us <= now_us)?;
        self.heap.pop().map(|Reverse((_, task))| task)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beats_of_one_step_of_the_grid_come_together_and_keep_their_distance() {
        let mut agenda = Agenda::default();
        for beat in 0..3 {
            agenda.add_beat(6_001 + beat * 20_000, Task::Speak(1));
            agenda.add_beat(9_999 + beat * 20_000, Task::Speak(2));
        }
        for due_us in [5_000, 25_000, 45_000] {
            assert_eq!(agenda.next_us(), Some(due_us));
            assert!(agenda.pop_due(due_us).is_some() && agenda.pop_due(due_us).is_some());
        }
    }

    #[test]
    fn tasks_come_in_order_and_not_before_their_time() {
        let mut agenda = Agenda::default();
        agenda.add(30, Task::Sweep);
        agenda.add(10, Task::Speak(1));
        agenda.add(20, Task::Flush(2));
        assert_eq!((agenda.next_us(), agenda.pop_due(9)), (Some(10), None));
        assert_eq!(agenda.pop_due(25), Some(Task::Speak(1)));
        assert_eq!(agenda.pop_due(25), Some(Task::Flush(2)));
        assert_eq!(agenda.pop_due(25), None);
    }
}
