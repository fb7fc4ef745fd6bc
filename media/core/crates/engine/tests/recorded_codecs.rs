//! A voice in each codec, over a network, in virtual time: it lies alike in the recording whatever it is coded with.

mod recorded;

use audio::codec::Codec;
use engine::storage::Ending;

use recorded::{Rig, coded, made_late, voice};

/// How long the network takes.
const PATH_US: u64 = 30_000;
/// 5 ms at 8 kHz.
const ALIKE: i64 = 40;

/// Where half a second of `voice` from `at` on lies in the recording, near where it was said.
fn place_of(voice: &[i16], at: usize, within: &[i16]) -> (f64, i64) {
    let piece = &voice[at..at + 4000];
    let energy =
        |samples: &[i16]| samples.iter().map(|&sample| f64::from(sample).powi(2)).sum::<f64>().sqrt();
    let fit = |from: usize| {
        let there = &within[from..from + piece.len()];
        let product: f64 = piece.iter().zip(there).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
        product / (energy(piece) * energy(there)).max(1.0)
    };
    let end = (at + 1600).min(within.len() - piece.len());
    let best = (at.saturating_sub(400)..end).map(|from| (fit(from), from as i64 - at as i64));
    best.max_by(|one, other| one.0.total_cmp(&other.0)).unwrap()
}

/// A talk by a phone whose clock is so much faster than ours, some of its packets lost or delayed.
fn talk(codec: Codec, voice: &[i16], fast_ppm: i64, mishaps: bool) -> (Vec<i16>, Ending) {
    let mut rig = Rig::of(&[codec]);
    let mut arrivals = Vec::new();
    for (number, payload) in coded(codec, voice, 20).into_iter().enumerate() {
        let said_us = number as i64 * 20_000;
        let real_us = (said_us - said_us * fast_ppm / 1_000_000) as u64;
        let jitter_us = if mishaps { (number as u64 * 7919) % 15_000 } else { 0 };
        if !mishaps || number % 40 != 25 {
            arrivals.push((real_us + PATH_US + jitter_us, number, payload));
        }
    }
    arrivals.sort_by_key(|(at_us, ..)| *at_us);
    let end_us = arrivals.last().unwrap().0 + 400_000;
    for (at_us, number, payload) in arrivals {
        rig.take(0, number as u16, number as u32 * codec.ticks(20) + 99, &payload, at_us);
    }
    let ending = rig.end(end_us);
    let [samples, _] = rig.samples;
    (samples, ending)
}

#[test]
fn every_codec_lies_where_g711_would() {
    let voice = voice(8000 * 12);
    for (mishaps, good) in [(false, 0.7), (true, 0.4)] {
        for codec in [Codec::Pcma, Codec::Pcmu, Codec::G722, Codec::Opus] {
            let (samples, ending) = talk(codec, &voice, 0, mishaps);
            for second in [1, 3, 6, 9] {
                let (fit, at) = place_of(&voice, second * 8000, &samples);
                let off = at - made_late(codec) - (PATH_US / 125) as i64;
                println!("{codec:?}, mishaps {mishaps}, second {second}: fit {fit:.3}, off by {off} samples");
                assert!(fit > good && off.abs() <= ALIKE, "{codec:?} at {second}: {fit} {off}");
            }
            let counters = ending.customer.counters;
            let lost = if mishaps { 15 } else { 0 };
            assert_eq!((counters.packets, counters.lost_samples), (600 - lost, lost * 160), "{codec:?}");
            assert_eq!(ending.customer.codecs, [(PATH_US / 125, codec)], "since its first packet");
        }
    }
}

#[test]
fn a_clock_that_runs_differently_moves_no_codec() {
    let voice = voice(8000 * 120);
    for fast_ppm in [-200, 200] {
        for codec in [Codec::Pcma, Codec::G722, Codec::Opus] {
            let (samples, _) = talk(codec, &voice, fast_ppm, false);
            for second in [60, 90, 118] {
                let at = second * 8000;
                let (_, found) = place_of(&voice, at, &samples);
                let drift = -(at as i64) * fast_ppm / 1_000_000;
                let off = found - drift - made_late(codec) - (PATH_US / 125) as i64;
                println!("{codec:?}, {fast_ppm} ppm, second {second}: off by {off} samples");
                assert!(off.abs() <= 2 * ALIKE, "{codec:?} {fast_ppm} ppm at {second}: {off}");
            }
        }
    }
}

/// Three seconds of which one packet comes so much later than the others.
fn with_one_late(codec: Codec, late_us: u64) -> (Vec<i16>, Ending) {
    let mut rig = Rig::of(&[codec]);
    let mut arrivals: Vec<_> = coded(codec, &voice(8000 * 3), 20)
        .into_iter()
        .zip(0_u32..)
        .map(|(payload, number)| (u64::from(number) * 20_000 + PATH_US, number, payload))
        .collect();
    arrivals[LATE_PACKET].0 += late_us;
    arrivals.sort_by_key(|(at_us, ..)| *at_us);
    for (at_us, number, payload) in arrivals {
        rig.take(0, number as u16, number * codec.ticks(20), &payload, at_us);
    }
    let ending = rig.end(3_500_000);
    let [samples, _] = rig.samples;
    (samples, ending)
}

const LATE_PACKET: usize = 90;
/// Samples at 8 kHz that coding and decoding take.
const MOST_DELAY: u64 = 52;

#[test]
fn a_single_packet_lies_in_its_place_if_it_comes_within_400_ms_and_is_told_as_lost_after_that() {
    let begin = LATE_PACKET * 160 + PATH_US as usize / 125;
    for codec in [Codec::Pcma, Codec::G722, Codec::Opus] {
        let (in_time, _) = with_one_late(codec, 0);
        for (late_ms, lost) in [(100, 0), (200, 0), (370, 0), (800, 160)] {
            let (samples, ending) = with_one_late(codec, late_ms * 1000);
            let facts = ending.customer;
            assert_eq!(facts.counters.lost_samples, lost, "{codec:?}, {late_ms} ms");
            let gaps = facts.gaps.ranges();
            assert_eq!(gaps.iter().map(|gap| gap.end - gap.start).sum::<u64>(), lost, "{codec:?}: {gaps:?}");
            let told = gaps.iter().all(|gap| gap.start.abs_diff(begin as u64) <= MOST_DELAY);
            assert!(gaps.len() <= 1 && told, "{codec:?}, {late_ms} ms: {gaps:?}");
            let [there, behind] = [begin..begin + 160, begin + 1600..24_000]
                .map(|place| difference(&in_time[place.clone()], &samples[place]));
            println!(
                "{codec:?}, {late_ms} ms: {there:.4} of the energy is wrong, {behind:.4} of what follows"
            );
            assert!(lost > 0 || there < 0.15, "{codec:?}, {late_ms} ms: {there}");
            assert!(behind < 0.01, "{codec:?}, {late_ms} ms: {behind} of what follows is wrong");
        }
    }
}

/// The energy of the difference, as a share of that of the first.
fn difference(one: &[i16], other: &[i16]) -> f64 {
    let energy = |samples: &mut dyn Iterator<Item = f64>| samples.map(|sample| sample * sample).sum::<f64>();
    let apart = &mut one.iter().zip(other).map(|(&one, &other)| f64::from(one) - f64::from(other));
    energy(apart) / energy(&mut one.iter().map(|&sample| f64::from(sample))).max(1.0)
}

/// A tone whose seams nothing hides: no packet ends where it is zero.
const TONE: f64 = 1030.0 / 8000.0 * std::f64::consts::TAU;

/// How far a sample is off the tone that those before it are of, at most, for an amplitude of 1.
fn click(samples: &[i16]) -> f64 {
    let energy = samples.iter().map(|&sample| f64::from(sample).powi(2)).sum::<f64>();
    let amplitude = (2.0 * energy / samples.len() as f64).sqrt();
    let off = |three: &[i16]| {
        let [two_before, before, sample] = [0, 1, 2].map(|at| f64::from(three[at]));
        (sample - 2.0 * TONE.cos() * before + two_before).abs() / amplitude
    };
    samples.windows(3).map(off).fold(0.0, f64::max)
}

#[test]
fn packets_of_any_length_are_recorded_without_a_seam() {
    let tone: Vec<_> = (0..16_000).map(|at| ((f64::from(at) * TONE).sin() * 9000.0) as i16).collect();
    for codec in [Codec::G722, Codec::Opus] {
        for packet_ms in [10, 20, 30, 40, 60].into_iter().filter(|&packet_ms| codec.fits_packet(packet_ms)) {
            let mut rig = Rig::of(&[codec]);
            for (number, payload) in (0_u32..).zip(coded(codec, &tone, packet_ms)) {
                let now_us = u64::from(packet_ms * (number + 1)) * 1000 + PATH_US;
                rig.take(0, number as u16, number * codec.ticks(packet_ms), &payload, now_us);
            }
            rig.end(2_100_000);
            let click = click(&rig.samples[0][2000..15_000]);
            assert!(click < 0.1, "{codec:?}, {packet_ms} ms: a click of {click}");
        }
    }
}
