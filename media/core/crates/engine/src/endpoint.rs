//! One leg's media without its sockets: what it hears, what it says, what it counts.

use std::net::SocketAddr;

use rtp::outgoing::OutgoingStream;
use rtp::packet::Header;

use crate::events::{EndpointCounters, EndpointId, Event};
use crate::intake::{Intake, Received};
use crate::settings::Settings;
use crate::speaker::Speaker;
use crate::translation::translate;

/// The media of a leg.
#[derive(Debug)]
pub struct Endpoint {
    pub intake: Intake,
    pub speaker: Speaker,
    pub settings: Option<Settings>,
    packets_sent: u64,
    bytes_sent: u64,
    rtcp_received: u64,
}

impl Endpoint {
    pub fn new(id: EndpointId, stream: OutgoingStream) -> Self {
        Self {
            intake: Intake::new(id),
            speaker: Speaker::new(id, stream),
            settings: None,
            packets_sent: 0,
            bytes_sent: 0,
            rtcp_received: 0,
        }
    }

    pub fn configure(&mut self, settings: Settings, now_us: u64) {
        let before = self.settings.replace(settings);
        self.intake.configure(&settings, now_us);
        self.speaker.configure(&settings, now_us);
        if before.is_some_and(|before| settings.end_hold_of(&before)) {
            self.intake.latch.reopen();
        }
    }

    /// Take one datagram from the network; None when it is dropped.
    pub fn receive(
        &mut self,
        datagram: &[u8],
        source: SocketAddr,
        now_us: u64,
        events: &mut Vec<Event>,
    ) -> Option<Received> {
        let presses = self.intake.digits.presses();
        let received = self.intake.receive(datagram, source, self.settings.as_ref(), now_us, events);
        if self.intake.digits.presses() != presses {
            self.speaker.key_pressed(events);
        }
        received
    }

    /// Our header for a peer's packet; None when it is not to be sent.
    pub fn relay(&mut self, received: &Received, now_us: u64) -> Option<Header> {
        self.speaker.relay(received, self.settings.as_ref()?, now_us)
    }

    /// Our header for a key of a peer whose audio is not relayed; None when it is not to be sent.
    pub fn relay_key(&mut self, received: &Received, now_us: u64) -> Option<Header> {
        self.speaker.relay_key(received, self.settings.as_ref()?, now_us)
    }

    /// Write the payload of a peer's packet as ours.
    pub fn translate(&self, received: &Received, payload: &mut [u8]) {
        if let Some(settings) = &self.settings {
            translate(received.content, settings, payload);
        }
    }

    /// Where to send; None while the peer holds us or has no address.
    pub fn destination(&self) -> Option<SocketAddr> {
        let sending = self.settings.is_some_and(|settings| settings.sending);
        if sending { self.intake.latch.destination() } else { None }
    }

    pub fn count_sent(&mut self, bytes: usize) {
        self.packets_sent += 1;
        self.bytes_sent += bytes as u64;
    }

    pub fn count_rtcp(&mut self) {
        self.rtcp_received += 1;
    }

    pub fn counters(&self) -> EndpointCounters {
        EndpointCounters {
            packets_received: self.intake.packets,
            packets_sent: self.packets_sent,
            bytes_received: self.intake.bytes,
            bytes_sent: self.bytes_sent,
            packets_lost: self.intake.reception.lost(),
            packets_dropped: self.intake.dropped,
            packets_forged: self.intake.forged,
            rtcp_received: self.rtcp_received,
            jitter_ms: self.intake.reception.jitter_ms(),
        }
    }
}
