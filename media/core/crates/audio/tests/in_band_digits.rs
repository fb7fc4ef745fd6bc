//! Keys heard as tones within the limits of ITU-T Q.24, and nothing heard in speech.

mod sound;

use std::f32::consts::TAU;

use audio::in_band_digits::{InBandDigits, KeyTone};
use audio::tone::{FULL_SCALE_DBM0, HIGH_HZ, KEYS, LOW_HZ, Tone, ToneSource};
use sound::speech;

/// A key's two tones, as one may get them.
#[derive(Clone, Copy)]
struct Keying {
    row: usize,
    column: usize,
    low_dbm0: f32,
    high_dbm0: f32,
    /// What their frequencies are off by.
    low_off: f32,
    high_off: f32,
}

const PLAIN: Keying =
    Keying { row: 1, column: 2, low_dbm0: -10.0, high_dbm0: -10.0, low_off: 0.0, high_off: 0.0 };

fn silence(ms: u32) -> Vec<f32> {
    vec![0.0; 8 * ms as usize]
}

fn tones(keying: Keying, ms: u32) -> Vec<f32> {
    let sine = |hz: f32, dbm0: f32, index: usize| {
        32_767.0
            * 10.0_f32.powf((dbm0 - FULL_SCALE_DBM0) / 20.0)
            * (index as f32 * hz / 8000.0 * TAU + 1.0).sin()
    };
    let (low_hz, high_hz) =
        (LOW_HZ[keying.row] * (1.0 + keying.low_off), HIGH_HZ[keying.column] * (1.0 + keying.high_off));
    (0..8 * ms as usize)
        .map(|index| sine(low_hz, keying.low_dbm0, index) + sine(high_hz, keying.high_dbm0, index))
        .collect()
}

fn noise(level_dbm0: f32, count: usize, seed: u32) -> Vec<f32> {
    let amplitude =
        32_767.0 * 10.0_f32.powf((level_dbm0 - FULL_SCALE_DBM0) / 20.0) / 2.0_f32.sqrt() * 3.0_f32.sqrt();
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        ((state >> 8) as f32 / 8_388_608.0 - 1.0) * amplitude
    };
    (0..count).map(|_| next()).collect()
}

fn events(samples: &[f32]) -> Vec<KeyTone> {
    let samples: Vec<i16> = samples.iter().map(|&sample| sample as i16).collect();
    let mut detector = InBandDigits::new(8000);
    let mut heard = vec![];
    for frame in samples.chunks(160) {
        detector.hear(frame, |event| heard.push(event));
    }
    heard
}

fn keys(samples: &[f32]) -> String {
    let key = |event| if let KeyTone::Pressed { key } = event { Some(key) } else { None };
    events(samples).into_iter().filter_map(key).collect()
}

/// Heard alone, at each of eight offsets against the beat.
fn is_heard(keying: Keying, ms: u32) -> bool {
    let heard = (0..8).map(|offset| {
        let mut samples = silence(50 + offset);
        samples.extend(tones(keying, ms));
        samples.extend(silence(60));
        keys(&samples)
    });
    let heard: Vec<String> = heard.collect();
    let wanted = KEYS[keying.row][keying.column].to_string();
    assert!(heard.iter().all(|keys| *keys == heard[0]), "{heard:?}");
    assert!(heard[0].is_empty() || heard[0] == wanted, "{heard:?}, not {wanted}");
    !heard[0].is_empty()
}

fn all_keys() -> impl Iterator<Item = Keying> {
    (0..16).map(|key| Keying { row: key / 4, column: key % 4, ..PLAIN })
}

#[test]
fn every_key_of_our_own_is_heard_with_its_length_at_both_rates() {
    for rate_hz in [8000, 16_000] {
        for key in KEYS.concat() {
            let mut source = ToneSource::new(Tone::of_key(key, 100, 100).unwrap(), rate_hz);
            let mut samples = vec![0; rate_hz as usize / 5];
            source.fill(&mut samples);
            let mut heard = vec![];
            InBandDigits::new(rate_hz).hear(&samples, |event| heard.push(event));
            let [
                KeyTone::Suspected,
                KeyTone::Pressed { key: pressed },
                KeyTone::Released { duration_ms, .. },
            ] = heard[..]
            else {
                panic!("{key}: {heard:?}")
            };
            assert!(pressed == key && (95..=110).contains(&duration_ms), "{key}: {heard:?}");
        }
    }
}

#[test]
fn frequencies_off_by_one_and_a_half_percent_are_heard_and_by_three_and_a_half_not() {
    for keying in all_keys() {
        for (low_off, high_off) in [(0.015, 0.015), (-0.015, -0.015), (0.015, -0.015), (-0.015, 0.015)] {
            assert!(is_heard(Keying { low_off, high_off, ..keying }, 50), "{low_off} {high_off}");
        }
        for (low_off, high_off) in [(0.035, 0.0), (-0.035, 0.0), (0.0, 0.035), (0.0, -0.035)] {
            assert!(!is_heard(Keying { low_off, high_off, ..keying }, 100), "{low_off} {high_off}");
        }
    }
}

#[test]
fn levels_from_nought_to_minus_twenty_five_are_heard_and_below_minus_fifty_five_not() {
    for keying in all_keys() {
        for dbm0 in [0.0, -10.0, -20.0, -25.0] {
            assert!(is_heard(Keying { low_dbm0: dbm0, high_dbm0: dbm0, ..keying }, 50), "{dbm0}");
        }
        assert!(!is_heard(Keying { low_dbm0: -55.0, high_dbm0: -55.0, ..keying }, 200));
    }
}

#[test]
fn twist_of_four_decibels_up_and_eight_down_is_heard_and_of_twelve_not() {
    for keying in all_keys() {
        for (twist_db, heard) in [(4.0, true), (-8.0, true), (12.0, false), (-14.0, false)] {
            let keying = Keying { low_dbm0: -12.0, high_dbm0: -12.0 + twist_db, ..keying };
            assert_eq!(is_heard(keying, 50), heard, "{twist_db}");
        }
    }
}

#[test]
fn forty_milliseconds_are_heard_and_twenty_three_not() {
    for keying in all_keys() {
        assert!(is_heard(keying, 40));
        assert!(!is_heard(keying, 23));
    }
}

#[test]
fn a_key_is_suspected_within_twenty_milliseconds_of_its_beginning() {
    for keying in all_keys() {
        for (offset, dbm0) in (0..40).flat_map(|offset| [(offset, -3.0), (offset, -25.0)]) {
            let before = vec![0.0; 400 + offset];
            let key = tones(Keying { low_dbm0: dbm0, high_dbm0: dbm0, ..keying }, 20);
            assert_eq!(events(&[before, key].concat()), [KeyTone::Suspected], "{offset} at {dbm0}");
        }
    }
}

#[test]
fn a_pause_of_forty_milliseconds_parts_presses_and_an_interruption_of_ten_does_not() {
    for keying in all_keys() {
        for (pause_ms, count) in [(40, 2), (10, 1), (5, 1)] {
            let samples =
                [silence(50), tones(keying, 50), silence(pause_ms), tones(keying, 50), silence(60)].concat();
            assert_eq!(keys(&samples).len(), count, "{pause_ms} ms");
        }
    }
}

#[test]
fn keys_that_follow_without_a_pause_are_two() {
    let samples = [tones(PLAIN, 60), tones(Keying { row: 0, column: 0, ..PLAIN }, 60), silence(60)].concat();
    assert_eq!(keys(&samples), "61");
}

#[test]
fn with_noise_of_fifteen_decibels_less_every_key_is_heard_once() {
    let mut missed = 0;
    for round in 0..20 {
        for keying in all_keys() {
            let mut samples = [silence(60), tones(keying, 50), silence(60)].concat();
            for (sample, noise) in samples.iter_mut().zip(noise(-22.0, 1360, round + 1)) {
                *sample += noise;
            }
            let heard = keys(&samples);
            assert!(
                heard.len() <= 1 && heard.chars().all(|key| key == KEYS[keying.row][keying.column]),
                "{heard}"
            );
            missed += usize::from(heard.is_empty());
        }
    }
    assert!(missed <= 1, "{missed} of 320");
}

#[test]
fn noise_and_music_and_something_like_speech_press_nothing() {
    assert_eq!(keys(&noise(-15.0, 8000 * 120, 5)), "");
    let speech: Vec<f32> = speech(8000, 120).into_iter().map(f32::from).collect();
    assert_eq!(keys(&speech), "");
    let chord = |index: usize| {
        let time_s = index as f32 / 8000.0;
        let root_hz = 220.0 * 2.0_f32.powf((time_s * 4.0).floor() % 12.0 / 12.0);
        [1.0, 1.26, 1.5, 2.0, 3.0, 4.0]
            .map(|factor| (time_s * root_hz * factor * TAU).sin() * 2500.0)
            .iter()
            .sum()
    };
    assert_eq!(keys(&(0..8000 * 60).map(chord).collect::<Vec<f32>>()), "");
}

/// The prompts of this house, Chinese and English, at every pitch of three and louder than any phone.
#[test]
fn spoken_prompts_press_nothing() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../conf/prompts");
    let mut files = vec![];
    let mut folders = vec![std::path::PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() { folders.push(entry) } else { files.push(entry) }
        }
    }
    let prompts = files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "wav"));
    let (mut count, mut suspected, mut heard) = (0, 0, 0);
    for file in prompts {
        let octets = std::fs::read(file).unwrap();
        let samples: Vec<f32> = octets[44..]
            .chunks_exact(2)
            .map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])))
            .collect();
        for step in [1.0_f32, 0.85, 1.2] {
            let at = |index: usize| samples[(index as f32 * step) as usize] * 2.0;
            let changed: Vec<f32> = (0..(samples.len() as f32 / step) as usize - 1).map(at).collect();
            assert_eq!(keys(&changed), "", "{} at {step}", file.display());
            suspected += events(&changed).len();
            heard += changed.len();
        }
        count += 1;
    }
    assert!(count > 50);
    let heard_s = heard / 8000;
    assert!(suspected * 30 < heard_s, "{suspected} sounds like a key's beginning in {heard_s} s");
}
