//! A voice in each codec, over a network, in virtual time: it lies alike in the recording whatever it is coded with.

use audio::codec::Codec;
use audio::encoder::Encoder;
use audio::resampler::Resampler;
use engine::commands::Channel;
use engine::hearing::Hearing;
use engine::intake::{Content, Received};
use engine::recorder::{Begun, RecordedPacket, Recorder, Tap};
use engine::storage::{Ending, Job, Storage, Waiting, Writers};
use recording::format::SampleFormat;
use rtp::packet::Header;

const LEG: u64 = 10;
const RECORDING: u64 = 3;
const BEAT_US: u64 = 20_000;
/// How long the network takes.
const PATH_US: u64 = 30_000;
/// 5 ms at 8 kHz.
const ALIKE: i64 = 40;

/// Noise of the telephone band that never repeats, at 8 kHz.
fn voice(samples: usize) -> Vec<i16> {
    let mut seed = 1_u32;
    let mut before = [0.0_f64; 6];
    (0..samples)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            before.rotate_right(1);
            before[0] = f64::from(seed >> 8) / f64::from(1 << 24) - 0.5;
            (before.iter().sum::<f64>() * 9000.0) as i16
        })
        .collect()
}

/// Packets of so many milliseconds by this codec; what goes before them is what it takes to bring the voice to its rate.
fn coded(codec: Codec, voice: &[i16], packet_ms: u32) -> Vec<Vec<u8>> {
    let mut resampler = Resampler::new(8000, codec.rate_hz()).unwrap();
    let mut encoder = Encoder::new(codec).unwrap();
    let length = codec.samples(packet_ms);
    voice
        .chunks_exact(8 * packet_ms as usize)
        .map(|frame| {
            let mut samples = vec![0; length];
            if codec.rate_hz() == 8000 {
                samples.copy_from_slice(frame);
            } else {
                resampler.resample(frame, &mut samples);
            }
            let mut payload = vec![0; 1500];
            let length = encoder.encode(&samples, &mut payload).unwrap();
            payload.truncate(length);
            payload
        })
        .collect()
}

/// Samples at 8 kHz that the resampler of `coded` takes.
fn made_late(codec: Codec) -> i64 {
    if codec.rate_hz() == 8000 { 0 } else { 40 }
}

/// A phone, its way here, and the leg's hearing with its recording.
struct Rig {
    codec: Codec,
    recorder: Recorder,
    tap: Tap,
    hearing: Option<Hearing>,
    queue: crossbeam_channel::Receiver<Waiting>,
    next_beat_us: u64,
    next_flush_us: u64,
    samples: Vec<i16>,
}

impl Rig {
    fn of(codec: Codec) -> Self {
        let (writers, mut ends) = Writers::new(&Storage::default());
        let mut recorder = Recorder::new(writers, SampleFormat::Linear16);
        let begun = Begun { writer: 0, started_us: 0, placed_us: 0 };
        let next_flush_us = recorder.start(RECORDING, begun);
        let tap = recorder.attach(RECORDING, Channel::Customer, LEG, 0).unwrap();
        let hearing = codec.law().is_none().then(|| Hearing::new(codec, 1).unwrap());
        let queue = ends.remove(0).jobs;
        Self { codec, recorder, tap, hearing, queue, next_beat_us: 7000, next_flush_us, samples: Vec::new() }
    }

    fn go_on_to(&mut self, now_us: u64) {
        while self.next_beat_us.min(self.next_flush_us) <= now_us {
            if self.next_flush_us < self.next_beat_us {
                self.next_flush_us = self.recorder.flush(RECORDING, self.next_flush_us).unwrap();
                continue;
            }
            if let Some(hearing) = &mut self.hearing {
                hearing.keep_tape(true);
                hearing.beat();
                self.recorder.place_heard(self.tap, LEG, hearing, false, self.next_beat_us);
            }
            self.next_beat_us += BEAT_US;
        }
    }

    fn take(&mut self, sequence: u16, said_ticks: u32, payload: &[u8], now_us: u64) {
        self.go_on_to(now_us);
        let header = Header { marker: false, payload_type: 8, sequence, timestamp: said_ticks, ssrc: 5 };
        let datagram = [&[0; 12][..], payload].concat();
        let received = Received { header, payload: 12..datagram.len(), content: Content::Audio(self.codec) };
        if let Some(hearing) = &mut self.hearing {
            hearing.take(&received, payload);
        }
        let packet = RecordedPacket { leg: LEG, received: &received, datagram: &datagram };
        self.recorder.place(self.tap, &packet, now_us);
    }

    fn end(mut self, now_us: u64) -> (Vec<i16>, Ending) {
        self.go_on_to(now_us);
        self.recorder.stop(RECORDING, now_us);
        self.recorder.flush(RECORDING, now_us);
        for (_, job) in self.queue.try_iter() {
            match job {
                Job::Append { block, .. } => {
                    let frames = block.chunks_exact(4);
                    self.samples.extend(frames.map(|frame| i16::from_le_bytes([frame[0], frame[1]])));
                }
                Job::Finish { ending, .. } => return (self.samples, *ending),
                other => panic!("{other:?}"),
            }
        }
        panic!("no ending");
    }
}

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
    let mut rig = Rig::of(codec);
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
        rig.take(number as u16, number as u32 * codec.ticks(20) + 99, &payload, at_us);
    }
    rig.end(end_us)
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
            let mut rig = Rig::of(codec);
            for (number, payload) in (0_u32..).zip(coded(codec, &tone, packet_ms)) {
                let now_us = u64::from(packet_ms * (number + 1)) * 1000 + PATH_US;
                rig.take(number as u16, number * codec.ticks(packet_ms), &payload, now_us);
            }
            let (samples, _) = rig.end(2_100_000);
            let click = click(&samples[2000..15_000]);
            assert!(click < 0.1, "{codec:?}, {packet_ms} ms: a click of {click}");
        }
    }
}
