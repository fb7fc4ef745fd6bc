//! Forks of a worker's legs: beginning, beats and ends.

use forking::link::Stop;

use super::{Event, Task, Worker};
use crate::events::{EndpointId, ForkId};
use crate::forks::{NewFork, Next};

impl Worker {
    pub(super) fn start_fork(&mut self, id: ForkId, fork: NewFork, now_us: u64) {
        let Some(leg) = self.legs.get(fork.leg) else { return fork.end.stop(Stop::LegClosed) };
        if fork.returns {
            leg.endpoint.speaker.returned = Some(Box::default());
        }
        leg.forks.push(self.forks.start(id, fork, now_us));
        self.agenda.add(now_us, Task::Fork(id));
    }

    /// End a fork and what it has the leg hear.
    pub(super) fn silence_fork(&mut self, id: ForkId) {
        let leg = self.forks.speaker_to(id).and_then(|leg| self.legs.get(leg));
        if let Some(leg) = leg {
            leg.endpoint.speaker.returned = None;
        }
        self.stop_fork(id, Stop::Asked);
    }

    fn stop_fork(&mut self, id: ForkId, stop: Stop) {
        let Some((leg, slot)) = self.forks.stop(id, stop) else { return };
        if let Some(leg) = self.legs.get(leg) {
            leg.forks.retain(|&other| other != slot);
        }
    }

    pub(super) fn stop_forks_of(&mut self, leg: EndpointId) {
        for id in self.forks.ids_at(leg) {
            self.stop_fork(id, Stop::LegClosed);
        }
    }

    pub(super) fn fork_beat(&mut self, id: ForkId, now_us: u64) {
        let Some(leg_id) = self.forks.leg_of(id) else { return };
        let Some(leg) = self.legs.get(leg_id) else { return };
        match self.forks.beat(id, leg.endpoint.speaker.returned.as_deref_mut(), now_us) {
            Next::BeatAt(next_us) => self.agenda.add_beat(next_us, Task::Fork(id)),
            Next::Over => self.stop_fork(id, Stop::Asked),
        }
        self.start_speaking(leg_id, |leg, _: &mut Vec<Event>| leg.endpoint.speaker.say_returned(now_us));
    }
}
