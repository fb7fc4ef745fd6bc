//! Verbs that record legs.

use std::path::Path;

use recording::marks::Channels;

use super::{Engine, OpenRecording, Refusal};
use crate::commands::{Channel, Command};
use crate::events::{EndpointId, RecordingId};
use crate::recorder::Begun;
use crate::storage::Job;

impl Engine {
    /// Begin a recording at this place of the folder, or of the spool; the writer reports whether the file
    /// could be made.
    pub fn start_recording(&mut self, place: &Path) -> Result<RecordingId, Refusal> {
        let (recording, now_us) = (self.new_id(), self.clock.now_us());
        let writers = self.crew.writers().ok_or(Refusal::Gone)?;
        let writer = writers.choose(recording);
        let (path, spooled) = self.storage.paths(place, writers.is_spool(writer));
        if !writers.try_send(writer, Job::Open { recording, path, spooled }, now_us) {
            return Err(Refusal::Unable("the disk cannot keep up with the recordings under way".into()));
        }
        self.recordings.insert(recording, OpenRecording { writer, started_us: now_us });
        self.places.start_recording(recording);
        Ok(recording)
    }

    pub fn attach(
        &mut self,
        recording: RecordingId,
        endpoint: EndpointId,
        channel: Channel,
    ) -> Result<(), Refusal> {
        let worker = self.worker_of(endpoint)?;
        if !self.recordings.contains_key(&recording) {
            return Err(Refusal::Gone);
        }
        self.place_recording(recording, worker);
        let moved = self.places.attach(recording, endpoint, channel);
        self.go(moved);
        self.post(endpoint, Command::Attach { recording, endpoint, channel })
    }

    /// What an endpoint says goes to no recording any more; no harm if it goes to none.
    pub fn detach(&mut self, endpoint: EndpointId) -> Result<(), Refusal> {
        self.places.detach(endpoint);
        self.post(endpoint, Command::Detach { endpoint })
    }

    /// Record silence on these channels from now on, in place of those before.
    pub fn pause_recording(&mut self, recording: RecordingId, channels: Channels) -> Result<(), Refusal> {
        let worker = self.places.carrier_of(recording).ok_or(Refusal::Gone)?;
        let at_us = self.clock.now_us();
        self.crew.post(worker, Command::PauseRecording { recording, channels, at_us });
        Ok(())
    }

    pub fn stop_recording(&mut self, recording: RecordingId) -> Result<(), Refusal> {
        self.place_recording(recording, 0);
        let worker = self.places.carrier_of(recording).ok_or(Refusal::Gone)?;
        self.recordings.remove(&recording);
        self.places.stop_recording(recording);
        let ended_us = self.clock.now_us();
        self.crew.post(worker, Command::StopRecording { recording, ended_us });
        Ok(())
    }

    /// Let this worker carry a recording if none does yet.
    pub(super) fn place_recording(&mut self, recording: RecordingId, worker: usize) {
        let Some(&OpenRecording { writer, started_us }) = self.recordings.get(&recording) else { return };
        if self.places.place_recording(recording, worker) {
            let begun = Begun { writer, started_us, placed_us: self.clock.now_us() };
            self.crew.post(worker, Command::Record { recording, begun });
        }
    }
}
