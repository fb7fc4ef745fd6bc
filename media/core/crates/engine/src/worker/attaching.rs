//! Legs that come to a recording and leave it, and what they said until then.
//!
//! What a leg says in a codec that is decoded waits in its hearing, for packets that are late. Before anything ends by
//! which it would not be recorded there, the hearing is heard out.

use super::leg::Leg;
use super::{Task, Worker};
use crate::commands::Channel;
use crate::company::Company;
use crate::events::{EndpointId, RecordingId};
use crate::hearing::Hearing;
use crate::recorder::{Recorder, Tap};

impl Worker {
    pub(super) fn attach(
        &mut self,
        recording: RecordingId,
        endpoint: EndpointId,
        channel: Channel,
        now_us: u64,
    ) {
        self.hear_out(endpoint, now_us);
        if channel != Channel::Beside {
            self.hear_out_all(recording, Some(channel), now_us);
        }
        let (there, before) = (self.recorder.tap_at((recording, channel)), self.tap_of(endpoint));
        if before.zip(there).is_some_and(|(before, there)| !before.is_beside(there)) {
            self.detach(endpoint, now_us);
        }
        let Some(tap) = self.recorder.attach(recording, channel, endpoint, now_us) else { return };
        let Some(leg) = self.legs.get(endpoint) else { return };
        leg.tap = Some(tap);
        if leg.is_masked() {
            self.mark_mask(endpoint, true, now_us);
        }
    }

    pub(super) fn detach(&mut self, endpoint: EndpointId, now_us: u64) {
        self.hear_out(endpoint, now_us);
        let Some(leg) = self.legs.get(endpoint) else { return };
        if leg.is_masked() {
            self.mark_mask(endpoint, false, now_us);
        }
        if let Some(tap) = self.legs.get(endpoint).and_then(|leg| leg.tap.take()) {
            self.recorder.detach(tap, endpoint, now_us);
        }
    }

    pub(super) fn stop_recording(&mut self, recording: RecordingId, ended_us: u64, now_us: u64) {
        self.hear_out_all(recording, None, now_us);
        if self.recorder.stop(recording, ended_us) {
            self.agenda.add(now_us, Task::Flush(recording));
        }
    }

    /// End what is recorded of legs that go elsewhere without their recording, or stay without it.
    pub(super) fn part_from_recordings(&mut self, company: &Company, now_us: u64) {
        for &leg in &company.legs {
            let seat = self.tap_of(leg).and_then(|tap| self.recorder.seat_of(tap, leg));
            if seat.is_some_and(|(recording, _)| !company.recordings.contains(&recording)) {
                self.detach(leg, now_us);
            }
        }
        let going = company.recordings.iter().flat_map(|&recording| self.recorder.speakers(recording, None));
        let staying: Vec<_> = going.filter(|leg| !company.legs.contains(leg)).collect();
        for leg in staying {
            self.detach(leg, now_us);
        }
    }

    /// Put all that came of a leg on its recording, if it has one.
    pub(super) fn hear_out(&mut self, id: EndpointId, now_us: u64) {
        let Self { legs, recorder, .. } = self;
        if let Some(leg) = legs.get(id) {
            leg.hear_out(recorder, now_us);
        }
    }

    fn tap_of(&mut self, leg: EndpointId) -> Option<Tap> {
        self.legs.get(leg).and_then(|leg| leg.tap)
    }

    fn hear_out_all(&mut self, recording: RecordingId, channel: Option<Channel>, now_us: u64) {
        for leg in self.recorder.speakers(recording, channel) {
            self.hear_out(leg, now_us);
        }
    }
}

impl Leg {
    /// Put all that came on the recording.
    pub fn hear_out(&mut self, recorder: &mut Recorder, now_us: u64) {
        let (id, masked) = (self.id, self.is_masked());
        if let Some((tap, hearing)) = self.taped() {
            recorder.hear_out(tap, id, hearing, masked, now_us);
        }
    }

    /// Put on the recording what is on the tape.
    pub fn place_heard(&mut self, recorder: &mut Recorder, now_us: u64) {
        let (id, masked) = (self.id, self.is_masked());
        if let Some((tap, hearing)) = self.taped().filter(|(_, hearing)| hearing.has_said()) {
            recorder.place_heard(tap, id, hearing, masked, now_us);
        }
    }

    /// Where it is recorded, if by its hearing.
    pub fn taped(&mut self) -> Option<(Tap, &mut Hearing)> {
        let (tap, hearing) = (self.tap?, self.hearing.as_mut()?);
        hearing.codec().law().is_none().then_some((tap, hearing))
    }
}
