//! Browsers at legs of a worker: what is relayed for whom, and what is told.

use srtp::MAX_TRAILER;

use super::*;
use crate::handshake::{Fault, GIVE_UP_AFTER_US, Handshake, Progress};
use crate::protection::Protection;
use crate::web_peer::WebTerms;
use crate::web_peer::tests::{credentials, nomination};

/// A browser, which begins the handshake.
pub(super) struct Browser {
    phone: Phone,
    identity: Identity,
    terms: WebTerms,
    handshake: Handshake,
    keys: Option<Protection>,
}

fn handshake(identity: &Identity, rig: &Rig) -> Handshake {
    Handshake::new(identity, true, rig.fingerprint, rig.worker.around.clock.epoch(), rig.now_us)
}

impl Browser {
    /// At a leg that expects it, or somebody else.
    pub(super) fn new(rig: &mut Rig, endpoint: EndpointId, is_expected: bool) -> Self {
        let phone = rig.phone(endpoint);
        let (identity, theirs) = Identity::made_up(2);
        let fingerprint = if is_expected { theirs } else { [0; 32] };
        let terms = WebTerms { fingerprint, is_client: false, ice: Some(credentials("here")) };
        rig.agree_on(endpoint, &terms);
        let handshake = handshake(&identity, rig);
        Self { phone, identity, terms, handshake, keys: None }
    }

    fn begin_anew(&mut self, rig: &Rig) {
        self.handshake = handshake(&self.identity, rig);
    }

    fn send(&self, datagram: &[u8]) {
        self.phone.socket.send_to(datagram, self.phone.leg).unwrap();
    }

    /// Send what is due and take what came; how many datagrams that was.
    fn go_on(&mut self, rig: &mut Rig) -> usize {
        let (socket, leg) = (&self.phone.socket, self.phone.leg);
        let send = |datagram: &[u8]| drop(socket.send_to(datagram, leg));
        self.handshake.wait(rig.now_us, send);
        rig.rounds(8);
        let mut buffer = [0; 2048];
        let mut count = 0;
        while let Ok(length) = socket.recv(&mut buffer) {
            // Reports to a phone whose port is one lower may come here, too.
            count += usize::from(buffer[0] < 0x80);
            if buffer[0] > 3
                && let Progress::Keyed(keys) = self.handshake.take(&buffer[..length], rig.now_us, send)
            {
                self.keys = Some(Protection::new(*keys));
            }
        }
        count
    }

    fn shake_hands(&mut self, rig: &mut Rig) {
        self.shake_hands_while(rig, |_| {});
    }

    /// Shake hands while something happens before each step.
    pub(super) fn shake_hands_while(&mut self, rig: &mut Rig, happen: impl Fn(&mut Rig)) {
        self.send(&nomination());
        rig.rounds(2);
        for _ in 0..10 {
            rig.now_us += 500_000;
            happen(rig);
            self.go_on(rig);
        }
    }

    pub(super) fn is_keyed(&self) -> bool {
        self.keys.is_some()
    }

    pub(super) fn hears(&self) -> bool {
        self.phone.hears()
    }

    /// Sealed, if it has keys.
    pub(super) fn talk(&mut self, sequence: u16) {
        let timestamp = u32::from(sequence) * 160;
        let header = Header { marker: false, payload_type: 8, sequence, timestamp, ssrc: 5 };
        let mut packet = [&header.to_bytes()[..], &[0xd5; 160], &[0; MAX_TRAILER]].concat();
        let place = match &mut self.keys {
            Some(keys) => keys.protect_rtp(&mut packet, 0..172).unwrap(),
            None => 0..172,
        };
        self.send(&packet[place]);
    }
}

impl Rig {
    /// Its SDP names the address it really has.
    fn agree_on(&mut self, endpoint: EndpointId, terms: &WebTerms) {
        let browser = self.worker.legs.get(endpoint).unwrap();
        let settings = browser.endpoint.settings.unwrap();
        let remote = browser.endpoint.path().or(settings.remote);
        let (settings, security) = (Settings { remote, ..settings }, Security::Web(terms.clone()));
        self.order(Command::Configure { endpoint, settings, security });
    }

    fn faults(&self) -> Vec<Fault> {
        let fault = |event| match event {
            Event::HandshakeFailed { fault, .. } => Some(fault),
            _ => None,
        };
        self.worker.around.facts.drain(1000).into_iter().filter_map(fault).collect()
    }
}

#[test]
fn a_browser_is_heard_from_the_path_it_proved_and_a_new_offer_leaves_that() {
    let mut rig = Rig::new();
    let mut browser = Browser::new(&mut rig, 1, true);
    let mut agent = rig.phone(2);
    rig.order(Command::Bridge { mix: 9, legs: [1, 2] });
    assert_eq!(browser.go_on(&mut rig), 0, "that an address is in SDP proves nothing");
    browser.shake_hands(&mut rig);
    assert!(browser.keys.is_some());
    for sequence in 1..4 {
        browser.talk(sequence);
        rig.rounds(3);
        assert!(agent.hears(), "packet {sequence}");
        agent.talk();
        rig.rounds(3);
        assert!(browser.phone.hears(), "packet {sequence}");
        rig.agree_on(1, &browser.terms);
    }
    assert_eq!(rig.faults(), []);
}

#[test]
fn of_a_browser_with_another_certificate_nothing_is_relayed_and_it_is_told() {
    let mut rig = Rig::new();
    let mut stranger = Browser::new(&mut rig, 1, false);
    let mut agent = rig.phone(2);
    rig.order(Command::Bridge { mix: 9, legs: [1, 2] });
    stranger.shake_hands(&mut rig);
    assert_eq!(rig.faults(), [Fault::WrongCertificate]);
    assert!(stranger.keys.is_none());
    for sequence in 1..4 {
        stranger.talk(sequence);
        agent.talk();
        rig.rounds(3);
        assert!(!agent.hears() && !stranger.phone.hears());
    }
    rig.now_us += 2 * GIVE_UP_AFTER_US;
    rig.rounds(50);
    assert_eq!(rig.faults(), [], "told once");
}

#[test]
fn a_browser_that_never_comes_is_told_once_and_its_next_settings_begin_anew() {
    let mut rig = Rig::new();
    let mut browser = Browser::new(&mut rig, 1, true);
    rig.now_us += GIVE_UP_AFTER_US - 1;
    rig.rounds(50);
    assert_eq!(rig.faults(), []);
    rig.now_us += 1;
    rig.rounds(50);
    assert_eq!(rig.faults(), [Fault::NotInTime]);
    browser.begin_anew(&rig);
    browser.shake_hands(&mut rig);
    assert!(browser.keys.is_none(), "too late");
    browser.begin_anew(&rig);
    rig.agree_on(1, &browser.terms);
    browser.shake_hands(&mut rig);
    assert!(browser.keys.is_some());
}
