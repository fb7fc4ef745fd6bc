//! What a fork carries of legs with any codec, at both rates, in virtual time over a network that loses and reorders.

use std::f64::consts::TAU;

use audio::codec::Codec;
use audio::encoder::{Encoder, MAX_PAYLOAD};
use engine::forks::Mix;
use engine::forks::sides::Sides;
use engine::hearing::Hearing;
use engine::intake::{Content, Received};
use engine::settings::{Rtcp, Settings};
use rtp::packet::Header;

const BEAT_US: u64 = 20_000;
const BEGUN_US: u64 = 7_000_000;
const BEATS: u64 = 200;
const CODECS: [Codec; 4] = [Codec::Pcma, Codec::Pcmu, Codec::G722, Codec::Opus];
/// What the leg says and what it hears.
const SAID_HZ: f64 = 1000.0;
const HEARD_HZ: f64 = 400.0;
/// Only wide-band audio holds this.
const WIDE_HZ: f64 = 5000.0;
const AMPLITUDE: f64 = 6000.0;
/// Sequence numbers turn over soon.
const BEFORE_FIRST: u16 = 65_500;

/// Somebody who says a tone, packet by packet.
struct Voice {
    encoder: Encoder,
    tones_hz: [f64; 2],
    sequence: u16,
    samples: u64,
}

impl Voice {
    fn new(codec: Codec, tones_hz: [f64; 2]) -> Self {
        Self { encoder: Encoder::new(codec).unwrap(), tones_hz, sequence: BEFORE_FIRST, samples: 0 }
    }

    fn next(&mut self) -> (Header, Vec<u8>) {
        let codec = self.encoder.codec();
        let samples: Vec<i16> = (0..codec.samples(20)).map(|index| self.sample(index as u64)).collect();
        let mut payload = [0; MAX_PAYLOAD];
        let length = self.encoder.encode(&samples, &mut payload).unwrap();
        self.samples += samples.len() as u64;
        self.sequence = self.sequence.wrapping_add(1);
        let timestamp = u32::from(self.sequence.wrapping_sub(BEFORE_FIRST)).wrapping_mul(codec.ticks(20));
        let header = Header { marker: false, payload_type: 96, sequence: self.sequence, timestamp, ssrc: 5 };
        (header, payload[..length].to_vec())
    }

    fn sample(&self, index: u64) -> i16 {
        let at_s = (self.samples + index) as f64 / f64::from(self.encoder.codec().rate_hz());
        let sum: f64 = self.tones_hz.iter().map(|hz| (at_s * hz * TAU).sin()).sum();
        (AMPLITUDE / 2.0 * sum) as i16
    }
}

fn settings(codec: Codec) -> Settings {
    Settings {
        remote: None,
        codec,
        payload_type: 96,
        dtmf_payload_type: None,
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

/// What a fork of a leg with this codec sends: left what it says, right what it hears.
///
/// Of both, the network loses each packet whose number is a multiple of `loses`; 0 for none.
fn forked(codec: Codec, rate_hz: u32, loses: u16) -> [Vec<i16>; 2] {
    let is_lost =
        |header: &Header| loses > 0 && header.sequence.wrapping_sub(BEFORE_FIRST).is_multiple_of(loses);
    let mut sides = Sides::new(Mix::Stereo, rate_hz, BEGUN_US);
    let mut said = Voice::new(codec, [SAID_HZ, WIDE_HZ]);
    let mut heard = Voice::new(codec, [HEARD_HZ, HEARD_HZ]);
    let mut hearing = Hearing::new(codec, 1).unwrap();
    let mut frames = Vec::new();
    for beat in 0..BEATS {
        let now_us = BEGUN_US + beat * BEAT_US;
        // Two at a time, some the wrong way round.
        let mut packets: Vec<_> = (0..2 - beat % 2 * 2).map(|_| said.next()).collect();
        if beat % 10 == 0 {
            packets.reverse();
        }
        for (header, payload) in packets.into_iter().filter(|(header, _)| !is_lost(header)) {
            let received = Received { header, payload: 0..payload.len(), content: Content::Audio(codec) };
            hearing.take(&received, &payload);
        }
        let (header, payload) = heard.next();
        if !is_lost(&header) {
            sides.send_packet(&[&header.to_bytes()[..], &payload].concat(), &settings(codec));
        }
        hearing.beat();
        sides.say_frame(&hearing, now_us);
        sides.beat(now_us);
        frames.extend(std::iter::from_fn(|| sides.take(now_us)));
    }
    assert!(frames.len() as u64 >= BEATS - 5, "{} frames: one a beat, but for the hold", frames.len());
    assert!(frames.iter().all(|frame| frame.len() == rate_hz as usize / 50 * 4));
    let samples: Vec<[i16; 2]> = frames
        .concat()
        .chunks_exact(4)
        .map(|frame| [[frame[0], frame[1]], [frame[2], frame[3]]].map(i16::from_le_bytes))
        .collect();
    let learnt = &samples[samples.len() / 2..];
    [0, 1].map(|side| learnt.iter().map(|frame| frame[side]).collect())
}

/// How strong a tone is in windows of 50 ms, at the median: 1 is as loud as one that was said.
fn level(samples: &[i16], hz: f64, rate_hz: u32) -> f64 {
    let window = rate_hz as usize / 20;
    let mut levels: Vec<f64> = samples
        .chunks_exact(window)
        .map(|window| {
            let turn = |(index, &sample): (usize, &i16)| {
                let (sin, cos) = (index as f64 * hz / f64::from(rate_hz) * TAU).sin_cos();
                (f64::from(sample) * sin, f64::from(sample) * cos)
            };
            let (sin, cos) =
                window.iter().enumerate().map(turn).fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
            sin.hypot(cos) * 2.0 / window.len() as f64 / AMPLITUDE
        })
        .collect();
    levels.sort_by(f64::total_cmp);
    levels[levels.len() / 2]
}

#[test]
fn a_fork_carries_what_a_leg_says_and_hears_whatever_its_codec_and_the_forks_rate() {
    for codec in CODECS {
        for rate_hz in [8000, 16_000] {
            let [said, heard] = forked(codec, rate_hz, 50);
            let name = format!("{codec:?} at {rate_hz} Hz");
            let [own, other] = [SAID_HZ, HEARD_HZ].map(|hz| level(&said, hz, rate_hz));
            assert!((0.45..0.55).contains(&own) && other < 0.05, "{name}: said {own}, heard {other}");
            let [other, own] = [SAID_HZ, HEARD_HZ].map(|hz| level(&heard, hz, rate_hz));
            assert!((0.85..1.1).contains(&own) && other < 0.05, "{name}: heard {own}, said {other}");
        }
    }
}

/// How loud the quietest 10 ms are, as a part of what is usual.
fn least(samples: &[i16], rate_hz: u32) -> f64 {
    let loudness = |part: &[i16]| part.iter().map(|&sample| f64::from(sample).powi(2)).sum::<f64>().sqrt();
    let mut parts: Vec<f64> = samples.chunks_exact(rate_hz as usize / 100).map(loudness).collect();
    parts.sort_by(f64::total_cmp);
    parts[0] / parts[parts.len() / 2]
}

#[test]
fn what_the_network_loses_is_no_silence_in_a_fork_whatever_the_codec() {
    for codec in CODECS {
        for rate_hz in [8000, 16_000] {
            for (side, samples) in ["said", "heard"].iter().zip(forked(codec, rate_hz, 11)) {
                let least = least(&samples, rate_hz);
                assert!(least > 0.1, "{codec:?} at {rate_hz} Hz, {side}: {least}");
            }
        }
    }
}

#[test]
fn only_a_wide_fork_of_a_wide_codec_holds_what_a_telephone_cannot_carry() {
    for (codec, is_wide) in [(Codec::G722, true), (Codec::Opus, true), (Codec::Pcma, false)] {
        let [said, _] = forked(codec, 16_000, 0);
        let level = level(&said, WIDE_HZ, 16_000);
        assert_eq!(level > 0.2, is_wide, "{codec:?}: {level}");
    }
}

#[test]
fn a_fork_of_one_direction_decodes_nothing_of_the_other() {
    let mut only_heard = Sides::new(Mix::Heard, 16_000, BEGUN_US);
    assert!(!only_heard.needs_said());
    assert!([Mix::Said, Mix::Mixed, Mix::Stereo].iter().all(|&mix| Sides::new(mix, 8000, 0).needs_said()));
    only_heard.beat(BEGUN_US);
    let frames = std::iter::from_fn(|| only_heard.take(BEGUN_US + 60_000));
    assert_eq!(frames.map(|frame| frame.len()).collect::<Vec<_>>(), [640, 640]);
}

#[test]
fn a_leg_whose_codec_changes_is_heard_on() {
    let mut sides = Sides::new(Mix::Heard, 8000, BEGUN_US);
    let (mut frames, mut sequence) = (Vec::new(), BEFORE_FIRST);
    for (number, codec) in [Codec::Pcma, Codec::Opus, Codec::G722, Codec::Pcma].into_iter().enumerate() {
        let mut voice = Voice { sequence, ..Voice::new(codec, [HEARD_HZ; 2]) };
        for beat in 0..100 {
            let now_us = BEGUN_US + (number as u64 * 100 + beat) * BEAT_US;
            let (header, payload) = voice.next();
            sides.send_packet(&[&header.to_bytes()[..], &payload].concat(), &settings(codec));
            sides.beat(now_us);
            frames.extend(std::iter::from_fn(|| sides.take(now_us)));
        }
        sequence = voice.sequence;
    }
    let samples: Vec<i16> =
        frames.concat().chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    for part in samples.chunks(16_000).filter(|part| part.len() > 8000) {
        let heard = level(&part[part.len() / 2..], HEARD_HZ, 8000);
        assert!((0.85..1.1).contains(&heard), "{heard}");
    }
}
