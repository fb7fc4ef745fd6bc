//! Legs that go from one worker to another, with all that belongs to them: their sockets, in which packets wait
//! meanwhile, their mixes, recordings and forks, and what the agenda holds of these.

use rustix::event::epoll;

use super::leg::Leg;
use super::{Command, Task, Worker};
use crate::commands::Channel;
use crate::company::Company;
use crate::events::{EndpointId, ForkId, MixId, RecordingId};
use crate::forks::Fork;
use crate::mix::Mix;
use crate::recorder::Recording;
use crate::threads::Door;

/// A company on its way.
#[derive(Debug)]
pub struct Luggage {
    company: Company,
    legs: Vec<Packed>,
    mixes: Vec<(MixId, Mix)>,
    recordings: Vec<Recording>,
    tasks: Vec<(u64, Task)>,
    /// When it departed.
    pub(super) packed_us: u64,
}

/// A leg, and by their names what it knows by slots of its worker.
#[derive(Debug)]
struct Packed {
    leg: Leg,
    speaks_at: Option<(RecordingId, Channel)>,
    forks: Vec<(ForkId, Fork)>,
}

impl Worker {
    /// Send a company to another worker, after all facts of its life here.
    pub(super) fn depart(&mut self, company: Company, to: &Door, now_us: u64) {
        self.take_leave(&company, now_us);
        let luggage = self.pack(company, now_us);
        self.tell();
        to.send(Command::Arrive(Box::new(luggage)));
    }

    /// Part those who go from those who stay. Whoever orders the move has parted them already, by a command that may
    /// still wait.
    fn take_leave(&mut self, company: &Company, now_us: u64) {
        self.part_from_recordings(company, now_us);
        for &leg in &company.legs {
            if self.mix_of(leg).is_some_and(|mix| !company.mixes.contains(&mix)) {
                self.leave_mix(leg, now_us);
            }
        }
        let members = company.mixes.iter().filter_map(|&mix| Some(self.mixes.get(mix)?.legs()));
        let staying: Vec<_> = members.flatten().filter(|leg| !company.legs.contains(leg)).collect();
        for leg in staying {
            self.leave_mix(leg, now_us);
        }
    }

    /// Go on with what another worker sent, and obey what waited for it.
    pub(super) fn arrive(&mut self, luggage: Luggage, now_us: u64) {
        let Luggage { company, legs, mixes, recordings, tasks, .. } = luggage;
        for (id, mix) in mixes {
            self.mixes.insert(id, mix);
        }
        for recording in recordings {
            self.recorder.take_over(recording);
        }
        for packed in legs {
            self.unpack(packed);
        }
        for (at_us, task) in tasks {
            self.agenda.add(at_us, task);
        }
        self.join_up(&company, now_us);
        for command in self.waiting.arrived(&company) {
            self.obey_in_turn(command, now_us);
        }
    }

    /// Find the way for those who arrived to hear each other here.
    fn join_up(&mut self, company: &Company, now_us: u64) {
        for &mix in &company.mixes {
            self.settle(mix, now_us);
        }
        for &leg in &company.legs {
            if self.mix_of(leg).is_none() {
                self.fit(leg, now_us);
            }
        }
    }

    fn pack(&mut self, company: Company, packed_us: u64) -> Luggage {
        let legs: Vec<_> = company.legs.iter().filter_map(|&leg| self.pack_leg(leg)).collect();
        let forks = legs.iter().flat_map(|packed| &packed.forks).map(|&(id, _)| id);
        let mut ids: Vec<_> = company.ids().chain(forks).collect();
        ids.sort_unstable();
        let tasks = self.agenda.take_tasks_of(&ids);
        let mixes = company.mixes.iter().filter_map(|&id| Some((id, self.mixes.remove(id)?))).collect();
        let recordings = company.recordings.iter().filter_map(|&id| self.recorder.give_up(id)).collect();
        Luggage { company, legs, mixes, recordings, tasks, packed_us }
    }

    fn pack_leg(&mut self, id: EndpointId) -> Option<Packed> {
        self.unpair(id);
        let mut leg = self.legs.remove(id)?;
        for socket in [&leg.rtp, &leg.rtcp] {
            // It fails only for a socket that is not there, which these are.
            let _ = epoll::delete(&self.epoll, socket);
        }
        leg.forks.clear();
        let speaks_at = leg.tap.take().and_then(|tap| self.recorder.seat_of(tap, id));
        Some(Packed { leg, speaks_at, forks: self.forks.give_up(id) })
    }

    fn unpack(&mut self, packed: Packed) {
        let Packed { mut leg, speaks_at, forks } = packed;
        leg.tap = speaks_at.and_then(|seat| self.recorder.tap_at(seat));
        leg.forks = forks.into_iter().map(|(id, fork)| self.forks.take_over(id, fork)).collect();
        self.take_on(leg);
    }
}
