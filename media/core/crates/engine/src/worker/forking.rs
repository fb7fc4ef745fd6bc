//! Forks of a worker's legs: beginning, beats and ends.

use forking::link::Stop;
use forking::returned::Returned;

use super::{Task, Worker};
use crate::events::{EndpointId, ForkId};
use crate::forks::{NewFork, Next};

impl Worker {
    pub(super) fn start_fork(&mut self, id: ForkId, fork: NewFork, now_us: u64) {
        let Some(leg) = self.legs.get(fork.leg) else { return fork.end.stop(Stop::LegClosed) };
        let leg_id = leg.id;
        if fork.returns {
            leg.endpoint.speaker.returned = Some(Box::new(Returned::new(fork.rate_hz)));
        }
        leg.forks.push(self.forks.start(id, fork, now_us));
        self.agenda.add(now_us, Task::Fork(id));
        self.fit(leg_id, now_us);
    }

    /// End a fork and what it has the leg hear.
    pub(super) fn silence_fork(&mut self, id: ForkId, now_us: u64) {
        let leg = self.forks.speaker_to(id).and_then(|leg| self.legs.get(leg));
        if let Some(leg) = leg {
            leg.endpoint.speaker.returned = None;
        }
        self.drop_fork(id, now_us);
    }

    /// Nobody needs what it needed of its leg any more.
    fn drop_fork(&mut self, id: ForkId, now_us: u64) {
        let leg = self.forks.leg_of(id);
        self.stop_fork(id, Stop::Asked);
        if let Some(leg) = leg {
            self.fit(leg, now_us);
        }
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
            Next::Over => self.drop_fork(id, now_us),
        }
        let interrupts = self.forks.interrupts(id);
        self.start_speaking(leg_id, |leg, outbox| {
            leg.endpoint.speaker.say_returned(interrupts, now_us, outbox);
        });
    }
}
