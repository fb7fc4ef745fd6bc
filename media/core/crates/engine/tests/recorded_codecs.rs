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
