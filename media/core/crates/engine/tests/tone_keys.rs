//! Keys sent as tones, as a leg hears them in its packets.

use std::net::SocketAddr;
use std::sync::Arc;

use audio::codec::Codec;
use audio::g711::Law;
use audio::tone::{Tone, ToneSource};
use engine::endpoint::Endpoint;
use engine::events::{Event, KeySource, PlaybackEnd};
use engine::playback::{Manner, Playback};
use engine::playlist::Playlist;
use engine::prompt::Prompt;
use engine::rules::{InBandDigits, Rules};
use engine::settings::{Rtcp, Settings};
use engine::shared_streams::SharedStreams;
use engine::speaker::MAX_PACKET;
use rtp::outgoing::OutgoingStream;
use rtp::packet::Header;
use rtp::telephone_event::TelephoneEvent;

const WITHOUT_EVENTS: Settings = Settings {
    remote: None,
    codec: Codec::Pcmu,
    payload_type: 0,
    dtmf_payload_type: None,
    dtmf_clock_hz: 8000,
    noise_payload_type: None,
    ptime_ms: 20,
    longest_ms: None,
    sending: true,
    receiving: true,
    answered: true,
    rtcp: Rtcp { mux: false, remote: None, voice_metrics: false },
};
const WITH_EVENTS: Settings = Settings { dtmf_payload_type: Some(101), ..WITHOUT_EVENTS };

/// A leg, and the phone that sends to it.
struct Rig {
    endpoint: Endpoint,
    events: Vec<Event>,
    now_us: u64,
    sequence: u16,
    timestamp: u32,
}

impl Rig {
    fn new(in_band_digits: InBandDigits, settings: Settings) -> Self {
        let rules = Rules { in_band_digits, ..Rules::default() };
        let mut endpoint = Endpoint::new(7, OutgoingStream::new(1, 2, 3, 0), 1, &rules, 0);
        endpoint.configure(settings, 0);
        Self { endpoint, events: Vec::new(), now_us: 0, sequence: 0, timestamp: 0 }
    }

    fn receive(&mut self, payload_type: u8, payload: &[u8]) {
        self.now_us += 20_000;
        self.sequence += 1;
        let Self { sequence, timestamp, .. } = *self;
        let header = Header { marker: false, payload_type, sequence, timestamp, ssrc: 5 };
        let datagram = [&header.to_bytes()[..], payload].concat();
        let phone = SocketAddr::from(([192, 0, 2, 1], 4000));
        assert!(self.endpoint.receive(&datagram, phone, self.now_us, &mut self.events).is_some());
    }

    /// The first packets of a key that is held.
    fn hold_tones(&mut self, key: char, law: Law, packets: usize) {
        let mut samples = vec![0; packets * 160];
        ToneSource::new(Tone::of_key(key, 60_000, 1).unwrap(), 8000).fill(&mut samples);
        for part in samples.chunks(160) {
            let octets: Vec<u8> = part.iter().map(|&sample| law.encode(sample)).collect();
            self.receive(if law == Law::Pcma { 8 } else { 0 }, &octets);
            self.timestamp += 160;
        }
    }

    fn press_event(&mut self, code: u8) {
        let event = TelephoneEvent { code, end: true, volume: 10, duration: 800 };
        self.receive(101, &event.to_bytes());
        self.timestamp += 800;
    }

    fn pause(&mut self) {
        for _ in 0..5 {
            self.receive(0, &[0xff; 160]);
            self.timestamp += 160;
        }
    }

    fn keys(&self) -> Vec<(char, KeySource)> {
        let key = |event: &Event| match *event {
            Event::DigitDetected { digit, source, .. } => Some((digit, source)),
            _ => None,
        };
        self.events.iter().filter_map(key).collect()
    }

    fn play(&mut self) {
        let prompt = Arc::new(Prompt::encode(&vec![0; 80_000], &vec![0; 160_000]));
        let manner = Manner { barge_in: true, ..Manner::ONCE };
        let playback = Playback::new(1, Playlist::new(vec![prompt]), manner);
        self.endpoint.speaker.play(playback, self.now_us, &mut self.events);
    }

    /// How many packets of the prompt went out since this was asked before.
    fn packets_played(&mut self) -> usize {
        let Self { endpoint, events, now_us, .. } = self;
        let (mut played, streams) = (0, &mut SharedStreams::default());
        while endpoint.speaker.next_us().is_some_and(|due_us| due_us <= *now_us) {
            let mut packet = [0; MAX_PACKET];
            let length = endpoint.speaker.speak(Some(&WITHOUT_EVENTS), streams, *now_us, &mut packet, events);
            played += usize::from(length > 0);
        }
        played
    }

    fn position_ms(&mut self) -> u64 {
        self.endpoint.speaker.stop_playback(&mut self.events);
        match self.events.last() {
            Some(&Event::PlaybackEnded { position_ms, .. }) => position_ms,
            other => panic!("{other:?}"),
        }
    }

    fn was_barged_in_on(&self) -> bool {
        let barged = |event: &Event| matches!(event, Event::PlaybackEnded { end: PlaybackEnd::BargedIn, .. });
        self.events.iter().any(barged)
    }
}

#[test]
fn tones_are_listened_for_as_the_rule_says() {
    let cases = [
        (InBandDigits::Off, WITHOUT_EVENTS, false),
        (InBandDigits::WithoutEvents, WITHOUT_EVENTS, true),
        (InBandDigits::WithoutEvents, WITH_EVENTS, false),
        (InBandDigits::Always, WITH_EVENTS, true),
    ];
    for (rule, settings, heard) in cases {
        let mut rig = Rig::new(rule, settings);
        rig.hold_tones('5', Law::Pcmu, 5);
        rig.pause();
        assert_eq!(rig.keys() == [('5', KeySource::InBand)], heard, "{rule:?}");
    }
}

#[test]
fn who_agrees_to_events_later_is_listened_to_no_more() {
    let mut rig = Rig::new(InBandDigits::WithoutEvents, WITHOUT_EVENTS);
    rig.endpoint.configure(WITH_EVENTS, 0);
    rig.hold_tones('5', Law::Pcmu, 5);
    rig.pause();
    assert_eq!(rig.keys(), []);
}

#[test]
fn the_other_law_is_heard_too() {
    let mut rig = Rig::new(InBandDigits::WithoutEvents, WITHOUT_EVENTS);
    rig.hold_tones('#', Law::Pcma, 5);
    rig.pause();
    assert_eq!(rig.keys(), [('#', KeySource::InBand)]);
}

#[test]
fn a_prompt_ends_while_the_key_is_still_down() {
    let mut rig = Rig::new(InBandDigits::WithoutEvents, WITHOUT_EVENTS);
    rig.play();
    rig.hold_tones('5', Law::Pcmu, 1);
    assert!(!rig.was_barged_in_on(), "20 ms may be speech");
    rig.hold_tones('5', Law::Pcmu, 2);
    assert!(rig.was_barged_in_on() && rig.keys().is_empty());
}

#[test]
fn a_prompt_is_silent_from_the_first_twenty_milliseconds_of_a_key_on() {
    let mut rig = Rig::new(InBandDigits::WithoutEvents, WITHOUT_EVENTS);
    rig.play();
    assert_eq!(rig.packets_played(), 1);
    for _ in 0..2 {
        rig.hold_tones('5', Law::Pcmu, 1);
        assert_eq!(rig.packets_played(), 0);
    }
    assert!(rig.was_barged_in_on());
}

#[test]
fn a_prompt_hushed_by_what_was_no_key_goes_on_where_it_was() {
    let mut rig = Rig::new(InBandDigits::WithoutEvents, WITHOUT_EVENTS);
    rig.play();
    assert_eq!(rig.packets_played(), 1);
    rig.hold_tones('5', Law::Pcmu, 1);
    assert_eq!(rig.packets_played(), 0);
    rig.pause();
    let played = rig.packets_played();
    assert!(played > 0 && !rig.was_barged_in_on() && rig.keys().is_empty());
    assert_eq!(rig.position_ms(), 20 * (1 + played as u64));
}

#[test]
fn a_key_whose_sound_breaks_off_is_up_after_a_silence() {
    let mut rig = Rig::new(InBandDigits::WithoutEvents, WITHOUT_EVENTS);
    rig.hold_tones('5', Law::Pcmu, 5);
    let deadline_us = rig.endpoint.key_deadline_us().expect("it is down");
    rig.endpoint.expire_keys(deadline_us - 1, &mut rig.events);
    assert_eq!(rig.keys(), []);
    rig.endpoint.expire_keys(deadline_us, &mut rig.events);
    assert_eq!((rig.keys(), rig.endpoint.key_deadline_us()), (vec![('5', KeySource::InBand)], None));
}

#[test]
fn a_key_told_by_event_and_then_as_tones_barges_in_once() {
    let mut rig = Rig::new(InBandDigits::Always, WITH_EVENTS);
    rig.press_event(5);
    rig.play();
    rig.hold_tones('5', Law::Pcmu, 5);
    rig.pause();
    assert_eq!(rig.keys(), [('5', KeySource::Events), ('5', KeySource::InBand)]);
    assert!(!rig.was_barged_in_on(), "what plays now is the answer to the key");
}

#[test]
fn a_masked_key_is_not_for_who_plays_a_prompt() {
    let mut rig = Rig::new(InBandDigits::Always, WITH_EVENTS);
    rig.endpoint.intake.masked_until_us = Some(60_000_000);
    rig.play();
    rig.press_event(5);
    rig.hold_tones('6', Law::Pcmu, 5);
    rig.pause();
    assert_eq!(rig.keys(), [('5', KeySource::Events), ('6', KeySource::InBand)]);
    assert!(!rig.was_barged_in_on());
}
