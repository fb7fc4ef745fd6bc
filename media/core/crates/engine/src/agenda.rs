//! What a worker has to do later, of what can wait and of what cannot: beats, which come in step, and all else.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use crate::events::{EndpointId, ForkId, MixId, RecordingId};

/// One of a leg's two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Port {
    Rtp,
    Rtcp,
}

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
    /// The next step of the endpoint's handshake, when the peer is silent.
    ShakeHands(EndpointId),
    /// The endpoint's mask may be over.
    Unmask(EndpointId),
    /// The recording's next block.
    Flush(RecordingId),
    /// The fork's next frame.
    Fork(ForkId),
    /// The endpoint's next report by RTCP.
    Report(EndpointId),
    /// The look after a share of the legs.
    Sweep,
    /// A port that was flooded may be heard again.
    ListenAgain(EndpointId, Port),
    /// A leg's flood may be over.
    LookBehindGuard(EndpointId),
}

impl Task {
    /// The leg, mix, recording or fork that it is a task of; None when it is the worker's own.
    pub fn about(&self) -> Option<u64> {
        match *self {
            Self::Speak(id)
            | Self::Mix(id)
            | Self::Listen(id)
            | Self::ExpireDigit(id)
            | Self::ShakeHands(id)
            | Self::Unmask(id)
            | Self::Flush(id)
            | Self::Fork(id)
            | Self::Report(id)
            | Self::ListenAgain(id, _)
            | Self::LookBehindGuard(id) => Some(id),
            Self::Sweep => None,
        }
    }

    /// Whether it yields to relayed packets when the worker is behind: prompts and tones, reports, statistics.
    fn can_wait(&self) -> bool {
        matches!(self, Self::Speak(_) | Self::Report(_) | Self::Sweep)
    }
}

/// Every packet time is a multiple of it, so that beats on the grid are as even as those off it.
const GRID_US: u64 = 5_000;
/// The grid of what need not be punctual.
const WIDE_GRID_US: u64 = 100_000;

/// Tasks in the order they fall due.
#[derive(Debug, Default)]
pub struct Agenda {
    pressing: Queue,
    patient: Queue,
}

impl Agenda {
    pub fn add(&mut self, at_us: u64, task: Task) {
        self.queue_of(task).others.push(Reverse((at_us, task)));
    }

    /// Add one of the steady beats of a leg or a recording, up to a grid's step early, so that those of many come
    /// together: to wake up and set the timer for each of them would cost more than what a beat does.
    pub fn add_beat(&mut self, at_us: u64, task: Task) {
        self.queue_of(task).beats.add(at_us - at_us % GRID_US, task);
    }

    /// Add what nobody minds up to a tenth of a second early, so that one wake-up is for all legs' of that time.
    pub fn add_about(&mut self, at_us: u64, task: Task) {
        self.queue_of(task).beats.add(at_us - at_us % WIDE_GRID_US, task);
    }

    /// Take out all tasks of these, with their moments. The ids are sorted: each task of the worker is held against them.
    pub fn take_tasks_of(&mut self, ids: &[u64]) -> Vec<(u64, Task)> {
        let mut taken = Vec::new();
        let mut stays = |at_us: u64, task: Task| {
            let stays = task.about().is_none_or(|id| ids.binary_search(&id).is_err());
            if !stays {
                taken.push((at_us, task));
            }
            stays
        };
        for queue in [&mut self.pressing, &mut self.patient] {
            queue.others.retain(|&Reverse((at_us, task))| stays(at_us, task));
            for (at_us, tasks) in &mut queue.beats.steps {
                tasks.retain(|&task| stays(*at_us, task));
            }
            queue.beats.forget_empty();
        }
        taken
    }

    pub fn next_us(&self) -> Option<u64> {
        [&self.pressing, &self.patient].into_iter().filter_map(Queue::next_us).min()
    }

    /// Take the earliest task that is due and cannot wait.
    pub fn pop_pressing(&mut self, now_us: u64) -> Option<Task> {
        self.pressing.pop_due(now_us)
    }

    /// Take the earliest task that is due and can wait.
    pub fn pop_patient(&mut self, now_us: u64) -> Option<Task> {
        self.patient.pop_due(now_us)
    }

    fn queue_of(&mut self, task: Task) -> &mut Queue {
        if task.can_wait() { &mut self.patient } else { &mut self.pressing }
    }
}

#[derive(Debug, Default)]
struct Queue {
    beats: Beats,
    others: BinaryHeap<Reverse<(u64, Task)>>,
}

impl Queue {
    fn next_us(&self) -> Option<u64> {
        [self.beats.next_us(), self.next_other_us()].into_iter().flatten().min()
    }

    fn next_other_us(&self) -> Option<u64> {
        self.others.peek().map(|Reverse((at_us, _))| *at_us)
    }

    fn pop_due(&mut self, now_us: u64) -> Option<Task> {
        let next_us = self.next_us().filter(|&at_us| at_us <= now_us)?;
        if self.beats.next_us() == Some(next_us) {
            return self.beats.pop();
        }
        self.others.pop().map(|Reverse((_, task))| task)
    }
}

/// The tasks of each step of the grid. There are few steps, and thousands of tasks in one: none of them is compared with
/// another.
#[derive(Debug, Default)]
struct Beats {
    /// In order; none is empty.
    steps: VecDeque<(u64, VecDeque<Task>)>,
    /// Room of steps that are over.
    spare: Vec<VecDeque<Task>>,
}

impl Beats {
    fn add(&mut self, at_us: u64, task: Task) {
        let place = self.steps.partition_point(|&(step_us, _)| step_us < at_us);
        if self.steps.get(place).is_none_or(|&(step_us, _)| step_us != at_us) {
            self.steps.insert(place, (at_us, self.spare.pop().unwrap_or_default()));
        }
        self.steps[place].1.push_back(task);
    }

    fn next_us(&self) -> Option<u64> {
        self.steps.front().map(|&(at_us, _)| at_us)
    }

    fn pop(&mut self) -> Option<Task> {
        let (_, tasks) = self.steps.front_mut()?;
        let task = tasks.pop_front();
        if tasks.is_empty() {
            self.spare.extend(self.steps.pop_front().map(|(_, room)| room));
        }
        task
    }

    fn forget_empty(&mut self) {
        self.steps.retain(|(_, tasks)| !tasks.is_empty());
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
            assert!(agenda.pop_patient(due_us).is_some() && agenda.pop_patient(due_us).is_some());
        }
    }

    #[test]
    fn what_need_not_be_punctual_comes_together_and_at_most_a_tenth_of_a_second_early() {
        let mut agenda = Agenda::default();
        for (at_us, id) in [(2_300_000, 1), (2_399_999, 2), (2_400_000, 3)] {
            agenda.add_about(at_us, Task::Report(id));
        }
        assert_eq!((agenda.pop_patient(2_299_999), agenda.next_us()), (None, Some(2_300_000)));
        let together: Vec<_> = std::iter::from_fn(|| agenda.pop_patient(2_300_000)).collect();
        assert_eq!(together, [Task::Report(1), Task::Report(2)]);
        assert_eq!(agenda.next_us(), Some(2_400_000));
    }

    #[test]
    fn a_beat_added_late_comes_before_those_that_were_added_for_later() {
        let mut agenda = Agenda::default();
        for (at_us, id) in [(40_000, 1), (20_000, 2), (60_000, 3), (20_000, 4)] {
            agenda.add_beat(at_us, Task::Speak(id));
        }
        agenda.add(30_000, Task::Sweep);
        let order: Vec<_> = std::iter::from_fn(|| agenda.pop_patient(u64::MAX)).collect();
        assert_eq!(order, [Task::Speak(2), Task::Speak(4), Task::Sweep, Task::Speak(1), Task::Speak(3)]);
        assert_eq!(agenda.next_us(), None);
    }

    #[test]
    fn tasks_come_in_order_and_not_before_their_time() {
        let mut agenda = Agenda::default();
        agenda.add(30, Task::Sweep);
        agenda.add(10, Task::Speak(1));
        agenda.add(20, Task::Report(2));
        assert_eq!((agenda.next_us(), agenda.pop_patient(9)), (Some(10), None));
        assert_eq!(agenda.pop_patient(25), Some(Task::Speak(1)));
        assert_eq!(agenda.pop_patient(25), Some(Task::Report(2)));
        assert_eq!(agenda.pop_patient(25), None);
    }

    #[test]
    fn tasks_of_those_who_leave_are_taken_out_and_the_others_stay() {
        let mut agenda = Agenda::default();
        agenda.add(10, Task::Sweep);
        agenda.add(20, Task::ExpireDigit(1));
        agenda.add(30, Task::Speak(1));
        agenda.add_beat(5_040, Task::Flush(2));
        agenda.add(50, Task::Speak(3));
        let mut taken = agenda.take_tasks_of(&[1, 2]);
        taken.sort_unstable();
        assert_eq!(taken, [(20, Task::ExpireDigit(1)), (30, Task::Speak(1)), (5_000, Task::Flush(2))]);
        assert_eq!((agenda.pop_pressing(99), agenda.pop_patient(99)), (None, Some(Task::Sweep)));
        assert_eq!((agenda.pop_patient(99), agenda.next_us()), (Some(Task::Speak(3)), None));
    }

    #[test]
    fn what_cannot_wait_is_kept_apart_from_what_can() {
        let mut agenda = Agenda::default();
        agenda.add(10, Task::Sweep);
        agenda.add(20, Task::ExpireDigit(1));
        assert_eq!((agenda.next_us(), agenda.pop_pressing(25)), (Some(10), Some(Task::ExpireDigit(1))));
        assert_eq!((agenda.pop_pressing(25), agenda.pop_patient(25)), (None, Some(Task::Sweep)));
    }
}
