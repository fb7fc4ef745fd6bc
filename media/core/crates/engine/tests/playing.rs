//! What a leg is played and how that is steered, in virtual time.

use std::net::SocketAddr;
use std::sync::Arc;

use audio::codec::Codec;
use audio::g711::Law;
use engine::commands::{Keys, Steer};
use engine::endpoint::Endpoint;
use engine::events::{Event, PlaybackEnd};
use engine::key_tones::tones_of;
use engine::playback::{Manner, Playback, Seek};
use engine::playlist::Playlist;
use engine::prompt::Prompt;
use engine::rules::Rules;
use engine::settings::{Rtcp, Settings};
use engine::shared_streams::SharedStreams;
use engine::speaker::MAX_PACKET;
use forking::link::Downward;
use forking::returned::Returned;
use rtp::digit_sender::Touch;
use rtp::outgoing::OutgoingStream;
use rtp::packet::{Header, Packet};
use rtp::telephone_event::TelephoneEvent;

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

/// A leg that hears prompts of which each packet tells its number.
struct Rig {
    endpoint: Endpoint,
    events: Vec<Event>,
    streams: SharedStreams,
    now_us: u64,
}

impl Rig {
    fn playing(packets: u8, manner: Manner) -> Self {
        let stream = OutgoingStream::new(0xabcd, 99, 1000, 0);
        let mut rig = Self {
            endpoint: Endpoint::new(7, stream, 1, &Rules::default(), 0),
            events: Vec::new(),
            streams: SharedStreams::default(),
            now_us: 0,
        };
        rig.endpoint.configure(settings(), 0);
        rig.play(1, packets, manner);
        rig
    }

    fn play(&mut self, id: u64, packets: u8, manner: Manner) {
        let table = Law::Pcma.decode_table();
        let samples: Vec<i16> =
            (0..packets).flat_map(|packet| [table[usize::from(0x80 | packet)]; 160]).collect();
        let list = Playlist::new(vec![Arc::new(Prompt::encode(&samples, &[]))]);
        let speaker = &mut self.endpoint.speaker;
        speaker.play(Playback::new(id, list, manner), self.now_us, &mut self.events);
    }

    /// A fork sends back so many packets, which say 0.
    fn send_back(&mut self, packets: usize, interrupts: bool) {
        let mut returned = Returned::new(8000);
        let samples = vec![Law::Pcma.decode_table()[0x80]; packets * 160];
        returned.take_in(Downward::Audio(samples));
        self.endpoint.speaker.returned = Some(Box::new(returned));
        self.look_at_returned(interrupts);
    }

    fn look_at_returned(&mut self, interrupts: bool) {
        self.endpoint.speaker.say_returned(interrupts, self.now_us, &mut self.events);
    }

    fn steer(&mut self, steer: Steer) {
        self.endpoint.speaker.steer(steer, self.now_us, &mut self.events);
    }

    /// Let time pass, a beat at a time; what was said.
    fn speak(&mut self, beats: u32) -> Vec<(Header, Vec<u8>)> {
        let until_us = self.now_us + u64::from(beats) * BEAT_US;
        let mut said = Vec::new();
        while let Some(due_us) = self.endpoint.speaker.next_us().filter(|&due_us| due_us < until_us) {
            self.now_us = due_us;
            let mut packet = [0; MAX_PACKET];
            let speaker = &mut self.endpoint.speaker;
            let length =
                speaker.speak(Some(&settings()), &mut self.streams, due_us, &mut packet, &mut self.events);
            if let Ok(Packet { header, payload }) = Packet::parse(&packet[..length]) {
                said.push((header, packet[payload].to_vec()));
            }
        }
        self.now_us = until_us;
        said
    }

    fn packets(&mut self, beats: u32) -> Vec<Vec<u8>> {
        self.speak(beats).into_iter().map(|(_, payload)| payload).collect()
    }

    /// As numbers of packets and whether a spurt began.
    fn pass(&mut self, beats: u32) -> Vec<(u8, bool)> {
        self.speak(beats).iter().map(|(header, payload)| (payload[0] & 0x7f, header.marker)).collect()
    }

    fn numbers(&mut self, beats: u32) -> Vec<u8> {
        self.pass(beats).iter().map(|said| said.0).collect()
    }

    /// One packet of a key press.
    fn press(&mut self, code: u8, sequence: u16, timestamp: u32, end: bool) {
        let header = Header { marker: false, payload_type: 101, sequence, timestamp, ssrc: 5 };
        let event = TelephoneEvent { code, end, volume: 10, duration: 160 };
        let datagram = [&header.to_bytes()[..], &event.to_bytes()].concat();
        assert!(self.endpoint.receive(&datagram, phone(), self.now_us, &mut self.events).is_some());
    }

    fn ended(&mut self) -> Vec<(u64, PlaybackEnd, u64)> {
        let end = |event: Event| match event {
            Event::PlaybackEnded { playback, end, position_ms, .. } => Some((playback, end, position_ms)),
            _ => None,
        };
        self.events.drain(..).filter_map(end).collect()
    }
}

#[test]
fn a_pause_is_silent_and_what_was_next_comes_after_it() {
    let mut rig = Rig::playing(6, Manner::ONCE);
    assert_eq!(rig.pass(2), [(0, true), (1, false)]);
    rig.steer(Steer::Pause);
    assert!(rig.pass(100).is_empty());
    rig.steer(Steer::Resume);
    assert_eq!(rig.pass(3), [(2, true), (3, false), (4, false)]);
    assert_eq!((rig.pass(9), rig.ended()), (vec![(5, false)], vec![(1, PlaybackEnd::Finished, 120)]));
}

#[test]
fn a_pause_shorter_than_a_packet_does_not_hasten_the_beat() {
    let mut rig = Rig::playing(6, Manner::ONCE);
    rig.numbers(1);
    rig.steer(Steer::Pause);
    rig.steer(Steer::Resume);
    assert_eq!(rig.numbers(2), [1, 2]);
}

#[test]
fn a_paused_playback_can_be_moved_and_stopped() {
    let mut rig = Rig::playing(6, Manner::ONCE);
    rig.numbers(1);
    rig.steer(Steer::Pause);
    rig.steer(Steer::Seek(Seek::To(80)));
    assert!(rig.numbers(5).is_empty());
    rig.steer(Steer::Stop);
    assert_eq!((rig.numbers(5), rig.ended()), (vec![], vec![(1, PlaybackEnd::Stopped, 80)]));
}

#[test]
fn a_playback_goes_on_where_it_is_moved_to() {
    let mut rig = Rig::playing(60, Manner::ONCE);
    assert_eq!(rig.numbers(2), [0, 1]);
    rig.steer(Steer::Seek(Seek::By(1000)));
    assert_eq!(rig.numbers(2), [52, 53]);
    rig.steer(Steer::Seek(Seek::By(-80)));
    assert_eq!(rig.numbers(2), [50, 51]);
    rig.steer(Steer::Seek(Seek::To(20)));
    assert_eq!(rig.numbers(2), [1, 2]);
}

#[test]
fn nothing_is_said_after_a_stop() {
    let mut rig = Rig::playing(60, Manner::FOR_EVER);
    rig.numbers(3);
    rig.steer(Steer::Stop);
    assert_eq!((rig.numbers(50), rig.ended()), (vec![], vec![(1, PlaybackEnd::Stopped, 60)]));
}

#[test]
fn steering_without_a_playback_says_nothing() {
    let mut rig = Rig::playing(1, Manner::ONCE);
    rig.numbers(9);
    for steer in [Steer::Stop, Steer::Pause, Steer::Resume, Steer::Seek(Seek::To(0))] {
        rig.steer(steer);
    }
    assert_eq!((rig.numbers(9), rig.ended().len()), (vec![], 1));
}

#[test]
fn the_first_packet_of_a_key_press_ends_a_prompt_that_may_be_barged_in_on() {
    let mut rig = Rig::playing(60, Manner { barge_in: true, ..Manner::ONCE });
    rig.numbers(3);
    rig.press(5, 1, 100, false);
    assert_eq!((rig.numbers(50), rig.ended()), (vec![], vec![(1, PlaybackEnd::BargedIn, 60)]));
}

#[test]
fn what_is_left_of_a_press_does_not_end_the_next_prompt() {
    let manner = Manner { barge_in: true, ..Manner::ONCE };
    let mut rig = Rig::playing(60, manner);
    rig.press(5, 1, 100, false);
    rig.press(5, 2, 100, true);
    rig.play(2, 60, manner);
    rig.press(5, 3, 100, true);
    rig.press(5, 4, 100, true);
    assert_eq!(rig.numbers(3), [0, 1, 2]);
    rig.press(5, 5, 1700, false);
    let ends: Vec<_> = rig.ended().iter().map(|end| (end.0, end.1)).collect();
    assert_eq!(ends, [(1, PlaybackEnd::BargedIn), (2, PlaybackEnd::BargedIn)]);
}

#[test]
fn keys_and_flashes_leave_other_prompts_alone() {
    let mut rig = Rig::playing(60, Manner::ONCE);
    rig.press(5, 1, 100, true);
    let mut barged = Rig::playing(60, Manner { barge_in: true, ..Manner::ONCE });
    barged.press(16, 1, 100, true);
    assert_eq!((rig.numbers(2), barged.numbers(2)), (vec![0, 1], vec![0, 1]));
}

#[test]
fn who_joins_a_shared_stream_later_hears_what_the_others_hear() {
    let manner = Manner { shared: true, ..Manner::FOR_EVER };
    let mut first = Rig::playing(50, manner);
    first.numbers(73);
    let mut later = Rig::playing(1, Manner::ONCE);
    later.numbers(73);
    later.play(2, 50, manner);
    assert_eq!(first.numbers(40), later.numbers(40));
}

#[test]
fn keys_are_heard_as_tones_before_the_prompt_goes_on() {
    let mut rig = Rig::playing(6, Manner::ONCE);
    rig.numbers(2);
    let touch = Touch { press_ms: 40, pause_ms: 40, volume: 10 };
    rig.endpoint.speaker.press(Keys::Tones(tones_of("1", touch)), rig.now_us);
    rig.endpoint.speaker.press(Keys::Tones(tones_of("5", touch)), rig.now_us);
    let said = rig.packets(12);
    let silence = [Law::Pcma.silence(); 160];
    assert!(said[..2].iter().all(|packet| dominant_hz(packet) == (697, 1209)));
    assert!(said[4..6].iter().all(|packet| dominant_hz(packet) == (770, 1336)));
    assert!([2, 3, 6, 7].iter().all(|&pause: &usize| said[pause] == silence));
    let numbers: Vec<_> = said[8..].iter().map(|packet| packet[0] & 0x7f).collect();
    assert_eq!(numbers, [2, 3, 4, 5]);
}

/// The strongest row and column of a telephone's keys in a packet of A-law.
fn dominant_hz(packet: &[u8]) -> (u32, u32) {
    let power = |hz: u32| {
        let turn = |n: usize| n as f32 * hz as f32 / 8000.0 * std::f32::consts::TAU;
        let sample = |octet: u8| f32::from(Law::Pcma.decode_table()[usize::from(octet)]);
        let samples = packet.iter().enumerate();
        let (re, im) = samples.fold((0.0, 0.0), |(re, im), (n, &octet)| {
            (re + sample(octet) * turn(n).cos(), im + sample(octet) * turn(n).sin())
        });
        (re * re + im * im) as u64
    };
    let strongest = |group: [u32; 4]| group.into_iter().max_by_key(|&hz| power(hz)).unwrap();
    (strongest([697, 770, 852, 941]), strongest([1209, 1336, 1477, 1633]))
}

#[test]
fn what_a_fork_sends_back_waits_for_the_end_of_what_is_played() {
    let mut rig = Rig::playing(5, Manner::ONCE);
    assert_eq!(rig.numbers(2), [0, 1]);
    rig.send_back(2, false);
    assert_eq!(rig.numbers(4), [2, 3, 4]);
    rig.look_at_returned(false);
    assert_eq!(rig.numbers(10), [0, 0]);
}

#[test]
fn what_a_fork_sends_back_ends_what_is_played_if_it_was_asked_to() {
    let mut rig = Rig::playing(5, Manner::ONCE);
    assert_eq!(rig.numbers(2), [0, 1]);
    rig.send_back(2, true);
    assert!(matches!(
        rig.events[..],
        [Event::PlaybackEnded { end: PlaybackEnd::Stopped, position_ms: 40, .. }]
    ));
    assert_eq!(rig.numbers(10), [0, 0]);
}
