//! Legs of one codec between which packets cannot just be relayed: they are longer than the peer takes.

use ::rtp::packet::Packet;
use audio::decoder::{Decoder, MAX_SAMPLES};
use audio::encoder::{Encoder, MAX_PAYLOAD};

use super::moving::Heard;
use super::*;

impl Phone {
    /// Say silence of so many milliseconds in one packet of G.711.
    fn say_for(&mut self, ms: u32) {
        self.sequence += 1;
        let timestamp = u32::from(self.sequence) * 8 * ms;
        let header = Header { marker: false, payload_type: 8, sequence: self.sequence, timestamp, ssrc: 5 };
        self.socket
            .send_to(&[&header.to_bytes()[..], &vec![0xd5; 8 * ms as usize]].concat(), self.leg)
            .unwrap();
    }

    /// Of each packet that came.
    fn lengths_ms(&self) -> Vec<usize> {
        let mut buffer = [0; 2048];
        let mut lengths = Vec::new();
        while let Ok(length) = self.socket.recv(&mut buffer) {
            let packet = Packet::parse(&buffer[..length]).unwrap();
            // Reports to a phone whose port is one lower may come here, too.
            if packet.header.payload_type == 8 {
                lengths.push(packet.payload.len() / 8);
            }
        }
        lengths
    }
}

/// What the second leg hears of the first in a second of packets of this length.
fn relayed(ms: u32, longest_ms: Option<u32>, rig: &mut Rig, phones: &mut [Phone; 2]) -> Vec<usize> {
    rig.agree(2, |settings| Settings { longest_ms, ..settings });
    phones[1].lengths_ms();
    for _ in 0..1000 / ms {
        phones[0].say_for(ms);
        for _ in 0..ms / 10 {
            rig.now_us += 10_000;
            rig.rounds(3);
        }
    }
    phones[1].lengths_ms()
}

#[test]
fn packets_longer_than_the_peer_takes_are_made_anew_and_others_relayed() {
    let mut rig = Rig::new();
    let mut phones = [rig.phone(1), rig.phone(2)];
    rig.order(Command::Bridge { mix: 9, legs: [1, 2] });
    assert_eq!(relayed(40, None, &mut rig, &mut phones), [40; 25]);
    assert_eq!(relayed(40, Some(40), &mut rig, &mut phones), [40; 25]);
    let made_anew = relayed(40, Some(30), &mut rig, &mut phones);
    assert!(made_anew.iter().all(|&ms| ms == 20) && made_anew.len() >= 47, "{made_anew:?}");
    assert_eq!(
        relayed(40, None, &mut rig, &mut phones),
        [40; 25],
        "it is relayed again once that is no matter"
    );
    rig.agree(1, |settings| settings);
    assert_eq!(relayed(20, Some(30), &mut rig, &mut phones), [20; 50]);
}

const DYNAMIC: u8 = 97;

impl Phone {
    fn say(&mut self, codec: Codec, ms: u32, payload: &[u8]) {
        self.sequence += 1;
        let timestamp = u32::from(self.sequence) * codec.ticks(ms);
        let header =
            Header { marker: false, payload_type: DYNAMIC, sequence: self.sequence, timestamp, ssrc: 5 };
        self.socket.send_to(&[&header.to_bytes()[..], payload].concat(), self.leg).unwrap();
    }
}

/// The first leg says these in packets of so many milliseconds; what the second hears, which takes 30 ms at most.
fn heard_in_short(codec: Codec, ms: u32, payloads: &[Vec<u8>]) -> Vec<Heard> {
    let mut rig = Rig::new();
    let mut phones = [rig.phone(1), rig.phone(2)];
    for (leg, longest_ms) in [(1, None), (2, Some(30))] {
        rig.agree(leg, |settings| Settings { codec, payload_type: DYNAMIC, longest_ms, ..settings });
    }
    rig.order(Command::Bridge { mix: 9, legs: [1, 2] });
    for payload in payloads {
        phones[0].say(codec, ms, payload);
        for _ in 0..ms / 10 {
            rig.now_us += 10_000;
            rig.rounds(3);
        }
    }
    phones[1].heard()
}

#[test]
fn long_packets_of_g729_are_cut_between_their_frames_and_shorter_noise_stays_behind_them() {
    let frames = |packet: u8, octets: u8| (0..octets).map(|octet| packet * 60 + octet).collect::<Vec<_>>();
    let said = [frames(0, 60), frames(1, 60), frames(2, 42), vec![9; 210], frames(3, 30)];
    let piece =
        |sequence, timestamp, octets: &[u8]| (sequence, timestamp, sequence == 0, DYNAMIC, octets.to_vec());
    let expected = [
        piece(0, 0, &said[0][..20]),
        piece(1, 160, &said[0][20..40]),
        piece(2, 320, &said[0][40..]),
        piece(3, 480, &said[1][..20]),
        piece(4, 640, &said[1][20..40]),
        piece(5, 800, &said[1][40..]),
        piece(6, 960, &said[2][..20]),
        piece(7, 1120, &said[2][20..40]),
        piece(8, 1280, &said[2][40..]),
        // 210 ms are no packet, and missing; 30 ms are relayed as they are.
        piece(10, 1920, &said[4]),
    ];
    assert_eq!(heard_in_short(Codec::G729, 60, &said), expected);
}

#[test]
fn long_packets_of_opus_are_heard_in_short_ones() {
    for ms in [40, 60] {
        let heard = heard_in_short(Codec::Opus, ms, &tone_in_opus(ms, 1200 / ms));
        assert!((54..=60).contains(&heard.len()), "{ms} ms: {}", heard.len());
        let mut decoder = Decoder::new(Codec::Opus).unwrap();
        let loud = heard.iter().filter(|(_, timestamp, .., payload)| {
            let mut samples = [0; MAX_SAMPLES];
            let count = decoder.decode(payload, &mut samples).unwrap();
            assert_eq!((count, timestamp % Codec::Opus.ticks(20)), (Codec::Opus.samples(20), 0));
            samples[..count].iter().any(|&sample| sample > 6000)
        });
        assert!(loud.count() >= 50, "{ms} ms");
    }
}

/// A tone of 1 kHz in packets of so many milliseconds.
fn tone_in_opus(ms: u32, packets: u32) -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new(Codec::Opus).unwrap();
    let samples = Codec::Opus.samples(ms);
    let tone = |n: usize| ((n as f32 * std::f32::consts::TAU / 16.0).sin() * 8000.0) as i16;
    (0..packets as usize)
        .map(|packet| {
            let said: Vec<_> = (packet * samples..(packet + 1) * samples).map(tone).collect();
            let mut payload = [0; MAX_PAYLOAD];
            let length = encoder.encode(&said, &mut payload).unwrap();
            payload[..length].to_vec()
        })
        .collect()
}
