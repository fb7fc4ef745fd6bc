//! A playback: prompts on their way to one leg, and how they are to be played.

use std::num::NonZeroU32;
use std::ops::Range;
use std::sync::Arc;

use audio::codec::Codec;
use audio::encoder::Encoder;
use audio::g711::Law;

use crate::events::PlaybackId;
use crate::playlist::Playlist;
use crate::prompt::{FRAME_MS, Prompt, SAMPLES_PER_MS};
use crate::settings::MAX_PTIME_MS;

/// How loud a playback may be made, either way.
pub const MAX_GAIN_DB: f32 = 40.0;
/// Nothing is appended to what lasts longer, in samples at 8 kHz: ten minutes.
const MAX_APPENDED: usize = 600 * 8000;
/// The longest packet, at 16 kHz.
const MAX_FRAME: usize = 16 * MAX_PTIME_MS as usize;

/// How prompts are to be played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Manner {
    /// How often, one after the other; None for until it is stopped.
    pub times: Option<NonZeroU32>,
    pub gain_db: f32,
    /// A key press of the leg ends it.
    pub barge_in: bool,
    /// One stream for all who hear it: who comes later joins in the middle.
    pub shared: bool,
}

impl Manner {
    /// Once from the beginning, as it is.
    pub const ONCE: Self = Self { times: NonZeroU32::new(1), gain_db: 0.0, barge_in: false, shared: false };
    /// Again and again.
    pub const FOR_EVER: Self = Self { times: None, ..Self::ONCE };
}

/// Where a playback is to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seek {
    /// From the beginning of the first prompt, in milliseconds.
    To(u64),
    /// From where it is; negative for back.
    By(i64),
}

/// Where a leg is in what it is played.
#[derive(Debug)]
pub struct Playback {
    pub id: PlaybackId,
    pub manner: Manner,
    pub paused: bool,
    list: Playlist,
    /// Passes after this one; None without end.
    passes_left: Option<u32>,
    /// For what is encoded for this leg alone.
    encoder: Option<Encoder>,
}

impl Playback {
    pub fn new(id: PlaybackId, list: Playlist, manner: Manner) -> Self {
        let passes_left = manner.times.map(|times| times.get() - 1);
        // A loop of nothing would never come to an end.
        let passes_left = if list.length() == 0 { Some(0) } else { passes_left };
        Self { id, manner, paused: false, list, passes_left, encoder: None }
    }

    /// The leg hears the beginning, or what all others hear of a shared one now.
    pub fn begin(&mut self, now_us: u64) {
        if self.manner.shared && self.list.length() > 0 {
            let moment = rtp::us_to_samples(now_us) % self.list.length() as u64;
            self.list.go_to(moment as usize);
        }
    }

    /// Play these after all others.
    pub fn append(&mut self, prompts: Vec<Arc<Prompt>>) {
        if self.list.length() < MAX_APPENDED {
            self.list.append(prompts);
        }
    }

    /// How far it came in the present pass.
    pub fn position_ms(&self) -> u64 {
        (self.list.position() / SAMPLES_PER_MS) as u64
    }

    pub fn seek(&mut self, seek: Seek) {
        let target_ms = match seek {
            Seek::To(position_ms) => position_ms,
            Seek::By(offset_ms) => self.position_ms().saturating_add_signed(offset_ms),
        };
        let target = target_ms.saturating_mul(SAMPLES_PER_MS as u64);
        self.list.go_to(usize::try_from(target).unwrap_or(usize::MAX));
    }

    /// Write the next packet into `payload`, filled up with silence at the end. Its length; 0 when nothing was left.
    pub fn fill(&mut self, codec: Codec, ptime_ms: u32, payload: &mut [u8]) -> usize {
        if self.list.rest().is_none() && !self.begin_next_pass() {
            return 0;
        }
        let samples = SAMPLES_PER_MS * ptime_ms as usize;
        let made = self.manner.gain_db == 0.0 && self.list.is_made(codec);
        match codec {
            Codec::Pcma => self.copy(Law::Pcma, &mut payload[..samples]),
            Codec::Pcmu => self.copy(Law::Pcmu, &mut payload[..samples]),
            Codec::Opus if made && ptime_ms == FRAME_MS => self.copy_packet(payload),
            _ => self.encode(codec, ptime_ms, payload),
        }
    }

    /// Of G.711, with an octet for each sample.
    fn copy(&mut self, law: Law, octets: &mut [u8]) -> usize {
        let filled = self.walk(octets.len(), |prompt, from, to| {
            octets[to..to + from.len()].copy_from_slice(&prompt.octets(law)[from]);
        });
        octets[filled..].fill(law.silence());
        if self.manner.gain_db != 0.0 {
            amplify_octets(law, self.manner.gain_db, &mut octets[..filled]);
        }
        octets.len()
    }

    /// A packet of Opus that was made ahead.
    fn copy_packet(&mut self, payload: &mut [u8]) -> usize {
        let Some((prompt, offset)) = self.list.rest() else { return 0 };
        let Some(packet) = prompt.packet(offset) else { return 0 };
        let length = packet.len();
        payload[..length].copy_from_slice(packet);
        let frame = SAMPLES_PER_MS * FRAME_MS as usize;
        let rest = (frame - offset % frame).min(prompt.len() - offset);
        self.list.advance(rest);
        length
    }

    /// For this leg alone, because of its loudness or packet time, or because nothing is made ahead yet.
    fn encode(&mut self, codec: Codec, ptime_ms: u32, payload: &mut [u8]) -> usize {
        let mut frame = [0; MAX_FRAME];
        let Some(frame) = frame.get_mut(..codec.samples(ptime_ms)) else { return 0 };
        let widening = frame.len() / (SAMPLES_PER_MS * ptime_ms as usize);
        self.walk(frame.len() / widening, |prompt, from, to| {
            let room = widening * to..widening * (to + from.len());
            prompt.copy(codec, from, &mut frame[room]);
        });
        amplify(self.manner.gain_db, frame);
        if self.encoder.as_ref().is_none_or(|encoder| encoder.codec() != codec) {
            self.encoder = Encoder::new(codec);
        }
        let encoded = self.encoder.as_mut().and_then(|encoder| encoder.encode(frame, payload).ok());
        encoded.unwrap_or(0)
    }

    /// Go on by so many samples at 8 kHz, prompt by prompt: `take` is told where in it, and how many came before.
    fn walk(&mut self, samples: usize, mut take: impl FnMut(&Prompt, Range<usize>, usize)) -> usize {
        let mut walked = 0;
        while walked < samples {
            let Some((prompt, offset)) = self.list.rest() else {
                if self.begin_next_pass() {
                    continue;
                }
                break;
            };
            let count = (prompt.len() - offset).min(samples - walked);
            take(prompt, offset..offset + count, walked);
            self.list.advance(count);
            walked += count;
        }
        walked
    }

    fn begin_next_pass(&mut self) -> bool {
        match &mut self.passes_left {
            Some(0) => return false,
            Some(left) => *left -= 1,
            None => {}
        }
        self.list.go_to(0);
        true
    }
}

/// What is too loud then stays as loud as can be.
fn amplify(gain_db: f32, samples: &mut [i16]) {
    if gain_db != 0.0 {
        let factor = factor_of(gain_db);
        for sample in samples {
            *sample = (f32::from(*sample) * factor) as i16;
        }
    }
}

fn amplify_octets(law: Law, gain_db: f32, octets: &mut [u8]) {
    let factor = factor_of(gain_db);
    let table = law.decode_table();
    for octet in octets {
        *octet = law.encode((f32::from(table[usize::from(*octet)]) * factor) as i16);
    }
}

fn factor_of(gain_db: f32) -> f32 {
    10_f32.powf(gain_db / 20.0)
}

#[cfg(test)]
mod tests {
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
                if ahead {
                    for prompt in &prompts {
                        prompt.make_packets(codec);
                    }
                }
                let manner = Manner { gain_db, ..Manner::ONCE };
                let loudness = decoded(&mut Playback::new(1, Playlist::new(prompts), manner), codec);
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

    #[test]
    fn all_who_hear_a_shared_one_hear_the_same_at_the_same_time() {
        let manner = Manner { shared: true, ..Manner::FOR_EVER };
        let mut first = playback(&[&second()], manner);
        first.begin(300_000);
        for _ in 0..600 {
            heard(&mut first, Codec::Pcma, 2);
        }
        let mut later = playback(&[&second()], manner);
        later.begin(12_300_000);
        assert_eq!(later.position_ms(), 300);
        assert_eq!(heard(&mut first, Codec::Pcma, 2), heard(&mut later, Codec::Pcma, 2));
    }
}
