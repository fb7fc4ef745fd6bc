//! A leg whose packets are encrypted: the keys of both sides, and what became of those the peer had before.

use std::ops::Range;

use srtp::Rejected;
use srtp::inbound::Inbound;
use srtp::keys::Keys;
use srtp::outbound::Outbound;

/// The keys both sides agreed on, each for what it sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPair {
    pub ours: Keys,
    pub theirs: Keys,
}

/// SRTP of one leg.
#[derive(Debug)]
pub struct Protection {
    keys: KeyPair,
    outbound: Outbound,
    inbound: Inbound,
    /// Of the keys the peer had before, until the first packet under the new ones has come.
    before: Option<Inbound>,
}

impl Protection {
    pub fn new(keys: KeyPair) -> Self {
        Self { outbound: Outbound::new(&keys.ours), inbound: Inbound::new(&keys.theirs), keys, before: None }
    }

    /// The peer's settings came again. Keys that stay keep their counts: neither side begins anew then.
    pub fn rekey(&mut self, keys: KeyPair) {
        if keys.ours != self.keys.ours {
            self.outbound = Outbound::new(&keys.ours);
        }
        if keys.theirs != self.keys.theirs {
            let fresh = Inbound::new(&keys.theirs);
            self.before = Some(std::mem::replace(&mut self.inbound, fresh));
        }
        self.keys = keys;
    }

    /// Turn an SRTP packet into an RTP packet; its length.
    pub fn open_rtp(&mut self, datagram: &mut [u8]) -> Result<usize, Rejected> {
        match (self.inbound.open_rtp(datagram), &mut self.before) {
            (Err(Rejected::Forged), Some(before)) => before.open_rtp(datagram),
            (opened, before) => {
                if opened.is_ok() {
                    *before = None;
                }
                opened
            }
        }
    }

    /// Turn an SRTCP packet into an RTCP packet; its length.
    pub fn open_rtcp(&mut self, datagram: &mut [u8]) -> Result<usize, Rejected> {
        self.inbound.open_rtcp(datagram)
    }

    /// Protect an RTP packet of ours; where the SRTP packet lies in the buffer.
    pub fn protect_rtp(&mut self, buffer: &mut [u8], packet: Range<usize>) -> Result<Range<usize>, Rejected> {
        self.outbound.protect_rtp(buffer, packet)
    }

    /// Protect an RTCP packet of ours; where the SRTCP packet lies in the buffer.
    pub fn protect_rtcp(
        &mut self,
        buffer: &mut [u8],
        packet: Range<usize>,
    ) -> Result<Range<usize>, Rejected> {
        self.outbound.protect_rtcp(buffer, packet)
    }
}
