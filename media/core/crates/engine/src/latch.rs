//! Symmetric RTP (RFC 4961): send to where the peer's packets come from, not to what its SDP promised.

use std::net::SocketAddr;

/// A latched peer silent for so long may come back from elsewhere.
pub const RELATCH_AFTER_US: u64 = 3_000_000;

/// Where one leg's packets may come from and go to.
#[derive(Debug, Default)]
pub struct Latch {
    /// By the peer's SDP; None when it named no usable address.
    offered: Option<SocketAddr>,
    latched: Option<SocketAddr>,
    heard_us: u64,
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
    /// The peer's SDP names an address. A new one undoes the latch; the same again leaves it.
    pub fn offer(&mut self, address: Option<SocketAddr>) {
        if self.offered != address {
            *self = Self { offered: address, ..Self::default() };
        }
    }

    /// Judge the source of a valid packet.
    pub fn admit(&mut self, source: SocketAddr, now_us: u64) -> Admission {
        let known = self.latched == Some(source);
        let open = self.latched.is_none() || now_us >= self.heard_us + RELATCH_AFTER_US;
        if !known && !open {
            return Admission::Stranger;
        }
        self.heard_us = now_us;
        self.latched = Some(source);
        if known { Admission::Known } else { Admission::Latched }
    }

    pub fn destination(&self) -> Option<SocketAddr> {
        self.latched.or(self.offered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    fn latch() -> Latch {
        let mut latch = Latch::default();
        latch.offer(Some(address(1)));
        latch
    }

    #[test]
    fn sends_to_the_offered_address_until_packets_come() {
        let mut latch = latch();
        assert_eq!(latch.destination(), Some(address(1)));
        assert_eq!(latch.admit(address(2), 0), Admission::Latched);
        assert_eq!(latch.destination(), Some(address(2)));
        assert_eq!(latch.admit(address(2), 1), Admission::Known);
    }

    #[test]
    fn strangers_are_refused_while_the_peer_talks() {
        let mut latch = latch();
        latch.admit(address(2), 0);
        latch.admit(address(2), 1_000_000);
        assert_eq!(latch.admit(address(3), 1_000_000 + RELATCH_AFTER_US - 1), Admission::Stranger);
        assert_eq!(latch.destination(), Some(address(2)));
    }

    #[test]
    fn a_peer_silent_for_long_may_come_from_elsewhere() {
        let mut latch = latch();
        latch.admit(address(2), 0);
        assert_eq!(latch.admit(address(3), RELATCH_AFTER_US), Admission::Latched);
        assert_eq!(latch.admit(address(2), RELATCH_AFTER_US + 1), Admission::Stranger);
    }

    #[test]
    fn only_a_new_offer_undoes_the_latch() {
        let mut latch = latch();
        latch.admit(address(2), 0);
        latch.offer(Some(address(1)));
        assert_eq!(latch.destination(), Some(address(2)));
        latch.offer(Some(address(4)));
        assert_eq!(latch.destination(), Some(address(4)));
        assert_eq!(latch.admit(address(3), 1), Admission::Latched);
    }
}
