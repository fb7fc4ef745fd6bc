//! One leg's media without its sockets: what it hears, what it says, what it counts.

use std::net::SocketAddr;
use std::ops::Range;

use audio::codec::Codec;
use rtp::outgoing::OutgoingStream;
use rtp::packet::{HEADER_LENGTH, Header};
use rtp::quality::CodecImpairment;
use rtp::rtcp::OwnPacket;

use crate::events::{EndpointCounters, EndpointId, Event};
use crate::intake::{Intake, Received};
use crate::meter::{Meter, Way};
use crate::one_way::{Flow, OneWay};
use crate::reports::{Own, Reports};
use crate::rules::{InBandDigits, Rules};
use crate::settings::Settings;
use crate::speaker::Speaker;
use crate::tone_ear::ToneEar;
use crate::translation::translate;

mod keys;

/// The media of a leg.
#[derive(Debug)]
pub struct Endpoint {
    id: EndpointId,
    pub intake: Intake,
    pub speaker: Speaker,
    pub settings: Option<Settings>,
    reports: Reports,
    meter: Meter,
    one_way: OneWay,
    in_band_digits: InBandDigits,
    /// While keys are expected as tones.
    ear: Option<Box<ToneEar>>,
    packets_sent: u64,
    bytes_sent: u64,
}

impl Endpoint {
    /// `name` is any number: it names our source in reports.
    pub fn new(id: EndpointId, stream: OutgoingStream, name: u64, rules: &Rules, now_us: u64) -> Self {
        Self {
            id,
            intake: Intake::new(id, rules.latching),
            speaker: Speaker::new(id, stream),
            settings: None,
            reports: Reports::new(name),
            meter: Meter::new(now_us),
            one_way: OneWay::default(),
            in_band_digits: rules.in_band_digits,
            ear: None,
            packets_sent: 0,
            bytes_sent: 0,
        }
    }

    pub fn configure(&mut self, settings: Settings, now_us: u64) {
        let before = self.settings.replace(settings);
        self.intake.configure(&settings, now_us);
        self.speaker.configure(&settings, now_us);
        self.fit_ear(&settings);
        if before.is_some_and(|before| settings.end_hold_of(&before)) {
            self.intake.latch.reopen();
        }
        if before.is_none_or(|before| !settings.same_peer_as(&before)) {
            self.reports.forget_path();
        }
        self.one_way.watch(settings.expects_voice(), self.flow(), now_us);
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
            self.key_went_down(events);
        }
        if let Some(received) = &received {
            self.hear_packet(received, &datagram[received.payload.clone()], now_us, events);
        }
        received
    }

    /// Our header for a peer's packet; None when it is not to be sent.
    pub fn relay(&mut self, received: &Received, now_us: u64) -> Option<Header> {
        self.speaker.relay(received, self.settings.as_ref()?, now_us)
    }

    /// Our headers for the pieces of a peer's packet that is cut; None when it is not to be sent.
    pub fn relay_cut(
        &mut self,
        received: &Received,
        pieces: u16,
        now_us: u64,
    ) -> Option<impl Iterator<Item = Header> + use<>> {
        self.speaker.relay_cut(received, pieces, self.settings.as_ref()?, now_us)
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

    /// Lay what is laid over the stream over a packet of the peer that is ours already; where its payload is then.
    pub fn lay_over(&mut self, received: &Received, buffer: &mut [u8], now_us: u64) -> Range<usize> {
        let settings = self.settings.as_ref();
        let made = settings.and_then(|settings| self.speaker.lay_over(received, settings, buffer, now_us));
        let start = received.payload.start;
        start..made.map_or(received.payload.end, |length| start + length)
    }

    /// Where to send; None while the peer holds us or has no address.
    pub fn destination(&self) -> Option<SocketAddr> {
        let sending = self.settings.is_some_and(|settings| settings.sending);
        if sending { self.intake.latch.destination() } else { None }
    }

    /// Where the peer is, also while it holds us.
    pub fn path(&self) -> Option<SocketAddr> {
        self.intake.latch.destination()
    }

    /// The peer proved by ICE to be there.
    pub fn prove_path(&mut self, path: SocketAddr, events: &mut Vec<Event>) {
        self.intake.prove_path(path, events);
    }

    /// Where the peer was is not where it is: it shall prove it.
    pub fn forget_path(&mut self) {
        self.intake.latch.forget();
    }

    pub fn count_sent(&mut self, bytes: usize) {
        self.packets_sent += 1;
        self.bytes_sent += bytes as u64;
    }

    /// The kernel did not take a packet that was counted.
    pub fn count_unsent(&mut self, bytes: usize) {
        self.packets_sent -= 1;
        self.bytes_sent -= bytes as u64;
    }

    /// Whether RTCP shares the port of RTP (RFC 5761).
    pub fn muxes_rtcp(&self) -> bool {
        self.settings.is_some_and(|settings| settings.rtcp.mux)
    }

    /// Take one RTCP packet. Whoever sends from the peer's host may report on a port of its own; on the port of RTP
    /// it has to be the peer's RTP port.
    pub fn receive_report(
        &mut self,
        datagram: &[u8],
        source: SocketAddr,
        now_us: u64,
        events: &mut Vec<Event>,
    ) {
        let muxed = self.muxes_rtcp();
        let latch = &self.intake.latch;
        let from_peer = if muxed { latch.knows(source) } else { latch.knows_host(source.ip()) };
        if !from_peer || !self.reports.take(datagram, self.speaker.ssrc(), now_us) {
            return;
        }
        if !muxed {
            self.reports.hear_from(source);
        }
        if let Some(settings) = &self.settings {
            self.intake.note_report(settings, now_us, events);
        }
        let endpoint = self.id;
        let missing = self.one_way.look_at_report(self.flow());
        events.extend(missing.map(|missing| Event::OneWayDetected { endpoint, missing }));
    }

    /// Where reports go: also while one side holds the other. None while there is no address.
    pub fn report_destination(&self) -> Option<SocketAddr> {
        let settings = self.settings?;
        let rtp = self.intake.latch.destination();
        if settings.rtcp.mux { rtp } else { self.reports.destination(settings.rtcp.remote, rtp) }
    }

    /// Whether anything was sent, be it a report.
    pub fn has_spoken(&self) -> bool {
        self.packets_sent > 0 || self.reports.sent > 0
    }

    /// Our report that is due; `goodbye` when it is the last.
    pub fn make_report(&mut self, goodbye: bool, now_us: u64) -> OwnPacket {
        let own = Own {
            ssrc: self.speaker.ssrc(),
            timestamp: self.speaker.timestamp_at(now_us),
            packets: self.packets_sent,
            octets: self.bytes_sent - self.packets_sent * HEADER_LENGTH as u64,
        };
        let heard = self.intake.reception.report();
        let quality = self.meter.quality(&self.intake.reception.totals(), self.way());
        let wanted = self.settings.is_some_and(|settings| settings.rtcp.voice_metrics);
        let voip = heard.filter(|_| wanted).zip(quality).map(|(block, quality)| {
            quality.voice_metrics(block.ssrc, &self.intake.reception, self.reports.round_trip_us)
        });
        OwnPacket { voip, goodbye, ..self.reports.make(own, heard, now_us) }
    }

    /// What is looked after once a second: silence, quality, audio that flows one way only.
    pub fn second_passed(&mut self, rules: &Rules, now_us: u64, events: &mut Vec<Event>) {
        self.intake.check_silence(rules.media_timeout_us, now_us, events);
        self.meter.second_passed(self.intake.reception.totals(), self.way(), now_us);
        let endpoint = self.id;
        let missing = self.one_way.look(self.flow(), rules.one_way_after_us, now_us);
        events.extend(missing.map(|missing| Event::OneWayDetected { endpoint, missing }));
    }

    pub fn counters(&self) -> EndpointCounters {
        let reception = &self.intake.reception;
        let totals = reception.totals();
        EndpointCounters {
            packets_received: self.intake.packets,
            packets_sent: self.packets_sent,
            bytes_received: self.intake.bytes,
            bytes_sent: self.bytes_sent,
            packets_lost: totals.lost,
            packets_late: totals.late,
            packets_duplicated: totals.duplicated,
            packets_reordered: totals.reordered,
            packets_dropped: self.intake.dropped,
            packets_forged: self.intake.forged,
            rtcp_received: self.reports.received,
            rtcp_sent: self.reports.sent,
            jitter_us: reception.jitter_us(),
            jitter_max_us: reception.jitter_max_us(),
            round_trip_us: self.reports.round_trip_us,
            round_trip_max_us: self.reports.round_trip_us.map(|_| self.reports.round_trip_max_us),
            quality: self.meter.quality(&totals, self.way()),
            remote: self.reports.remote_view(self.packets_sent, self.way().codec, self.speaker.clock_hz()),
        }
    }

    fn way(&self) -> Way {
        Way {
            codec: self.settings.map_or(CodecImpairment::G711, |settings| impairment_of(settings.codec)),
            jitter_us: self.intake.reception.jitter_us(),
            round_trip_us: self.reports.round_trip_us.unwrap_or(0),
        }
    }

    fn flow(&self) -> Flow {
        Flow {
            sent: self.packets_sent,
            heard: self.intake.packets,
            peer_sent: self.reports.peer_packets(),
            peer_heard: self.reports.peer_heard(),
        }
    }
}

fn impairment_of(codec: Codec) -> CodecImpairment {
    match codec {
        Codec::Pcma | Codec::Pcmu => CodecImpairment::G711,
        Codec::G722 => CodecImpairment::G722,
        Codec::Opus => CodecImpairment::OPUS,
        Codec::G729 => CodecImpairment::G729,
    }
}
