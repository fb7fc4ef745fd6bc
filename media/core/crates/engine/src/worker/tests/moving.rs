//! Calls that go from one worker to another while packets come, prompts play, keys are pressed and hands are shaken:
//! whoever has part in them must not be able to tell.

use ::rtp::packet::Packet;
use crossbeam_channel::bounded;
use srtp::MAX_TRAILER;
use srtp::keys::{Keys as SrtpKeys, Suite};

use super::web::Browser;
use super::*;
use crate::commands::Channel;
use crate::company::Company;
use crate::events::EndpointCounters;
use crate::mix::Role;
use crate::protection::{KeyPair, Protection};
use crate::recorder::Begun;
use crate::storage::Job;
use crate::threads::Door;

const BEAT_US: u64 = 20_000;
const BRIDGE: u64 = 9;
const RECORDING: u64 = 50;

pub(super) fn company(legs: &[EndpointId], mixes: &[u64], recordings: &[u64]) -> Company {
    Company { legs: legs.to_vec(), mixes: mixes.to_vec(), recordings: recordings.to_vec() }
}

impl Rig {
    pub(super) fn door(&self) -> Door {
        Door::new(self.commands.clone(), self.worker.around.wake.clone())
    }

    /// A company departs to a new worker, which has not looked at its commands yet.
    fn depart(&mut self, company: &Company) -> Self {
        let next = self.beside();
        next.commands.send(Command::Await { company: company.clone() }).unwrap();
        self.order(Command::Depart { company: company.clone(), to: next.door() });
        next
    }

    /// All that the worker has goes to a new one, which is the rig's from now on.
    pub(super) fn move_all(&mut self, company: &Company) {
        let mut next = self.depart(company);
        next.worker.obey_some(next.now_us);
        let mut old = std::mem::replace(self, next).worker;
        assert_eq!((old.legs.ids(), old.mixes.ids()), (vec![], vec![]));
        while let Some(task) = old.agenda.pop_pressing(u64::MAX).or_else(|| old.agenda.pop_patient(u64::MAX))
        {
            assert_eq!(task, Task::Sweep, "left behind");
        }
    }

    pub(super) fn counters(&mut self, endpoint: EndpointId) -> EndpointCounters {
        let (answer, answered) = bounded(1);
        self.order(Command::Query { endpoint, answer });
        // When reports are sent is left to chance.
        EndpointCounters { rtcp_sent: 0, ..answered.try_recv().unwrap() }
    }
}

/// A packet that a phone was sent, its numbers counted from those of the first.
pub(super) type Heard = (u16, u32, bool, u8, Vec<u8>);

impl Phone {
    pub(super) fn heard(&self) -> Vec<Heard> {
        let (mut packets, mut buffer) = (Vec::new(), [0; 512]);
        while let Ok((length, source)) = self.socket.recv_from(&mut buffer) {
            if source == self.leg {
                let Packet { header, payload } = Packet::parse(&buffer[..length]).unwrap();
                packets.push((header, buffer[payload].to_vec()));
            }
        }
        let Some((first, _)) = packets.first().cloned() else { return Vec::new() };
        let counted = |(header, payload): (Header, Vec<u8>)| {
            let timestamp = header.timestamp.wrapping_sub(first.timestamp);
            let sequence = header.sequence.wrapping_sub(first.sequence);
            (sequence, timestamp, header.marker, header.payload_type, payload)
        };
        packets.into_iter().map(counted).collect()
    }
}

pub(super) fn prompt() -> Arc<Prompt> {
    let sweep = |rate_khz: usize| -> Vec<i16> {
        (0..300 * rate_khz).map(|n| ((n * n / (400 * rate_khz)) as f32 * 0.1).sin() as i16 * 9000).collect()
    };
    Arc::new(Prompt::encode(&sweep(8), &sweep(16)))
}

/// But for the phones' addresses, which are others in each call.
pub(super) fn told_facts(rig: &Rig) -> Vec<Event> {
    let facts = rig.worker.around.facts.drain(1000).into_iter();
    facts.filter(|fact| !matches!(fact, Event::MediaStarted { .. })).collect()
}

#[test]
fn packets_that_come_between_two_workers_wait_and_none_is_lost() {
    let mut rig = Rig::new();
    let (mut caller, agent) = (rig.phone(1), rig.phone(2));
    rig.order(Command::Bridge { mix: BRIDGE, legs: [1, 2] });
    for _ in 0..20 {
        caller.talk();
        let mut next = rig.depart(&company(&[1, 2], &[BRIDGE], &[]));
        (0..5).for_each(|_| caller.talk());
        rig.rounds(3);
        next.rounds(8);
        rig = next;
    }
    let heard = agent.heard();
    assert_eq!(heard.len(), 120);
    let even =
        |(number, packet): (usize, &Heard)| (packet.0, packet.1) == (number as u16, number as u32 * 160);
    assert!(heard.iter().enumerate().all(even));
}

#[test]
fn keys_their_roll_over_and_what_was_heard_already_go_along() {
    let keys = |octet| SrtpKeys::new(Suite::AesCm128HmacSha1_80, &[octet; 30]).unwrap();
    let pair = |ours, theirs| KeyPair { ours: keys(ours), theirs: keys(theirs) };
    let mut rig = Rig::new();
    let (phone, mut agent) = (rig.phone(1), rig.phone(2));
    let settings = rig.worker.legs.get(1).unwrap().endpoint.settings.unwrap();
    rig.order(Command::Configure { endpoint: 1, settings, security: Security::Keys(pair(1, 2)) });
    rig.order(Command::Bridge { mix: BRIDGE, legs: [1, 2] });
    let mut theirs = Protection::new(pair(2, 1));
    for number in 0..40_u16 {
        let header = Header {
            marker: false,
            payload_type: 8,
            sequence: number.wrapping_sub(20),
            timestamp: u32::from(number) * 160,
            ssrc: 5,
        };
        let mut packet = [&header.to_bytes()[..], &[0xd5; 160], &[0; MAX_TRAILER]].concat();
        let place = theirs.protect_rtp(&mut packet, 0..172).unwrap();
        phone.socket.send_to(&packet[place.clone()], phone.leg).unwrap();
        rig.rounds(2);
        assert!(agent.hears(), "packet {number}");
        rig.move_all(&company(&[1, 2], &[BRIDGE], &[]));
        phone.socket.send_to(&packet[place], phone.leg).unwrap();
        agent.talk();
        rig.rounds(2);
        assert!(!agent.hears(), "packet {number} was heard twice");
        let mut sealed = [0; 512];
        let length = phone.socket.recv(&mut sealed).unwrap();
        assert_eq!(theirs.open_rtp(&mut sealed[..length]), Ok(172), "packet {number}");
    }
    assert_eq!(rig.counters(1).packets_received, 40);
}

#[test]
fn hands_are_shaken_across_workers() {
    let mut rig = Rig::new();
    let mut browser = Browser::new(&mut rig, 1, true);
    let mut agent = rig.phone(2);
    rig.order(Command::Bridge { mix: BRIDGE, legs: [1, 2] });
    browser.shake_hands_while(&mut rig, |rig| rig.move_all(&company(&[1, 2], &[BRIDGE], &[])));
    assert!(browser.is_keyed());
    for sequence in 1..4 {
        browser.talk(sequence);
        rig.rounds(3);
        assert!(agent.hears(), "packet {sequence}");
        rig.move_all(&company(&[1, 2], &[BRIDGE], &[]));
        agent.talk();
        rig.rounds(3);
        assert!(browser.hears(), "packet {sequence}");
    }
}

#[test]
fn commands_for_a_leg_on_its_way_wait_for_it_and_follow_in_their_order() {
    let mut rig = Rig::new();
    let _phones = [rig.phone(1), rig.phone(2)];
    let mut next = rig.depart(&company(&[1], &[], &[]));
    let _here = next.phone(3);
    let playback = |id| Playback::new(id, Playlist::new(vec![prompt()]), Manner::FOR_EVER);
    let (answer, answered) = bounded(2);
    for command in [
        Command::Play { endpoint: 1, playback: playback(70) },
        Command::Play { endpoint: 1, playback: playback(71) },
        Command::Query { endpoint: 1, answer: answer.clone() },
        Command::Bridge { mix: BRIDGE, legs: [3, 1] },
        Command::Play { endpoint: 3, playback: playback(72) },
        Command::Close { endpoint: 1 },
        Command::Close { endpoint: 3 },
    ] {
        next.commands.send(command).unwrap();
    }
    // What departed was sent behind the order to await it, and before these.
    next.worker.obey_some(next.now_us);
    next.rounds(1);
    let lives: Vec<_> = told_facts(&next).into_iter().map(life).collect();
    assert_eq!(lives, ["stopped 70", "stopped 71", "closed 1", "stopped 72", "closed 3"]);
    assert!(answered.try_recv().is_ok());
    assert!(next.worker.legs.ids().is_empty());
}

fn life(event: Event) -> String {
    match event {
        Event::PlaybackEnded { playback, .. } => format!("stopped {playback}"),
        Event::EndpointClosed { endpoint, .. } => format!("closed {endpoint}"),
        other => format!("{other:?}"),
    }
}

#[test]
fn what_is_told_before_a_company_is_here_does_not_touch_it() {
    let mut rig = Rig::new();
    let (mut caller, _agent) = (rig.phone(1), rig.phone(2));
    rig.order(Command::Bridge { mix: BRIDGE, legs: [1, 2] });
    let whole = company(&[1, 2], &[BRIDGE], &[]);
    let mut next = rig.beside();
    next.order(Command::Await { company: whole.clone() });
    next.order(Command::Close { endpoint: 2 });
    caller.talk();
    rig.round();
    assert_eq!(rig.counters(1).packets_received, 1);
    rig.order(Command::Depart { company: whole, to: next.door() });
    assert_eq!(told_facts(&next).len(), 0);
    next.rounds(2);
    assert_eq!(next.worker.legs.ids(), [1]);
    assert_eq!(told_facts(&next).into_iter().map(life).collect::<Vec<_>>(), ["closed 2"]);
    caller.talk();
    next.rounds(2);
    assert_eq!(next.counters(1).packets_received, 2);
}

#[test]
fn what_a_leg_does_not_take_along_is_over_for_it_and_goes_on_for_others() {
    let mut rig = Rig::new();
    let mut phones = [rig.phone(1), rig.phone(2), rig.phone(3)];
    for endpoint in [1, 2, 3] {
        rig.order(Command::JoinMix { mix: 8, endpoint, role: Role::Speaker });
    }
    let mut next = rig.depart(&company(&[3], &[], &[]));
    for _ in 0..10 {
        phones.iter_mut().for_each(Phone::talk);
        for rig in [&mut rig, &mut next] {
            rig.rounds(5);
            rig.now_us += BEAT_US;
        }
    }
    assert!(phones[0].hears() && phones[1].hears() && !phones[2].hears());
    assert_eq!(rig.worker.mixes.get(8).unwrap().legs(), [1, 2]);
    assert_eq!(next.counters(3).packets_received, 10);
}

#[test]
fn a_worker_that_is_dismissed_takes_in_first_what_is_on_its_way() {
    let mut rig = Rig::new();
    let (writers, mut ends) = Writers::new(&Storage::default());
    rig.worker.recorder = Recorder::new(writers.clone(), SampleFormat::Linear16);
    rig.worker.around.writers = writers;
    let _phone = rig.phone(1);
    let begun = Begun { writer: 0, started_us: rig.now_us, placed_us: rig.now_us };
    rig.order(Command::Record { recording: RECORDING, begun });
    rig.order(Command::Attach { recording: RECORDING, endpoint: 1, channel: Channel::Customer });
    let whole = company(&[1], &[], &[RECORDING]);
    let mut next = rig.beside();
    next.order(Command::Await { company: whole.clone() });
    next.order(Command::Shutdown);
    assert!(next.worker.running);
    rig.order(Command::Depart { company: whole, to: next.door() });
    rig.order(Command::Shutdown);
    next.round();
    assert!(!next.worker.running && !rig.worker.running);
    assert_eq!(told_facts(&next).into_iter().map(life).collect::<Vec<_>>(), ["closed 1"]);
    let finished = |(_, job): (u64, Job)| matches!(job, Job::Finish { recording: RECORDING, .. });
    assert_eq!(ends.remove(0).jobs.try_iter().map(finished).filter(|&is_it| is_it).count(), 1);
}

#[test]
fn for_a_leg_that_arrives_time_does_not_run_back() {
    let mut rig = Rig::new();
    let mut phone = rig.phone(1);
    let mut next = rig.beside();
    next.order(Command::Await { company: company(&[1], &[], &[]) });
    rig.now_us += 5_000;
    phone.talk();
    rig.round();
    rig.order(Command::Depart { company: company(&[1], &[], &[]), to: next.door() });
    let early_us = next.now_us;
    assert_eq!(next.worker.obey_some(early_us), rig.now_us);
}

#[test]
fn a_port_that_rests_from_a_flood_is_listened_to_again_on_its_new_worker() {
    let mut rig = Rig::new();
    let (mut caller, agent) = (rig.phone(1), rig.phone(2));
    rig.order(Command::Bridge { mix: BRIDGE, legs: [1, 2] });
    for _ in 0..6 {
        caller.flood(100);
        rig.rounds(100);
    }
    rig.move_all(&company(&[1, 2], &[BRIDGE], &[]));
    rig.rounds(2);
    assert_eq!(rig.round(), 0, "nobody listens to it");
    rig.now_us += 500_000;
    rig.rounds(100);
    caller.talk();
    rig.rounds(2);
    assert!(agent.hears());
}

#[test]
fn a_leg_that_was_looked_after_just_before_it_moved_is_not_at_once_again() {
    let mut rig = Rig::new();
    let _phone = rig.phone(1);
    rig.now_us += 60_000_000;
    rig.rounds(2);
    let since_swept_us = |rig: &mut Rig, after_us: u64| {
        rig.now_us += after_us;
        rig.rounds(2);
        rig.now_us - rig.worker.legs.get(1).unwrap().swept_us
    };
    assert_eq!(since_swept_us(&mut rig, 0), 0);
    rig.move_all(&company(&[1], &[], &[]));
    assert_eq!(since_swept_us(&mut rig, 100_000), 100_000);
    rig.move_all(&company(&[1], &[], &[]));
    assert_eq!(since_swept_us(&mut rig, 500_000), 0);
}
