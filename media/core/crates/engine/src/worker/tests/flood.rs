//! Strangers flood a leg's port; whoever talks to the leg is heard all the same.

use super::*;
use crate::flood_guard::LOOK_AFTER_US;

/// Packets of the stranger in a millisecond: 25,000 a second, more than twelve times what a leg may have taken.
const FLOOD_A_MS: usize = 25;

/// A call of two phones, and somebody who floods the caller's leg.
struct Siege {
    rig: Rig,
    caller: Phone,
    agent: Phone,
    stranger: UdpSocket,
    said: usize,
    heard: usize,
}

impl Siege {
    fn new() -> Self {
        Self::by(Ipv4Addr::new(127, 0, 0, 2))
    }

    /// By a stranger on this host.
    fn by(host: Ipv4Addr) -> Self {
        let mut rig = Rig::new();
        let (mut caller, agent) = (rig.phone(1), rig.phone(2));
        rig.order(Command::Bridge { mix: 9, legs: [1, 2] });
        caller.talk();
        rig.rounds(2);
        assert!(agent.hears());
        let stranger = UdpSocket::bind((host, 0)).unwrap();
        Self { rig, caller, agent, stranger, said: 0, heard: 0 }
    }

    /// So much time, in which the caller talks and the stranger sends to `port` of its leg.
    fn last(&mut self, ms: usize, flooded: SocketAddr) {
        for ms in 0..ms {
            self.rig.now_us += 1000;
            for _ in 0..FLOOD_A_MS {
                self.stranger.send_to(b"junk", flooded).unwrap();
            }
            if ms % 20 == 0 {
                self.caller.talk();
                self.said += 1;
            }
            self.rig.rounds(FLOOD_A_MS + 10);
            self.heard += usize::from(self.agent.hears());
        }
    }

    fn flood(&mut self, ms: usize) {
        self.last(ms, self.caller.leg);
    }

    fn calm(&mut self, ms: usize) {
        let nobody = self.stranger.local_addr().unwrap();
        self.last(ms, nobody);
    }

    fn is_guarded(&mut self) -> bool {
        self.rig.worker.legs.get(1).unwrap().flood_guard.is_up()
    }

    fn floods_told(&self) -> Vec<SocketAddr> {
        let source = |event| match event {
            Event::MediaFlooded { endpoint: 1, source } => Some(source),
            _ => None,
        };
        self.rig.worker.around.facts.drain(1000).into_iter().filter_map(source).collect()
    }
}

#[test]
fn whoever_talks_to_a_flooded_leg_is_heard_in_full() {
    for host in [Ipv4Addr::LOCALHOST, Ipv4Addr::new(127, 0, 0, 2)] {
        let mut siege = Siege::by(host);
        siege.flood(4000);
        assert_eq!((siege.said, siege.heard), (200, 200));
        // And what came with the last of them, each time.
        let most = (50 + 4 * 8 + 5 * FLOOD_A_MS) as u64;
        let taken = siege.rig.dropped(1);
        assert!((50..=most).contains(&taken), "{taken} of {} reached the worker", 4000 * FLOOD_A_MS);
        assert_eq!(siege.floods_told(), [siege.stranger.local_addr().unwrap()]);
    }
}

#[test]
fn when_the_flood_is_over_the_kernel_lets_everybody_through_again() {
    let mut siege = Siege::new();
    siege.flood(100);
    assert!(siege.is_guarded());
    siege.calm(1000);
    assert!(!siege.is_guarded());
    assert_eq!((siege.said, siege.heard), (55, 55));
}

#[test]
fn another_flood_later_is_told_again() {
    let mut siege = Siege::new();
    siege.flood(100);
    siege.calm(11_000);
    siege.flood(100);
    assert_eq!(siege.floods_told().len(), 2);
    assert_eq!(siege.heard, siege.said);
}

#[test]
fn a_phone_that_moves_to_another_port_during_a_flood_is_heard_there_once_it_may_be() {
    let mut siege = Siege::new();
    siege.flood(100);
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    siege.caller = Phone { socket, leg: siege.caller.leg, sequence: siege.caller.sequence };
    let may_wait_us = siege.rig.worker.around.rules.latching.relatch_after_us + LOOK_AFTER_US;
    siege.flood((may_wait_us / 1000) as usize + 200);
    assert!(siege.heard >= 5 + 10, "{} heard", siege.heard);
    (siege.said, siege.heard) = (0, 0);
    siege.flood(1000);
    assert_eq!((siege.said, siege.heard), (50, 50));
}

#[test]
fn a_new_address_by_signalling_is_heard_at_once() {
    let mut siege = Siege::new();
    siege.flood(100);
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let remote = socket.local_addr().ok();
    siege.rig.agree(1, |settings| Settings { remote, ..settings });
    siege.caller = Phone { socket, leg: siege.caller.leg, sequence: siege.caller.sequence };
    siege.caller.talk();
    siege.rig.rounds(5);
    assert!(siege.agent.hears());
    siege.flood(1000);
    assert_eq!((siege.said, siege.heard), (55, 55));
}

#[test]
fn a_flooded_port_for_reports_costs_reports_but_no_speech() {
    let mut siege = Siege::new();
    let reports = siege.rig.worker.legs.get(1).unwrap().rtcp.local_addr().unwrap();
    siege.last(2000, reports);
    assert_eq!((siege.said, siege.heard), (100, 100));
    assert_eq!(siege.rig.dropped(1), 0);
}
