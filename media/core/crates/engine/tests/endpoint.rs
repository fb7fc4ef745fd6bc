//! A leg's media without sockets, in virtual time.

use std::net::SocketAddr;
use std::sync::Arc;

use audio::codec::Codec;
use engine::commands::Keys;
use engine::endpoint::Endpoint;
use engine::events::{Event, KeySource, PlaybackEnd};
use engine::intake::Content;
use engine::playback::{Manner, Playback};
use engine::playlist::Playlist;
use engine::prompt::Prompt;
use engine::rules::Rules;
use engine::settings::{Rtcp, Settings};
use engine::shared_streams::SharedStreams;
use engine::speaker::MAX_PACKET;
use proptest::prelude::*;
use rtp::digit_sender::{DigitSender, Touch};
use rtp::outgoing::OutgoingStream;
use rtp::packet::{HEADER_LENGTH, Header, Packet};
use rtp::telephone_event::TelephoneEvent;

const ID: u64 = 7;
const BEAT_US: u64 = 20_000;

fn settings() -> Settings {
    Settings {
        remote: Some(phone()),
        codec: Codec::Pcma,
        payload_type: 8,
        dtmf_payload_type: Some(101),
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

fn phone() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], 4000))
}

fn stranger() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 66], 4000))
}

/// An endpoint and everything it reported.
struct Rig {
    endpoint: Endpoint,
    events: Vec<Event>,
    now_us: u64,
}

impl Rig {
    fn new() -> Self {
        let stream = OutgoingStream::new(0xabcd, 99, 1000, 0);
        Self { endpoint: Endpoint::new(ID, stream, 1, &Rules::default(), 0), events: Vec::new(), now_us: 0 }
    }

    fn configured() -> Self {
        let mut rig = Self::new();
        rig.endpoint.configure(settings(), 0);
        rig
    }

    fn receive(&mut self, datagram: &[u8], source: SocketAddr) -> bool {
        self.endpoint.receive(datagram, source, self.now_us, &mut self.events).is_some()
    }

    fn play(&mut self, id: u64, prompts: Vec<Arc<Prompt>>, manner: Manner) {
        let playback = Playback::new(id, Playlist::new(prompts), manner);
        self.endpoint.speaker.play(playback, self.now_us, &mut self.events);
    }

    /// Go to the next beat; what it says, or None when nothing.
    fn beat(&mut self) -> Option<(Header, Vec<u8>)> {
        self.now_us = self.endpoint.speaker.next_us().expect("a beat");
        let mut packet = [0; MAX_PACKET];
        let settings = self.endpoint.settings;
        let speaker = &mut self.endpoint.speaker;
        let length = speaker.speak(
            settings.as_ref(),
            &mut SharedStreams::default(),
            self.now_us,
            &mut packet,
            &mut self.events,
        );
        let parsed = Packet::parse(&packet[..length]).ok()?;
        Some((parsed.header, packet[parsed.payload].to_vec()))
    }

    fn beats(&mut self) -> Vec<(Header, Vec<u8>)> {
        let mut said = Vec::new();
        while self.endpoint.speaker.next_us().is_some() {
            said.extend(self.beat());
        }
        said
    }

    fn ended(&self, playback: u64) -> Vec<PlaybackEnd> {
        let end = |event: &Event| match event {
            Event::PlaybackEnded { playback: ended, end, .. } if *ended == playback => Some(*end),
            _ => None,
        };
        self.events.iter().filter_map(end).collect()
    }
}

fn packet(payload_type: u8, sequence: u16, payload: &[u8]) -> Vec<u8> {
    let timestamp = u32::from(sequence) * 160;
    let header = Header { marker: false, payload_type, sequence, timestamp, ssrc: 5 };
    [&header.to_bytes()[..], payload].concat()
}

fn audio(sequence: u16) -> Vec<u8> {
    packet(8, sequence, &[0xd5; 160])
}

fn prompt(packets: usize) -> Arc<Prompt> {
    Arc::new(Prompt::encode(&vec![1000; packets * 160], &vec![1000; packets * 320]))
}

#[test]
fn nothing_is_taken_before_the_peer_is_known() {
    let mut rig = Rig::new();
    assert!(!rig.receive(&audio(1), phone()));
    assert_eq!((rig.endpoint.counters().packets_dropped, rig.events), (1, vec![]));
}

#[test]
fn the_first_usable_packet_latches_and_strangers_are_counted() {
    let mut rig = Rig::configured();
    assert!(!rig.receive(b"junk", stranger()));
    assert!(!rig.receive(&packet(13, 1, b""), stranger()));
    assert!(rig.receive(&audio(1), phone()));
    assert!(!rig.receive(&audio(2), stranger()));
    assert_eq!(rig.events, [Event::MediaStarted { endpoint: ID, source: phone() }]);
    let counters = rig.endpoint.counters();
    assert_eq!((counters.packets_received, counters.packets_dropped, counters.bytes_received), (1, 3, 172));
}

#[test]
fn packets_on_hold_are_counted_and_dropped() {
    let mut rig = Rig::configured();
    rig.endpoint.configure(Settings { receiving: false, ..settings() }, 0);
    assert!(!rig.receive(&audio(1), phone()));
    let counters = rig.endpoint.counters();
    assert_eq!((counters.packets_received, counters.packets_dropped), (1, 1));
}

#[test]
fn a_leg_we_hold_latches_to_nobody() {
    let held = Settings { receiving: false, ..settings() };
    let mut rig = Rig::new();
    rig.endpoint.configure(held, 0);
    rig.receive(&audio(1), stranger());
    assert_eq!((rig.endpoint.destination(), rig.events.as_slice()), (Some(phone()), [].as_slice()));
    assert_eq!(rig.endpoint.counters().packets_received, 0);
}

#[test]
fn after_a_hold_by_either_side_the_peer_may_come_from_another_port_but_no_other_address() {
    let [we_hold, peer_holds] =
        [Settings { receiving: false, ..settings() }, Settings { sending: false, ..settings() }];
    let moved = SocketAddr::new(phone().ip(), phone().port() + 2);
    for held in [we_hold, peer_holds] {
        let mut rig = Rig::configured();
        assert!(rig.receive(&audio(1), phone()));
        assert!(!rig.receive(&audio(2), moved));
        rig.endpoint.configure(held, 0);
        rig.endpoint.configure(settings(), 0);
        assert!(!rig.receive(&audio(3), stranger()));
        assert!(rig.receive(&audio(4), moved));
        assert_eq!(rig.endpoint.destination(), Some(moved));
    }
}

#[test]
fn each_packet_is_of_the_law_its_payload_type_says() {
    let agreed = Settings { payload_type: 96, dtmf_payload_type: Some(101), ..settings() };
    let mut rig = Rig::new();
    rig.endpoint.configure(agreed.checked().unwrap(), 0);
    let mut content = |payload_type| {
        let datagram = packet(payload_type, u16::from(payload_type), &[0; 4]);
        rig.endpoint.receive(&datagram, phone(), 0, &mut rig.events).map(|received| received.content)
    };
    assert_eq!(content(96), Some(Content::Audio(Codec::Pcma)));
    assert_eq!(content(0), Some(Content::Audio(Codec::Pcmu)));
    assert_eq!(content(8), Some(Content::Audio(Codec::Pcma)));
    assert_eq!(content(101), Some(Content::Keys { clock_hz: 8000 }));
    assert_eq!((content(9), content(97)), (None, None));
}

#[test]
fn numbers_agreed_on_come_before_the_static_ones() {
    let mut rig = Rig::new();
    rig.endpoint.configure(Settings { payload_type: 0, dtmf_payload_type: Some(8), ..settings() }, 0);
    let mut receive = |payload_type| {
        let datagram = packet(payload_type, 1, &[0; 4]);
        rig.endpoint.receive(&datagram, phone(), 0, &mut rig.events).unwrap().content
    };
    assert_eq!((receive(0), receive(8)), (Content::Audio(Codec::Pcma), Content::Keys { clock_hz: 8000 }));
}

#[test]
fn nothing_is_sent_while_the_peer_holds_us() {
    let mut rig = Rig::configured();
    assert_eq!(rig.endpoint.destination(), Some(phone()));
    rig.endpoint.configure(Settings { sending: false, ..settings() }, 0);
    assert_eq!(rig.endpoint.destination(), None);
}

#[test]
fn a_digit_is_taken_for_relay_and_reported_once() {
    let mut rig = Rig::configured();
    for (sequence, end) in [(1, false), (2, true), (3, true)] {
        let event = TelephoneEvent { code: 5, end, volume: 10, duration: 800 };
        let mut datagram = packet(101, sequence, &event.to_bytes());
        datagram[4..8].copy_from_slice(&[0, 0, 1, 0]);
        assert!(rig.receive(&datagram, phone()));
    }
    let digit = Event::DigitDetected {
        endpoint: ID,
        digit: '5',
        duration_ms: 100,
        source: KeySource::Events,
        masked: false,
    };
    assert_eq!(rig.events[1..], [digit]);
}

#[test]
fn a_flood_of_presses_is_dropped_and_counted_but_for_what_a_finger_can_press() {
    let mut rig = Rig::configured();
    let mut taken = 0;
    for number in 0..5000_u16 {
        let event = TelephoneEvent { code: 5, end: true, volume: 10, duration: 800 };
        rig.now_us += 1000;
        taken += u64::from(rig.receive(&packet(101, number, &event.to_bytes()), phone()));
    }
    let digits = rig.events.iter().filter(|event| matches!(event, Event::DigitDetected { .. })).count();
    assert!((5000 / 40..=5000 / 40 + 8).contains(&digits), "{digits}");
    let facts = rig.endpoint.counters();
    assert_eq!((facts.packets_received, facts.packets_dropped), (taken, 5000 - taken));
    assert!(taken < 200 && facts.packets_lost == 0);
}

#[test]
fn a_prompt_is_said_in_even_packets_and_ends_when_it_was_heard() {
    let mut rig = Rig::configured();
    rig.play(1, vec![prompt(2), prompt(1)], Manner::ONCE);
    let said: Vec<_> = rig.beats().iter().map(|(header, payload)| (*header, payload.len())).collect();
    let header = |step: u32, marker| Header {
        marker,
        payload_type: 8,
        sequence: 100 + step as u16,
        timestamp: 1160 + 160 * step,
        ssrc: 0xabcd,
    };
    assert_eq!(said, [(header(0, true), 160), (header(1, false), 160), (header(2, false), 160)]);
    assert_eq!((rig.ended(1), rig.now_us), (vec![PlaybackEnd::Finished], 3 * BEAT_US));
}

#[test]
fn every_playback_ends_exactly_once() {
    let mut rig = Rig::configured();
    rig.play(1, vec![prompt(5)], Manner::FOR_EVER);
    rig.beat();
    rig.play(2, vec![prompt(5)], Manner::ONCE);
    assert_eq!(rig.ended(1), [PlaybackEnd::Stopped]);
    rig.beat();
    rig.endpoint.speaker.stop_playback(&mut rig.events);
    rig.endpoint.speaker.stop_playback(&mut rig.events);
    assert_eq!(rig.ended(2), [PlaybackEnd::Stopped]);
    assert_eq!(rig.beats(), []);
    rig.play(3, vec![], Manner::ONCE);
    rig.beats();
    assert_eq!((rig.ended(1).len(), rig.ended(2).len(), rig.ended(3).len()), (1, 1, 1));
}

#[test]
fn a_second_prompt_begins_with_a_marker_and_the_time_that_passed() {
    let mut rig = Rig::configured();
    rig.play(1, vec![prompt(1)], Manner::ONCE);
    let (first, _) = rig.beat().unwrap();
    rig.beats();
    rig.now_us += 1_000_000;
    let begun_us = rig.now_us;
    rig.play(2, vec![prompt(1)], Manner::ONCE);
    let (second, _) = rig.beat().unwrap();
    assert!(second.marker);
    assert_eq!(second.sequence, first.sequence + 1);
    assert_eq!(second.timestamp - first.timestamp, (begun_us / 125) as u32);
}

#[test]
fn packets_have_the_length_the_peer_asked_for() {
    for (ptime_ms, codec) in [(10, Codec::Pcma), (30, Codec::Pcmu), (60, Codec::Pcma)] {
        let mut rig = Rig::configured();
        rig.endpoint.configure(Settings { ptime_ms, codec, ..settings() }, 0);
        rig.play(1, vec![prompt(6)], Manner::ONCE);
        let said = rig.beats();
        assert!(said.iter().all(|(_, payload)| payload.len() == (ptime_ms * 8) as usize));
        assert_eq!(said.len() as u32 * ptime_ms, 120);
    }
}

#[test]
fn digits_interrupt_a_prompt_which_then_goes_on() {
    let mut rig = Rig::configured();
    rig.play(1, vec![prompt(3)], Manner::ONCE);
    rig.beat();
    let keys = Keys::Events(DigitSender::new("5", Touch::default()).unwrap());
    rig.endpoint.speaker.press(keys, rig.now_us);
    let said = rig.beats();
    let types: Vec<_> = said.iter().map(|(header, _)| header.payload_type).collect();
    assert_eq!(types, [101, 101, 101, 101, 101, 101, 101, 8, 8]);
    let sequences: Vec<_> = said.iter().map(|(header, _)| header.sequence).collect();
    assert_eq!(sequences, (101..110).collect::<Vec<_>>());
    assert!(said[0].0.marker && said[7].0.marker && !said[8].0.marker);
    assert_eq!(rig.ended(1), [PlaybackEnd::Finished]);
}

#[test]
fn keys_for_a_peer_that_stopped_taking_events_are_left_out() {
    let mut rig = Rig::configured();
    rig.endpoint.configure(Settings { dtmf_payload_type: None, ..settings() }, 0);
    rig.endpoint.speaker.press(Keys::Events(DigitSender::new("5", Touch::default()).unwrap()), 0);
    assert_eq!(rig.beats(), []);
}

#[test]
fn a_process_that_slept_does_not_catch_up_in_a_burst() {
    let mut rig = Rig::configured();
    rig.play(1, vec![prompt(10)], Manner::ONCE);
    rig.beat();
    let mut packet = [0; MAX_PACKET];
    rig.endpoint.speaker.speak(
        Some(&settings()),
        &mut SharedStreams::default(),
        5_000_000,
        &mut packet,
        &mut rig.events,
    );
    assert_eq!(rig.endpoint.speaker.next_us(), Some(5_000_000 + BEAT_US));
}

#[test]
fn a_peer_is_relayed_only_while_nothing_of_our_own_is_said() {
    let mut rig = Rig::configured();
    let theirs = rig.endpoint.receive(&audio(1), phone(), 0, &mut rig.events).unwrap();
    assert!(rig.endpoint.relay(&theirs, 0).is_some());
    rig.play(1, vec![prompt(1)], Manner::ONCE);
    assert_eq!(rig.endpoint.relay(&theirs, 0), None);
    rig.beats();
    assert!(rig.endpoint.relay(&theirs, rig.now_us).is_some());
}

#[test]
fn silence_is_reported_once_until_something_is_heard_again() {
    const TIMEOUT_US: u64 = 5_000_000;
    let mut rig = Rig::configured();
    let check = |rig: &mut Rig, now_us| {
        rig.endpoint.intake.check_silence(TIMEOUT_US, now_us, &mut rig.events);
        std::mem::take(&mut rig.events)
    };
    assert_eq!(check(&mut rig, TIMEOUT_US - 1), []);
    let lost = Event::MediaLost { endpoint: ID, silent_us: TIMEOUT_US };
    assert_eq!(check(&mut rig, TIMEOUT_US), [lost]);
    assert_eq!(check(&mut rig, 2 * TIMEOUT_US), []);
    rig.now_us = 3 * TIMEOUT_US;
    assert!(rig.receive(&audio(1), phone()));
    rig.events.clear();
    assert_eq!(check(&mut rig, 4 * TIMEOUT_US).len(), 1);
}

#[test]
fn a_leg_on_hold_by_either_side_is_never_missed() {
    for (sending, receiving) in [(true, false), (false, true), (false, false)] {
        let mut rig = Rig::configured();
        rig.endpoint.configure(Settings { sending, receiving, ..settings() }, 0);
        rig.receive(&audio(1), phone());
        rig.events.clear();
        rig.endpoint.intake.check_silence(1, u64::MAX, &mut rig.events);
        assert_eq!(rig.events, []);
    }
}

#[test]
fn silence_counts_again_from_the_end_of_a_hold() {
    let mut rig = Rig::configured();
    rig.endpoint.configure(Settings { sending: false, ..settings() }, 0);
    rig.endpoint.configure(settings(), 7_000_000);
    rig.endpoint.intake.check_silence(1_000_000, 7_999_999, &mut rig.events);
    assert_eq!(rig.events, []);
    rig.endpoint.intake.check_silence(1_000_000, 8_000_000, &mut rig.events);
    assert_eq!(rig.events, [Event::MediaLost { endpoint: ID, silent_us: 1_000_000 }]);
}

proptest! {
    #[test]
    fn any_datagrams_are_taken_or_counted(
        datagrams in prop::collection::vec((any::<bool>(), prop::collection::vec(any::<u8>(), 0..80)), 0..60),
    ) {
        let mut rig = Rig::configured();
        let total = datagrams.len() as u64;
        for (number, (plausible, mut bytes)) in datagrams.into_iter().enumerate() {
            if plausible && bytes.len() >= HEADER_LENGTH {
                bytes[0] = bytes[0] & 0x3f | 0x80;
                bytes[1] = [8, 101, 0x88, 0xe5][number % 4];
            }
            let received = rig.endpoint.receive(&bytes, phone(), number as u64 * 9000, &mut rig.events);
            if let Some(received) = received {
                rig.endpoint.relay(&received, number as u64 * 9000);
            }
        }
        rig.endpoint.expire_keys(u64::MAX, &mut rig.events);
        let counters = rig.endpoint.counters();
        prop_assert_eq!(counters.packets_received + counters.packets_dropped, total);
    }
}
