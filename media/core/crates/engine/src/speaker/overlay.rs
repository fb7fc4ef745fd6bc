//! A playback laid over what the leg hears otherwise: its peer's packets, or what a mix says.
//!
//! Who is relayed to gets the packets it would have got, at their times and with their numbers; only for as long as the
//! sound lasts their samples are decoded, added to and encoded anew. When no packet comes, or something else of our own
//! is said, the sound is said alone.
//!
//! Decoders of G.722 and Opus go on from the sound before, and stumble where packets of one encoder follow those of
//! another. So ours hears the stream for a while before the sound, and goes on for a while behind it: then both encoders
//! have heard the same, and know about the same.

use audio::codec::Codec;
use audio::decoder::{Decoder, MAX_SAMPLES};
use audio::encoder::{Encoder, MAX_PAYLOAD};
use srtp::MAX_TRAILER;

use super::Speaker;
use crate::events::{Event, PlaybackEnd};
use crate::intake::{Content, Received};
use crate::playback::{MAX_FRAME, Playback};
use crate::settings::Settings;

/// Without a packet for so long the sound is said alone: peers send packets of at most 60 ms, and some come late.
const PATIENCE_US: u64 = 100_000;
/// How long a packet is heard by our encoder before its own are sent, and how long they are sent behind the sound.
const ADAPTING_MS: usize = 200;

/// One payload made anew, and its length.
type Made = ([u8; MAX_PAYLOAD], usize);

/// The sound and where it goes.
#[derive(Debug)]
pub struct Overlay {
    pub(super) playback: Playback,
    through: Option<Transcoder>,
    /// When it was last laid over something.
    touched_us: u64,
    /// It is said in packets of our own.
    pub(super) alone: bool,
}

impl Overlay {
    fn new(playback: Playback, now_us: u64) -> Self {
        Self { playback, through: None, touched_us: now_us, alone: false }
    }

    /// Whether nothing is to be done for it any more.
    fn is_over(&self, now_us: u64) -> bool {
        let adapting = self.through.as_ref().is_some_and(|through| through.behind > 0);
        self.playback.is_over() && (!adapting || self.is_left_alone(now_us))
    }

    fn is_left_alone(&self, now_us: u64) -> bool {
        now_us.saturating_sub(self.touched_us) >= PATIENCE_US
    }

    /// Make a payload anew with the sound in it; None when it stays as it is.
    fn lay_over(&mut self, codec: Codec, payload: &[u8], now_us: u64) -> Option<Made> {
        if self.through.as_ref().is_none_or(|through| through.encoder.codec() != codec) {
            self.through = Transcoder::new(codec);
        }
        let through = self.through.as_mut()?;
        let (mut samples, count) = through.decode(payload)?;
        self.touched_us = now_us;
        let adapts = through.before > 0;
        through.before = through.before.saturating_sub(count);
        if !adapts && self.playback.is_over() {
            through.behind = through.behind.checked_sub(count)?;
        } else if !adapts {
            self.playback.add_to(&mut samples[..count], codec.rate_hz());
        }
        through.encode(&samples[..count]).filter(|_| !adapts)
    }
}

/// One stream of packets as samples and back, packet by packet.
#[derive(Debug)]
struct Transcoder {
    decoder: Decoder,
    encoder: Encoder,
    /// Samples it is still to hear before its packets are sent, and to be sent behind the sound.
    before: usize,
    behind: usize,
}

impl Transcoder {
    fn new(codec: Codec) -> Option<Self> {
        let adapting = if codec.law().is_some() { 0 } else { codec.samples(ADAPTING_MS as u32) };
        Some(Self {
            decoder: Decoder::new(codec)?,
            encoder: Encoder::new(codec)?,
            before: adapting,
            behind: adapting,
        })
    }

    /// None for what cannot be decoded, or is too long to be encoded.
    fn decode(&mut self, payload: &[u8]) -> Option<([i16; MAX_SAMPLES], usize)> {
        let mut samples = [0; MAX_SAMPLES];
        let count = self.decoder.decode(payload, &mut samples).ok().filter(|&count| count <= MAX_FRAME)?;
        Some((samples, count))
    }

    fn encode(&mut self, samples: &[i16]) -> Option<Made> {
        let mut made = [0; MAX_PAYLOAD];
        let length = self.encoder.encode(samples, &mut made).ok()?;
        Some((made, length))
    }
}

impl Speaker {
    /// Lay this over what is heard, in place of what is laid over it now.
    pub fn begin_overlay(&mut self, playback: Playback, now_us: u64, events: &mut Vec<Event>) {
        self.end_overlay(PlaybackEnd::Stopped, events);
        self.overlay = Some(Box::new(Overlay::new(playback, now_us)));
        self.next_us.get_or_insert(now_us);
    }

    pub fn end_overlay(&mut self, end: PlaybackEnd, events: &mut Vec<Event>) {
        let endpoint = self.endpoint;
        events.extend(self.overlay.take().map(|overlay| Event::PlaybackEnded {
            endpoint,
            playback: overlay.playback.id,
            end,
            position_ms: overlay.playback.position_ms(),
        }));
    }

    /// Lay the sound over a packet of the peer that is ours already, where it lies in the buffer.
    ///
    /// The length of its payload then; None when it stays as it is.
    pub fn lay_over(
        &mut self,
        received: &Received,
        settings: &Settings,
        buffer: &mut [u8],
        now_us: u64,
    ) -> Option<usize> {
        let overlay = self.overlay.as_mut().filter(|overlay| !overlay.alone)?;
        let Content::Audio(_) = received.content else { return None };
        let (made, length) = overlay.lay_over(settings.codec, &buffer[received.payload.clone()], now_us)?;
        let end = received.payload.start + length;
        if end + MAX_TRAILER > buffer.len() {
            return None;
        }
        buffer[received.payload.start..end].copy_from_slice(&made[..length]);
        Some(length)
    }

    /// Lay the sound over a frame that a mix says.
    pub(super) fn lay_over_frame(&mut self, frame: &mut [i16], rate_hz: u32, now_us: u64) {
        if let Some(overlay) = self.overlay.as_mut().filter(|overlay| !overlay.alone) {
            overlay.touched_us = now_us;
            overlay.playback.add_to(frame, rate_hz);
        }
    }

    /// See to the overlay in a beat of our own: true while it goes with what others say, so that this beat is silent.
    pub(super) fn overlay_goes_with_others(&mut self, now_us: u64, events: &mut Vec<Event>) -> bool {
        let busy = self.is_busy();
        let Some(overlay) = &mut self.overlay else { return false };
        if overlay.is_over(now_us) {
            self.end_overlay(PlaybackEnd::Finished, events);
            return false;
        }
        if !overlay.alone && (busy || overlay.is_left_alone(now_us)) {
            overlay.alone = true;
            self.spurt = true;
        }
        !overlay.alone
    }
}
