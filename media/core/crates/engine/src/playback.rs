//! A playback: prompts on their way to one leg, and how they are to be played.

use std::num::NonZeroU32;
use std::ops::Range;
use std::sync::Arc;

use audio::codec::Codec;
use audio::encoder::Encoder;
use audio::g711::Law;

use crate::events::PlaybackId;
use crate::playlist::Playlist;
use crate::prompt::{FRAME, FRAME_MS, Prompt, SAMPLES_PER_MS};
use crate::settings::MAX_PTIME_MS;

/// How loud a playback may be made, either way.
pub const MAX_GAIN_DB: f32 = 40.0;
/// Nothing is appended to what lasts longer, in samples at 8 kHz: ten minutes.
const MAX_APPENDED: usize = 600 * 8000;
/// Who hears a shared stream is no more packets ahead of the clock or behind it.
pub const MOST_APART: u64 = 3;
/// The longest packet, at 16 kHz.
pub const MAX_FRAME: usize = 16 * MAX_PTIME_MS as usize;

/// How prompts are to be played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Manner {
    /// How often, one after the other; None for until it is stopped.
    pub times: Option<NonZeroU32>,
    pub gain_db: f32,
    /// A key press of the leg ends it.
    pub barge_in: bool,
    /// One stream for all who hear it: who comes later joins in the middle, and nobody is led elsewhere.
    pub shared: bool,
    /// Heard beside what the leg hears otherwise, not in its place; a stop does not end it.
    pub laid_over: bool,
}

impl Manner {
    /// Once from the beginning, as it is.
    pub const ONCE: Self =
        Self { times: NonZeroU32::new(1), gain_db: 0.0, barge_in: false, shared: false, laid_over: false };
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
    /// Of a shared stream, the number of the next packet, counted from the beginning of the clock.
    frame: Option<u64>,
}

impl Playback {
    pub fn new(id: PlaybackId, list: Playlist, manner: Manner) -> Self {
        let passes_left = manner.times.map(|times| times.get() - 1);
        // A loop of nothing would never come to an end.
        let passes_left = if list.length() == 0 { Some(0) } else { passes_left };
        Self { id, manner, paused: false, list, passes_left, encoder: None, frame: None }
    }

    /// The same for all who hear it as loud: what a shared stream is made of.
    #[must_use]
    pub fn source(&self) -> Self {
        let manner = Manner { gain_db: self.manner.gain_db, ..Manner::FOR_EVER };
        Self::new(self.id, self.list.clone(), manner)
    }

    /// Whether they play the same prompts.
    pub fn sounds_like(&self, other: &Self) -> bool {
        self.list.is_of_the_same(&other.list)
    }

    /// The next packet is made soon.
    pub fn prefetch_prompts(&self) {
        self.list.prefetch();
    }

    /// Whether all who hear it hear the same at the same time.
    pub fn is_shared(&self) -> bool {
        self.manner.shared && self.passes_left.is_none()
    }

    /// Who begins to hear a shared one is where all others are.
    pub fn go_to_present(&mut self, now_us: u64) {
        if self.manner.shared {
            self.go_to_frame(now_us / (u64::from(FRAME_MS) * 1000), FRAME_MS);
        }
    }

    /// The number of the next packet of a shared stream: the one after the last, unless that is far from the clock.
    pub fn next_frame(&mut self, ptime_ms: u32, now_us: u64) -> u64 {
        let present = now_us / (u64::from(ptime_ms) * 1000);
        let frame = self.frame.filter(|frame| frame.abs_diff(present) <= MOST_APART).unwrap_or(present);
        self.frame = Some(frame + 1);
        self.go_to_frame(frame + 1, ptime_ms);
        frame
    }

    /// Where a packet of a shared stream begins.
    pub fn go_to_frame(&mut self, frame: u64, ptime_ms: u32) {
        let begin = frame.wrapping_mul(SAMPLES_PER_MS as u64 * u64::from(ptime_ms));
        self.list.go_to((begin % self.list.length().max(1) as u64) as usize);
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
        match codec {
            Codec::Pcma => self.copy(Law::Pcma, &mut payload[..samples]),
            Codec::Pcmu => self.copy(Law::Pcmu, &mut payload[..samples]),
            _ if ptime_ms == FRAME_MS && self.manner.gain_db == 0.0 => {
                self.copy_packet(codec, payload).unwrap_or_else(|| self.encode(codec, ptime_ms, payload))
            }
            _ => self.encode(codec, ptime_ms, payload),
        }
    }

    /// Add the next of it to samples at 8 or 16 kHz, at most `MAX_FRAME` of them.
    pub fn add_to(&mut self, samples: &mut [i16], rate_hz: u32) {
        let mut sound = [0; MAX_FRAME];
        let count = samples.len().min(MAX_FRAME);
        self.copy_samples(rate_hz, &mut sound[..count]);
        for (sample, &more) in samples.iter_mut().zip(&sound[..count]) {
            *sample = sample.saturating_add(more);
        }
    }

    /// Whether nothing is left of it.
    pub fn is_over(&self) -> bool {
        self.list.rest().is_none() && self.passes_left == Some(0)
    }

    /// Its length, once through, in samples at 8 kHz.
    pub fn length(&self) -> usize {
        self.list.length()
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

    /// A packet made ahead; None when there is none, and at a join: within the packet, or just before it.
    fn copy_packet(&mut self, codec: Codec, payload: &mut [u8]) -> Option<usize> {
        let (prompt, offset) = self.list.rest()?;
        let rest = prompt.len() - offset;
        let holds_join = rest < FRAME && !(self.list.is_at_last() && self.passes_left == Some(0));
        // Its encoder had not heard what was before.
        let follows_join = offset < FRAME && self.list.position() > offset;
        if holds_join || follows_join {
            return None;
        }
        let packet = prompt.packet(codec, offset)?;
        let length = packet.len();
        payload[..length].copy_from_slice(packet);
        self.list.advance(rest.min(FRAME));
        self.encoder = None;
        Some(length)
    }

    /// For this leg alone, because of its loudness or packet time, at a join, or because nothing is made ahead yet.
    fn encode(&mut self, codec: Codec, ptime_ms: u32, payload: &mut [u8]) -> usize {
        if self.encoder.as_ref().is_none_or(|encoder| encoder.codec() != codec) {
            self.encoder = Encoder::new(codec);
            self.hear_before(codec, ptime_ms, payload);
        }
        self.encode_next(codec, ptime_ms, payload)
    }

    /// A new encoder that is to go on in the middle of a sound has heard what came before.
    fn hear_before(&mut self, codec: Codec, ptime_ms: u32, payload: &mut [u8]) {
        let here = self.list.position();
        if let Some(before) = here.checked_sub(SAMPLES_PER_MS * ptime_ms as usize) {
            self.list.go_to(before);
            self.encode_next(codec, ptime_ms, payload);
        }
    }

    fn encode_next(&mut self, codec: Codec, ptime_ms: u32, payload: &mut [u8]) -> usize {
        let mut frame = [0; MAX_FRAME];
        let Some(frame) = frame.get_mut(..codec.samples(ptime_ms)) else { return 0 };
        self.copy_samples(codec.rate_hz(), frame);
        let encoded = self.encoder.as_mut().and_then(|encoder| encoder.encode(frame, payload).ok());
        encoded.unwrap_or(0)
    }

    /// The next of it at 8 or 16 kHz; what is left of `frame` at the end stays as it is.
    fn copy_samples(&mut self, rate_hz: u32, frame: &mut [i16]) {
        let widening = rate_hz as usize / (1000 * SAMPLES_PER_MS);
        self.walk(frame.len() / widening, |prompt, from, to| {
            let room = widening * to..widening * (to + from.len());
            prompt.copy(rate_hz, from, &mut frame[room]);
        });
        amplify(self.manner.gain_db, frame);
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
mod tests;
