//! Encryption on a leg's way to the wire and from it. A plain leg pays for one look at its kind.

use std::net::SocketAddr;
use std::ops::Range;

use srtp::Rejected;

use super::leg::{Leg, Shield};
use super::{Event, Task, Worker};
use crate::commands::Security;
use crate::events::EndpointId;
use crate::protection::Protection;
use crate::socket;
use crate::web_peer::{Arrival, WebPeer};

impl Worker {
    /// The peer's SDP agreed on this.
    pub(super) fn secure(&mut self, id: EndpointId, security: Security, now_us: u64) {
        let around = &self.around;
        let Some(leg) = self.legs.get(id) else { return };
        match (&mut leg.shield, security) {
            (shield, Security::Plain) => *shield = Shield::Plain,
            (Shield::Keys(protection), Security::Keys(keys)) => protection.rekey(keys),
            (shield, Security::Keys(keys)) => *shield = Shield::Keys(Box::new(Protection::new(keys))),
            (Shield::Web(peer), Security::Web(terms)) if peer.goes_on_with(&terms) => peer.agree(terms),
            (shield, Security::Web(terms)) => {
                if terms.ice.is_some() {
                    leg.endpoint.forget_path();
                }
                let peer = WebPeer::new(&around.identity, terms, around.clock.epoch(), now_us);
                *shield = Shield::Web(Box::new(peer));
                self.shake_hands_later(id);
            }
        }
    }

    /// A step of a handshake that is due, if it still is.
    pub(super) fn shake_hands(&mut self, id: EndpointId, now_us: u64) {
        let Some(leg) = self.legs.get(id) else { return };
        let Shield::Web(peer) = &mut leg.shield else { return };
        let (socket, path) = (&leg.rtp, leg.endpoint.path());
        let fault = peer.wait(path.is_some(), now_us, |datagram| {
            // What is lost here is sent again.
            path.map(|path| socket::send(socket, datagram, path));
        });
        self.outbox.extend(fault.map(|fault| Event::HandshakeFailed { endpoint: id, fault }));
        self.shake_hands_later(id);
    }

    /// A handshake may have begun or gone on: look after it when it is due next.
    pub(super) fn shake_hands_later(&mut self, id: EndpointId) {
        let Some(leg) = self.legs.get(id) else { return };
        let has_path = leg.endpoint.path().is_some();
        if let Shield::Web(peer) = &mut leg.shield
            && let Some(alarm_us) = peer.alarm(has_path)
        {
            self.agenda.add(alarm_us, Task::ShakeHands(id));
        }
    }
}

impl Leg {
    /// The length of the RTP packet that a datagram holds; None for what is none, or not by the peer.
    pub(super) fn open(
        &mut self,
        datagram: &mut [u8],
        source: SocketAddr,
        now_us: u64,
        events: &mut Vec<Event>,
    ) -> Option<usize> {
        let arrival = match &mut self.shield {
            Shield::Plain => return Some(datagram.len()),
            Shield::Keys(protection) => protection.open_rtp(datagram).map_or(Arrival::Unusable, Arrival::Rtp),
            Shield::Web(peer) => {
                let (socket, path) = (&self.rtp, self.endpoint.path());
                peer.take(datagram, source, path, now_us, |answer| {
                    socket::send(socket, answer, source);
                })
            }
        };
        match arrival {
            Arrival::Rtp(length) => return Some(length),
            Arrival::Path(path) => self.endpoint.prove_path(path, events),
            Arrival::Setup => {}
            Arrival::Failed(fault) => events.push(Event::HandshakeFailed { endpoint: self.id, fault }),
            Arrival::Unusable => self.endpoint.intake.count_forged(),
        }
        None
    }

    /// The length of the RTCP packet that a datagram holds; None for one the peer did not make.
    ///
    /// It is not counted as forged: phones say goodbye in the clear when they have let go of their keys.
    pub(super) fn open_report(&mut self, datagram: &mut [u8]) -> Option<usize> {
        let protection = match &mut self.shield {
            Shield::Plain => return Some(datagram.len()),
            Shield::Keys(protection) => protection,
            Shield::Web(peer) => peer.protection()?,
        };
        protection.open_rtcp(datagram).ok()
    }

    /// The datagram that a packet of ours goes out as; None while there are no keys for it.
    pub(super) fn seal<'a>(&mut self, buffer: &'a mut [u8], packet: Range<usize>) -> Option<&'a [u8]> {
        self.shield.seal(buffer, packet, Protection::protect_rtp)
    }

    /// The datagram that a report of ours goes out as; None while there are no keys for it.
    pub(super) fn seal_report<'a>(&mut self, buffer: &'a mut [u8], packet: Range<usize>) -> Option<&'a [u8]> {
        self.shield.seal(buffer, packet, Protection::protect_rtcp)
    }
}

type Protect = fn(&mut Protection, &mut [u8], Range<usize>) -> Result<Range<usize>, Rejected>;

impl Shield {
    fn seal<'a>(&mut self, buffer: &'a mut [u8], packet: Range<usize>, protect: Protect) -> Option<&'a [u8]> {
        let protection = match self {
            Self::Plain => return Some(&buffer[packet]),
            Self::Keys(protection) => protection,
            Self::Web(peer) => peer.protection()?,
        };
        let place = protect(protection, buffer, packet).ok()?;
        Some(&buffer[place])
    }
}
