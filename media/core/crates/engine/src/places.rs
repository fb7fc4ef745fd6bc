//! Which worker carries what, and who has to move so that two who are to be joined are on one.
//!
//! Only verbs change what is known here, and workers obey them in the order they are given. So what is known here of a
//! worker holds for it as soon as it has obeyed what was posted to it.

use rustc_hash::FxHashMap;

use crate::commands::Channel;
use crate::company::Company;
use crate::events::{EndpointId, MixId, RecordingId};

/// A company that has to go to another worker first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    pub company: Company,
    pub from: usize,
    pub to: usize,
}

#[derive(Debug)]
struct PlacedLeg {
    worker: usize,
    mix: Option<MixId>,
    /// Where it was attached last: what it says goes there and nowhere else.
    recording: Option<RecordingId>,
}

/// It is there as long as it has members.
#[derive(Debug, Default)]
struct PlacedMix {
    members: Vec<EndpointId>,
    is_bridge: bool,
}

/// A recording goes to the worker of the first leg attached to it.
#[derive(Debug, Default)]
struct PlacedRecording {
    worker: Option<usize>,
    customer: Option<EndpointId>,
    agent: Option<EndpointId>,
    /// Who else is heard on the agent's channel.
    beside: Vec<EndpointId>,
}

impl PlacedRecording {
    fn speakers(&self) -> impl Iterator<Item = EndpointId> {
        self.customer.into_iter().chain(self.agent).chain(self.beside.iter().copied())
    }

    fn unseat(&mut self, leg: EndpointId) {
        for seat in [&mut self.customer, &mut self.agent] {
            seat.take_if(|speaker| *speaker == leg);
        }
        self.beside.retain(|&speaker| speaker != leg);
    }
}

/// Legs, mixes and recordings by their ids.
#[derive(Debug)]
pub struct Places {
    legs: FxHashMap<EndpointId, PlacedLeg>,
    mixes: FxHashMap<MixId, PlacedMix>,
    /// What workers call the mixes that may be joined: each has another name when it begins anew, perhaps elsewhere,
    /// so that a command for the one before that still waits cannot be taken for one for it.
    open_mixes: FxHashMap<MixId, MixId>,
    recordings: FxHashMap<RecordingId, PlacedRecording>,
    /// How many legs each worker has.
    load: Vec<usize>,
}

impl Places {
    pub fn new(workers: usize) -> Self {
        Self {
            legs: FxHashMap::default(),
            mixes: FxHashMap::default(),
            open_mixes: FxHashMap::default(),
            recordings: FxHashMap::default(),
            load: vec![0; workers],
        }
    }

    /// Place a leg on the worker of the leg `near`, or on the one with the fewest.
    pub fn open(&mut self, leg: EndpointId, near: Option<EndpointId>) -> usize {
        let worker = near.and_then(|near| self.worker_of(near)).unwrap_or_else(|| self.idlest_worker());
        self.load[worker] += 1;
        self.legs.insert(leg, PlacedLeg { worker, mix: None, recording: None });
        worker
    }

    pub fn close(&mut self, leg: EndpointId) {
        self.leave_mix(leg);
        self.detach(leg);
        if let Some(placed) = self.legs.remove(&leg) {
            self.load[placed.worker] -= 1;
        }
    }

    /// All is over.
    pub fn clear(&mut self) {
        self.legs.clear();
        self.mixes.clear();
        self.open_mixes.clear();
        self.recordings.clear();
        self.load.fill(0);
    }

    pub fn worker_of(&self, leg: EndpointId) -> Option<usize> {
        self.legs.get(&leg).map(|placed| placed.worker)
    }

    /// A bridge is a mix of two, out of all that they were in.
    pub fn bridge(&mut self, mix: MixId, legs: [EndpointId; 2]) -> Option<Move> {
        for leg in legs {
            self.leave_mix(leg);
        }
        let moved = self.unite_legs(legs[0], legs[1]);
        self.mixes.insert(mix, PlacedMix { is_bridge: true, ..PlacedMix::default() });
        for leg in legs {
            self.enter(mix, leg);
        }
        moved
    }

    /// End the bridge that a leg takes part in.
    pub fn unbridge(&mut self, leg: EndpointId) {
        let mix = self.legs.get(&leg).and_then(|placed| placed.mix);
        let Some(bridge) = mix.and_then(|mix| self.mixes.get(&mix)).filter(|mix| mix.is_bridge) else {
            return;
        };
        bridge.members.clone().into_iter().for_each(|member| self.leave_mix(member));
    }

    /// A mix that nobody is in yet.
    pub fn open_mix(&mut self, mix: MixId) {
        self.open_mixes.insert(mix, mix);
    }

    /// Who is in a mix that may be joined.
    pub fn members(&self, mix: MixId) -> Option<&[EndpointId]> {
        let known = self.mixes.get(self.open_mixes.get(&mix)?);
        Some(known.map_or(&[], |mix| &mix.members[..]))
    }

    /// Take a leg into a mix that may be joined, out of the one it is in. Returns what workers call it, which is `new`
    /// if it begins with this leg.
    pub fn join_mix(&mut self, mix: MixId, leg: EndpointId, new: MixId) -> (MixId, Option<Move>) {
        let others = self.members(mix).unwrap_or_default();
        let other = others.iter().copied().find(|&other| other != leg);
        self.leave_mix(leg);
        let moved = other.and_then(|other| self.unite_legs(leg, other));
        let joined = self.open_mixes.entry(mix).or_insert(new);
        if other.is_none() {
            *joined = new;
        }
        let joined = *joined;
        self.mixes.entry(joined).or_default();
        self.enter(joined, leg);
        (joined, moved)
    }

    pub fn leave_mix(&mut self, leg: EndpointId) {
        let Some(id) = self.legs.get_mut(&leg).and_then(|placed| placed.mix.take()) else { return };
        let Some(mix) = self.mixes.get_mut(&id) else { return };
        mix.members.retain(|&member| member != leg);
        if mix.members.is_empty() {
            self.mixes.remove(&id);
        }
    }

    /// Nobody will join it any more.
    pub fn close_mix(&mut self, mix: MixId) {
        self.open_mixes.remove(&mix);
    }

    /// A recording that no worker carries yet.
    pub fn start_recording(&mut self, recording: RecordingId) {
        self.recordings.insert(recording, PlacedRecording::default());
    }

    pub fn carrier_of(&self, recording: RecordingId) -> Option<usize> {
        self.recordings.get(&recording).and_then(|placed| placed.worker)
    }

    /// Let a worker carry a recording that none does yet; false when one does.
    pub fn place_recording(&mut self, recording: RecordingId, worker: usize) -> bool {
        let placed = self.recordings.get_mut(&recording).filter(|placed| placed.worker.is_none());
        placed.map(|placed| placed.worker = Some(worker)).is_some()
    }

    /// Give a channel of a recording that is placed to a leg, in place of the one that had it.
    pub fn attach(&mut self, recording: RecordingId, leg: EndpointId, channel: Channel) -> Option<Move> {
        self.legs.get_mut(&leg)?.recording.take_if(|before| *before != recording);
        let (here, there) = (self.worker_of(leg)?, self.carrier_of(recording)?);
        let moved = (here != there)
            .then(|| self.unite((self.company_of(leg), here), (self.company_of_recording(recording), there)));
        let placed = self.recordings.get_mut(&recording)?;
        placed.unseat(leg);
        match channel {
            Channel::Customer => placed.customer = Some(leg),
            Channel::Agent => placed.agent = Some(leg),
            Channel::Beside => placed.beside.push(leg),
        }
        self.legs.get_mut(&leg)?.recording = Some(recording);
        moved
    }

    /// A leg speaks in no recording any more.
    pub fn detach(&mut self, leg: EndpointId) {
        let recording = self.legs.get_mut(&leg).and_then(|placed| placed.recording.take());
        if let Some(placed) = recording.and_then(|id| self.recordings.get_mut(&id)) {
            placed.unseat(leg);
        }
    }

    pub fn stop_recording(&mut self, recording: RecordingId) {
        self.recordings.remove(&recording);
    }

    fn idlest_worker(&self) -> usize {
        (0..self.load.len()).min_by_key(|&worker| self.load[worker]).unwrap_or(0)
    }

    fn enter(&mut self, mix: MixId, leg: EndpointId) {
        if let Some(placed) = self.legs.get_mut(&leg)
            && let Some(entered) = self.mixes.get_mut(&mix)
        {
            placed.mix = Some(mix);
            entered.members.push(leg);
        }
    }

    /// Those who speak on a recording's channels now.
    fn speakers_of(&self, recording: RecordingId) -> impl Iterator<Item = EndpointId> {
        let placed = self.recordings.get(&recording);
        let seated = placed.into_iter().flat_map(PlacedRecording::speakers);
        seated.filter(move |leg| self.legs.get(leg).is_some_and(|placed| placed.recording == Some(recording)))
    }

    fn company_of(&self, leg: EndpointId) -> Company {
        self.gather(vec![leg], Company::default())
    }

    fn company_of_recording(&self, recording: RecordingId) -> Company {
        let company = Company { recordings: vec![recording], ..Company::default() };
        self.gather(self.speakers_of(recording).collect(), company)
    }

    /// Take into a company all those legs, whom they are mixed or recorded with, and so on.
    fn gather(&self, mut found: Vec<EndpointId>, mut company: Company) -> Company {
        while let Some(leg) = found.pop() {
            let Some(placed) = self.legs.get(&leg).filter(|_| !company.legs.contains(&leg)) else { continue };
            company.legs.push(leg);
            if let Some(id) = placed.mix.filter(|id| !company.mixes.contains(id)) {
                company.mixes.push(id);
                found.extend(self.mixes.get(&id).into_iter().flat_map(|mix| &mix.members));
            }
            let speaks = |id: &RecordingId| self.speakers_of(*id).any(|speaker| speaker == leg);
            if let Some(id) = placed.recording.filter(|id| speaks(id) && !company.recordings.contains(id)) {
                company.recordings.push(id);
                found.extend(self.speakers_of(id));
            }
        }
        company
    }

    /// Have two legs with their companies be on one worker.
    fn unite_legs(&mut self, leg: EndpointId, other: EndpointId) -> Option<Move> {
        let (here, there) = (self.worker_of(leg)?, self.worker_of(other)?);
        let apart = here != there;
        apart.then(|| self.unite((self.company_of(leg), here), (self.company_of(other), there)))
    }

    /// Have the smaller of two companies go to the other's worker; of equals, to the worker with fewer legs.
    fn unite(&mut self, (one, here): (Company, usize), (other, there): (Company, usize)) -> Move {
        let one_goes = (one.legs.len(), self.load[there]) <= (other.legs.len(), self.load[here]);
        let (company, from, to) = if one_goes { (one, here, there) } else { (other, there, here) };
        self.carry(&company, from, to);
        Move { company, from, to }
    }

    fn carry(&mut self, company: &Company, from: usize, to: usize) {
        self.load[from] -= company.legs.len();
        self.load[to] += company.legs.len();
        for leg in &company.legs {
            self.legs.entry(*leg).and_modify(|placed| placed.worker = to);
        }
        for recording in &company.recordings {
            self.recordings.entry(*recording).and_modify(|placed| placed.worker = Some(to));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Legs 1 to 8 on two workers: the odd ones on the first.
    fn places() -> Places {
        let mut places = Places::new(2);
        for leg in 1..=8 {
            places.open(leg, None);
        }
        places
    }

    fn company(legs: &[u64], mixes: &[u64], recordings: &[u64]) -> Company {
        Company { legs: legs.to_vec(), mixes: mixes.to_vec(), recordings: recordings.to_vec() }
    }

    #[test]
    fn who_is_joined_on_one_worker_stays_there() {
        let mut places = places();
        assert_eq!(
            (places.bridge(20, [1, 3]), places.worker_of(1), places.worker_of(2)),
            (None, Some(0), Some(1))
        );
    }

    #[test]
    fn the_smaller_company_goes_with_all_that_binds_it() {
        let mut places = places();
        places.bridge(20, [2, 4]);
        places.start_recording(30);
        places.place_recording(30, 1);
        places.attach(30, 2, Channel::Customer);
        places.open_mix(21);
        for leg in [1, 3, 5] {
            assert_eq!(places.join_mix(21, leg, 22), (22, None));
        }
        places.start_recording(31);
        places.place_recording(31, 0);
        assert_eq!(places.attach(31, 5, Channel::Agent), None);
        let moved = places.attach(31, 4, Channel::Customer).unwrap();
        assert_eq!(moved, Move { company: company(&[4, 2], &[20], &[30]), from: 1, to: 0 });
        assert_eq!((places.carrier_of(30), places.worker_of(2)), (Some(0), Some(0)));
        assert_eq!(places.load, [6, 2]);
    }

    #[test]
    fn a_leg_that_is_joined_anew_leaves_its_partner_and_who_took_its_channel_where_they_are() {
        let mut places = places();
        places.bridge(20, [1, 3]);
        places.start_recording(30);
        places.place_recording(30, 0);
        places.attach(30, 1, Channel::Customer);
        places.attach(30, 3, Channel::Customer);
        places.bridge(22, [4, 6]);
        places.open_mix(23);
        assert_eq!(places.join_mix(23, 8, 24), (24, None));
        let moved = Move { company: company(&[1], &[], &[]), from: 0, to: 1 };
        assert_eq!(places.join_mix(23, 1, 25), (24, Some(moved)));
    }

    #[test]
    fn all_who_are_heard_on_a_channel_go_together_and_who_is_detached_goes_alone() {
        let mut places = places();
        places.start_recording(30);
        places.place_recording(30, 0);
        for (leg, channel) in [(1, Channel::Customer), (3, Channel::Agent), (5, Channel::Beside)] {
            places.attach(30, leg, channel);
        }
        let mut together = places.company_of(5);
        together.legs.sort_unstable();
        assert_eq!(together, company(&[1, 3, 5], &[], &[30]));
        places.attach(30, 5, Channel::Agent);
        assert_eq!(places.company_of(3), company(&[3], &[], &[]));
        places.detach(5);
        assert_eq!(places.company_of(5), company(&[5], &[], &[]));
        assert_eq!(places.company_of(1), company(&[1], &[], &[30]));
    }

    #[test]
    fn a_recording_that_nobody_speaks_in_goes_alone() {
        let mut places = places();
        places.start_recording(30);
        assert!(places.place_recording(30, 0));
        assert!(!places.place_recording(30, 1));
        places.attach(30, 1, Channel::Customer);
        places.close(1);
        let moved = places.attach(30, 2, Channel::Customer).unwrap();
        assert_eq!(moved, Move { company: company(&[], &[], &[30]), from: 0, to: 1 });
        assert_eq!(places.carrier_of(30), Some(1));
    }

    #[test]
    fn a_bridge_ends_for_both_and_a_mix_with_its_last_member() {
        let mut places = places();
        places.bridge(20, [1, 3]);
        places.unbridge(1);
        assert_eq!(places.company_of(3), company(&[3], &[], &[]));
        places.open_mix(21);
        assert_eq!(places.join_mix(21, 5, 22), (22, None));
        places.leave_mix(5);
        assert_eq!(places.members(21), Some(&[][..]));
        assert_eq!(places.join_mix(21, 5, 23), (23, None), "it begins anew");
        places.unbridge(5);
        places.close_mix(21);
        assert_eq!((places.company_of(5), places.members(21)), (company(&[5], &[23], &[]), None));
        places.close(5);
        assert!(places.mixes.is_empty());
    }
}
