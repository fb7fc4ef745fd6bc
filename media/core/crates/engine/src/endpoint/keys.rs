//! Keys of a leg's peer, by telephone-events or as tones: who is listened to, and when a key is up.

use audio::codec::Codec;
use audio::in_band_digits::KeyTone;

use super::Endpoint;
use crate::events::{Event, KeySource};
use crate::intake::{Content, Received};
use crate::rules::InBandDigits;
use crate::settings::Settings;
use crate::tone_ear::ToneEar;

/// A tone so soon after a telephone-event is most likely the same key, told once more.
const SAME_KEY_US: u64 = 1_000_000;

impl Endpoint {
    /// Listen for tones if they are to be expected from this peer.
    pub(super) fn fit_ear(&mut self, settings: &Settings) {
        let codec = settings.codec;
        let expected = match self.in_band_digits {
            InBandDigits::Off => false,
            InBandDigits::WithoutEvents => settings.dtmf_payload_type.is_none(),
            InBandDigits::Always => true,
        };
        if !expected || !settings.receiving || codec == Codec::G729 {
            self.ear = None;
        } else if self.ear.as_ref().is_none_or(|ear| ear.codec() != codec) {
            self.ear = Some(Box::new(ToneEar::new(codec)));
        }
    }

    /// Whether `hear_beat` is wanted: tones are listened for, in audio that packets alone do not tell.
    pub fn hears_beats(&self) -> bool {
        self.ear.as_ref().is_some_and(|ear| ear.codec().law().is_none())
    }

    /// Listen to a beat of the leg's hearing.
    pub fn hear_beat(&mut self, samples: &[i16], now_us: u64, events: &mut Vec<Event>) {
        let Some(mut ear) = self.ear.take_if(|ear| ear.codec().law().is_none()) else { return };
        ear.hear(samples, now_us, |tone| self.hear_tone(tone, now_us, events));
        self.ear = Some(ear);
    }

    /// Listen to a packet, if it is one of G.711.
    pub(super) fn hear_packet(
        &mut self,
        received: &Received,
        payload: &[u8],
        now_us: u64,
        events: &mut Vec<Event>,
    ) {
        let Content::Audio(codec) = received.content else { return };
        let Some((law, mut ear)) = codec.law().zip(self.ear.take_if(|ear| ear.codec().law().is_some()))
        else {
            return;
        };
        ear.hear_packet(&received.header, law, payload, now_us, |tone| self.hear_tone(tone, now_us, events));
        self.ear = Some(ear);
    }

    /// When a key that is down would count as up, were nothing more heard of it.
    pub fn key_deadline_us(&self) -> Option<u64> {
        let tone = self.ear.as_ref().and_then(|ear| ear.deadline_us());
        [self.intake.digits.deadline_us(), tone].into_iter().flatten().min()
    }

    /// Keys of which nothing was heard for long enough are up.
    pub fn expire_keys(&mut self, now_us: u64, events: &mut Vec<Event>) {
        self.intake.expire_digit(now_us, events);
        if let Some(mut ear) = self.ear.take() {
            ear.expire(now_us, |tone| self.hear_tone(tone, now_us, events));
            self.ear = Some(ear);
        }
    }

    fn hear_tone(&mut self, tone: KeyTone, now_us: u64, events: &mut Vec<Event>) {
        match tone {
            KeyTone::Suspected | KeyTone::Pressed { .. }
                if self.intake.digits.heard_within(SAME_KEY_US, now_us) => {}
            KeyTone::Suspected if self.intake.is_masked() => {}
            KeyTone::Suspected => self.speaker.hush(now_us),
            KeyTone::Pressed { .. } => self.key_went_down(events),
            KeyTone::Released { key, duration_ms } => events.push(self.detected(key, duration_ms)),
        }
    }

    /// A prompt that may be barged in on has been heard enough, unless the key is not for who plays it.
    pub(super) fn key_went_down(&mut self, events: &mut Vec<Event>) {
        if !self.intake.is_masked() {
            self.speaker.key_pressed(events);
        }
    }

    fn detected(&self, digit: char, duration_ms: u32) -> Event {
        let (endpoint, masked) = (self.id, self.intake.is_masked());
        Event::DigitDetected { endpoint, digit, duration_ms, source: KeySource::InBand, masked }
    }
}
