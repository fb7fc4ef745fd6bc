//! The sending side of a leg: one even stream made of digits, prompts, what a fork sent back or a peer's packets.
//!
//! Each comes before the next in this order: what comes later waits or is left out.

use audio::codec::Codec;
use forking::returned::Returned;
use rtp::digit_sender::{DigitSender, Step};
use rtp::outgoing::OutgoingStream;
use rtp::packet::{HEADER_LENGTH, Header};
use rtp::telephone_event::TelephoneEvent;
use srtp::MAX_TRAILER;

use crate::commands::{Keys, Steer};
use crate::events::{EndpointId, Event, PlaybackEnd, PlaybackId};
use crate::playback::{Manner, Playback};
use crate::playlist::Playlist;
use crate::settings::{MAX_PTIME_MS, Settings};
use crate::shared_streams::SharedStreams;

mod from_mix;
mod overlay;
mod relaying;
mod returned;

use from_mix::FromMix;
use overlay::Overlay;

/// The largest packet of our own, with the room behind it that encryption takes.
pub const MAX_PACKET: usize = HEADER_LENGTH + MAX_SAMPLES + MAX_TRAILER;
const MAX_SAMPLES: usize = (MAX_PTIME_MS * 8) as usize;
/// How late a piece of what a fork sends back may be without a gap.
const RETURN_LEAD_US: u64 = 40_000;
/// Further behind than this, packets are not caught up with but the beat begins anew.
const MAX_BEHIND_US: u64 = 100_000;
/// How long a prompt waits for what may be a key to become one: packets of 20 ms tell within two of them.
const HUSH_US: u64 = 60_000;
/// How an endpoint keeps time while nobody has told it what its peer agreed to.
const UNCONFIGURED: (Codec, u32) = (Codec::Pcma, 20);

/// The id of tones, which nobody is told of.
const NO_PLAYBACK: PlaybackId = 0;

/// Digits being sent as telephone-events.
#[derive(Debug)]
struct Dialling {
    digits: DigitSender,
    /// Of the key being pressed.
    timestamp: u32,
}

/// What one leg says.
#[derive(Debug)]
pub struct Speaker {
    endpoint: EndpointId,
    stream: OutgoingStream,
    playback: Option<Box<Playback>>,
    dialling: Option<Dialling>,
    /// What a fork sent back; only a leg that has such a fork keeps it.
    pub returned: Option<Box<Returned>>,
    /// Keys being sent as tones.
    tones: Option<Box<Playback>>,
    overlay: Option<Box<Overlay>>,
    from_mix: FromMix,
    /// When the next packet of our own is due.
    next_us: Option<u64>,
    /// The next audio of our own begins a talk spurt.
    spurt: bool,
    /// Until then the playback waits for what may be a key.
    hushed_until_us: u64,
}

impl Speaker {
    pub fn new(endpoint: EndpointId, stream: OutgoingStream) -> Self {
        Self {
            endpoint,
            stream,
            playback: None,
            dialling: None,
            returned: None,
            tones: None,
            overlay: None,
            from_mix: FromMix::default(),
            next_us: None,
            spurt: true,
            hushed_until_us: 0,
        }
    }

    /// The peer agreed to this from now on.
    pub fn configure(&mut self, settings: &Settings, now_us: u64) {
        self.stream.set_clock(settings.codec.clock_hz(), now_us);
    }

    /// Play this, in place of what plays now.
    pub fn play(&mut self, mut playback: Playback, now_us: u64, events: &mut Vec<Event>) {
        self.stop_playback(events);
        playback.go_to_present(now_us);
        self.playback = Some(Box::new(playback));
        self.spurt = true;
        self.hushed_until_us = 0;
        self.next_us.get_or_insert(now_us);
    }

    pub fn stop_playback(&mut self, events: &mut Vec<Event>) {
        self.end_playback(PlaybackEnd::Stopped, events);
    }

    /// A key of this leg went down: who hears a prompt that may be barged in on has heard enough.
    pub fn key_pressed(&mut self, events: &mut Vec<Event>) {
        if self.may_be_barged_in_on() {
            self.end_playback(PlaybackEnd::BargedIn, events);
        }
    }

    /// A key may have gone down: what it would end is silent for a moment, and goes on where it was if it was none.
    pub fn hush(&mut self, now_us: u64) {
        if self.may_be_barged_in_on() {
            self.hushed_until_us = now_us + HUSH_US;
            self.spurt = true;
        }
    }

    /// Change what becomes of the playback, if there is one.
    pub fn steer(&mut self, steer: Steer, now_us: u64, events: &mut Vec<Event>) {
        let Some(playback) = &mut self.playback else { return };
        match steer {
            Steer::Stop => self.stop_playback(events),
            Steer::Pause => playback.paused = true,
            Steer::Resume => {
                self.spurt |= std::mem::take(&mut playback.paused);
                self.next_us.get_or_insert(now_us);
            }
            Steer::Seek(seek) => playback.seek(seek),
            Steer::SetGain { gain_db } => playback.manner.gain_db = gain_db,
        }
    }

    /// Press these keys, after those still being pressed.
    pub fn press(&mut self, keys: Keys, now_us: u64) {
        match (keys, &mut self.dialling, &mut self.tones) {
            (Keys::Events(digits), Some(dialling), _) => dialling.digits.append(digits),
            (Keys::Events(digits), dialling, _) => *dialling = Some(Dialling { digits, timestamp: 0 }),
            (Keys::Tones(prompts), _, Some(tones)) => tones.append(prompts),
            (Keys::Tones(prompts), _, tones) => {
                *tones = Some(Box::new(Playback::new(NO_PLAYBACK, Playlist::new(prompts), Manner::ONCE)));
                self.spurt = true;
            }
        }
        self.next_us.get_or_insert(now_us);
    }

    /// Say what a fork sent back; the first of it a little later, so that the next may be late.
    ///
    /// What is played comes first, unless it is to be interrupted.
    pub fn say_returned(&mut self, interrupts: bool, now_us: u64, events: &mut Vec<Event>) {
        if interrupts && self.has_returned() {
            self.stop_playback(events);
        }
        if self.next_us.is_none() && self.has_returned() {
            self.spurt = true;
            self.next_us = Some(now_us + RETURN_LEAD_US);
        }
    }

    /// Whether something of our own is being said, or about to be.
    fn is_busy(&self) -> bool {
        let saying_returned = self.next_us.is_some() && self.has_returned();
        let pressing = self.dialling.is_some() || self.tones.is_some();
        let beeping = self.overlay.as_ref().is_some_and(|overlay| overlay.alone);
        self.playback.is_some() || pressing || beeping || saying_returned
    }

    fn has_returned(&self) -> bool {
        self.returned.as_ref().is_some_and(|returned| !returned.is_empty())
    }

    /// A packet of what it plays is made soon.
    pub fn prefetch_playback(&self) {
        if let Some(playback) = &self.playback {
            prefetch::all_of(&**playback);
        }
    }

    /// A packet of what it plays, which was asked for before, is made next.
    pub fn prefetch_prompts(&self) {
        if let Some(playback) = &self.playback {
            playback.prefetch_prompts();
        }
    }

    /// Names our stream.
    pub fn ssrc(&self) -> u32 {
        self.stream.ssrc()
    }

    /// The clock of our stream.
    pub fn clock_hz(&self) -> u32 {
        self.stream.clock_hz()
    }

    /// What it shows now.
    pub fn timestamp_at(&self, now_us: u64) -> u32 {
        self.stream.clock_at(now_us)
    }

    /// When `speak` is wanted, or None while there is nothing of our own to say.
    pub fn next_us(&self) -> Option<u64> {
        self.next_us
    }

    /// Make the packet that is due; its length, or 0 when this beat says nothing.
    pub fn speak(
        &mut self,
        settings: Option<&Settings>,
        streams: &mut SharedStreams,
        now_us: u64,
        packet: &mut [u8; MAX_PACKET],
        events: &mut Vec<Event>,
    ) -> usize {
        let Some(due_us) = self.next_us else { return 0 };
        let (codec, ptime_ms) = settings.map_or(UNCONFIGURED, |settings| (settings.codec, settings.ptime_ms));
        let due_us = if now_us.saturating_sub(due_us) > MAX_BEHIND_US { now_us } else { due_us };
        self.next_us = Some(due_us + u64::from(ptime_ms) * 1000);
        if self.overlay_goes_with_others(now_us, events) {
            return 0;
        }
        if let Some(length) = settings.and_then(|settings| self.dial_on(settings, now_us, packet)) {
            return length;
        }
        if self.tones.is_none() && self.may_be_barged_in_on() && now_us < self.hushed_until_us {
            return 0;
        }
        let payload_type = settings.map_or(0, |settings| settings.payload_type);
        let payload = &mut packet[HEADER_LENGTH..];
        let filled = match self.fill_alone(codec, ptime_ms, payload, events) {
            0 => self.fill(streams, codec, ptime_ms, now_us, payload),
            filled => filled,
        };
        let length = self.put_header(filled, codec.ticks(ptime_ms), payload_type, now_us, packet);
        if length == 0 {
            self.next_us = None;
            if !self.is_paused() {
                self.end_playback(PlaybackEnd::Finished, events);
            }
        }
        length
    }

    /// One beat of dialling; None when no key is to be pressed any more.
    fn dial_on(&mut self, settings: &Settings, now_us: u64, packet: &mut [u8; MAX_PACKET]) -> Option<usize> {
        let dialling = self.dialling.as_mut()?;
        let step = dialling.digits.next(settings.ptime_ms, settings.dtmf_clock_hz);
        match step.zip(settings.dtmf_payload_type) {
            Some((Step::Packet { event, first, offset }, payload_type)) => {
                if first {
                    dialling.timestamp = self.stream.begin_event(now_us);
                }
                let timestamp = dialling.timestamp.wrapping_add(offset);
                let header = self.stream.own_event(timestamp, first, payload_type);
                Some(put_event(header, event, packet))
            }
            Some((Step::Pause, _)) => Some(0),
            None => {
                self.dialling = None;
                self.spurt = true;
                None
            }
        }
    }

    fn may_be_barged_in_on(&self) -> bool {
        self.playback.as_ref().is_some_and(|playback| playback.manner.barge_in)
    }

    fn is_paused(&self) -> bool {
        self.playback.as_ref().is_some_and(|playback| playback.paused)
    }

    /// Make a packet of what was filled in; its length, 0 of nothing.
    fn put_header(
        &mut self,
        filled: usize,
        ticks: u32,
        payload_type: u8,
        now_us: u64,
        packet: &mut [u8; MAX_PACKET],
    ) -> usize {
        if filled == 0 {
            return 0;
        }
        let spurt = std::mem::take(&mut self.spurt);
        let header = self.stream.own_audio(ticks, spurt, payload_type, now_us);
        packet[..HEADER_LENGTH].copy_from_slice(&header.to_bytes());
        HEADER_LENGTH + filled
    }

    /// One beat of what comes before prompts: keys as tones, and what is laid over the others when it is said alone.
    fn fill_alone(
        &mut self,
        codec: Codec,
        ptime_ms: u32,
        payload: &mut [u8],
        events: &mut Vec<Event>,
    ) -> usize {
        let tones = self.tones.as_mut().map_or(0, |tones| tones.fill(codec, ptime_ms, payload));
        if tones > 0 {
            return tones;
        }
        self.tones = None;
        let sound =
            self.overlay.as_mut().map_or(0, |overlay| overlay.playback.fill(codec, ptime_ms, payload));
        if sound == 0 {
            self.end_overlay(PlaybackEnd::Finished, events);
        }
        sound
    }

    /// One beat of prompts; 0 when they are over or paused.
    fn fill(
        &mut self,
        streams: &mut SharedStreams,
        codec: Codec,
        ptime_ms: u32,
        now_us: u64,
        payload: &mut [u8],
    ) -> usize {
        match &mut self.playback {
            Some(playback) if playback.paused => 0,
            Some(playback) if playback.is_shared() => {
                streams.fill(playback, codec, ptime_ms, now_us, payload)
            }
            Some(playback) => playback.fill(codec, ptime_ms, payload),
            None => self.fill_returned(codec, ptime_ms, payload),
        }
    }

    fn end_playback(&mut self, end: PlaybackEnd, events: &mut Vec<Event>) {
        let endpoint = self.endpoint;
        events.extend(self.playback.take().map(|playback| Event::PlaybackEnded {
            endpoint,
            playback: playback.id,
            end,
            position_ms: playback.position_ms(),
        }));
    }
}

fn put_event(header: Header, event: TelephoneEvent, packet: &mut [u8; MAX_PACKET]) -> usize {
    const LENGTH: usize = HEADER_LENGTH + TelephoneEvent::LENGTH;
    packet[..HEADER_LENGTH].copy_from_slice(&header.to_bytes());
    packet[HEADER_LENGTH..LENGTH].copy_from_slice(&event.to_bytes());
    LENGTH
}
