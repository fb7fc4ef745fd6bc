//! What a leg says and hears, made even at the rate of a fork and cut into frames of 20 ms.
//!
//! ```text
//!  said    left    what the leg's hearing heard, beat by beat
//!  heard   right   packets we send, decoded here by a hearing of the fork's own, beat by beat
//! ```
//!
//! Whoever recognises speech hears what a person would: losses are concealed on both sides.

use audio::codec::Codec;
use recording::stereo::Stereo;
use rtp::packet::Packet;

use super::{FRAME_US, HOLD_US, Mix};
use crate::converter::Converter;
use crate::hearing::Hearing;
use crate::intake::{Content, Received};
use crate::mix::MAX_FRAME;
use crate::settings::Settings;

/// For comfort noise that the leg is sent.
const SEED: u32 = 0x0f0c;

/// Pure: whoever owns it keeps the time.
#[derive(Debug)]
pub struct Sides {
    mix: Mix,
    rate_hz: u32,
    begun_us: u64,
    /// Left what the leg says, right what it hears.
    stereo: Stereo,
    said: Converter,
    /// Decodes what the leg is sent.
    sent: Option<Box<Hearing>>,
    heard: Converter,
    /// Samples handed over.
    taken: u64,
}

impl Sides {
    /// `rate_hz` is 8000 or 16000.
    pub fn new(mix: Mix, rate_hz: u32, begun_us: u64) -> Self {
        Self {
            mix,
            rate_hz,
            begun_us,
            stereo: Stereo::default(),
            said: Converter::default(),
            sent: None,
            heard: Converter::default(),
            taken: 0,
        }
    }

    /// Whether what the leg says is to come by `say_frame`.
    pub fn needs_said(&self) -> bool {
        self.mix != Mix::Heard
    }

    /// The leg said this in the beat of that moment.
    pub fn say_frame(&mut self, hearing: &Hearing, beat_us: u64) {
        if self.needs_said() {
            let position = self.position(beat_us) as i64;
            let mut room = [0; MAX_FRAME];
            let samples = &mut room[..frame_length(self.rate_hz)];
            self.said.convert(hearing.frame(), hearing.codec().rate_hz(), self.rate_hz, samples);
            self.stereo.customer.place_samples(position, samples);
        }
    }

    /// The leg is sent this packet.
    pub fn send_packet(&mut self, packet: &[u8], settings: &Settings) {
        if self.mix == Mix::Said {
            return;
        }
        let Ok(Packet { header, payload }) = Packet::parse(packet) else { return };
        let content = match header.payload_type {
            audio if audio == settings.payload_type => Content::Audio(settings.codec),
            noise if Some(noise) == settings.noise_payload_type => Content::Noise,
            _ => return,
        };
        let octets = &packet[payload.clone()];
        if let Some(hearing) = self.hearing_of(settings.codec) {
            hearing.take(&Received { header, payload, content }, octets);
        }
    }

    /// Go on by one beat of 20 ms.
    pub fn beat(&mut self, beat_us: u64) {
        let position = self.position(beat_us) as i64;
        let Some(hearing) = &mut self.sent else { return };
        hearing.beat();
        let mut room = [0; MAX_FRAME];
        let samples = &mut room[..frame_length(self.rate_hz)];
        self.heard.convert(hearing.frame(), hearing.codec().rate_hz(), self.rate_hz, samples);
        self.stereo.agent.place_samples(position, samples);
    }

    /// The next frame that nothing can change any more, as it goes on the wire.
    pub fn take(&mut self, now_us: u64) -> Option<Vec<u8>> {
        let end = self.taken + frame_length(self.rate_hz) as u64;
        if end > self.position(now_us.saturating_sub(HOLD_US)) {
            return None;
        }
        self.taken = end;
        self.stereo.take_until(end).map(|frames| mixed(frames, self.mix))
    }

    /// What decodes the leg's stream; made anew when its codec is another.
    fn hearing_of(&mut self, codec: Codec) -> Option<&mut Hearing> {
        if self.sent.as_ref().is_none_or(|hearing| hearing.codec() != codec) {
            self.sent = Hearing::new(codec, SEED).map(Box::new);
        }
        self.sent.as_deref_mut()
    }

    /// A moment as samples since the fork began.
    fn position(&self, at_us: u64) -> u64 {
        at_us.saturating_sub(self.begun_us) * u64::from(self.rate_hz) / 1_000_000
    }
}

fn frame_length(rate_hz: u32) -> usize {
    (u64::from(rate_hz) * FRAME_US / 1_000_000) as usize
}

/// Frames of both sides as they go to the far end.
fn mixed(frames: Vec<u8>, mix: Mix) -> Vec<u8> {
    let one_side = |pick: fn([i16; 2]) -> i16| {
        let sides = |frame: &[u8]| [[frame[0], frame[1]], [frame[2], frame[3]]].map(i16::from_le_bytes);
        frames.chunks_exact(4).flat_map(|frame| pick(sides(frame)).to_le_bytes()).collect()
    };
    match mix {
        Mix::Said => one_side(|[said, _]| said),
        Mix::Heard => one_side(|[_, heard]| heard),
        Mix::Mixed => one_side(|[said, heard]| said.saturating_add(heard)),
        Mix::Stereo => frames,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(octets: &[u8]) -> Vec<i16> {
        octets.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
    }

    #[test]
    fn each_mix_holds_what_it_names() {
        let frames: Vec<u8> =
            [1_i16, 2, 30_000, 30_000, -5, 3].iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let heard = |mix| samples(&mixed(frames.clone(), mix));
        assert_eq!(heard(Mix::Said), [1, 30_000, -5]);
        assert_eq!(heard(Mix::Heard), [2, 30_000, 3]);
        assert_eq!(heard(Mix::Mixed), [3, i16::MAX, -2]);
        assert_eq!(heard(Mix::Stereo), [1, 2, 30_000, 30_000, -5, 3]);
    }
}
