//! The jitter buffer behind a bad network, in virtual time: packets lost, late, early, doubled, out of order.

mod sound;

use audio::codec::Codec;
use audio::comfort_noise::sid_of;
use audio::encoder::{Encoder, MAX_PAYLOAD};
use audio::jitter_buffer::{Arrival, BEAT_MS, Delays, JitterBuffer};
use audio::level::level_dbov;
use proptest::prelude::*;
use sound::{likeness, speech};

const BEAT_US: u64 = BEAT_MS as u64 * 1000;

#[derive(Clone, Debug)]
struct Sent {
    arrival_us: u64,
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    noise: bool,
    payload: Vec<u8>,
}

/// A small generator of even randomness, seeded.
struct Dice(u64);

impl Dice {
    /// Below `limit`.
    fn throw(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit.max(1)
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.throw(100) < percent
    }
}

/// Speech as its sender's packets over a perfect network of 50 ms.
fn sent(codec: Codec, samples: &[i16], packet_ms: u32) -> Vec<Sent> {
    let mut encoder = Encoder::new(codec).unwrap();
    let encode = |(number, samples): (usize, &[i16])| {
        let mut payload = [0; MAX_PAYLOAD];
        let length = encoder.encode(samples, &mut payload).unwrap();
        Sent {
            arrival_us: 50_000 + (number as u64 + 1) * u64::from(packet_ms) * 1000,
            ssrc: 7,
            sequence: 65_500_u16.wrapping_add(number as u16),
            timestamp: (u32::MAX - 5000).wrapping_add(number as u32 * codec.ticks(packet_ms)),
            noise: false,
            payload: payload[..length].to_vec(),
        }
    };
    samples.chunks_exact(codec.samples(packet_ms)).enumerate().map(encode).collect()
}

/// What was heard, and how it went, beat by beat.
struct Heard {
    samples: Vec<i16>,
    delays_ms: Vec<u32>,
    /// Samples concealed so far, at each beat.
    concealed: Vec<u64>,
    buffer: JitterBuffer,
}

impl Heard {
    fn concealed_in(&self, beats: std::ops::Range<usize>) -> u64 {
        self.concealed[beats.end - 1] - self.concealed[beats.start]
    }
}

fn hear(codec: Codec, mut packets: Vec<Sent>) -> Heard {
    packets.sort_by_key(|packet| packet.arrival_us);
    let last_us = packets.last().map_or(0, |packet| packet.arrival_us);
    let mut coming = packets.iter().peekable();
    let buffer = JitterBuffer::new(codec, Delays::default(), 1).unwrap();
    let mut heard = Heard { samples: vec![], delays_ms: vec![], concealed: vec![], buffer };
    for now_us in (0..last_us).step_by(BEAT_US as usize) {
        while let Some(packet) = coming.next_if(|packet| packet.arrival_us <= now_us) {
            let Sent { ssrc, sequence, timestamp, noise, ref payload, .. } = *packet;
            heard.buffer.put(&Arrival { ssrc, sequence, timestamp, noise, payload });
        }
        let mut frame = vec![0; codec.samples(BEAT_MS)];
        heard.buffer.pull(&mut frame);
        heard.samples.extend(frame);
        heard.delays_ms.push(heard.buffer.delay_ms());
        heard.concealed.push(heard.buffer.counters().concealed_samples);
    }
    heard
}

/// How alike both are in a quarter of every other second, at its best delay up to 300 ms: the mean of all.
fn likeness_by_window(said: &[i16], heard: &[i16], rate_hz: usize) -> f64 {
    let seconds = said.len() / rate_hz;
    let alike = |second: usize| {
        let begin = second * rate_hz;
        let said = &said[begin..begin + rate_hz / 4];
        let within = |delay_ms: usize| {
            let from = begin + delay_ms * rate_hz / 1000;
            let heard = heard.get(from..from + rate_hz / 4 + rate_hz / 50)?;
            Some(likeness(said, heard, rate_hz as u32))
        };
        (40..300).step_by(20).filter_map(within).fold(0.0, f64::max)
    };
    (0..seconds).step_by(2).map(alike).sum::<f64>() / seconds.div_ceil(2) as f64
}

#[test]
fn packets_of_any_length_are_heard_whole_and_soon_with_little_delay() {
    for codec in [Codec::Pcma, Codec::G722, Codec::Opus] {
        for packet_ms in (10..=60).step_by(10).filter(|&packet_ms| codec.fits_packet(packet_ms)) {
            let said = speech(codec.rate_hz(), 12);
            let heard = hear(codec, sent(codec, &said, packet_ms));
            let concealed = heard.concealed_in(10..heard.concealed.len());
            assert_eq!(concealed, 0, "{codec:?} {packet_ms} ms");
            let delay_ms = *heard.delays_ms.last().unwrap();
            assert!(delay_ms <= packet_ms + 40, "{codec:?} {packet_ms} ms: {delay_ms}");
            let likeness = likeness_by_window(&said[..8000 * 10], &heard.samples, codec.rate_hz() as usize);
            assert!(likeness > 0.85, "{codec:?} {packet_ms} ms: {likeness}");
        }
    }
}

#[test]
fn jitter_of_sixty_milliseconds_is_heard_evenly_after_the_first_moments() {
    let said = speech(8000, 30);
    let mut packets = sent(Codec::Pcma, &said, 20);
    let mut dice = Dice(1);
    for packet in &mut packets {
        packet.arrival_us += dice.throw(60_000);
    }
    let heard = hear(Codec::Pcma, packets);
    let concealed = heard.concealed_in(250..heard.concealed.len());
    assert!(concealed < 8000 * 25 / 100, "{concealed} samples");
    assert!(heard.delays_ms[250..].iter().all(|&delay_ms| delay_ms <= 140), "{:?}", heard.delays_ms);
    assert!(likeness_by_window(&said, &heard.samples, 8000) > 0.9);
}

#[test]
fn speech_survives_loss_doubles_and_disorder() {
    for codec in [Codec::Pcma, Codec::G722, Codec::Opus] {
        let said = speech(codec.rate_hz(), 20);
        let mut dice = Dice(2);
        let mut packets = sent(codec, &said, 20);
        packets.retain(|_| !dice.chance(5));
        for packet in &mut packets {
            packet.arrival_us += dice.throw(15_000) + if dice.chance(3) { 40_000 } else { 0 };
        }
        let doubles: Vec<Sent> = packets.iter().filter(|_| dice.chance(5)).cloned().collect();
        let count = doubles.len() as u64;
        packets.extend(
            doubles.into_iter().map(|packet| Sent { arrival_us: packet.arrival_us + 5000, ..packet }),
        );
        let heard = hear(codec, packets);
        assert_eq!(heard.buffer.counters().duplicated, count);
        let likeness = likeness_by_window(&said, &heard.samples, codec.rate_hz() as usize);
        assert!(likeness > if codec == Codec::Opus { 0.8 } else { 0.9 }, "{codec:?}: {likeness}");
        let longest_ms = *heard.delays_ms[250..].iter().max().unwrap();
        assert!(longest_ms <= 130, "{codec:?}: {longest_ms} ms");
    }
}

#[test]
fn one_late_moment_makes_it_later_at_once_and_it_comes_back_slowly() {
    let mut packets = sent(Codec::Pcma, &speech(8000, 30), 20);
    for packet in &mut packets[500..507] {
        packet.arrival_us += 120_000;
    }
    let heard = hear(Codec::Pcma, packets);
    let (before, after) = (heard.delays_ms[495], heard.delays_ms[512]);
    assert!(after >= before + 90, "{before} ms, then {after} ms");
    assert!(heard.delays_ms[512..600].iter().all(|&delay_ms| delay_ms + 10 >= after));
    let end = *heard.delays_ms.last().unwrap();
    assert!(end <= before + 20, "{before} ms, {after} ms, at the end {end} ms");
}

#[test]
fn a_clock_that_runs_fast_or_slow_is_followed() {
    for drift_ppm in [-300_i64, 300] {
        let said = speech(8000, 300);
        let mut packets = sent(Codec::Pcma, &said, 20);
        for packet in &mut packets {
            packet.arrival_us =
                packet.arrival_us.saturating_add_signed(packet.arrival_us as i64 * drift_ppm / 1_000_000);
        }
        let heard = hear(Codec::Pcma, packets);
        let longest_ms = *heard.delays_ms[250..].iter().max().unwrap();
        assert!(longest_ms <= 70, "{drift_ppm}: {longest_ms} ms");
        let concealed = heard.concealed_in(250..heard.concealed.len());
        assert!(concealed <= 8000 * 300 * 600 / 1_000_000, "{drift_ppm}: {concealed}");
        let late = heard.buffer.counters().late;
        assert_eq!(late, 0, "{drift_ppm}");
    }
}

#[test]
fn between_talk_spurts_the_noise_is_heard_that_the_sender_described() {
    let mut packets = sent(Codec::Pcma, &speech(8000, 10), 20);
    let mut dice = Dice(3);
    let line: Vec<i16> = (0..800).map(|_| dice.throw(400) as i16 - 200).collect();
    let sid = &mut packets[200];
    (sid.noise, sid.payload) = (true, sid_of(&line).to_vec());
    packets.drain(201..300);
    for (number, packet) in packets[201..].iter_mut().enumerate() {
        packet.sequence = 65_500_u16.wrapping_add(201 + number as u16);
    }
    let heard = hear(Codec::Pcma, packets);
    let gap = &heard.samples[220 * 160..290 * 160];
    for frame in gap.chunks(1600) {
        assert!((level_dbov(frame) - level_dbov(&line)).abs() < 3.0, "{} dBov", level_dbov(frame));
    }
    assert_eq!(heard.concealed_in(10..heard.concealed.len()), 0);
    assert_eq!(heard.buffer.counters().late, 0);
}

#[test]
fn a_silence_nobody_described_fades_out_and_speech_goes_on_in_time() {
    let mut packets = sent(Codec::Pcma, &speech(8000, 20), 20);
    packets.drain(500..750);
    let heard = hear(Codec::Pcma, packets);
    assert!(heard.samples[520 * 160..740 * 160].iter().all(|&sample| sample == 0));
    assert!(level_dbov(&heard.samples[760 * 160..780 * 160]) > -30.0);
    assert_eq!(heard.buffer.counters().late, 0);
    assert!(heard.buffer.counters().decoded >= 748);
}

#[test]
fn timestamps_that_jump_cost_no_more_than_a_moment() {
    for jump in [80_000, 1_000_000_u32.wrapping_neg(), 1 << 31] {
        let mut packets = sent(Codec::Pcma, &speech(8000, 10), 20);
        for packet in &mut packets[250..] {
            packet.timestamp = packet.timestamp.wrapping_add(jump);
        }
        let heard = hear(Codec::Pcma, packets);
        assert!(heard.buffer.counters().decoded >= 495, "{jump}: {:?}", heard.buffer.counters());
        assert!(*heard.delays_ms.last().unwrap() <= 60, "{jump}");
    }
}

#[test]
fn one_packet_with_a_strange_timestamp_disturbs_nothing() {
    let mut packets = sent(Codec::Pcma, &speech(8000, 10), 20);
    packets[100].timestamp ^= 1 << 30;
    let heard = hear(Codec::Pcma, packets);
    assert_eq!(heard.buffer.counters().late, 1);
    assert!(heard.buffer.counters().decoded >= 497);
}

#[test]
fn another_source_is_heard_at_once() {
    let mut packets = sent(Codec::Pcma, &speech(8000, 10), 20);
    for packet in &mut packets[250..] {
        (packet.ssrc, packet.sequence) = (8, packet.sequence.wrapping_add(12_345));
        packet.timestamp = packet.timestamp.wrapping_mul(3);
    }
    for (number, packet) in packets[250..].iter_mut().enumerate() {
        packet.timestamp = 99 + number as u32 * 160;
    }
    let heard = hear(Codec::Pcma, packets);
    assert!(heard.buffer.counters().decoded >= 496, "{:?}", heard.buffer.counters());
}

#[test]
fn after_an_outage_the_burst_of_old_packets_does_not_delay_what_comes() {
    let mut packets = sent(Codec::Pcma, &speech(8000, 20), 20);
    let end_us = packets[350].arrival_us;
    for packet in &mut packets[300..350] {
        packet.arrival_us = end_us;
    }
    let heard = hear(Codec::Pcma, packets);
    assert!(heard.delays_ms.iter().all(|&delay_ms| delay_ms <= 220), "{:?}", heard.delays_ms);
    assert!(heard.buffer.counters().decoded >= 940, "{:?}", heard.buffer.counters());
    assert!(*heard.delays_ms.last().unwrap() <= 60);
}

/// What the tape held of a stream: its samples, those that packets hold of it, and how many packets it missed.
struct Taped {
    samples: Vec<i16>,
    said: Vec<bool>,
    missed: usize,
}

fn taped(codec: Codec, mut packets: Vec<Sent>) -> Taped {
    let (begin, count) = (packets[0].timestamp, packets.len());
    packets.sort_by_key(|packet| packet.arrival_us);
    let end_us = packets.last().unwrap().arrival_us + 400_000;
    let mut coming = packets.iter().peekable();
    let mut buffer = JitterBuffer::new(codec, Delays::default(), 1).unwrap();
    let length = count * codec.samples(20);
    let mut taped = Taped { samples: vec![0; length], said: vec![false; length], missed: 0 };
    for now_us in (0..end_us).step_by(BEAT_US as usize) {
        buffer.tape();
        while let Some(packet) = coming.next_if(|packet| packet.arrival_us <= now_us) {
            let Sent { ssrc, sequence, timestamp, noise, ref payload, .. } = *packet;
            buffer.put(&Arrival { ssrc, sequence, timestamp, noise, payload });
        }
        buffer.pull(&mut vec![0; codec.samples(BEAT_MS)]);
        let (pieces, missed) = buffer.tape().take();
        taped.missed += missed.len();
        for piece in pieces {
            let ticks = piece.timestamp.wrapping_sub(begin) as usize;
            let from = ticks * codec.rate_hz() as usize / codec.clock_hz() as usize;
            let there = taped.said.get(from..).unwrap_or_default();
            if piece.made_up {
                let over = there.iter().take(piece.samples.len()).any(|&said| said);
                assert!(!over, "made up over what was said");
            } else {
                taped.said[from..from + piece.samples.len()].fill(true);
                taped.samples[from..from + piece.samples.len()].copy_from_slice(&piece.samples);
            }
        }
    }
    taped
}

/// The energy of the difference, as a share of that of the first.
fn difference(one: &[i16], other: &[i16]) -> f64 {
    let energy = |samples: &mut dyn Iterator<Item = f64>| samples.map(|sample| sample * sample).sum::<f64>();
    let apart = &mut one.iter().zip(other).map(|(&one, &other)| f64::from(one) - f64::from(other));
    energy(apart) / energy(&mut one.iter().map(|&sample| f64::from(sample))).max(1.0)
}

fn silent(taped: &Taped) -> usize {
    taped.said.iter().filter(|&&said| !said).count()
}

#[test]
fn after_any_stall_the_tape_holds_each_packet_that_came() {
    for codec in [Codec::G722, Codec::Opus] {
        for seed in 1..8 {
            let (mut dice, mut stalled_us) = (Dice(seed), 0);
            let mut packets = sent(codec, &speech(codec.rate_hz(), 20), 20);
            for packet in &mut packets {
                if dice.chance(1) {
                    stalled_us = stalled_us.max(packet.arrival_us + dice.throw(900_000));
                }
                packet.arrival_us = packet.arrival_us.max(stalled_us);
            }
            let taped = taped(codec, packets);
            assert_eq!((silent(&taped), taped.missed), (0, 0), "{codec:?}, seed {seed}");
        }
    }
}

#[test]
fn of_packets_out_of_order_the_tape_holds_each_behind_one_that_came() {
    for codec in [Codec::G722, Codec::Opus] {
        for seed in 1..8 {
            let mut dice = Dice(seed);
            let mut packets = sent(codec, &speech(16_000, 20), 20);
            for packet in &mut packets {
                packet.arrival_us +=
                    dice.throw(15_000) + if dice.chance(5) { dice.throw(200_000) } else { 0 };
            }
            let taped = taped(codec, packets);
            assert_eq!(silent(&taped), taped.missed * codec.samples(20), "{codec:?}, seed {seed}");
            assert!(taped.missed <= 2, "{codec:?}, seed {seed}: {}", taped.missed);
        }
    }
}

#[test]
fn a_packet_that_comes_when_what_follows_was_decoded_sounds_on_the_tape_as_it_was_said() {
    for codec in [Codec::G722, Codec::Opus] {
        let packets = sent(codec, &speech(16_000, 6), 20);
        let in_order = taped(codec, packets.clone());
        for late_ms in [120, 220, 380] {
            let mut packets = packets.clone();
            for packet in packets.iter_mut().skip(60).step_by(50) {
                packet.arrival_us += late_ms * 1000;
            }
            let late = taped(codec, packets);
            assert_eq!((silent(&late), late.missed), (0, 0), "{codec:?}, {late_ms} ms");
            for number in (60..300).step_by(50) {
                let place = number * codec.samples(20)..(number + 1) * codec.samples(20);
                let wrong = difference(&in_order.samples[place.clone()], &late.samples[place]);
                println!("{codec:?}, {late_ms} ms, packet {number}: {wrong:.5}");
                assert!(wrong < 0.02, "{codec:?}, {late_ms} ms, packet {number}: {wrong}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn whatever_comes_frames_are_filled_and_the_delay_has_an_end(
        packets in prop::collection::vec(
            (0..3_u32, any::<u16>(), prop_oneof![any::<u32>(), 0..20_000_u32], any::<bool>(), 0..300_usize, 0..4_u8),
            1..400,
        ),
    ) {
        for codec in [Codec::Pcmu, Codec::Opus] {
            let mut buffer = JitterBuffer::new(codec, Delays::default(), 1).unwrap();
            for (ssrc, sequence, timestamp, noise, length, beats) in &packets {
                let payload: Vec<u8> = (0..*length).map(|index| (index as u8).wrapping_mul(*sequence as u8)).collect();
                let (ssrc, sequence, timestamp, noise) = (*ssrc / 2, *sequence, *timestamp, *noise);
                buffer.put(&Arrival { ssrc, sequence, timestamp, noise, payload: &payload });
                for _ in 0..*beats {
                    buffer.pull(&mut vec![0; codec.samples(BEAT_MS)]);
                    prop_assert!(buffer.delay_ms() <= 200 + 120 + 10, "{}", buffer.delay_ms());
                }
            }
        }
    }
}
