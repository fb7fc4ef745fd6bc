//! Symmetric RTP (RFC 4961): send to where the peer's packets come from, not to what its SDP promised.
//!
//! What a valid packet means, by its source and by what was heard of the leg before:
//!
//! ```text
//!                            nothing   latched        silent for long,   we hold
//!                            yet       source heard   or a hold ended    the peer
//!  the latched source        -         taken          taken              counted
//!  the address offered       latches   latches        latches            counted
//!  another port of either    latches   stranger       latches            stranger
//!  anywhere else             latches   stranger       stranger           stranger
//! ```
//!
//! A private address in the SDP of a phone behind NAT is normal, so anybody may be first; what the phone
//! promised wins whenever it comes. A NAT may choose another port later, never another address: that
//! takes a new one by signalling, which begins anew.
//!
//! Strict, for peers that say where they are, such as carriers, nobody else has a chance:
//!
//! ```text
//!  the latched source        -         taken          taken              counted
//!  another port of its host  latches   stranger       latches            stranger
//!  anywhere else             stranger  stranger       stranger           stranger
//! ```
//!
//! There its host is the one that the SDP named, or the latched one if it named none.

use std::net::{IpAddr, SocketAddr};

use crate::rules::Latching;
use crate::source_filter::Door;

/// Where one leg's packets may come from and go to.
#[derive(Debug, Default)]
pub struct Latch {
    rules: Latching,
    /// By the peer's SDP; None when it named no usable address.
    offered: Option<SocketAddr>,
    latched: Option<SocketAddr>,
    /// From when another port may take the place of the latched one.
    open_from_us: u64,
}

/// What the source of a packet means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    Known,
    /// The leg is latched to this source from now on.
    Latched,
    Stranger,
}

impl Latch {
    pub fn new(rules: Latching) -> Self {
        Self { rules, ..Self::default() }
    }

    /// The peer's SDP names an address. A new one undoes the latch; the same again or none leaves it.
    pub fn offer(&mut self, address: Option<SocketAddr>) {
        if address.is_some() && self.offered != address {
            *self = Self { offered: address, ..Self::new(self.rules) };
        }
    }

    /// A hold is over: the peer may come back from another port at once.
    pub fn reopen(&mut self) {
        self.open_from_us = 0;
    }

    /// Nothing is known of where the peer is.
    pub fn forget(&mut self) {
        *self = Self::new(self.rules);
    }

    /// The peer proved a path by ICE: it comes from there and nowhere else until it proves another.
    pub fn prove(&mut self, source: SocketAddr) {
        *self = Self { latched: Some(source), open_from_us: u64::MAX, ..Self::new(self.rules) };
    }

    /// Judge the source of a valid packet.
    pub fn admit(&mut self, source: SocketAddr, now_us: u64) -> Admission {
        let known = self.latched == Some(source);
        if !known && !self.may_move_to(source, now_us) {
            return Admission::Stranger;
        }
        self.open_from_us = now_us + self.rules.relatch_after_us;
        self.latched = Some(source);
        if known { Admission::Known } else { Admission::Latched }
    }

    /// Whether a packet is the peer's though nothing may be latched: it comes from where we would send.
    pub fn knows(&self, source: SocketAddr) -> bool {
        [self.latched, self.offered].contains(&Some(source))
    }

    /// Whether this is a host the peer is at, or said to be.
    pub fn knows_host(&self, host: IpAddr) -> bool {
        [self.latched, self.offered].into_iter().flatten().any(|address| address.ip() == host)
    }

    /// Whether the peer, silent for long or after a hold, may come from another port now.
    pub fn is_open(&self, now_us: u64) -> bool {
        now_us >= self.open_from_us
    }

    /// From where whoever is the peer can come now; none while that is anywhere.
    pub fn doors(&self, now_us: u64) -> Vec<Door> {
        if self.latched.is_none() && !self.rules.strict {
            return Vec::new();
        }
        let door = if self.is_open(now_us) { Door::any_port } else { Door::exactly };
        [self.latched, self.offered].into_iter().flatten().map(door).collect()
    }

    pub fn destination(&self) -> Option<SocketAddr> {
        self.latched.or(self.offered)
    }

    fn may_move_to(&self, source: SocketAddr, now_us: u64) -> bool {
        let neighbour = |address: SocketAddr| address.ip() == source.ip();
        let open = self.is_open(now_us);
        if self.rules.strict {
            return open && self.offered.or(self.latched).is_none_or(neighbour);
        }
        let Some(latched) = self.latched else { return true };
        self.offered == Some(source) || open && (neighbour(latched) || self.offered.is_some_and(neighbour))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFERED: &str = "192.0.2.1:4000";
    const OFFERED_ELSEWHERE: &str = "192.0.2.1:4002";
    const NAT: &str = "198.51.100.7:9000";
    const NAT_ELSEWHERE: &str = "198.51.100.7:9002";
    const STRANGER: &str = "203.0.113.66:4000";
    const RELATCH_AFTER_US: u64 = 3_000_000;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    /// A leg whose peer offered an address and then came from these, all at 0.
    fn latch(heard: &[&str]) -> Latch {
        let mut latch = Latch::default();
        latch.offer(Some(address(OFFERED)));
        for source in heard {
            latch.admit(address(source), 0);
        }
        latch
    }

    fn admissions(heard: &[&str], reopened: bool, now_us: u64) -> Vec<Admission> {
        let judge = |source| {
            let mut latch = latch(heard);
            if reopened {
                latch.reopen();
            }
            latch.admit(address(source), now_us)
        };
        [OFFERED, OFFERED_ELSEWHERE, NAT, NAT_ELSEWHERE, STRANGER].map(judge).to_vec()
    }

    #[test]
    fn anybody_may_be_first() {
        assert_eq!(admissions(&[], false, 0), [Admission::Latched; 5]);
    }

    #[test]
    fn while_the_peer_talks_only_the_offered_address_may_take_its_place() {
        use Admission::{Known, Latched, Stranger};
        let just_before_us = RELATCH_AFTER_US - 1;
        let behind_nat = admissions(&[NAT], false, just_before_us);
        assert_eq!(behind_nat, [Latched, Stranger, Known, Stranger, Stranger]);
        let as_offered = admissions(&[NAT, OFFERED], false, just_before_us);
        assert_eq!(as_offered, [Known, Stranger, Stranger, Stranger, Stranger]);
    }

    #[test]
    fn after_silence_or_a_hold_another_port_may_but_no_other_address() {
        use Admission::{Known, Latched, Stranger};
        for (reopened, now_us) in [(false, RELATCH_AFTER_US), (true, 1)] {
            let behind_nat = admissions(&[NAT], reopened, now_us);
            assert_eq!(behind_nat, [Latched, Latched, Known, Latched, Stranger]);
            let as_offered = admissions(&[NAT, OFFERED], reopened, now_us);
            assert_eq!(as_offered, [Known, Latched, Stranger, Stranger, Stranger]);
        }
    }

    #[test]
    fn a_strict_leg_is_latched_to_the_promised_host_and_there_to_one_port() {
        use Admission::{Known, Latched, Stranger};
        let rules = Latching { strict: true, relatch_after_us: RELATCH_AFTER_US };
        let judge = |heard: Option<&str>, source: &str, now_us: u64| {
            let mut latch = Latch::new(rules);
            latch.offer(Some(address(OFFERED)));
            heard.map(|heard| latch.admit(address(heard), 0));
            latch.admit(address(source), now_us)
        };
        let sources = [OFFERED, OFFERED_ELSEWHERE, NAT, STRANGER];
        let all = |heard, now_us| sources.map(|source| judge(heard, source, now_us));
        assert_eq!(all(None, 0), [Latched, Latched, Stranger, Stranger]);
        assert_eq!(all(Some(OFFERED_ELSEWHERE), 1), [Stranger, Known, Stranger, Stranger]);
        assert_eq!(all(Some(OFFERED_ELSEWHERE), RELATCH_AFTER_US), [Latched, Known, Stranger, Stranger]);
    }

    #[test]
    fn a_strict_leg_whose_peer_named_no_address_stays_with_whom_it_heard_first() {
        let mut latch = Latch::new(Latching { strict: true, relatch_after_us: RELATCH_AFTER_US });
        assert_eq!(latch.admit(address(NAT), 0), Admission::Latched);
        assert_eq!(latch.admit(address(STRANGER), RELATCH_AFTER_US), Admission::Stranger);
        assert_eq!(latch.admit(address(NAT_ELSEWHERE), RELATCH_AFTER_US), Admission::Latched);
    }

    #[test]
    fn the_first_packet_after_a_hold_closes_the_latch_again() {
        let mut latch = latch(&[NAT]);
        latch.reopen();
        assert_eq!(latch.admit(address(NAT), 1), Admission::Known);
        assert_eq!(latch.admit(address(NAT_ELSEWHERE), 2), Admission::Stranger);
    }

    #[test]
    fn sends_to_the_offered_address_until_packets_come() {
        assert_eq!(latch(&[]).destination(), Some(address(OFFERED)));
        assert_eq!(latch(&[NAT]).destination(), Some(address(NAT)));
    }

    #[test]
    fn the_peer_is_known_by_either_address() {
        let latch = latch(&[NAT]);
        assert!(latch.knows(address(NAT)) && latch.knows(address(OFFERED)));
        assert!(!latch.knows(address(NAT_ELSEWHERE)) && !Latch::default().knows(address(STRANGER)));
    }

    #[test]
    fn only_a_new_address_by_signalling_undoes_the_latch() {
        let mut latch = latch(&[NAT]);
        for same in [Some(address(OFFERED)), None] {
            latch.offer(same);
            assert_eq!(latch.admit(address(STRANGER), RELATCH_AFTER_US), Admission::Stranger);
            assert_eq!(latch.destination(), Some(address(NAT)));
        }
        latch.offer(Some(address(OFFERED_ELSEWHERE)));
        assert_eq!(latch.destination(), Some(address(OFFERED_ELSEWHERE)));
        assert_eq!(latch.admit(address(STRANGER), 1), Admission::Latched);
    }

    #[test]
    fn whoever_would_be_taken_has_a_door() {
        let sources = [OFFERED, OFFERED_ELSEWHERE, NAT, NAT_ELSEWHERE, STRANGER];
        let cases = [false, true].into_iter().flat_map(|strict| {
            [&[][..], &[OFFERED], &[NAT], &[OFFERED_ELSEWHERE]].map(|heard| (strict, heard))
        });
        for ((strict, heard), now_us) in cases.flat_map(|case| [(case, 1), (case, RELATCH_AFTER_US)]) {
            for source in sources {
                let mut latch = Latch::new(Latching { strict, relatch_after_us: RELATCH_AFTER_US });
                latch.offer(Some(address(OFFERED)));
                for heard in heard {
                    latch.admit(address(heard), 0);
                }
                let doors = latch.doors(now_us);
                let has_door = doors.iter().any(|door| {
                    door.host == address(source).ip()
                        && door.port.is_none_or(|port| port == address(source).port())
                });
                let is_taken = latch.admit(address(source), now_us) != Admission::Stranger;
                assert!(!is_taken || has_door || doors.is_empty(), "{strict} {heard:?} {source} {now_us}");
                assert!(source != STRANGER || !has_door);
            }
        }
    }

    #[test]
    fn packets_in_turn_from_two_ports_move_the_latch_seldom() {
        let mut latch = latch(&[]);
        let moves = (0..60_000).filter(|turn| {
            let source = if turn % 3_500 == 0 { OFFERED } else { OFFERED_ELSEWHERE };
            latch.admit(address(source), turn * 1000) == Admission::Latched
        });
        assert!((2..=2 * 60 / 3).contains(&moves.count()));
    }
}
