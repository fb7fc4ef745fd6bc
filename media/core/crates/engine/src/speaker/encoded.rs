//! Prompts and what forks send back, for a codec that they are not kept in: encoded for the one leg that hears them.

use audio::g711::Law;
use rtp::packet::HEADER_LENGTH;

use super::{MAX_PACKET, Speaker};
use crate::settings::{MAX_PTIME_MS, Settings};

/// Prompts are kept at 8 kHz.
const KEPT_HZ: u32 = 8000;
const MAX_OCTETS: usize = (MAX_PTIME_MS * KEPT_HZ / 1000) as usize;

impl Speaker {
    /// One beat of the prompts; 0 when they are over or paused, or cannot be encoded.
    pub(super) fn play_encoded(
        &mut self,
        settings: &Settings,
        now_us: u64,
        packet: &mut [u8; MAX_PACKET],
    ) -> usize {
        let (mut octets, mut samples) = ([0; MAX_OCTETS], [0; MAX_OCTETS]);
        let count = (settings.ptime_ms * KEPT_HZ / 1000) as usize;
        if !self.fill(Law::Pcma, &mut octets[..count]) {
            return 0;
        }
        for (sample, &octet) in samples.iter_mut().zip(&octets) {
            *sample = Law::Pcma.decode_table()[usize::from(octet)];
        }
        let Some(voice) = self.from_mix.voice_for(settings.codec, KEPT_HZ) else { return 0 };
        voice.say(&samples[..count]);
        let Some(length) = voice.packet(settings.ptime_ms, &mut packet[HEADER_LENGTH..]) else { return 0 };
        let spurt = std::mem::take(&mut self.spurt);
        let ticks = settings.codec.ticks(settings.ptime_ms);
        let header = self.stream.own_audio(ticks, spurt, settings.payload_type, now_us);
        packet[..HEADER_LENGTH].copy_from_slice(&header.to_bytes());
        HEADER_LENGTH + length
    }
}
