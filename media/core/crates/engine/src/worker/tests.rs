//! Whole rounds of a worker over real sockets, counted in rounds and in a time of our own.

use std::net::{Ipv4Addr, UdpSocket};

use ::rtp::packet::Header;
use audio::codec::Codec;
use crossbeam_channel::{Sender, unbounded};

use super::*;
use crate::commands::Security;
use crate::handshake::Fingerprint;
use crate::playback::{Manner, Playback};
use crate::playlist::Playlist;
use crate::ports::SocketPair;
use crate::prompt::Prompt;
use crate::settings::{Rtcp, Settings};
use crate::storage::Storage;

mod beeps;
mod ends;
mod flood;
mod keys;
mod long_packets;
mod masking;
mod moved_call;
mod moving;
mod moving_at_random;
mod reports;
mod unlike;
mod web;

struct Rig {
    worker: Worker,
    commands: Sender<Command>,
    /// Of the worker's certificate.
    fingerprint: Fingerprint,
    now_us: u64,
}

/// A leg of the worker and its phone.
struct Phone {
    socket: UdpSocket,
    leg: SocketAddr,
    sequence: u16,
}

impl Rig {
    fn new() -> Self {
        let (writers, _) = Writers::new(&Storage::default());
        let (identity, fingerprint) = Identity::made_up(1);
        let facts = Arc::new(EventRing::new().unwrap());
        Self::among((Clock::start(), facts, writers), Rules::default(), identity, fingerprint)
    }

    /// Another worker of the same engine.
    fn beside(&self) -> Self {
        let around = &self.worker.around;
        let shared = (around.clock, around.facts.clone(), around.writers.clone());
        let rig = Self::among(shared, around.rules, around.identity.clone(), self.fingerprint);
        Self { now_us: self.now_us, ..rig }
    }

    fn among(
        (clock, facts, writers): (Clock, Arc<EventRing>, Writers),
        rules: Rules,
        identity: Identity,
        fingerprint: Fingerprint,
    ) -> Self {
        let (commands, orders) = unbounded();
        let around = Surroundings {
            clock,
            commands: orders,
            wake: Arc::new(Wake::new().unwrap()),
            facts,
            writers,
            format: SampleFormat::Linear16,
            rules,
            lateness: Arc::new(Lateness::default()),
            identity,
        };
        let worker = Worker::new(around, RawSender::open(Ipv4Addr::LOCALHOST.into()).ok());
        Self { worker: worker.unwrap(), commands, fingerprint, now_us: 1_000 }
    }

    fn order(&mut self, command: Command) {
        self.commands.send(command).unwrap();
        self.worker.obey_some(self.now_us);
    }

    /// A leg that is open and its phone.
    fn phone(&mut self, endpoint: EndpointId) -> Phone {
        let (phone, commands) = Phone::new(endpoint);
        for command in commands {
            self.order(command);
        }
        phone
    }

    /// One round, in which no time passes; how many sockets were ready.
    fn round(&mut self) -> usize {
        let mut ready = Vec::with_capacity(MAX_READY);
        self.worker.wait(&mut ready, Some(&Timespec::default()));
        self.worker.work(&ready, self.now_us);
        ready.len()
    }

    fn rounds(&mut self, count: usize) {
        for _ in 0..count {
            self.round();
        }
    }

    fn dropped(&mut self, endpoint: EndpointId) -> u64 {
        self.worker.legs.get(endpoint).unwrap().endpoint.counters().packets_dropped
    }
}

impl Phone {
    /// A phone, and what opens its leg.
    fn new(endpoint: EndpointId) -> (Self, [Command; 2]) {
        let [socket, voice, reports] = [(); 3].map(|()| UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
        for socket in [&socket, &voice, &reports] {
            socket.set_nonblocking(true).unwrap();
        }
        let leg = voice.local_addr().unwrap();
        let settings = Settings {
            remote: socket.local_addr().ok(),
            codec: Codec::Pcma,
            payload_type: 8,
            dtmf_payload_type: None,
            dtmf_clock_hz: 8000,
            noise_payload_type: None,
            ptime_ms: 20,
            longest_ms: None,
            sending: true,
            receiving: true,
            answered: true,
            rtcp: Rtcp::default(),
        };
        let sockets = SocketPair { rtp: voice, rtcp: reports, local: leg };
        let open = Command::Open { endpoint, sockets };
        let configure = Command::Configure { endpoint, settings, security: Security::Plain };
        (Self { socket, leg, sequence: 0 }, [open, configure])
    }

    fn talk(&mut self) {
        self.sequence += 1;
        let timestamp = u32::from(self.sequence) * 160;
        let ssrc = u32::from(self.leg.port());
        let header = Header { marker: false, payload_type: 8, sequence: self.sequence, timestamp, ssrc };
        self.socket.send_to(&[&header.to_bytes()[..], &[0xd5; 160]].concat(), self.leg).unwrap();
    }

    fn flood(&self, packets: usize) {
        for _ in 0..packets {
            self.socket.send_to(b"junk", self.leg).unwrap();
        }
    }

    /// Something from its leg; what other tests send to ports they had before does not count.
    fn hears(&self) -> bool {
        let next = || self.socket.recv_from(&mut [0; 512]).ok();
        while let Some((_, source)) = next() {
            if source == self.leg {
                return true;
            }
        }
        false
    }
}

#[test]
fn a_packet_waits_at_most_for_one_of_each_flooded_leg() {
    let mut rig = Rig::new();
    let hostile: Vec<_> = (100..400).map(|endpoint| rig.phone(endpoint)).collect();
    let (mut caller, agent) = (rig.phone(1), rig.phone(2));
    rig.order(Command::Bridge { mix: 9, legs: [1, 2] });
    for phone in &hostile {
        phone.flood(100);
    }
    caller.talk();
    let bound = (hostile.len() + 1).div_ceil(MAX_READY);
    let rounds = (1..=bound).take_while(|_| {
        rig.round();
        !agent.hears()
    });
    assert!(rounds.count() < bound, "not heard within {bound} rounds");
}

#[test]
fn a_packet_that_no_socket_takes_is_not_counted_as_sent_and_those_beside_it_are() {
    let mut rig = Rig::new();
    let (mut caller, agent, mut lost_caller) = (rig.phone(1), rig.phone(2), rig.phone(3));
    let (_nowhere, [open, mut configure]) = Phone::new(4);
    if let Command::Configure { settings, .. } = &mut configure {
        settings.remote = Some((Ipv4Addr::BROADCAST, 9).into());
    }
    rig.order(open);
    rig.order(configure);
    rig.order(Command::Bridge { mix: 8, legs: [1, 2] });
    rig.order(Command::Bridge { mix: 9, legs: [3, 4] });
    for _ in 0..3 {
        lost_caller.talk();
        caller.talk();
        rig.round();
    }
    let sent = [2, 4].map(|endpoint| {
        let counters = rig.worker.legs.get(endpoint).unwrap().endpoint.counters();
        (counters.packets_sent, counters.bytes_sent)
    });
    assert_eq!(sent, [(3, 3 * 172), (0, 0)]);
    assert!(agent.hears());
}

#[test]
fn a_command_that_the_worker_was_not_woken_for_is_obeyed_in_its_next_round() {
    let mut rig = Rig::new();
    let (_phone, [open, _]) = Phone::new(1);
    rig.commands.send(open).unwrap();
    assert_eq!(rig.round(), 0);
    assert_eq!(rig.worker.legs.ids(), [1]);
}

#[test]
fn a_packet_waits_for_a_few_of_the_commands_that_open_many_legs_at_once() {
    let mut rig = Rig::new();
    let (mut caller, agent) = (rig.phone(1), rig.phone(2));
    rig.order(Command::Bridge { mix: 9, legs: [1, 2] });
    let (_phones, commands): (Vec<_>, Vec<_>) = (100..600).map(Phone::new).unzip();
    for command in commands.into_iter().flatten() {
        rig.commands.send(command).unwrap();
    }
    rig.worker.around.wake.ring();
    let mut waiting = rig.commands.len();
    while waiting > 0 {
        caller.talk();
        rig.round();
        assert!(agent.hears(), "a packet waited longer than one round");
        let obeyed = waiting - rig.commands.len();
        assert_eq!(obeyed, waiting.min(obey::MAX_COMMANDS));
        waiting -= obeyed;
    }
    assert!((100..600).all(|id| rig.worker.legs.slot_of(id).is_some()), "a leg was not opened");
}

#[test]
fn a_flooded_leg_spends_its_own_allowance_and_rests_until_it_is_refilled() {
    let mut rig = Rig::new();
    let (hostile, mut caller) = (rig.phone(1), rig.phone(2));
    let agent = rig.phone(3);
    rig.order(Command::Bridge { mix: 9, legs: [2, 3] });
    for _ in 0..20 {
        hostile.flood(100);
        rig.rounds(100);
    }
    let taken = rig.dropped(1);
    assert!((450..=550).contains(&taken), "{taken}");
    assert_eq!(rig.round(), 0, "nobody listens to it");
    caller.talk();
    rig.round();
    assert!(agent.hears());
    rig.now_us += 50_000;
    rig.rounds(200);
    let later = rig.dropped(1) - taken;
    assert!((90..=110).contains(&later), "{later}: 2000 a second");
}

#[test]
fn oversized_datagrams_are_dropped_whole() {
    let mut rig = Rig::new();
    let (hostile, agent) = (rig.phone(1), rig.phone(2));
    rig.order(Command::Bridge { mix: 9, legs: [1, 2] });
    let mut huge = vec![0xd5; 9000];
    huge[..12].copy_from_slice(&[0x80, 8, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]);
    for length in [9000, BUFFER_LENGTH] {
        hostile.socket.send_to(&huge[..length], hostile.leg).unwrap();
        rig.round();
    }
    assert_eq!(rig.dropped(1), 2);
    assert!(!agent.hears());
}

#[test]
fn statistics_reports_and_prompts_yield_while_rounds_stay_full() {
    let mut rig = Rig::new();
    let many: Vec<_> = (1..=600).map(|endpoint| rig.phone(endpoint)).collect();
    let prompt = Arc::new(Prompt::encode(&[1000; 1600], &[1000; 3200]));
    for endpoint in 1..=600 {
        let playback = Playback::new(endpoint, Playlist::new(vec![prompt.clone()]), Manner::ONCE);
        rig.order(Command::Play { endpoint, playback });
    }
    let done = |rig: &mut Rig| -> [u64; 2] {
        let counters = |id| rig.worker.legs.get(id).unwrap().endpoint.counters();
        let counters: Vec<_> = (1..=600).map(counters).collect();
        [counters.iter().map(|c| c.rtcp_sent).sum(), counters.iter().map(|c| c.packets_sent).sum()]
    };
    for phone in &many {
        phone.flood(4);
    }
    rig.now_us += 10_000_000;
    assert_eq!(rig.round(), MAX_READY);
    let [reports, packets] = done(&mut rig);
    let allowed = PATIENT_WHEN_BEHIND as u64;
    assert!(reports + packets <= allowed, "{reports} and {packets} in a round that found the worker behind");
    assert!(rig.worker.around.lateness.recent_us() >= 6_000_000);
    rig.rounds(200);
    assert_eq!(done(&mut rig), [600, 600], "none was forgotten");
}
