//! Two phones whose codecs are decoded talk for two hours, each by a clock of its own and only some seconds each minute,
//! in virtual time: the channels must agree on when things were said.

mod recorded;

use audio::codec::Codec;
use engine::storage::Ending;

use recorded::{Rig, coded, made_late, voice};

const HZ: i64 = 8000;
const MINUTES: u64 = 120;
const MINUTE_US: u64 = 60_000_000;
/// What each says in a minute; meanwhile nothing is sent.
const SPURT_S: usize = 2;
const PACKET_MS: u32 = 20;
const PACKETS: usize = SPURT_S * 1000 / PACKET_MS as usize;
/// How long the network takes at least.
const PATH_US: u64 = 30_000;
/// No more than 20 ms between the channels.
const ALIGNMENT: i64 = HZ / 50;
/// Samples that are looked for.
const PIECE: usize = 1000;

/// A phone of which every packet of a spurt is known.
struct Phone {
    codec: Codec,
    fast_ppm: i64,
    payloads: Vec<Vec<u8>>,
    luck: Luck,
    sequence: u16,
    lost: u64,
}

/// A repeatable source of bad luck.
struct Luck(u64);

impl Luck {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// A packet on its way.
struct Sent {
    at_us: u64,
    leg: usize,
    sequence: u16,
    timestamp: u32,
    packet: usize,
}

impl Phone {
    fn new(codec: Codec, fast_ppm: i64, voice: &[i16]) -> Self {
        let payloads = coded(codec, voice, PACKET_MS);
        Self { codec, fast_ppm, payloads, luck: Luck(fast_ppm as u64), sequence: 65_000, lost: 0 }
    }

    /// When a packet of its own count is sent, by our clock.
    fn sent_us(&self, number: u64) -> u64 {
        let own_us = (number * u64::from(PACKET_MS) * 1000) as i64;
        (own_us - own_us * self.fast_ppm / 1_000_000) as u64
    }

    /// The first of its packets from this moment on.
    fn first_after(&self, now_us: u64) -> u64 {
        let near = now_us / (u64::from(PACKET_MS) * 1000);
        (near.saturating_sub(100)..near + 100).find(|&number| self.sent_us(number) >= now_us).unwrap()
    }

    /// What it says in a minute; one in 40 packets is lost and the others take up to 15 ms longer than need be.
    fn say(&mut self, leg: usize, first: u64) -> Vec<Sent> {
        let mut sent = Vec::new();
        for (packet, number) in (first..first + PACKETS as u64).enumerate() {
            self.sequence = self.sequence.wrapping_add(1);
            if self.sequence % 40 == 25 {
                self.lost += 1;
                continue;
            }
            let jitter_us = self.luck.below(15_000);
            sent.push(Sent {
                at_us: self.sent_us(number) + PATH_US + jitter_us,
                leg,
                sequence: self.sequence,
                timestamp: (number as u32).wrapping_mul(self.codec.ticks(PACKET_MS)),
                packet,
            });
        }
        sent
    }

    /// Where a sample of the spurt that begins with this packet belongs in the recording.
    fn place_of(&self, first: u64, sample: usize) -> i64 {
        (self.sent_us(first) + PATH_US) as i64 / 125 + sample as i64 + made_late(self.codec)
    }
}

/// How far a piece of the voice lies from where it belongs, to two samples, if it is heard.
fn off(piece: &[i16], kept: &[i16], place: i64) -> Option<i64> {
    let fit = |off: i64| {
        let there = kept.get((place + off) as usize..)?.get(..PIECE)?;
        let pairs = piece.iter().zip(there).step_by(2).map(|(&a, &b)| (i64::from(a), i64::from(b)));
        let (product, energy) =
            pairs.fold((0, 1), |(product, energy), (a, b)| (product + a * b, energy + b * b));
        Some((product as f64 / (energy as f64).sqrt(), off))
    };
    let fits = (-2 * ALIGNMENT..=2 * ALIGNMENT).step_by(2).filter_map(fit);
    let (best, off) = fits.max_by(|one, other| one.0.total_cmp(&other.0))?;
    let energy: i64 = piece.iter().step_by(2).map(|&sample| i64::from(sample).pow(2)).sum();
    (best > 0.4 * (energy as f64).sqrt()).then_some(off)
}

/// How the channels lie to each other, in samples.
#[derive(Debug, Default)]
struct Alignment {
    compared: usize,
    farthest_apart: i64,
    farthest_off: i64,
}

impl Alignment {
    /// Compare what both said at one moment; each offset is from where it belongs.
    fn note(&mut self, [left, right]: [i64; 2]) {
        self.compared += 1;
        self.farthest_apart = self.farthest_apart.max((left - right).abs());
        self.farthest_off = self.farthest_off.max(left.abs()).max(right.abs());
    }
}

/// What two hours of talk showed: the recording's end, its length in samples, its channels.
fn talk(phones: &mut [Phone; 2], voice: &[i16]) -> (Ending, i64, Alignment) {
    let mut rig = Rig::of(&[phones[0].codec, phones[1].codec]);
    let (mut before, mut alignment) = (0, Alignment::default());
    for minute in 0..MINUTES {
        let firsts = [0, 1].map(|leg: usize| phones[leg].first_after(minute * MINUTE_US));
        let mut sent = phones[0].say(0, firsts[0]);
        sent.extend(phones[1].say(1, firsts[1]));
        sent.sort_by_key(|packet| packet.at_us);
        for Sent { at_us, leg, sequence, timestamp, packet } in sent {
            rig.take(leg, sequence, timestamp, &phones[leg].payloads[packet], at_us);
        }
        rig.go_on_to((minute + 1) * MINUTE_US - 1_000_000);
        for at in (0..voice.len() - PIECE).step_by(PIECE * 2) {
            let place = |leg: usize| phones[leg].place_of(firsts[leg], at) - before;
            let offs = [0, 1].map(|leg| off(&voice[at..at + PIECE], &rig.samples[leg], place(leg)));
            if let [Some(left), Some(right)] = offs {
                alignment.note([left, right]);
            }
        }
        before += rig.samples[0].len() as i64;
        rig.samples.iter_mut().for_each(Vec::clear);
    }
    let ending = rig.end(MINUTES * MINUTE_US);
    (ending, before + rig.samples[0].len() as i64, alignment)
}

#[test]
fn in_two_hours_of_talk_and_silence_channels_that_are_decoded_are_never_more_than_20_ms_apart() {
    let voice = voice(SPURT_S * HZ as usize);
    for (left, right) in
        [((Codec::G722, 200), (Codec::Opus, -200)), ((Codec::Opus, 200), (Codec::G722, -200))]
    {
        let mut phones = [left, right].map(|(codec, fast_ppm)| Phone::new(codec, fast_ppm, &voice));
        let (ending, length, alignment) = talk(&mut phones, &voice);
        println!("{left:?}, {right:?}: {alignment:?}");
        let over = length - MINUTES as i64 * 60 * HZ;
        assert!(over.abs() < ALIGNMENT, "{left:?}, {right:?}: {over} samples too long");
        for (facts, phone) in [&ending.customer, &ending.agent].into_iter().zip(&phones) {
            let came = MINUTES * PACKETS as u64 - phone.lost;
            assert_eq!((facts.counters.packets, facts.counters.lost_samples), (came, phone.lost * 160));
        }
        assert!(alignment.compared > 800, "{left:?}, {right:?}: {alignment:?}");
        assert!(alignment.farthest_apart <= ALIGNMENT, "{left:?}, {right:?}: {alignment:?}");
    }
}
