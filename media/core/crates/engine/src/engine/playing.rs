//! Verbs for what legs are played and which keys are pressed on them.

use std::sync::Arc;

use audio::codec::Codec;
use rtp::digit_sender::{DigitSender, Touch};

use super::{Engine, Refusal};
use crate::commands::{Command, Keys, Steer};
use crate::events::{EndpointId, PlaybackId};
use crate::key_tones::tones_of;
use crate::playback::{MAX_GAIN_DB, Manner, Playback};
use crate::playlist::Playlist;
use crate::prompt::Prompt;

/// Keys that one verb may press.
const MAX_DIGITS: usize = 64;
/// How long a key may be held, and left alone.
const PRESSES_MS: std::ops::RangeInclusive<u32> = 40..=60_000;
const PAUSES_MS: std::ops::RangeInclusive<u32> = 40..=10_000;
/// Below it no receiver hears a key (ITU-T Q.24).
const QUIETEST: u8 = 55;

impl Engine {
    /// Keep a prompt under a name, in place of one that had it.
    pub fn keep_prompt(&mut self, name: String, prompt: Prompt) {
        self.prompts.insert(name, Arc::new(prompt));
    }

    /// Play it no more; who hears it now hears it to its end.
    pub fn forget_prompt(&mut self, name: &str) {
        self.prompts.remove(name);
    }

    /// Play prompts by name; unknown ones are a refusal and nothing changes.
    pub fn start_playback(
        &mut self,
        endpoint: EndpointId,
        names: Vec<String>,
        manner: Manner,
    ) -> Result<PlaybackId, Refusal> {
        check_gain(manner.gain_db)?;
        let prompts = names.into_iter().map(|name| self.prompt(&name)).collect::<Result<Vec<_>, _>>()?;
        let list = Playlist::new(prompts);
        self.make_ahead(endpoint, &list, manner)?;
        let id = self.new_id();
        let playback = Playback::new(id, list, manner);
        self.post(endpoint, Command::Play { endpoint, playback })?;
        Ok(id)
    }

    /// Stop, pause, resume, move or change the loudness of what plays; nothing when nothing does.
    pub fn steer_playback(&self, endpoint: EndpointId, steer: Steer) -> Result<(), Refusal> {
        if let Steer::SetGain { gain_db } = steer {
            check_gain(gain_db)?;
        }
        self.post(endpoint, Command::SteerPlayback { endpoint, steer })
    }

    /// Press keys, after those being pressed: as telephone-events, or as tones when the peer agreed on none.
    pub fn send_digits(&self, endpoint: EndpointId, digits: &str, touch: Touch) -> Result<(), Refusal> {
        let sender = checked(digits, touch)?;
        let settings = self.endpoints.get(&endpoint).ok_or(Refusal::Gone)?.settings;
        let Some(settings) = settings else { return Ok(()) };
        let keys = match settings.dtmf_payload_type {
            Some(_) => Keys::Events(sender),
            None => Keys::Tones(tones_of(digits, touch)),
        };
        self.post(endpoint, Command::PressKeys { endpoint, keys })
    }

    fn prompt(&self, name: &str) -> Result<Arc<Prompt>, Refusal> {
        let found = self.prompts.get(name).cloned();
        found.ok_or_else(|| Refusal::Unable(format!("there is no prompt named {name}")))
    }

    /// Who hears these next shall not need an encoder of their own. A shared stream has one for all.
    fn make_ahead(&self, endpoint: EndpointId, list: &Playlist, manner: Manner) -> Result<(), Refusal> {
        let codec = self.endpoints.get(&endpoint).and_then(|placed| placed.settings).map(|to| to.codec);
        match codec {
            Some(Codec::G729) => {
                Err(Refusal::Unable("nothing can be played in G729: it is only relayed".into()))
            }
            Some(codec) if !manner.shared => {
                list.phases().for_each(|(prompt, phase)| self.prompt_maker.order(prompt, codec, phase));
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

fn check_gain(gain_db: f32) -> Result<(), Refusal> {
    if gain_db.abs() <= MAX_GAIN_DB {
        return Ok(());
    }
    Err(Refusal::Senseless(format!("a gain is from -{MAX_GAIN_DB} to {MAX_GAIN_DB} dB, not {gain_db}")))
}

fn checked(digits: &str, touch: Touch) -> Result<DigitSender, Refusal> {
    let refused = |reason: String| Err(Refusal::Senseless(reason));
    if digits.len() > MAX_DIGITS {
        return refused(format!("at most {MAX_DIGITS} keys are pressed at once"));
    }
    if !PRESSES_MS.contains(&touch.press_ms) || !PAUSES_MS.contains(&touch.pause_ms) {
        return refused("a key is held for 40 to 60000 ms and left alone for 40 to 10000 ms".into());
    }
    if touch.volume > QUIETEST {
        return refused(format!("a key is 0 to {QUIETEST} dBm0 below zero, not {}", touch.volume));
    }
    let no_key = || Refusal::Senseless(format!("{digits:?} holds more than 0-9, A-D, * and #"));
    DigitSender::new(digits, touch).ok_or_else(no_key)
}
