//! Encryption on a leg's way to the wire and from it. A plain leg pays for one look at an option.

use std::ops::Range;

use super::leg::Leg;
use crate::protection::{KeyPair, Protection};

impl Leg {
    /// The peer's SDP agreed on these keys, or on none.
    pub(super) fn protect(&mut self, keys: Option<KeyPair>) {
        match (&mut self.protection, keys) {
            (Some(protection), Some(keys)) => protection.rekey(keys),
            (protection, keys) => *protection = keys.map(|keys| Box::new(Protection::new(keys))),
        }
    }

    /// The length of the RTP packet that a datagram holds; None for one the peer did not make, which is counted.
    pub(super) fn open(&mut self, datagram: &mut [u8]) -> Option<usize> {
        let Some(protection) = &mut self.protection else { return Some(datagram.len()) };
        let opened = protection.open_rtp(datagram);
        if opened.is_err() {
            self.endpoint.intake.count_forged();
        }
        opened.ok()
    }

    /// The datagram that a packet of ours goes out as.
    pub(super) fn seal<'a>(&mut self, buffer: &'a mut [u8], packet: Range<usize>) -> Option<&'a [u8]> {
        let Some(protection) = &mut self.protection else { return Some(&buffer[packet]) };
        let place = protection.protect_rtp(buffer, packet).ok()?;
        Some(&buffer[place])
    }

    /// The length of the RTCP packet that a datagram holds; None for one the peer did not make.
    ///
    /// It is not counted as forged: phones say goodbye in the clear when they have let go of their keys.
    pub(super) fn open_report(&mut self, datagram: &mut [u8]) -> Option<usize> {
        match &mut self.protection {
            Some(protection) => protection.open_rtcp(datagram).ok(),
            None => Some(datagram.len()),
        }
    }

    /// The datagram that a report of ours goes out as.
    pub(super) fn seal_report<'a>(&mut self, buffer: &'a mut [u8], packet: Range<usize>) -> Option<&'a [u8]> {
        let Some(protection) = &mut self.protection else { return Some(&buffer[packet]) };
        let place = protection.protect_rtcp(buffer, packet).ok()?;
        Some(&buffer[place])
    }
}
