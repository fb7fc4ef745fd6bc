//! What a mix lets the leg hear, and the keys of its partner beside it.

use audio::codec::Codec;
use rtp::packet::{HEADER_LENGTH, Header};

use super::{MAX_PACKET, Speaker};
use crate::intake::Received;
use crate::settings::Settings;
use crate::voice::Voice;

/// Nothing else is said for so long after a packet of a key: senders of keys are silent meanwhile (RFC 4733 §2.1).
const KEY_US: u64 = 60_000;

/// What the speaker remembers of a mix.
#[derive(Debug, Default)]
pub struct FromMix {
    voice: Option<Box<Voice>>,
    /// The packet before was of the mix too, so that the next one follows without a pause.
    pub(super) even: bool,
    key: Option<PassedKey>,
}

/// A key of the partner.
#[derive(Clone, Copy, Debug)]
struct PassedKey {
    ssrc: u32,
    /// Of the partner's packets, and of ours.
    timestamp: u32,
    ours: u32,
    passed_us: u64,
}

impl FromMix {
    /// What encodes samples of this rate; made anew when codec or rate are others than before.
    pub(super) fn voice_for(&mut self, codec: Codec, rate_hz: u32) -> Option<&mut Voice> {
        let fits = |voice: &Voice| voice.codec() == codec && voice.rate_hz() == rate_hz;
        if !self.voice.as_deref().is_some_and(fits) {
            self.voice = Voice::new(codec, rate_hz).map(Box::new);
        }
        self.voice.as_deref_mut()
    }
}

impl Speaker {
    /// Take 20 ms at `rate_hz`. They are left out while something else is being said.
    pub fn say(&mut self, frame: &mut [i16], rate_hz: u32, settings: &Settings, now_us: u64) {
        let pressing = self.from_mix.key.is_some_and(|key| now_us.saturating_sub(key.passed_us) < KEY_US);
        if self.is_busy() || pressing {
            self.pause();
            return;
        }
        self.lay_over_frame(frame, rate_hz, now_us);
        if let Some(voice) = self.from_mix.voice_for(settings.codec, rate_hz) {
            voice.say(frame);
        }
    }

    /// Make the next packet of what was said; the length of its payload, or None until there is enough for one.
    pub fn said(&mut self, settings: &Settings, now_us: u64, packet: &mut [u8; MAX_PACKET]) -> Option<usize> {
        let voice = self.from_mix.voice.as_mut()?;
        let length = voice.packet(settings.ptime_ms, &mut packet[HEADER_LENGTH..])?;
        let spurt = !std::mem::replace(&mut self.from_mix.even, true);
        let ticks = settings.codec.ticks(settings.ptime_ms);
        let header = self.stream.own_audio(ticks, spurt, settings.payload_type, now_us);
        packet[..HEADER_LENGTH].copy_from_slice(&header.to_bytes());
        Some(length)
    }

    /// Nothing of the mix is said for a while: what comes after has the time that passed in its timestamp.
    pub fn pause(&mut self) {
        self.from_mix.even = false;
        if let Some(voice) = &mut self.from_mix.voice {
            voice.forget();
        }
    }

    /// Our header for a packet of the partner's key; None when it is not to be sent.
    pub fn relay_key(&mut self, received: &Received, settings: &Settings, now_us: u64) -> Option<Header> {
        let payload_type = settings.dtmf_payload_type.filter(|_| !self.is_busy())?;
        let Header { ssrc, timestamp, .. } = received.header;
        let known = self.from_mix.key.filter(|key| key.ssrc == ssrc);
        if known.is_some_and(|key| (timestamp.wrapping_sub(key.timestamp) as i32) < 0) {
            return None;
        }
        let going_on = known.filter(|key| key.timestamp == timestamp);
        let ours = going_on.map_or_else(|| self.stream.begin_event(now_us), |key| key.ours);
        self.from_mix.key = Some(PassedKey { ssrc, timestamp, ours, passed_us: now_us });
        self.pause();
        Some(self.stream.own_event(ours, going_on.is_none(), payload_type))
    }
}
