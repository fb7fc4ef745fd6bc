//! What the spool's writer does for those of the folder while they are stuck, and how they go on with it.

use std::io;
use std::thread;
use std::time::Duration;

use super::{GATHER, PROBE, Writer, shown};
use crate::events::{Event, RecordingId};
use crate::joiner::Parted;
use crate::relief::{Book, Continuation, Place, Relief};
use crate::storage::{Ending, Job, WriterEnd};
use crate::stored::Stored;

/// How often it looks for writers that are stuck, and for their jobs.
const LOOK: Duration = Duration::from_millis(100);

impl Writer {
    /// How long it may wait for a job of its own.
    pub(super) fn patience(&self) -> Duration {
        if self.end.charges.is_empty() { PROBE } else { LOOK }
    }

    pub(super) fn stand_in_while_idle(&mut self) {
        while self.end.jobs.is_empty() && self.stand_in() {}
    }

    /// Nothing comes any more: what the others have not come to goes to the spool if they are stuck.
    pub(super) fn see_off(&mut self) {
        let wait = |writer: &Self| writer.end.charges.iter().any(|charge| !charge.jobs.is_empty());
        while wait(self) && !self.end.health.is_lagging() {
            if !self.stand_in() {
                thread::sleep(GATHER);
            }
        }
    }

    /// Do a job of each writer that is stuck; whether there was any.
    fn stand_in(&mut self) -> bool {
        let charges = std::mem::take(&mut self.end.charges);
        let done = charges.iter().filter(|charge| self.relieve(charge, self.clock.now_us())).count();
        self.end.charges = charges;
        done > 0
    }

    /// What the spool would not take is left where it waits.
    fn relieve(&mut self, charge: &WriterEnd, now_us: u64) -> bool {
        if self.end.health.is_lagging() {
            return false;
        }
        let mut book = charge.book();
        if charge.health.is_stuck(now_us) {
            book.relief.get_or_insert_default();
        }
        if book.relief.is_none() {
            return false;
        }
        let Ok((since_us, job)) = charge.jobs.try_recv() else { return false };
        if let Some(place) = book.note(&job, self.storage.format) {
            self.watched(now_us, false, |writer| writer.obey_for(&mut book, &place, since_us, job));
        }
        true
    }

    fn obey_for(&mut self, book: &mut Book, place: &Place, since_us: u64, job: Job) -> io::Result<()> {
        let sync = self.storage.sync;
        let relief = book.relief.get_or_insert_default();
        match job {
            Job::Open { recording, .. } => {
                self.open_for(relief, recording, place, since_us).inspect_err(|_| book.forget(recording))
            }
            Job::Append { recording, block } => {
                let frames = self.storage.format.frames_in(&block);
                let continuation = relief.entry(recording).or_default();
                continuation.put(place, frames, &self.storage, |rest| rest.append(&block, sync))
            }
            Job::AppendSilence { recording, frames } => {
                let continuation = relief.entry(recording).or_default();
                continuation.put(place, frames, &self.storage, |rest| rest.append_silence(frames))
            }
            Job::Finish { recording, ending } => self.finish_for(relief, recording, place, *ending),
        }
    }

    fn open_for(
        &mut self,
        relief: &mut Relief,
        recording: RecordingId,
        place: &Place,
        ordered_us: u64,
    ) -> io::Result<()> {
        let stored = Stored::create_in_spool(place.spooled.to_path_buf(), &self.storage)
            .inspect_err(|error| self.fail(recording, &place.path, &error.to_string()))?;
        self.tell_begun(recording, &stored, ordered_us);
        relief.insert(recording, Continuation::whole(stored));
        Ok(())
    }

    /// One that has its beginning on the disk that hangs waits for it.
    fn finish_for(
        &mut self,
        relief: &mut Relief,
        recording: RecordingId,
        place: &Place,
        ending: Ending,
    ) -> io::Result<()> {
        let mut continuation = relief.remove(&recording).unwrap_or_default();
        if continuation.is_whole {
            let Some(stored) = continuation.into_whole() else { return Ok(()) };
            return self.end_file(Parted { recording, stored, ending, is_told: false });
        }
        continuation.ending = Some(ending);
        relief.insert(recording, continuation);
        let reason = "its disk hangs, which has the beginning of it".into();
        self.facts.push(Event::RecordingWaiting { recording, path: shown(&place.path), reason });
        Ok(())
    }

    /// The disk goes on, and so does its writer, where another stopped.
    pub(super) fn take_back(&mut self, relief: Relief) {
        for (recording, continuation) in relief {
            let now_us = self.clock.now_us();
            self.watched(now_us, false, |writer| writer.go_on_with(recording, continuation));
        }
    }

    fn go_on_with(&mut self, recording: RecordingId, continuation: Continuation) -> io::Result<()> {
        let Some(mut stored) = self.files.remove(&recording) else {
            self.files.extend(continuation.into_whole().map(|stored| (recording, stored)));
            return Ok(());
        };
        if let Some(ending) = continuation.follow(&mut stored) {
            return self.end_file(Parted { recording, stored, ending, is_told: true });
        }
        self.files.insert(recording, stored);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
