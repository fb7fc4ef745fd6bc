//! The RTCP of one leg: what its peer reports, what we report, how long a packet takes there and back.

use std::net::SocketAddr;

use rtp::quality::CodecImpairment;
use rtp::rtcp::{Compound, Item, OwnPacket, ReportBlock, SenderInfo, compact_ntp};

use crate::meter::{Way, score_of};

/// What the peer says of our stream.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RemoteView {
    /// Since the beginning; duplicates count against it.
    pub packets_lost: u64,
    pub jitter_us: u32,
    /// Its own score when it sends voice metrics (RFC 3611 §4.7), else what its report comes to.
    pub mos: f64,
}

/// The peer's last sender report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct SenderReport {
    ssrc: u32,
    compact_ntp: u32,
    packets: u32,
    at_us: u64,
}

/// Our stream as it stands when a report is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Own {
    pub ssrc: u32,
    /// Its clock now.
    pub timestamp: u32,
    pub packets: u64,
    /// Of payload.
    pub octets: u64,
}

/// What is known by reports.
#[derive(Debug)]
pub struct Reports {
    /// Of our source, in hexadecimal (RFC 7022).
    name: u64,
    pub received: u64,
    pub sent: u64,
    /// The peer's last block about us.
    of_us: Option<ReportBlock>,
    /// The peer's own score of our stream.
    peer_mos: Option<f64>,
    pub round_trip_us: Option<u64>,
    pub round_trip_max_us: u64,
    /// Where the peer's reports came from, when they come to a port of their own.
    heard_from: Option<SocketAddr>,
    last_sr: Option<SenderReport>,
    /// What we had sent when we reported last.
    packets_reported: u64,
}

impl Reports {
    /// `random` names our source; it is to be told to nobody else.
    pub fn new(random: u64) -> Self {
        Self {
            name: random,
            received: 0,
            sent: 0,
            of_us: None,
            peer_mos: None,
            round_trip_us: None,
            round_trip_max_us: 0,
            heard_from: None,
            last_sr: None,
            packets_reported: 0,
        }
    }

    /// Read a compound packet of the peer about `our_ssrc`; false when it is none.
    pub fn take(&mut self, datagram: &[u8], our_ssrc: u32, now_us: u64) -> bool {
        let Ok(compound) = Compound::parse(datagram) else { return false };
        self.received += 1;
        compound.items().for_each(|item| self.learn(item, our_ssrc, now_us));
        true
    }

    /// Reports on a port of their own come from here: ours go there (RFC 4961 §4).
    pub fn hear_from(&mut self, source: SocketAddr) {
        self.heard_from = Some(source);
    }

    /// Where reports go that do not share the port of RTP: to where they come from, as the SDP says (RFC 3605), or
    /// to the port above RTP's.
    pub fn destination(&self, offered: Option<SocketAddr>, rtp: Option<SocketAddr>) -> Option<SocketAddr> {
        let above = |rtp: SocketAddr| Some(SocketAddr::new(rtp.ip(), rtp.port().checked_add(1)?));
        self.heard_from.or(offered).or_else(|| rtp.and_then(above))
    }

    /// Signalling names another address: what came before is of another peer.
    pub fn forget_path(&mut self) {
        self.heard_from = None;
    }

    /// Packets the peer says it has sent, by its last sender report.
    pub fn peer_packets(&self) -> Option<u32> {
        self.last_sr.map(|report| report.packets)
    }

    /// The highest of our sequence numbers the peer says it has heard, wraps above it.
    pub fn peer_heard(&self) -> Option<u32> {
        self.of_us.map(|block| block.highest_sequence)
    }

    /// How the peer hears us, who has been sent so many packets by this clock; None until it reports of us.
    pub fn remote_view(
        &self,
        packets_sent: u64,
        codec: CodecImpairment,
        clock_hz: u32,
    ) -> Option<RemoteView> {
        let block = self.of_us?;
        let packets_lost = u64::try_from(block.lost).unwrap_or(0);
        let jitter_us = (u64::from(block.jitter) * 1_000_000 / u64::from(clock_hz.max(1))) as u32;
        let way = Way { codec, jitter_us, round_trip_us: self.round_trip_us.unwrap_or(0) };
        let mos = self.peer_mos.unwrap_or_else(|| score_of(packets_sent, packets_lost, way));
        Some(RemoteView { packets_lost, jitter_us, mos })
    }

    /// Our next report: a sender's when something was sent since the one before (RFC 3550 §6.4).
    pub fn make(&mut self, own: Own, heard: Option<ReportBlock>, now_us: u64) -> OwnPacket {
        let sends = own.packets > self.packets_reported;
        self.packets_reported = own.packets;
        self.sent += 1;
        OwnPacket {
            ssrc: own.ssrc,
            name: self.name,
            sender: sends.then(|| SenderInfo::now(now_us, own.timestamp, own.packets, own.octets)),
            block: heard.map(|block| self.dated(block, now_us)),
            voip: None,
            goodbye: false,
        }
    }

    fn learn(&mut self, item: Item, our_ssrc: u32, now_us: u64) {
        match item {
            Item::Sender { from, info } => {
                let compact_ntp = info.compact_ntp();
                self.last_sr =
                    Some(SenderReport { ssrc: from, compact_ntp, packets: info.packets, at_us: now_us });
            }
            Item::Report { block, .. } if block.ssrc == our_ssrc => self.learn_of_us(&block, now_us),
            Item::Voip { metrics, .. } if metrics.ssrc == our_ssrc => self.peer_mos = metrics.mos(),
            _ => {}
        }
    }

    fn learn_of_us(&mut self, block: &ReportBlock, now_us: u64) {
        self.of_us = Some(*block);
        if let Some(round_trip_us) = block.round_trip_us(now_us) {
            self.round_trip_us = Some(round_trip_us);
            self.round_trip_max_us = self.round_trip_max_us.max(round_trip_us);
        }
    }

    /// A block with the time of the report it answers, so that the peer learns its round trip.
    fn dated(&self, block: ReportBlock, now_us: u64) -> ReportBlock {
        let Some(report) = self.last_sr.filter(|report| report.ssrc == block.ssrc) else { return block };
        let delay_since_sr = compact_ntp(now_us.saturating_sub(report.at_us));
        ReportBlock { last_sr: report.compact_ntp, delay_since_sr, ..block }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtp::rtcp::{MAX_LENGTH, VoipMetrics};

    const HERE: Own = Own { ssrc: 1, timestamp: 800, packets: 5, octets: 800 };
    const THERE: Own = Own { ssrc: 2, timestamp: 0, packets: 7, octets: 1120 };

    fn heard(ssrc: u32) -> ReportBlock {
        ReportBlock {
            ssrc,
            fraction_lost: 64,
            lost: 3,
            highest_sequence: 99,
            jitter: 16,
            last_sr: 0,
            delay_since_sr: 0,
        }
    }

    fn view(reports: &Reports) -> Option<RemoteView> {
        reports.remote_view(100, CodecImpairment::G711, 8000)
    }

    fn octets(packet: OwnPacket) -> Vec<u8> {
        packet.write(&mut [0; MAX_LENGTH]).to_vec()
    }

    #[test]
    fn two_ends_that_report_to_each_other_learn_the_round_trip_both() {
        let (mut here, mut there) = (Reports::new(1), Reports::new(2));
        let (way_us, wait_us) = (30_000, 3_000_000);
        let first = octets(here.make(HERE, Some(heard(2)), 1_000_000));
        assert!(there.take(&first, 2, 1_000_000 + way_us));
        let second = octets(there.make(THERE, Some(heard(1)), 1_000_000 + way_us + wait_us));
        let arrived_us = 1_000_000 + 2 * way_us + wait_us;
        assert!(here.take(&second, 1, arrived_us));
        assert!(here.round_trip_us.unwrap().abs_diff(60_000) < 100, "{here:?}");
        assert_eq!(here.peer_packets(), Some(7));
        let third = octets(here.make(Own { packets: 9, ..HERE }, Some(heard(2)), arrived_us + wait_us));
        assert!(there.take(&third, 2, arrived_us + wait_us + way_us));
        assert!(there.round_trip_us.unwrap().abs_diff(60_000) < 100, "{there:?}");
    }

    #[test]
    fn the_peers_view_is_its_block_about_us_and_of_nobody_else() {
        let (mut here, mut there) = (Reports::new(1), Reports::new(2));
        here.take(&octets(there.make(THERE, Some(heard(77)), 0)), 1, 0);
        assert_eq!((view(&here), here.peer_heard(), here.received), (None, None, 1));
        here.take(&octets(there.make(THERE, Some(heard(1)), 0)), 1, 0);
        let seen = view(&here).unwrap();
        assert_eq!((seen.packets_lost, seen.jitter_us, here.peer_heard()), (3, 2000, Some(99)));
        assert!(!here.take(b"junk", 1, 0));
        assert_eq!(here.received, 2);
    }

    #[test]
    fn the_peers_own_score_counts_for_more_than_what_its_losses_come_to() {
        let (mut here, mut there) = (Reports::new(1), Reports::new(2));
        let report = there.make(THERE, Some(heard(1)), 0);
        here.take(&octets(report), 1, 0);
        let estimated = view(&here).unwrap().mos;
        assert!((1.0..4.4).contains(&estimated), "{estimated}");
        let score = VoipMetrics { ssrc: 1, mos_cq: 37, ..VoipMetrics::default() };
        here.take(&octets(OwnPacket { voip: Some(score), ..report }), 1, 0);
        assert!((view(&here).unwrap().mos - 3.7).abs() < 1e-9);
    }

    #[test]
    fn only_who_has_sent_since_makes_a_senders_report() {
        let mut here = Reports::new(1);
        assert!(here.make(HERE, None, 0).sender.is_some());
        assert!(here.make(HERE, None, 1).sender.is_none());
        assert!(here.make(Own { packets: 6, ..HERE }, None, 2).sender.is_some());
    }

    #[test]
    fn reports_go_where_they_come_from_else_as_offered_else_above_rtp() {
        let address = |text: &str| Some(text.parse::<SocketAddr>().unwrap());
        let (rtp, offered) = (address("192.0.2.1:4000"), address("192.0.2.1:5001"));
        let mut reports = Reports::new(1);
        assert_eq!(reports.destination(None, rtp), address("192.0.2.1:4001"));
        assert_eq!(reports.destination(offered, rtp), offered);
        reports.hear_from("198.51.100.7:9001".parse().unwrap());
        assert_eq!(reports.destination(offered, rtp), address("198.51.100.7:9001"));
        reports.forget_path();
        assert_eq!(reports.destination(offered, rtp), offered);
        assert_eq!(reports.destination(None, address("192.0.2.1:65535")), None);
        assert_eq!(reports.destination(None, None), None);
    }
}
