//! A leg and a browser on a network that loses, delays, reorders, doubles and adds junk, in virtual time.

use std::time::Instant;

use ice::message::{
    BINDING_REQUEST, HEADER_LENGTH, ICE_CONTROLLED, MAGIC_COOKIE, USE_CANDIDATE, USERNAME, protect,
    put_attribute,
};
use srtp::MAX_TRAILER;

use super::*;
use crate::handshake::GIVE_UP_AFTER_US;

const STEP_US: u64 = 5_000;
const CHECK_EVERY_US: u64 = 500_000;
pub(crate) const PASSWORD: &str = "a password of ours";

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn home() -> SocketAddr {
    address("198.51.100.7:9000")
}

fn elsewhere() -> SocketAddr {
    address("198.51.100.7:9002")
}

pub(crate) fn credentials(ufrag: &str) -> Credentials {
    Credentials { ufrag: ufrag.into(), password: PASSWORD.into() }
}

/// A check under our password.
fn check(ufrag: &str, extra: &[(u16, &[u8])]) -> Vec<u8> {
    let mut buffer = vec![0; 200];
    buffer[..2].copy_from_slice(&BINDING_REQUEST.to_be_bytes());
    buffer[4..8].copy_from_slice(&MAGIC_COOKIE);
    let username = format!("{ufrag}:abc");
    let mut end = put_attribute(&mut buffer, HEADER_LENGTH, USERNAME, username.as_bytes()).unwrap();
    for (kind, value) in extra {
        end = put_attribute(&mut buffer, end, *kind, value).unwrap();
    }
    let end = protect(&mut buffer, end, PASSWORD.as_bytes()).unwrap();
    buffer[..end].to_vec()
}

pub(crate) fn nomination() -> Vec<u8> {
    check("here", &[(USE_CANDIDATE, &[])])
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum To {
    Leg,
    Browser,
}

/// What the network does, the same in every run.
struct Network {
    random: u64,
    loss_percent: u64,
    jitter_us: u64,
    junk: bool,
    under_way: Vec<(u64, To, Vec<u8>)>,
}

impl Network {
    fn new(seed: u64, loss_percent: u64, jitter_us: u64) -> Self {
        let random = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self { random, loss_percent, jitter_us, junk: false, under_way: Vec::new() }
    }

    fn draw(&mut self, below: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % below.max(1)
    }

    fn send(&mut self, to: To, datagram: &[u8], now_us: u64) {
        let copies = if self.draw(100) < self.loss_percent { 0 } else { 1 + u64::from(self.draw(10) == 0) };
        for _ in 0..copies {
            let arrival_us = now_us + STEP_US + self.draw(self.jitter_us);
            self.under_way.push((arrival_us, to, datagram.to_vec()));
        }
        if self.junk {
            let cut = self.draw(datagram.len() as u64) as usize;
            self.under_way.push((now_us, to, datagram[..cut].to_vec()));
            let length = 1 + self.draw(60);
            let mut noise: Vec<u8> = (0..length).map(|_| self.draw(256) as u8).collect();
            noise[0] = 20 + noise[0] % 44;
            self.under_way.push((now_us, to, noise));
        }
    }

    fn arrived(&mut self, now_us: u64) -> Vec<(To, Vec<u8>)> {
        let (mut here, coming): (Vec<_>, Vec<_>) =
            self.under_way.drain(..).partition(|&(arrival_us, ..)| arrival_us <= now_us);
        self.under_way = coming;
        here.sort_by_key(|&(arrival_us, ..)| arrival_us);
        here.into_iter().map(|(_, to, datagram)| (to, datagram)).collect()
    }
}

/// Both ends.
struct Call {
    network: Network,
    leg: WebPeer,
    path: Option<SocketAddr>,
    alarm_us: Option<u64>,
    faults: Vec<Fault>,
    browser: Handshake,
    browser_keys: Option<Protection>,
    now_us: u64,
}

impl Call {
    fn new(we_begin: bool, is_who_it_says: bool, seed: u64, network: Network) -> Self {
        let (ours, our_fingerprint) = Identity::made_up(seed);
        let (theirs, their_fingerprint) = Identity::made_up(seed + 1000);
        let fingerprint = if is_who_it_says { their_fingerprint } else { our_fingerprint };
        let epoch = Instant::now();
        let terms = WebTerms { fingerprint, is_client: we_begin, ice: Some(credentials("here")) };
        Self {
            network,
            leg: WebPeer::new(&ours, terms, epoch, 0),
            path: None,
            alarm_us: None,
            faults: Vec::new(),
            browser: Handshake::new(&theirs, !we_begin, our_fingerprint, epoch, 0),
            browser_keys: None,
            now_us: 0,
        }
    }

    /// Let a datagram reach the leg; what it was, and the answers.
    fn deliver(&mut self, mut datagram: Vec<u8>, source: SocketAddr) -> (Arrival, Vec<Vec<u8>>) {
        let mut answers = Vec::new();
        let arrival = self.leg.take(&mut datagram, source, self.path, self.now_us, |answer| {
            answers.push(answer.to_vec());
        });
        match arrival {
            Arrival::Path(path) => self.path = Some(path),
            Arrival::Failed(fault) => self.faults.push(fault),
            _ => {}
        }
        self.set_alarm();
        (arrival, answers)
    }

    fn set_alarm(&mut self) {
        let alarm_us = self.leg.alarm(self.path.is_some());
        self.alarm_us = [self.alarm_us, alarm_us].into_iter().flatten().min();
    }

    fn step(&mut self) {
        if self.now_us.is_multiple_of(CHECK_EVERY_US) {
            self.network.send(To::Leg, &nomination(), self.now_us);
        }
        for (to, datagram) in self.network.arrived(self.now_us) {
            match to {
                To::Leg => {
                    for answer in self.deliver(datagram, home()).1 {
                        self.network.send(To::Browser, &answer, self.now_us);
                    }
                }
                To::Browser if is_stun(&datagram) => {}
                To::Browser => self.browse(Some(&datagram)),
            }
        }
        if self.browser.next_us(true).is_some_and(|next_us| next_us <= self.now_us) {
            self.browse(None);
        }
        if self.alarm_us.is_some_and(|alarm_us| alarm_us <= self.now_us) {
            self.wait();
        }
        self.now_us += STEP_US;
    }

    fn browse(&mut self, datagram: Option<&[u8]>) {
        let (network, now_us) = (&mut self.network, self.now_us);
        let send = |answer: &[u8]| network.send(To::Leg, answer, now_us);
        let progress = match datagram {
            Some(datagram) => self.browser.take(datagram, now_us, send),
            None => self.browser.wait(now_us, send),
        };
        if let Progress::Keyed(keys) = progress {
            self.browser_keys = Some(Protection::new(*keys));
        }
    }

    fn wait(&mut self) {
        self.alarm_us = None;
        let (network, now_us) = (&mut self.network, self.now_us);
        let fault = self.leg.wait(self.path.is_some(), now_us, |datagram| {
            network.send(To::Browser, datagram, now_us);
        });
        self.faults.extend(fault);
        self.set_alarm();
    }

    fn run_for(&mut self, for_us: u64) {
        let end_us = self.now_us + for_us;
        while self.now_us < end_us {
            self.step();
        }
    }

    /// Run until both have keys; whether they came to have them.
    fn is_keyed(&mut self) -> bool {
        while self.now_us < GIVE_UP_AFTER_US && (self.leg.protection.is_none() || self.browser_keys.is_none())
        {
            self.step();
        }
        self.leg.protection.is_some() && self.browser_keys.is_some()
    }

    /// A packet of the browser's.
    fn spoken(&mut self, sequence: u16) -> Vec<u8> {
        sealed(self.browser_keys.as_mut().unwrap(), sequence)
    }
}

fn sealed(protection: &mut Protection, sequence: u16) -> Vec<u8> {
    let mut packet = vec![0x80, 8];
    packet.extend_from_slice(&sequence.to_be_bytes());
    packet.extend_from_slice(&[0; 168 + MAX_TRAILER]);
    let place = protection.protect_rtp(&mut packet, 0..172).unwrap();
    packet[place].to_vec()
}

#[test]
fn a_handshake_on_a_bad_network_ends_in_keys_that_fit_whoever_begins() {
    for seed in 0..12 {
        let mut call = Call::new(seed % 2 == 0, true, seed, Network::new(seed, 15, 100_000));
        assert!(call.is_keyed(), "seed {seed}: {:?} at {} ms", call.faults, call.now_us / 1000);
        for sequence in 1..4 {
            let spoken = call.spoken(sequence);
            assert_eq!(call.deliver(spoken.clone(), home()).0, Arrival::Rtp(172));
            assert_eq!(call.deliver(spoken, home()).0, Arrival::Unusable, "heard twice");
            let mut ours = sealed(call.leg.protection().unwrap(), sequence);
            assert_eq!(call.browser_keys.as_mut().unwrap().open_rtp(&mut ours), Ok(172));
        }
        assert_eq!(call.faults, []);
    }
}

#[test]
fn a_last_flight_that_got_lost_is_sent_again_when_the_peer_repeats_its_own() {
    let mut call = Call::new(false, true, 1, Network::new(1, 0, 0));
    while call.leg.protection.is_none() {
        call.step();
    }
    call.network.under_way.clear();
    assert!(call.browser_keys.is_none());
    assert!(call.is_keyed(), "{:?}", call.faults);
}

#[test]
fn junk_between_the_flights_disturbs_nobody() {
    for seed in 0..6 {
        let mut network = Network::new(seed, 0, 20_000);
        network.junk = true;
        let mut call = Call::new(seed % 2 == 0, true, seed, network);
        assert!(call.is_keyed(), "seed {seed}: {:?}", call.faults);
    }
}

#[test]
fn a_peer_with_another_certificate_gets_no_keys_and_is_told_once() {
    for we_begin in [true, false] {
        let mut call = Call::new(we_begin, false, 3, Network::new(3, 0, 0));
        call.run_for(2 * GIVE_UP_AFTER_US);
        assert_eq!(call.faults, [Fault::WrongCertificate]);
        assert!(call.leg.protection.is_none() && call.browser_keys.is_none());
        for datagram in [vec![0x80; 172], vec![0x16; 60]] {
            let (arrival, answers) = call.deliver(datagram, home());
            assert!(!matches!(arrival, Arrival::Rtp(_)) && answers.is_empty());
        }
        let again = call.leg.terms.clone();
        assert!(!call.leg.goes_on_with(&again), "the next settings begin a new handshake");
    }
}

#[test]
fn a_handshake_that_never_ends_is_given_up_once_with_and_without_a_path() {
    for (we_begin, loss_percent) in [(true, 100), (false, 100), (true, 0), (false, 0)] {
        let mut call = Call::new(we_begin, true, 5, Network::new(5, loss_percent, 0));
        call.browser.take(&[], 0, |_| {});
        call.set_alarm();
        while call.now_us <= 2 * GIVE_UP_AFTER_US {
            // Its checks come through at best, none of its handshake does.
            call.network.under_way.retain(|(_, to, datagram)| *to == To::Leg && is_stun(datagram));
            call.step();
        }
        assert_eq!((call.path.is_some(), call.faults), (loss_percent == 0, vec![Fault::NotInTime]));
        assert_eq!(call.alarm_us, None, "nothing more is waited for");
    }
}

#[test]
fn who_proved_no_path_is_not_heard_however_right_its_packets() {
    let mut call = Call::new(false, true, 7, Network::new(7, 0, 0));
    let mut flight = Vec::new();
    call.browser.wait(0, |datagram| flight.push(datagram.to_vec()));
    assert_eq!(call.deliver(flight[0].clone(), home()), (Arrival::Unusable, vec![]));
    assert_eq!(call.deliver(check("there", &[]), home()), (Arrival::Unusable, vec![]));
    assert_eq!(call.deliver(check("here", &[]), home()).0, Arrival::Path(home()));
    assert_eq!(call.deliver(flight[0].clone(), elsewhere()), (Arrival::Unusable, vec![]));
    assert!(!call.deliver(flight[0].clone(), home()).1.is_empty());
    assert!(call.is_keyed());
    let spoken = call.spoken(1);
    assert_eq!(call.deliver(spoken.clone(), elsewhere()).0, Arrival::Unusable);
    assert_eq!(call.deliver(spoken, home()).0, Arrival::Rtp(172));
}

#[test]
fn a_second_nomination_moves_the_peer_and_a_mere_check_does_not() {
    let mut call = Call::new(false, true, 9, Network::new(9, 0, 0));
    assert!(call.is_keyed());
    assert_eq!(call.deliver(check("here", &[]), elsewhere()).0, Arrival::Setup);
    let spoken = call.spoken(1);
    assert_eq!(call.deliver(spoken, home()).0, Arrival::Rtp(172));
    assert_eq!(call.deliver(nomination(), elsewhere()).0, Arrival::Path(elsewhere()));
    assert_eq!(call.deliver(nomination(), elsewhere()).0, Arrival::Setup);
    let spoken = call.spoken(2);
    assert_eq!(call.deliver(spoken.clone(), home()).0, Arrival::Unusable);
    assert_eq!(call.deliver(spoken, elsewhere()).0, Arrival::Rtp(172));
}

#[test]
fn a_peer_that_takes_our_role_is_told_so_and_proves_nothing() {
    let mut call = Call::new(false, true, 11, Network::new(11, 0, 0));
    let conflict = check("here", &[(ICE_CONTROLLED, &[9; 8]), (USE_CANDIDATE, &[])]);
    let (arrival, answers) = call.deliver(conflict, home());
    assert_eq!((arrival, call.path), (Arrival::Setup, None));
    assert_eq!(answers[0][..2], [0x01, 0x11]);
    assert!(answers[0].windows(4).any(|value| value == [0, 0, 4, 87]));
}

#[test]
fn new_credentials_count_at_once_and_the_handshake_goes_on() {
    let mut call = Call::new(true, true, 13, Network::new(13, 0, 0));
    assert!(call.is_keyed());
    let terms = WebTerms { ice: Some(credentials("anew")), ..call.leg.terms.clone() };
    assert!(call.leg.goes_on_with(&terms));
    call.leg.agree(terms);
    assert_eq!(call.deliver(nomination(), elsewhere()).0, Arrival::Unusable);
    assert_eq!(call.deliver(check("anew", &[]), home()).0, Arrival::Setup);
    let spoken = call.spoken(1);
    assert_eq!(call.deliver(spoken, home()).0, Arrival::Rtp(172));
}

#[test]
fn checks_and_forged_packets_ask_for_no_more_alarms() {
    let mut call = Call::new(false, true, 15, Network::new(15, 0, 0));
    call.deliver(nomination(), home());
    call.alarm_us = None;
    for _ in 0..100 {
        call.deliver(nomination(), home());
        call.deliver(vec![0x80; 172], home());
        call.deliver(vec![0x16; 20], home());
    }
    assert_eq!(call.alarm_us, None, "one was asked for already");
    call.wait();
    assert!(call.is_keyed());
    call.alarm_us = None;
    call.deliver(nomination(), home());
    assert_eq!(call.alarm_us, None, "there is nothing to wait for");
}

#[test]
fn no_key_and_no_password_is_printed() {
    let mut call = Call::new(true, true, 17, Network::new(17, 0, 0));
    assert!(call.is_keyed());
    let told = format!("{:?} {:?} {:?}", call.leg, call.browser, call.browser_keys);
    assert!(!told.contains(PASSWORD));
    // Keys would be told as octets or words; the fingerprint, which SDP tells everybody, is all there may be of these.
    let fingerprint = format!("{:?}", call.leg.terms.fingerprint);
    let rest = told.replace(&fingerprint, "");
    assert!(told.contains(&fingerprint) && told.contains("Keys("), "{told}");
    let longest =
        rest.split('[').skip(1).map(|list| list.split(']').next().unwrap().split(',').count()).max();
    assert!(longest.unwrap_or(0) < 4, "{rest}");
}
