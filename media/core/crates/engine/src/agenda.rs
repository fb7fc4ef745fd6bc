//! What a worker has to do later: one heap of moments.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::events::{EndpointId, ForkId, RecordingId};

/// Something to be done at a moment. It may have become needless by then; the doer checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Task {
    /// The endpoint's next packet of its own.
    Speak(EndpointId),
    /// A key press of which the end may have been lost.
    ExpireDigit(EndpointId),
    /// The recording's next block.
    Flush(RecordingId),
    /// The fork's next frame.
    Fork(ForkId),
    /// The search for legs that fell silent.
    Sweep,
}

/// Tasks in the order they fall due.
#[derive(Debug, Default)]
pub struct Agenda {
    heap: BinaryHeap<Reverse<(u64, Task)>>,
}

impl Agenda {
    pub fn add(&mut self, at_us: u64, task: Task) {
        self.heap.push(Reverse((at_us, task)));
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
