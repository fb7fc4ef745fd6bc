//! Legs that speak a tone each over a bad network, mixed in virtual time; each listener is held against each speaker.

use std::f64::consts::TAU;

use audio::codec::Codec;
use audio::decoder::{Decoder, MAX_SAMPLES};
use audio::encoder::{Encoder, MAX_PAYLOAD};
use engine::hearing::Hearing;
use engine::intake::{Content, Received};
use engine::mix::{MAX_FRAME, Mix, Role};
use engine::settings::{Rtcp, Settings};
use engine::speaker::{MAX_PACKET, Speaker};
use rtp::outgoing::OutgoingStream;
use rtp::packet::{HEADER_LENGTH, Header, Packet};

const BEAT_US: u64 = 20_000;
const BEATS: u64 = 250;
/// What comes before is the time in which jitter buffers learn.
const LEARNT: usize = 100;
/// Short, since a jitter buffer that cuts time out of a tone turns its phase.
const WINDOW_MS: usize = 50;

/// A network that loses, delays, reorders and doubles packets, the same ones in every run.
struct Network {
    random: u64,
    loss_percent: u64,
    jitter_us: u64,
    under_way: Vec<(u64, Received, Vec<u8>)>,
}

impl Network {
    fn new(seed: u64, loss_percent: u64, jitter_us: u64) -> Self {
        Self { random: seed, loss_percent, jitter_us, under_way: Vec::new() }
    }

    fn draw(&mut self, below: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % below.max(1)
    }

    fn send(&mut self, received: &Received, payload: &[u8], now_us: u64) {
        let copies = if self.draw(100) < self.loss_percent { 0 } else { 1 + u64::from(self.draw(50) == 0) };
        for _ in 0..copies {
            let arrival_us = now_us + self.draw(self.jitter_us);
            self.under_way.push((arrival_us, received.clone(), payload.to_vec()));
        }
    }

    fn arrived(&mut self, now_us: u64) -> Vec<(u64, Received, Vec<u8>)> {
        let (mut here, coming): (Vec<_>, Vec<_>) =
            self.under_way.drain(..).partition(|&(arrival_us, ..)| arrival_us <= now_us);
        self.under_way = coming;
        here.sort_by_key(|&(arrival_us, ..)| arrival_us);
        here
    }
}

/// A phone with the leg that hears it and speaks to it.
struct Party {
    codec: Codec,
    ptime_ms: u32,
    /// Of what the phone sends.
    talk_ms: u32,
    hz: f64,
    amplitude: f64,
    encoder: Encoder,
    unsaid: Vec<i16>,
    packets: u16,
    network: Network,
    hearing: Hearing,
    speaker: Speaker,
    /// What the phone was sent.
    sent: Vec<(Header, Vec<u8>)>,
}

impl Party {
    fn new(index: usize, codec: Codec, ptime_ms: u32, network: Network) -> Self {
        let stream = OutgoingStream::new(index as u32, 65_000, u32::MAX - 1000, 0);
        let mut speaker = Speaker::new(index as u64, stream);
        speaker.configure(&settings(codec, ptime_ms), 0);
        Self {
            codec,
            ptime_ms,
            talk_ms: 20,
            hz: [450.0, 850.0, 1350.0, 2150.0][index % 4],
            amplitude: 6000.0,
            encoder: Encoder::new(codec).unwrap(),
            unsaid: Vec::new(),
            packets: 0,
            network,
            hearing: Hearing::new(codec, 1).unwrap(),
            speaker,
            sent: Vec::new(),
        }
    }

    fn talk(&mut self, beat: u64) {
        let count = self.codec.samples(20);
        let at = |index: usize| (beat as usize * count + index) as f64 / f64::from(self.codec.rate_hz());
        let wave = |index| (self.amplitude * (TAU * self.hz * at(index)).sin()) as i16;
        self.unsaid.extend((0..count).map(wave));
        let packet = self.codec.samples(self.talk_ms);
        while self.unsaid.len() >= packet {
            let samples: Vec<i16> = self.unsaid.drain(..packet).collect();
            self.send(&samples, beat * BEAT_US);
        }
    }

    fn send(&mut self, samples: &[i16], now_us: u64) {
        let mut payload = [0; MAX_PAYLOAD];
        let length = self.encoder.encode(samples, &mut payload).unwrap();
        let header = Header {
            marker: false,
            payload_type: 96,
            sequence: self.packets.wrapping_sub(50),
            timestamp: (u32::from(self.packets) * self.codec.ticks(self.talk_ms)).wrapping_sub(5000),
            ssrc: 9,
        };
        self.packets += 1;
        let received = Received { header, payload: 0..length, content: Content::Audio(self.codec) };
        self.network.send(&received, &payload[..length], now_us);
    }

    fn listen(&mut self, now_us: u64) {
        for (_, received, payload) in self.network.arrived(now_us) {
            self.hearing.take(&received, &payload);
        }
        self.hearing.beat();
    }

    fn say(&mut self, frame: &[i16], rate_hz: u32, now_us: u64) {
        let settings = settings(self.codec, self.ptime_ms);
        self.speaker.say(&mut frame.to_vec(), rate_hz, &settings, now_us);
        let mut packet = [0; MAX_PACKET];
        while let Some(length) = self.speaker.said(&settings, now_us, &mut packet) {
            let parsed = Packet::parse(&packet[..HEADER_LENGTH + length]).unwrap();
            self.sent.push((parsed.header, packet[parsed.payload].to_vec()));
        }
    }

    /// How loud a tone is in what the phone was sent after the first seconds.
    fn hears(&self, hz: f64) -> f64 {
        let per_ms = self.codec.samples(1);
        let samples = self.decoded();
        let heard = samples[LEARNT * 20 * per_ms..].chunks_exact(WINDOW_MS * per_ms);
        let windows = heard.len() as f64;
        heard.map(|window| level_of(window, hz / f64::from(self.codec.rate_hz()))).sum::<f64>() / windows
    }

    fn decoded(&self) -> Vec<i16> {
        let mut decoder = Decoder::new(self.codec).unwrap();
        let mut samples = Vec::new();
        for (_, payload) in &self.sent {
            let mut out = [0; MAX_SAMPLES];
            let count = decoder.decode(payload, &mut out).unwrap();
            samples.extend_from_slice(&out[..count]);
        }
        samples
    }
}

/// The amplitude of a sine of so many turns a sample.
fn level_of(samples: &[i16], turns: f64) -> f64 {
    let turned = samples.iter().enumerate().fold((0.0, 0.0), |(re, im), (index, &sample)| {
        let (sin, cos) = (index as f64 * TAU * turns).sin_cos();
        (re + f64::from(sample) * cos, im + f64::from(sample) * sin)
    });
    2.0 * turned.0.hypot(turned.1) / samples.len() as f64
}

fn settings(codec: Codec, ptime_ms: u32) -> Settings {
    Settings {
        remote: None,
        codec,
        payload_type: 96,
        dtmf_payload_type: None,
        dtmf_clock_hz: 8000,
        noise_payload_type: None,
        ptime_ms,
        longest_ms: None,
        sending: true,
        receiving: true,
        answered: true,
        rtcp: Rtcp::default(),
    }
}

/// Let all talk at once for some seconds.
fn talk(parties: &mut [Party], roles: &[Role], rate_hz: u32) {
    let mut mix = Mix::default();
    mix.set_rate(rate_hz);
    for (leg, &role) in roles.iter().enumerate() {
        mix.join(leg as u64, role);
    }
    for beat in 0..BEATS {
        let now_us = beat * BEAT_US;
        for (index, party) in parties.iter_mut().enumerate() {
            party.talk(beat);
            party.listen(now_us);
            mix.listen(index, |frame| party.hearing.mixed(rate_hz, frame));
        }
        mix.add_up();
        for (index, party) in parties.iter_mut().enumerate() {
            let mut frame = [0; MAX_FRAME];
            mix.heard_by(index, &mut frame);
            party.say(&frame[..mix.frame_length()], rate_hz, now_us);
        }
    }
}

/// Which tones each party hears: all or nothing of each.
fn heard(parties: &[Party]) -> Vec<Vec<usize>> {
    let hears = |listener: &Party, speaker: &Party| {
        let level = listener.hears(speaker.hz) / speaker.amplitude;
        assert!(!(0.15..0.6).contains(&level), "{} Hz at {level}", speaker.hz);
        level > 0.5
    };
    let heard_by =
        |listener| (0..parties.len()).filter(|&speaker| hears(listener, &parties[speaker])).collect();
    parties.iter().map(heard_by).collect()
}

fn parties(codecs: &[Codec], network: impl Fn(u64) -> Network) -> Vec<Party> {
    let party = |(index, &codec): (usize, &Codec)| Party::new(index, codec, 20, network(index as u64 + 1));
    codecs.iter().enumerate().map(party).collect()
}

fn good(seed: u64) -> Network {
    Network::new(seed, 0, 0)
}

fn bad(seed: u64) -> Network {
    Network::new(seed * 0x9e37_79b9, 3, 50_000)
}

#[test]
fn each_listener_hears_whom_the_roles_say_over_good_and_bad_networks() {
    let cases: [(Role, [&[usize]; 3]); 3] = [
        (Role::Monitor, [&[1], &[0], &[0, 1]]),
        (Role::Whisper { to: 1 }, [&[1], &[0, 2], &[0, 1]]),
        (Role::Barge, [&[1, 2], &[0, 2], &[0, 1]]),
    ];
    for network in [good, bad] {
        for (role, expected) in cases {
            let mut parties = parties(&[Codec::Pcma, Codec::Opus, Codec::Pcmu], network);
            talk(&mut parties, &[Role::Speaker, Role::Speaker, role], 8000);
            assert_eq!(heard(&parties), expected, "{role:?}");
        }
    }
}

#[test]
fn wide_members_are_mixed_wide() {
    let mut parties = parties(&[Codec::Opus, Codec::Opus, Codec::Pcma], good);
    talk(&mut parties, &[Role::Speaker; 3], 16_000);
    assert_eq!(heard(&parties), [vec![1, 2], vec![0, 2], vec![0, 1]]);
}

#[test]
fn every_packet_time_is_sent_as_one_even_stream_whatever_the_network_does() {
    for (codec, ptime_ms) in [
        (Codec::Pcma, 10),
        (Codec::Pcma, 30),
        (Codec::Pcmu, 60),
        (Codec::Opus, 10),
        (Codec::Opus, 40),
        (Codec::Opus, 60),
    ] {
        let mut parties =
            vec![Party::new(0, codec, ptime_ms, bad(1)), Party::new(1, Codec::Pcma, 20, bad(2))];
        talk(&mut parties, &[Role::Speaker; 2], 8000);
        assert_eq!(heard(&parties), [vec![1], vec![0]], "{codec:?} {ptime_ms} ms");
        let sent = &parties[0].sent;
        assert_eq!(sent.len() as u64, BEATS * 20 / u64::from(ptime_ms));
        for pair in sent.windows(2) {
            assert_eq!(pair[1].0.sequence, pair[0].0.sequence.wrapping_add(1));
            assert_eq!(pair[1].0.timestamp, pair[0].0.timestamp.wrapping_add(codec.ticks(ptime_ms)));
            assert!(!pair[1].0.marker);
        }
    }
}

#[test]
fn each_of_the_twelve_pairs_of_codecs_is_heard_as_it_was_said() {
    let codecs = [Codec::Pcma, Codec::Pcmu, Codec::G722, Codec::Opus];
    for (one, other) in (0..4).flat_map(|one| (0..one).map(move |other| (codecs[one], codecs[other]))) {
        let mut parties = parties(&[one, other], good);
        let rate_hz = one.rate_hz().min(other.rate_hz());
        talk(&mut parties, &[Role::Speaker; 2], rate_hz);
        assert_eq!(heard(&parties), [vec![1], vec![0]], "{one:?} and {other:?}");
    }
}

#[test]
fn packets_of_every_length_come_out_in_every_other() {
    const LENGTHS_MS: [u32; 5] = [10, 20, 30, 40, 60];
    for (codec, other) in [(Codec::Pcma, Codec::Pcmu), (Codec::Pcmu, Codec::G722), (Codec::Pcma, Codec::Opus)]
    {
        let pairs = LENGTHS_MS.into_iter().flat_map(|talk_ms| LENGTHS_MS.map(|ptime_ms| (talk_ms, ptime_ms)));
        for (talk_ms, ptime_ms) in pairs {
            if !other.fits_packet(ptime_ms) || other == Codec::Opus && talk_ms % 20 != 0 {
                continue;
            }
            let mut speaker = Party::new(0, codec, 20, good(1));
            speaker.talk_ms = talk_ms;
            let mut parties = vec![speaker, Party::new(1, other, ptime_ms, good(2))];
            talk(&mut parties, &[Role::Speaker, Role::Monitor], 8000);
            let level = parties[1].hears(parties[0].hz) / parties[0].amplitude;
            assert!(level > 0.7, "{talk_ms} ms of {codec:?} as {ptime_ms} ms of {other:?}: {level}");
            assert_eq!(parties[1].sent.len() as u64, BEATS * 20 / u64::from(ptime_ms));
        }
    }
}

#[test]
fn in_a_conference_of_64_each_hears_the_sum_of_the_63_others() {
    let mut parties: Vec<_> = (0..64).map(|index| Party::new(index, Codec::Pcma, 20, good(1))).collect();
    for (index, party) in parties.iter_mut().enumerate() {
        (party.hz, party.amplitude) = (240.0 + 40.0 * index as f64, 400.0);
    }
    talk(&mut parties, &[Role::Speaker; 64], 8000);
    for (listener, party) in parties.iter().enumerate() {
        // One window in which every tone has whole turns, so that none is heard in another.
        let samples = party.decoded();
        let window = &samples[samples.len() - WINDOW_MS * 8..];
        for (speaker, other) in parties.iter().enumerate() {
            let level = level_of(window, other.hz / 8000.0) / other.amplitude;
            let expected = if speaker == listener { 0.0..0.2 } else { 0.75..1.25 };
            assert!(expected.contains(&level), "{listener} hears {speaker} at {level}");
        }
    }
}
