//! What legs say of their own: prompts and digits, packet by packet.

use super::leg::Leg;
use super::{Event, Task, Worker};
use crate::commands::{Keys, Steer};
use crate::events::EndpointId;
use crate::playback::Playback;
use crate::speaker::MAX_PACKET;

impl Worker {
    pub(super) fn play(&mut self, id: EndpointId, playback: Playback, now_us: u64) {
        if playback.manner.laid_over {
            return self.lay_over(id, playback, now_us);
        }
        self.start_speaking(id, |leg, outbox| leg.endpoint.speaker.play(playback, now_us, outbox));
    }

    /// Let the leg hear this beside all else; its recording tells that it did.
    fn lay_over(&mut self, id: EndpointId, playback: Playback, now_us: u64) {
        let frames = playback.length() as u64;
        self.start_speaking(id, |leg, outbox| leg.endpoint.speaker.begin_overlay(playback, now_us, outbox));
        let Some(leg) = self.legs.get(id).filter(|leg| leg.endpoint.destination().is_some()) else { return };
        if let Some(tap) = leg.tap {
            self.recorder.note_beep(tap, id, frames, now_us);
        }
    }

    pub(super) fn steer_playback(&mut self, id: EndpointId, steer: Steer, now_us: u64) {
        self.start_speaking(id, |leg, outbox| leg.endpoint.speaker.steer(steer, now_us, outbox));
    }

    pub(super) fn stop_playback(&mut self, id: EndpointId) {
        if let Some(leg) = self.legs.get(id) {
            leg.endpoint.speaker.stop_playback(&mut self.outbox);
        }
    }

    pub(super) fn press_keys(&mut self, id: EndpointId, keys: Keys, now_us: u64) {
        self.start_speaking(id, |leg, _| leg.endpoint.speaker.press(keys, now_us));
    }

    /// Send the packet that a leg has to say now.
    pub(super) fn speak(&mut self, id: EndpointId, now_us: u64) {
        let Some(leg) = self.legs.get(id) else { return };
        let mut packet = [0; MAX_PACKET];
        let settings = leg.endpoint.settings;
        let (streams, events) = (&mut self.shared_streams, &mut self.outbox);
        let length = leg.endpoint.speaker.speak(settings.as_ref(), streams, now_us, &mut packet, events);
        if length > 0 {
            leg.tell_forks(&packet[..length], &mut self.forks);
            leg.send(&mut self.raw, &mut packet, 0..length);
        }
        if let Some(next_us) = leg.endpoint.speaker.next_us() {
            self.agenda.add_beat(next_us, Task::Speak(id));
        }
    }

    /// Give a leg something of our own to say; its beat is put on the agenda if it had none.
    pub(super) fn start_speaking(&mut self, id: EndpointId, act: impl FnOnce(&mut Leg, &mut Vec<Event>)) {
        let Some(leg) = self.legs.get(id) else { return };
        let had_beat = leg.endpoint.speaker.next_us().is_some();
        act(leg, &mut self.outbox);
        if let Some(next_us) = leg.endpoint.speaker.next_us().filter(|_| !had_beat) {
            self.agenda.add_beat(next_us, Task::Speak(id));
        }
    }
}
