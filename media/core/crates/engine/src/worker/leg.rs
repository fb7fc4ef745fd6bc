//! An endpoint with its sockets, as a worker holds it.

use std::net::{SocketAddr, UdpSocket};
use std::ops::Range;

use audio::codec::Codec;
use rtp::rtcp::MAX_LENGTH;
use srtp::MAX_TRAILER;

use crate::agenda::Port;
use crate::budget::Budget;
use crate::endpoint::Endpoint;
use crate::events::{EndpointId, Event, MixId};
use crate::flood_guard::FloodGuard;
use crate::forks::Forks;
use crate::hearing::Hearing;
use crate::protection::Protection;
use crate::raw_sender::RawSender;
use crate::recorder::Tap;
use crate::settings::Settings;
use crate::socket;
use crate::web_peer::WebPeer;

/// What stands between the wire and the endpoint.
#[derive(Debug)]
pub enum Shield {
    Plain,
    Keys(Box<Protection>),
    Web(Box<WebPeer>),
}

/// A leg of this worker.
#[derive(Debug)]
pub struct Leg {
    pub id: EndpointId,
    pub endpoint: Endpoint,
    pub rtp: UdpSocket,
    pub rtcp: UdpSocket,
    pub local: SocketAddr,
    pub shield: Shield,
    /// The slot of the leg it is bridged with.
    pub peer: Option<usize>,
    /// Of the packets it sends, the longest that was too long for whom it was relayed to.
    pub overlong_ms: u32,
    /// That it can be neither heard nor spoken to in its mix was told.
    pub told_unmixable: bool,
    /// The mix it is in, be it of two whose packets are relayed.
    pub mix: Option<MixId>,
    /// What it says as samples, while somebody needs them.
    pub hearing: Option<Box<Hearing>>,
    /// When it is heard next for itself, outside of a mix.
    pub listen_us: Option<u64>,
    /// Where what it says is recorded, unless another leg took its place there.
    pub tap: Option<Tap>,
    /// The slots of its forks.
    pub forks: Vec<usize>,
    /// The agenda holds a digit expiry of this leg.
    pub digit_armed: bool,
    /// The agenda holds its next report.
    pub reporting: bool,
    pub budget: Budget,
    /// Of its port for reports.
    pub report_budget: Budget,
    pub flood_guard: FloodGuard,
    /// When it was looked after last.
    pub swept_us: u64,
}

impl Leg {
    /// A socket with what epoll says of it: the slot, twice, and 1 more for RTCP.
    pub fn socket(&self, slot: usize, port: Port) -> (&UdpSocket, u64) {
        let token = (slot as u64) << 1;
        match port {
            Port::Rtp => (&self.rtp, token),
            Port::Rtcp => (&self.rtcp, token | 1),
        }
    }

    /// A packet of its peer is taken soon.
    pub fn prefetch_to_hear(&self) {
        prefetch::all_of(&self.endpoint.intake);
        prefetch::all_of(&self.endpoint.settings);
        prefetch::all_of(&self.budget);
        prefetch::all_of(&self.local);
        prefetch::all_of(&self.rtp);
        prefetch::all_of(&self.shield);
        prefetch::all_of(&self.tap);
    }

    /// It sends a packet soon.
    pub fn prefetch_to_say(&self) {
        prefetch::all_of(&self.endpoint.intake.latch);
        prefetch::all_of(&self.endpoint.settings);
        prefetch::all_of(&self.endpoint.speaker);
        prefetch::all_of(&self.forks);
        prefetch::all_of(&self.local);
        prefetch::all_of(&self.rtp);
        prefetch::all_of(&self.shield);
    }

    /// Let the forks have a packet of ours.
    pub fn tell_forks(&self, packet: &[u8], forks: &mut Forks) {
        if self.forks.is_empty() {
            return;
        }
        if let Some(settings) = &self.endpoint.settings {
            forks.place_heard(&self.forks, packet, settings);
        }
    }

    /// The peer's SDP agreed to this.
    pub fn configure(&mut self, settings: Settings, now_us: u64) {
        self.overlong_ms = 0;
        self.endpoint.configure(settings, now_us);
    }

    /// Whether a packet of so much sound is longer than the peer takes.
    pub fn finds_too_long(&self, audio_ms: u32) -> bool {
        self.longest_ms().is_some_and(|longest_ms| audio_ms > longest_ms)
    }

    /// The longest packet the peer takes, if it says so.
    pub fn longest_ms(&self) -> Option<u32> {
        self.endpoint.settings.as_ref()?.longest_ms
    }

    /// What was agreed to be spoken; None while nothing was.
    pub fn codec(&self) -> Option<Codec> {
        self.endpoint.settings.map(|settings| settings.codec)
    }

    /// Whether what it says and presses is hidden.
    pub fn is_masked(&self) -> bool {
        self.endpoint.intake.is_masked()
    }

    /// Whether a key is down whose end nobody waits for yet.
    pub fn key_is_unwatched(&self) -> bool {
        !self.digit_armed && self.endpoint.key_deadline_us().is_some()
    }

    /// Send the packet at `packet` in the buffer to where the peer is, unless it holds us.
    ///
    /// Behind it `MAX_TRAILER` octets must be free. It leaves at once, or with those of others where there is a raw
    /// sender. A packet the kernel does not take is lost like one the network does not carry.
    pub fn send(&mut self, raw: &mut Option<RawSender>, buffer: &mut [u8], packet: Range<usize>) {
        let Some(destination) = self.endpoint.destination() else { return };
        let length = packet.len();
        let Some(packet) = self.seal(buffer, packet) else { return };
        let waits =
            raw.as_mut().is_some_and(|raw| raw.take(self.id, self.local, destination, packet, length));
        if waits || socket::send(&self.rtp, packet, destination) {
            self.endpoint.count_sent(length);
        }
    }

    /// Take one datagram of RTCP; one the peer did not make is passed over.
    pub fn receive_report(
        &mut self,
        datagram: &mut [u8],
        source: SocketAddr,
        now_us: u64,
        events: &mut Vec<Event>,
    ) {
        let Some(length) = self.open_report(datagram) else { return };
        self.endpoint.receive_report(&datagram[..length], source, now_us, events);
    }

    /// Send one RTCP packet to where the peer takes them.
    pub fn send_report(&mut self, packet: &[u8]) {
        let Some(destination) = self.endpoint.report_destination() else { return };
        let mut buffer = [0; MAX_LENGTH + MAX_TRAILER];
        buffer[..packet.len()].copy_from_slice(packet);
        let Some(packet) = self.seal_report(&mut buffer, 0..packet.len()) else { return };
        let socket = if self.endpoint.muxes_rtcp() { &self.rtp } else { &self.rtcp };
        // A report that is lost is made good by the next.
        socket::send(socket, packet, destination);
    }
}
