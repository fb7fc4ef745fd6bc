//! Calls that are joined and parted at random on three workers, each of which does its work when it likes.

use ::rtp::packet::Packet;
use proptest::prelude::*;

use super::*;
use crate::commands::Channel;
use crate::mix::Role;
use crate::places::{Move, Places};
use crate::recorder::Begun;
use crate::storage::{Job, Waiting};

const WORKERS: usize = 3;
const LEGS: u64 = 6;
const RECORDINGS: u64 = 2;
const BEAT_US: u64 = 20_000;

/// What is done next; legs, mixes and recordings by their number.
#[derive(Clone, Copy, Debug)]
enum Act {
    Bridge(u64, u64),
    Unbridge(u64),
    Join(u64, u64),
    Leave(u64),
    Attach(u64, u64, Channel),
    Detach(u64),
    Play(u64),
    Talk(u64),
    Close(u64),
    /// A worker goes through a round.
    Round(usize),
    Beat,
}

fn act() -> impl Strategy<Value = Act> {
    let leg = || 1..=LEGS;
    prop_oneof![
        3 => (leg(), leg()).prop_map(|(one, other)| Act::Bridge(one, other)),
        1 => leg().prop_map(Act::Unbridge),
        3 => (0..2_u64, leg()).prop_map(|(mix, leg)| Act::Join(mix, leg)),
        1 => leg().prop_map(Act::Leave),
        3 => (0..RECORDINGS, leg(), channel())
            .prop_map(|(recording, leg, channel)| Act::Attach(recording, leg, channel)),
        1 => leg().prop_map(Act::Detach),
        2 => leg().prop_map(Act::Play),
        9 => leg().prop_map(Act::Talk),
        1 => leg().prop_map(Act::Close),
        9 => (0..WORKERS).prop_map(Act::Round),
        3 => Just(Act::Beat),
    ]
}

fn channel() -> impl Strategy<Value = Channel> {
    prop_oneof![Just(Channel::Customer), Just(Channel::Agent), Just(Channel::Beside)]
}

/// Workers as the engine commands them.
struct House {
    rigs: Vec<Rig>,
    places: Places,
    phones: Vec<Option<Phone>>,
    last_id: u64,
    played: u64,
    begun_us: [Option<u64>; RECORDINGS as usize],
    jobs: Receiver<Waiting>,
}

impl House {
    fn new() -> Self {
        let mut first = Rig::new();
        let (writers, mut ends) = Writers::new(&Storage::default());
        first.worker.recorder = Recorder::new(writers.clone(), SampleFormat::Linear16);
        first.worker.around.writers = writers;
        let rigs = vec![first.beside(), first.beside(), first];
        let mut house = Self {
            rigs,
            places: Places::new(WORKERS),
            phones: Vec::new(),
            last_id: 1000,
            played: 0,
            begun_us: [None; RECORDINGS as usize],
            jobs: ends.remove(0).jobs,
        };
        for leg in 1..=LEGS {
            let (phone, commands) = Phone::new(leg);
            let worker = house.places.open(leg, None);
            for command in commands {
                house.post(worker, command);
            }
            house.phones.push(Some(phone));
        }
        for recording in 0..RECORDINGS {
            house.places.start_recording(500 + recording);
        }
        (0..2).for_each(|mix| house.places.open_mix(700 + mix));
        house
    }

    fn post(&mut self, worker: usize, command: Command) {
        let rig = &self.rigs[worker];
        rig.commands.send(command).unwrap();
        rig.worker.around.wake.ring();
    }

    fn tell(&mut self, leg: u64, command: Command) {
        let worker = self.places.worker_of(leg).unwrap();
        self.post(worker, command);
    }

    fn go(&mut self, moved: Option<Move>) {
        let Some(Move { company, from, to }) = moved else { return };
        let door = self.rigs[to].door();
        self.post(to, Command::Await { company: company.clone() });
        self.post(from, Command::Depart { company, to: door });
    }

    fn new_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    fn is_open(&self, leg: u64) -> bool {
        self.places.worker_of(leg).is_some()
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Bridge(one, other) if one != other && self.is_open(one) && self.is_open(other) => {
                let (mix, legs) = (self.new_id(), [one, other]);
                let moved = self.places.bridge(mix, legs);
                self.go(moved);
                self.tell(one, Command::Bridge { mix, legs });
            }
            Act::Unbridge(endpoint) if self.is_open(endpoint) => {
                self.places.unbridge(endpoint);
                self.tell(endpoint, Command::Unbridge { endpoint });
            }
            Act::Join(mix, endpoint) if self.is_open(endpoint) => {
                let new = self.new_id();
                let (mix, moved) = self.places.join_mix(700 + mix, endpoint, new);
                self.go(moved);
                self.tell(endpoint, Command::JoinMix { mix, endpoint, role: Role::Speaker });
            }
            Act::Leave(endpoint) if self.is_open(endpoint) => {
                self.places.leave_mix(endpoint);
                self.tell(endpoint, Command::LeaveMix { endpoint });
            }
            Act::Attach(recording, endpoint, channel) if self.is_open(endpoint) => {
                self.attach(500 + recording, endpoint, channel);
            }
            Act::Detach(endpoint) if self.is_open(endpoint) => {
                self.places.detach(endpoint);
                self.tell(endpoint, Command::Detach { endpoint });
            }
            Act::Play(endpoint) if self.is_open(endpoint) => self.play(endpoint),
            Act::Talk(leg) => self.phones[leg as usize - 1].iter_mut().for_each(Phone::talk),
            Act::Close(endpoint) if self.is_open(endpoint) => {
                self.tell(endpoint, Command::Close { endpoint });
                self.places.close(endpoint);
                self.phones[endpoint as usize - 1] = None;
            }
            Act::Round(worker) => drop(self.rigs[worker].round()),
            Act::Beat => self.rigs.iter_mut().for_each(|rig| rig.now_us += BEAT_US),
            _ => {}
        }
    }

    fn attach(&mut self, recording: u64, endpoint: u64, channel: Channel) {
        let worker = self.places.worker_of(endpoint).unwrap();
        if self.places.place_recording(recording, worker) {
            let now_us = self.rigs[worker].now_us;
            self.begun_us[recording as usize - 500] = Some(now_us);
            let begun = Begun { writer: 0, started_us: now_us, placed_us: now_us };
            self.post(worker, Command::Record { recording, begun });
        }
        let moved = self.places.attach(recording, endpoint, channel);
        self.go(moved);
        self.tell(endpoint, Command::Attach { recording, endpoint, channel });
    }

    fn play(&mut self, endpoint: u64) {
        self.played += 1;
        let prompt = Arc::new(Prompt::encode(&[1000; 800], &[1000; 1600]));
        let playback = Playback::new(self.played, Playlist::new(vec![prompt]), Manner::ONCE);
        self.tell(endpoint, Command::Play { endpoint, playback });
    }

    /// Until nothing is left to be done.
    fn settle(&mut self) {
        for _ in 0..40 {
            for worker in 0..WORKERS {
                self.rigs[worker].rounds(20);
            }
            self.act(Act::Beat);
        }
    }

    fn facts(&self) -> Vec<Event> {
        self.rigs[0].worker.around.facts.drain(usize::MAX)
    }

    /// Each thing is where it is thought to be, and nowhere else.
    fn check_places(&mut self) -> Result<(), TestCaseError> {
        for leg in 1..=LEGS {
            let expected = self.places.worker_of(leg);
            let found: Vec<_> =
                (0..WORKERS).filter(|&worker| self.rigs[worker].worker.legs.slot_of(leg).is_some()).collect();
            prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "leg {}", leg);
        }
        for recording in (0..RECORDINGS).map(|number| 500 + number) {
            let carrier = self.places.carrier_of(recording).into_iter().collect::<Vec<_>>();
            let holds = |worker: &usize| {
                let seat = (recording, Channel::Customer);
                self.rigs[*worker].worker.recorder.tap_at(seat).is_some()
            };
            prop_assert_eq!((0..WORKERS).filter(holds).collect::<Vec<_>>(), carrier);
        }
        for mix in [700, 701] {
            let mut members = self.places.members(mix).unwrap().to_vec();
            let Some(&first) = members.first() else { continue };
            let worker = &mut self.rigs[self.places.worker_of(first).unwrap()].worker;
            let mix = worker.legs.get(first).unwrap().mix.unwrap();
            let mut found = worker.mixes.get(mix).unwrap().legs();
            members.sort_unstable();
            found.sort_unstable();
            prop_assert_eq!(found, members);
        }
        for rig in &mut self.rigs {
            prop_assert!(rig.worker.waiting.pass(Command::Shutdown).is_some(), "something is still awaited");
        }
        Ok(())
    }

    /// What each leg took is what its phone sent, and its own stream goes on.
    fn check_packets(&mut self) -> Result<(), TestCaseError> {
        for leg in 1..=LEGS {
            let Some(phone) = &self.phones[leg as usize - 1] else { continue };
            let worker = self.places.worker_of(leg).unwrap();
            let counters = self.rigs[worker].worker.legs.get(leg).unwrap().endpoint.counters();
            prop_assert_eq!(counters.packets_received, u64::from(phone.sequence), "leg {}", leg);
            prop_assert_eq!(counters.packets_lost + counters.packets_duplicated, 0);
            let sequences = phone.sequences();
            prop_assert_eq!(counters.packets_sent, sequences.len() as u64, "leg {}", leg);
            let onward = sequences.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) as i16 > 0);
            prop_assert!(onward, "leg {leg}: {sequences:?}");
        }
        Ok(())
    }
}

impl Phone {
    /// Of the packets it was sent.
    fn sequences(&self) -> Vec<u16> {
        let (mut sequences, mut buffer) = (Vec::new(), [0; 512]);
        while let Ok((length, source)) = self.socket.recv_from(&mut buffer) {
            if source == self.leg {
                sequences.push(Packet::parse(&buffer[..length]).unwrap().header.sequence);
            }
        }
        sequences
    }
}

/// Each end is told once: of all playbacks, and of the legs that were closed.
fn check_ends(facts: &[Event], played: u64, closed: &[u64]) -> Result<(), TestCaseError> {
    let mut ended: Vec<_> = facts
        .iter()
        .filter_map(|fact| match fact {
            Event::PlaybackEnded { playback, .. } => Some(*playback),
            _ => None,
        })
        .collect();
    ended.sort_unstable();
    prop_assert_eq!(ended, (1..=played).collect::<Vec<_>>());
    for leg in closed {
        let is_last =
            |fact: &Event| matches!(fact, Event::EndpointClosed { endpoint, .. } if endpoint == leg);
        prop_assert_eq!(facts.iter().filter(|fact| is_last(fact)).count(), 1, "leg {}", leg);
    }
    Ok(())
}

/// Frames of each recording that its writer was given.
fn written(jobs: &Receiver<Waiting>) -> [u64; RECORDINGS as usize] {
    let mut frames = [0; RECORDINGS as usize];
    for (_, job) in jobs.try_iter() {
        match job {
            Job::Append { recording, block } => frames[recording as usize - 500] += block.len() as u64 / 4,
            Job::AppendSilence { recording, frames: silent } => frames[recording as usize - 500] += silent,
            _ => {}
        }
    }
    frames
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_or_doubled_however_calls_move(acts in prop::collection::vec(act(), 1..120)) {
        let mut house = House::new();
        for act in acts {
            house.act(act);
        }
        house.settle();
        house.check_places()?;
        house.check_packets()?;
        let closed: Vec<_> = (1..=LEGS).filter(|&leg| !house.is_open(leg)).collect();
        check_ends(&house.facts(), house.played, &closed)?;
        for recording in 0..RECORDINGS {
            let Some(worker) = house.places.carrier_of(500 + recording) else { continue };
            let ended_us = house.rigs[worker].now_us;
            house.post(worker, Command::StopRecording { recording: 500 + recording, ended_us });
        }
        let ended_us = house.rigs[0].now_us;
        house.settle();
        for (frames, begun_us) in written(&house.jobs).into_iter().zip(house.begun_us) {
            prop_assert_eq!(frames, begun_us.map_or(0, |begun_us| (ended_us - begun_us) / 125));
        }
    }
}
