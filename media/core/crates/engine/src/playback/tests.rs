use audio::decoder::Decoder;

use super::*;
use crate::prompt::Prompt;

/// Prompts of which each number is a sample that lasts 10 ms.
fn playback(prompts: &[&[i16]], manner: Manner) -> Playback {
    let lasting =
        |tens: &[i16], count| -> Vec<i16> { tens.iter().flat_map(|&ten| vec![ten; count]).collect() };
    let prompt = |tens: &&[i16]| Arc::new(Prompt::encode(&lasting(tens, 80), &lasting(tens, 160)));
    Playback::new(1, Playlist::new(prompts.iter().map(prompt).collect()), manner)
}

/// The next packet, as so many samples that last 10 ms each, near enough to what was put in.
fn heard(playback: &mut Playback, codec: Codec, tens: usize) -> Option<Vec<i16>> {
    let mut packet = [0; 480];
    let length = playback.fill(codec, 10 * tens as u32, &mut packet);
    let table = codec.law().unwrap().decode_table();
    let nearest = |octet: u8| (table[usize::from(octet)] + 50).div_euclid(100) * 100;
    (length > 0).then(|| packet[..length].chunks(80).map(|ten| nearest(ten[79])).collect())
}

/// A second of which each 10 ms tell their number.
fn second() -> Vec<i16> {
    (0..100).map(|ten| Law::Pcma.decode_table()[0x80 + ten]).collect()
}

#[test]
fn prompts_follow_each_other_inside_a_packet_and_end_in_silence() {
    for codec in [Codec::Pcma, Codec::Pcmu] {
        let mut playback = playback(&[&[1000; 3], &[], &[-1000; 2]], Manner::ONCE);
        assert_eq!(heard(&mut playback, codec, 4), Some(vec![1000, 1000, 1000, -1000]));
        assert_eq!(heard(&mut playback, codec, 4), Some(vec![-1000, 0, 0, 0]));
        assert_eq!(heard(&mut playback, codec, 4), None);
    }
}

#[test]
fn prompts_are_repeated_without_a_gap_as_often_as_was_said() {
    let mut for_ever = playback(&[&[1000; 3]], Manner::FOR_EVER);
    for _ in 0..10 {
        assert_eq!(heard(&mut for_ever, Codec::Pcma, 4), Some(vec![1000; 4]));
    }
    let mut twice = playback(&[&[1000; 3]], Manner { times: NonZeroU32::new(2), ..Manner::ONCE });
    assert_eq!(heard(&mut twice, Codec::Pcma, 4), Some(vec![1000; 4]));
    assert_eq!(heard(&mut twice, Codec::Pcma, 4), Some(vec![1000, 1000, 0, 0]));
    assert_eq!(heard(&mut twice, Codec::Pcma, 4), None);
}

#[test]
fn a_loop_of_nothing_is_over_at_once() {
    assert_eq!(heard(&mut playback(&[&[]], Manner::FOR_EVER), Codec::Pcma, 4), None);
    assert_eq!(heard(&mut playback(&[], Manner::FOR_EVER), Codec::Pcma, 4), None);
}

#[test]
fn it_goes_on_where_it_was_led_and_tells_how_far_it_came() {
    let mut playback = playback(&[&second()[..50], &second()[50..]], Manner::ONCE);
    for (seek, position_ms) in [
        (Seek::To(700), 700),
        (Seek::By(-650), 60),
        (Seek::By(-1000), 0),
        (Seek::By(400), 410),
        (Seek::To(5000), 1000),
        (Seek::By(-10), 990),
    ] {
        playback.seek(seek);
        assert_eq!(playback.position_ms(), position_ms, "{seek:?}");
        if position_ms < 1000 {
            let mut packet = [0; 80];
            assert_eq!(playback.fill(Codec::Pcma, 10, &mut packet), 80);
            assert_eq!(packet, [0x80 + (position_ms / 10) as u8; 80]);
        }
    }
    assert_eq!(heard(&mut playback, Codec::Pcma, 1), None);
}

#[test]
fn it_is_made_louder_and_quieter_and_never_wraps() {
    let gain = |gain_db| Manner { gain_db, ..Manner::ONCE };
    assert_eq!(heard(&mut playback(&[&[1000]], gain(6.02)), Codec::Pcma, 1), Some(vec![2000]));
    assert_eq!(heard(&mut playback(&[&[-3200]], gain(-20.0)), Codec::Pcmu, 1), Some(vec![-300]));
    let loudest = heard(&mut playback(&[&[20_000, -20_000]], gain(40.0)), Codec::Pcma, 2).unwrap();
    assert!(loudest[0] > 32_000 && loudest[1] < -32_000, "{loudest:?}");
}

/// Loudness of what a decoder makes of all that is left, in packets of 20 ms, by packet.
fn decoded(playback: &mut Playback, codec: Codec) -> Vec<u64> {
    let mut decoder = Decoder::new(codec).unwrap();
    let (mut packet, mut samples) = ([0; 480], [0; 1920]);
    let mut loudness = Vec::new();
    loop {
        let length = playback.fill(codec, 20, &mut packet);
        if length == 0 {
            return loudness;
        }
        let count = decoder.decode(&packet[..length], &mut samples).unwrap();
        assert_eq!(count, codec.samples(20));
        let sum: u64 = samples[..count].iter().map(|sample| u64::from(sample.unsigned_abs())).sum();
        loudness.push(sum / count as u64);
    }
}

/// A tone of 500 Hz, then silence.
fn beep(list: &mut Vec<Arc<Prompt>>, loud_ms: usize, quiet_ms: usize) {
    let sine = |rate_khz: usize| -> Vec<i16> {
        let sample =
            |n: usize| ((n as f32 / (2 * rate_khz) as f32 * std::f32::consts::TAU).sin() * 8000.0) as i16;
        let mut samples: Vec<i16> = (0..loud_ms * rate_khz).map(sample).collect();
        samples.resize((loud_ms + quiet_ms) * rate_khz, 0);
        samples
    };
    list.push(Arc::new(Prompt::encode(&sine(8), &sine(16))));
}

#[test]
fn every_codec_says_the_same_ahead_and_for_one_alone() {
    for codec in [Codec::Pcma, Codec::Pcmu, Codec::G722, Codec::Opus] {
        if Decoder::new(codec).is_none() {
            continue;
        }
        for (ahead, gain_db) in [(false, 0.0), (true, 0.0), (true, 6.0)] {
            let mut prompts = Vec::new();
            beep(&mut prompts, 200, 200);
            beep(&mut prompts, 200, 190);
            let list = Playlist::new(prompts);
            if ahead {
                make_ahead(&list, codec);
            }
            let manner = Manner { gain_db, ..Manner::ONCE };
            let loudness = decoded(&mut Playback::new(1, list, manner), codec);
            assert_eq!(loudness.len(), 40, "{codec:?} {ahead} {gain_db}");
            let expected = if gain_db == 0.0 { 4000..6000 } else { 8500..11_500 };
            for beat in [3, 5, 8, 23, 25, 28] {
                assert!(expected.contains(&loudness[beat]), "{codec:?} {ahead} {gain_db}: {loudness:?}");
            }
            for beat in 20..=22 {
                assert!(loudness[beat] < expected.end, "{codec:?} {ahead} {gain_db}: {loudness:?}");
            }
            for beat in [13, 16, 18, 33, 37, 39] {
                assert!(loudness[beat] < 100, "{codec:?} {ahead} {gain_db}: {loudness:?}");
            }
        }
    }
}

fn make_ahead(list: &Playlist, codec: Codec) {
    list.phases().for_each(|(prompt, phase)| prompt.make_packets(codec, phase));
}

/// A tone of 500 Hz in pieces of so many samples at 8 kHz, of which each goes on where the one before ended.
fn pieces(lengths: &[usize]) -> Playlist {
    let sine = |at: usize, length: usize, per_turn: usize| -> Vec<i16> {
        let angle = |n: usize| n as f32 / per_turn as f32 * std::f32::consts::TAU;
        (at..at + length).map(|n| (angle(n).sin() * 8000.0) as i16).collect()
    };
    let begins = lengths.iter().scan(0, |end, length| Some(std::mem::replace(end, *end + length)));
    let piece =
        |(at, &length)| Arc::new(Prompt::encode(&sine(at, length, 16), &sine(2 * at, 2 * length, 32)));
    Playlist::new(begins.zip(lengths).map(piece).collect())
}

/// The quietest 5 ms of what is decoded, without the packets at both ends, as a part of what is usual.
fn least(playback: &mut Playback, codec: Codec, packets: usize) -> f32 {
    let mut decoder = Decoder::new(codec).unwrap();
    let (mut packet, mut samples, mut all) = ([0; 480], [0; 1920], Vec::new());
    for _ in 0..packets {
        let length = playback.fill(codec, 20, &mut packet);
        let count = decoder.decode(&packet[..length], &mut samples).unwrap();
        all.extend_from_slice(&samples[..count]);
    }
    let frame = codec.samples(20);
    let loudness = |part: &[i16]| part.iter().map(|&sample| f32::from(sample).powi(2)).sum::<f32>().sqrt();
    let mut parts: Vec<f32> =
        all[2 * frame..all.len() - frame].chunks_exact(frame / 4).map(loudness).collect();
    parts.sort_by(f32::total_cmp);
    parts[0] / parts[parts.len() / 2]
}

#[test]
fn prompts_that_follow_each_other_have_no_gap_at_the_join_whatever_their_length() {
    for codec in [Codec::Pcma, Codec::G722, Codec::Opus] {
        for ahead in [false, true] {
            for lengths in [&[1600, 1600][..], &[1601, 1600, 50, 1711], &[1530, 1999, 1600]] {
                let list = pieces(lengths);
                if ahead {
                    make_ahead(&list, codec);
                }
                let packets = lengths.iter().sum::<usize>() / 160;
                let least = least(&mut Playback::new(1, list, Manner::ONCE), codec, packets);
                assert!(least > 0.8, "{codec:?}, made ahead {ahead}, {lengths:?}: {least}");
            }
        }
    }
}

#[test]
fn a_loop_has_no_gap_where_it_begins_anew_whatever_its_length() {
    for codec in [Codec::Pcma, Codec::G722, Codec::Opus] {
        let list = pieces(&[16 * 97]);
        make_ahead(&list, codec);
        let least = least(&mut Playback::new(1, list, Manner::FOR_EVER), codec, 50);
        assert!(least > 0.8, "{codec:?}: {least}");
    }
}

#[test]
fn only_joins_are_encoded_for_a_leg_alone_when_packets_are_made_ahead() {
    let list = pieces(&[1601, 1600, 1711]);
    make_ahead(&list, Codec::Opus);
    let mut playback = Playback::new(1, list, Manner::ONCE);
    let mut packet = [0; 480];
    let mut alone = 0;
    while playback.fill(Codec::Opus, 20, &mut packet) > 0 {
        alone += usize::from(playback.encoder.is_some());
    }
    assert_eq!(alone, 4, "two joins, each with the packet after it");
}

#[test]
fn a_prompt_is_made_in_no_more_ways_than_there_is_room_for() {
    let prompt = Prompt::encode(&[1; 1600], &[]);
    for phase in 0..100 {
        prompt.make_packets(Codec::Opus, phase);
    }
    let made = (0..160).filter(|&phase| prompt.packet(Codec::Opus, phase).is_some()).count();
    assert_eq!((made, prompt.wants_packets(Codec::Opus, 120)), (8, false));
}
