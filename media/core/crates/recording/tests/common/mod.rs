//! A phone's packets over a network, in virtual time, and what the recording of them holds.

#![allow(dead_code)]

use audio::g711::Law;
use recording::stereo::Stereo;
use rtp::packet::Header;

pub const PACKET: u64 = 160;
/// Octets of a frame of 16-bit samples.
pub const FRAME_LENGTH: usize = 4;
/// How far from where it was said a sample may lie: 20 ms.
pub const ALIGNMENT: i64 = 160;

/// A repeatable source of bad luck.
pub struct Luck(pub u64);

impl Luck {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// What the network does to packets.
#[derive(Clone, Copy)]
pub struct Link {
    pub delay_max: u64,
    pub loss_percent: u64,
    pub duplicate_percent: u64,
    /// How much faster than ours the phone's clock runs, in parts per million.
    pub fast_ppm: i64,
}

pub const GOOD: Link = Link { delay_max: 1, loss_percent: 0, duplicate_percent: 0, fast_ppm: 0 };
pub const BAD: Link = Link { delay_max: 640, loss_percent: 15, duplicate_percent: 5, ..GOOD };

/// A packet that says, in every second of its audio, which second that is.
pub struct Packet {
    pub header: Header,
    pub octets: Vec<u8>,
    pub arrival: u64,
}

/// Pulses of one packet at every whole second of the phone's time, silence between them.
pub fn talk(seconds: u64, link: Link, luck: &mut Luck) -> Vec<Packet> {
    let mut packets = Vec::new();
    for number in 0..seconds * 50 {
        if luck.below(100) < link.loss_percent {
            continue;
        }
        let said_at = number * PACKET;
        let real = said_at.saturating_add_signed(-(said_at as i64) * link.fast_ppm / 1_000_000);
        let copies = 1 + u64::from(luck.below(100) < link.duplicate_percent);
        for _ in 0..copies {
            let loud = number % 50 == 0;
            packets.push(Packet {
                header: header(number as u16, said_at as u32, 7),
                octets: vec![if loud { Law::Pcma.encode(8000) } else { Law::Pcma.silence() }; 160],
                arrival: real + luck.below(link.delay_max),
            });
        }
    }
    packets.sort_by_key(|packet| packet.arrival);
    packets
}

pub fn header(sequence: u16, timestamp: u32, ssrc: u32) -> Header {
    Header { marker: false, payload_type: 8, sequence, timestamp, ssrc }
}

/// Record packets on the customer's channel, taking blocks as the writer would; left and right samples.
pub fn record(packets: &[Packet], end: u64) -> (Stereo, Vec<i16>, Vec<i16>) {
    let mut stereo = Stereo::default();
    let mut file = Vec::new();
    let mut next_flush = 8000;
    for packet in packets {
        while packet.arrival >= next_flush {
            file.extend(std::iter::from_fn(|| stereo.take_settled(next_flush)).flatten());
            next_flush += 8000;
        }
        stereo.customer.place(&packet.header, &packet.octets, Law::Pcma, packet.arrival as i64);
    }
    file.extend(std::iter::from_fn(|| stereo.take_until(end)).flatten());
    let channel = |offset: usize| {
        let frames = file.chunks_exact(FRAME_LENGTH);
        frames.map(|frame| i16::from_le_bytes([frame[offset], frame[offset + 1]])).collect()
    };
    let (left, right) = (channel(0), channel(2));
    (stereo, left, right)
}

/// Where pulses begin.
pub fn pulses(samples: &[i16]) -> Vec<i64> {
    let loud = |index: usize| samples[index] > 4000;
    (0..samples.len()).filter(|&at| loud(at) && (at == 0 || !loud(at - 1))).map(|at| at as i64).collect()
}
