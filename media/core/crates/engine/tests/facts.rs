//! What a leg knows of its calls' sound, in virtual time on a seeded bad network.

use std::net::SocketAddr;

use audio::codec::Codec;
use engine::endpoint::Endpoint;
use engine::events::Event;
use engine::one_way::Missing;
use engine::rules::Rules;
use engine::settings::{Rtcp, Settings};
use rtp::outgoing::OutgoingStream;
use rtp::packet::Header;
use rtp::rtcp::{Compound, Item, MAX_LENGTH, OwnPacket, ReportBlock, SenderInfo};

const ID: u64 = 7;
const OUR_SSRC: u32 = 0xabcd;
const PEER_SSRC: u32 = 5;
const SECOND_US: u64 = 1_000_000;
const RULES: Rules = Rules {
    media_timeout_us: 5 * SECOND_US,
    one_way_after_us: 10 * SECOND_US,
    latching: engine::rules::Latching { strict: false, relatch_after_us: 3 * SECOND_US },
    in_band_digits: engine::rules::InBandDigits::Off,
};

fn settings() -> Settings {
    Settings {
        remote: Some(phone(0)),
        codec: Codec::Pcma,
        payload_type: 8,
        dtmf_payload_type: None,
        dtmf_clock_hz: 8000,
        noise_payload_type: None,
        ptime_ms: 20,
        longest_ms: None,
        sending: true,
        receiving: true,
        answered: true,
        rtcp: Rtcp::default(),
    }
}

/// The phone's RTP port, or one above it.
fn phone(above: u16) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], 4000 + above))
}

struct Rig {
    endpoint: Endpoint,
    events: Vec<Event>,
    sequence: u16,
    now_us: u64,
}

impl Rig {
    fn new(settings: Settings) -> Self {
        let stream = OutgoingStream::new(OUR_SSRC, 99, 1000, 0);
        let mut endpoint = Endpoint::new(ID, stream, 1, &RULES, 0);
        endpoint.configure(settings, 0);
        Self { endpoint, events: Vec::new(), sequence: 0, now_us: 0 }
    }

    /// A second in which both sides talk, unless one does not; `lost` of the peer's 50 packets are.
    fn second(&mut self, peer_talks: bool, we_talk: bool, lost: u16) {
        for beat in 0..50 {
            self.now_us += SECOND_US / 50;
            if peer_talks {
                self.sequence = self.sequence.wrapping_add(1);
                if beat >= lost {
                    self.hear();
                }
            }
            if we_talk {
                self.endpoint.count_sent(172);
            }
        }
        self.endpoint.second_passed(&RULES, self.now_us, &mut self.events);
    }

    fn hear(&mut self) {
        let (sequence, timestamp) = (self.sequence, u32::from(self.sequence) * 160);
        let header = Header { marker: false, payload_type: 8, sequence, timestamp, ssrc: PEER_SSRC };
        let datagram = [&header.to_bytes()[..], &[0xd5; 160]].concat();
        self.endpoint.receive(&datagram, phone(0), self.now_us, &mut self.events);
    }

    fn take(&mut self, packet: OwnPacket, source: SocketAddr) {
        let mut buffer = [0; MAX_LENGTH];
        let datagram = packet.write(&mut buffer);
        self.endpoint.receive_report(datagram, source, self.now_us, &mut self.events);
    }

    fn report(&mut self) -> Vec<Item> {
        let packet = self.endpoint.make_report(false, self.now_us);
        Compound::parse(packet.write(&mut [0; MAX_LENGTH])).unwrap().items().collect()
    }

    fn one_way(&self) -> Vec<Missing> {
        let missing = |event: &Event| match event {
            Event::OneWayDetected { missing, .. } => Some(*missing),
            _ => None,
        };
        self.events.iter().filter_map(missing).collect()
    }
}

/// A report of the phone: packets it has sent, and what it has heard of us.
fn of_phone(sent: u32, heard: Option<u32>) -> OwnPacket {
    let block = heard.map(|highest_sequence| ReportBlock {
        ssrc: OUR_SSRC,
        fraction_lost: 0,
        lost: 12,
        highest_sequence,
        jitter: 40,
        last_sr: 0,
        delay_since_sr: 0,
    });
    let sender = Some(SenderInfo { ntp: 1 << 32, timestamp: 0, packets: sent, octets: 160 * sent });
    OwnPacket { ssrc: PEER_SSRC, name: 2, sender, block, voip: None, goodbye: false }
}

#[test]
fn a_held_peer_that_reports_is_missed_once_when_it_does_not_even_that() {
    for (sending, receiving) in [(false, true), (true, false), (false, false)] {
        let mut rig = Rig::new(Settings { sending, receiving, ..settings() });
        for _ in 0..20 {
            rig.take(of_phone(0, None), phone(1));
            rig.second(false, false, 0);
        }
        assert_eq!(rig.events, [], "its reports are a sign of life");
        for _ in 0..20 {
            rig.second(false, false, 0);
        }
        assert_eq!(rig.events.len(), 1);
        assert!(matches!(rig.events[0], Event::MediaLost { silent_us, .. } if silent_us <= 6 * SECOND_US));
        rig.take(of_phone(0, None), phone(1));
        assert!(matches!(rig.events[1], Event::MediaResumed { .. }));
    }
}

#[test]
fn a_peer_whose_packets_come_while_it_holds_us_is_not_missed_for_its_reports() {
    let mut rig = Rig::new(Settings { sending: false, ..settings() });
    rig.second(true, false, 0);
    rig.events.clear();
    rig.take(of_phone(50, None), phone(1));
    for _ in 0..20 {
        rig.second(true, false, 0);
    }
    assert_eq!(rig.events, []);
    for _ in 0..20 {
        rig.second(false, false, 0);
    }
    assert!(matches!(rig.events[..], [Event::MediaLost { .. }]), "{:?}", rig.events);
}

#[test]
fn a_peer_that_reported_before_a_hold_may_be_quite_silent_in_it() {
    let mut rig = Rig::new(settings());
    rig.second(true, true, 0);
    rig.take(of_phone(50, None), phone(1));
    rig.endpoint.configure(Settings { sending: false, ..settings() }, rig.now_us);
    rig.events.clear();
    for _ in 0..60 {
        rig.second(false, false, 0);
    }
    assert_eq!(rig.events, []);
}

#[test]
fn the_worst_second_of_a_call_is_told_with_its_time_and_the_whole_is_better() {
    let mut rig = Rig::new(settings());
    for lost in [0, 0, 0, 15, 1, 0, 0, 0] {
        rig.second(true, true, lost);
    }
    let counters = rig.endpoint.counters();
    assert_eq!((counters.packets_lost, counters.packets_received), (16, 384));
    let quality = counters.quality.unwrap();
    assert_eq!(quality.lowest_at_us, 4 * SECOND_US);
    assert!(quality.lowest_mos < 2.5 && quality.mos > 3.5, "{quality:?}");
}

#[test]
fn a_report_tells_what_was_sent_and_what_was_heard() {
    let mut rig = Rig::new(settings());
    rig.second(true, true, 5);
    rig.second(true, true, 0);
    let [Item::Sender { from, info }, Item::Report { block, .. }] = rig.report()[..] else { panic!() };
    assert_eq!((from, info.packets, info.octets), (OUR_SSRC, 100, 16_000));
    assert_eq!((block.ssrc, block.lost, block.highest_sequence), (PEER_SSRC, 0, 100));
    rig.second(true, false, 5);
    let [Item::Report { block, .. }] = rig.report()[..] else { panic!("a receiver's report") };
    assert_eq!((block.lost, block.fraction_lost), (5, (5 * 256 / 50) as u8));
}

#[test]
fn what_the_peer_reports_is_kept_apart_from_what_we_hear() {
    let mut rig = Rig::new(settings());
    rig.second(true, true, 0);
    assert_eq!(rig.endpoint.counters().remote, None);
    rig.take(of_phone(50, Some(49)), phone(1));
    let counters = rig.endpoint.counters();
    let remote = counters.remote.unwrap();
    assert_eq!((remote.packets_lost, remote.jitter_us, counters.packets_lost), (12, 5000, 0));
    assert!(remote.mos < counters.quality.unwrap().mos);
}

#[test]
fn reports_of_strangers_are_not_read() {
    let mut rig = Rig::new(settings());
    rig.take(of_phone(50, Some(49)), "203.0.113.66:4001".parse().unwrap());
    assert_eq!(rig.endpoint.counters().rtcp_received, 0);
    let mut shared = Rig::new(Settings { rtcp: Rtcp { mux: true, ..Rtcp::default() }, ..settings() });
    shared.take(of_phone(50, Some(49)), phone(1));
    assert_eq!(shared.endpoint.counters().rtcp_received, 0);
    shared.take(of_phone(50, Some(49)), phone(0));
    assert_eq!(shared.endpoint.counters().rtcp_received, 1);
}

#[test]
fn our_reports_go_on_while_the_peer_holds_us_and_share_its_port_where_agreed() {
    let held = Rig::new(Settings { sending: false, ..settings() });
    assert_eq!((held.endpoint.destination(), held.endpoint.report_destination()), (None, Some(phone(1))));
    let shared = Rig::new(Settings { rtcp: Rtcp { mux: true, ..Rtcp::default() }, ..settings() });
    assert_eq!(shared.endpoint.report_destination(), Some(phone(0)));
    let apart = Rig::new(Settings { rtcp: Rtcp { remote: Some(phone(9)), ..Rtcp::default() }, ..settings() });
    assert_eq!(apart.endpoint.report_destination(), Some(phone(9)));
}

#[test]
fn voice_metrics_are_sent_to_who_asks() {
    let mut rig = Rig::new(Settings { rtcp: Rtcp { voice_metrics: true, ..Rtcp::default() }, ..settings() });
    rig.second(true, true, 5);
    rig.second(true, true, 0);
    let voip = rig.report().into_iter().find_map(|item| match item {
        Item::Voip { metrics, .. } => Some(metrics),
        _ => None,
    });
    let metrics = voip.unwrap();
    assert_eq!((metrics.ssrc, metrics.loss), (PEER_SSRC, 0));
    assert!((40..=44).contains(&metrics.mos_cq), "{metrics:?}");
}

#[test]
fn a_lost_leg_that_is_heard_again_is_told_with_its_silence() {
    let mut rig = Rig::new(settings());
    rig.second(true, true, 0);
    (0..6).for_each(|_| rig.second(false, true, 0));
    rig.second(true, true, 0);
    let told: Vec<_> =
        rig.events.iter().filter(|event| !matches!(event, Event::MediaStarted { .. })).collect();
    let [Event::MediaLost { silent_us, .. }, Event::MediaResumed { silent_us: whole_us, .. }] = told[..]
    else {
        panic!("{told:?}")
    };
    assert_eq!((*silent_us, *whole_us), (5 * SECOND_US, 6 * SECOND_US + SECOND_US / 50));
}

#[test]
fn a_phone_that_is_talked_to_and_never_heard_is_one_way() {
    let mut rig = Rig::new(settings());
    (0..20).for_each(|_| rig.second(false, true, 0));
    assert_eq!(rig.one_way(), [Missing::FromPeer]);
}

#[test]
fn early_media_hold_and_suppressed_silence_are_not_one_way() {
    for quiet in [
        Settings { answered: false, ..settings() },
        Settings { receiving: false, ..settings() },
        Settings { sending: false, ..settings() },
    ] {
        let mut rig = Rig::new(quiet);
        (0..30).for_each(|_| rig.second(false, quiet.sending, 0));
        assert_eq!(rig.one_way(), []);
    }
    let mut suppressing = Rig::new(settings());
    suppressing.second(true, true, 0);
    for second in 0..40 {
        suppressing.second(false, true, 0);
        if second % 5 == 4 {
            suppressing.take(of_phone(50, Some(50 * (second + 2))), phone(1));
        }
    }
    assert_eq!(suppressing.one_way(), []);
}

#[test]
fn what_the_peers_reports_contradict_is_one_way() {
    let mut deaf = Rig::new(settings());
    for second in 1..=20 {
        deaf.second(true, true, 0);
        if second % 5 == 0 {
            deaf.take(of_phone(50 * second, Some(50)), phone(1));
        }
    }
    assert_eq!(deaf.one_way(), [Missing::ToPeer]);
    let mut mute = Rig::new(settings());
    mute.second(true, true, 0);
    for second in 2..=20 {
        mute.second(false, true, 0);
        if second % 5 == 0 {
            mute.take(of_phone(50 * second, Some(50 * second)), phone(1));
        }
    }
    assert_eq!(mute.one_way(), [Missing::FromPeer]);
}
