//! A thread that touches the disk, one of several.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::clock::Clock;
use crate::event_ring::EventRing;
use crate::events::{Event, RecordingId};
use crate::joiner::{JoinerDoor, Parted, end_of};
use crate::relief::Next;
use crate::storage::{Ending, Health, Job, Storage, Sync, WriterEnd};
use crate::stored::Stored;

mod standing_in;

/// How often a disk that failed is tried while nobody writes to it.
const PROBE: Duration = Duration::from_secs(5);
/// Room for the next block of a few recordings: with less it would be full again at once.
const PROBE_LENGTH: usize = 64 * 1024;
/// How long jobs gather before it looks again: to be woken for each would cost it a third of its time, and the worker,
/// who would have to wake it, a system call.
const GATHER: Duration = Duration::from_millis(20);
/// How long it works at a time where processors are short: a thousand files to be made at once, for calls that begin
/// together, would keep packets waiting for a tenth of a second. After each job would be too often: the disk would
/// fall behind on a busy machine.
const TURN_US: u64 = 1000;
const PROBE_FILE: &str = ".ringmain-probe";

/// Writes until every sender of jobs is gone.
#[derive(Debug)]
pub struct Writer {
    end: WriterEnd,
    clock: Clock,
    facts: Arc<EventRing>,
    storage: Arc<Storage>,
    files: HashMap<RecordingId, Stored>,
    joiner: JoinerDoor,
    /// When the disk was last tried.
    probed_us: u64,
    /// When it last refused something, or took it late.
    troubled_us: u64,
    /// How long it has worked since it gave way.
    turn_us: u64,
}

impl Writer {
    pub fn new(
        end: WriterEnd,
        clock: Clock,
        facts: Arc<EventRing>,
        storage: Storage,
        joiner: JoinerDoor,
    ) -> Self {
        Self {
            end,
            clock,
            facts,
            storage: Arc::new(storage),
            files: HashMap::new(),
            joiner,
            probed_us: 0,
            troubled_us: 0,
            turn_us: 0,
        }
    }

    pub fn run(mut self) {
        if let Err(error) = self.storage.disks.require(&self.end.folder) {
            self.tell_fault(&error, self.clock.now_us());
        }
        loop {
            match self.end.next(self.storage.format) {
                Next::Job((since_us, job)) => {
                    self.work_off(since_us, job);
                    if self.end.jobs.is_empty() {
                        self.stand_in_while_idle();
                        thread::sleep(GATHER);
                    }
                }
                Next::Relieved(relief) => self.take_back(relief),
                Next::Nothing => self.idle(),
                Next::Over => return self.see_off(),
            }
        }
    }

    fn idle(&mut self) {
        self.stand_in_while_idle();
        self.end.wait(self.patience());
        self.probe(self.clock.now_us());
    }

    fn work_off(&mut self, since_us: u64, job: Job) {
        let proves = self.would_prove(&job);
        self.watched(since_us, proves, |writer| writer.obey(since_us, job));
    }

    /// Do work that waits since then, and let others see how the disk takes it.
    fn watched(&mut self, since_us: u64, proves: bool, work: impl FnOnce(&mut Self) -> io::Result<()>) {
        let begun_us = self.clock.now_us();
        self.end.health.take(since_us);
        let well = work(self);
        self.end.health.put_down();
        let now_us = self.clock.now_us();
        if now_us.saturating_sub(since_us) >= self.storage.lagging_after_us {
            self.troubled_us = now_us;
        }
        match well {
            Ok(()) if !Health::is_in_time(since_us, now_us) => {}
            Ok(()) if proves => self.tell_recovery(now_us),
            Ok(()) => self.probe(now_us),
            Err(error) => self.tell_fault(&error, now_us),
        }
        self.give_way(now_us - begun_us);
    }

    /// Whether the job shows, if it is done well, that the folder itself can be written: it is given a block to keep.
    fn would_prove(&self, job: &Job) -> bool {
        let Job::Append { recording, .. } = job else { return false };
        self.files.get(recording).is_some_and(Stored::is_at_home)
    }

    /// So much longer it has worked: let others have the processor when its turn is over.
    fn give_way(&mut self, worked_us: u64) {
        self.turn_us += worked_us;
        if self.turn_us >= TURN_US {
            self.turn_us = 0;
            thread::yield_now();
        }
    }

    /// An error is the disk's; what it costs a recording is told at its end.
    fn obey(&mut self, since_us: u64, job: Job) -> io::Result<()> {
        match job {
            Job::Open { recording, path, spooled } => self.open(recording, (path, spooled), since_us),
            Job::Append { recording, block } => {
                self.put(recording, |stored, sync| stored.append(&block, sync))
            }
            Job::AppendSilence { recording, frames } => {
                self.put(recording, |stored, _| stored.append_silence(frames))
            }
            Job::Finish { recording, ending } => self.finish(recording, *ending),
        }
    }

    /// A recording begins when its file is ordered, which is made as soon as the disk does it.
    fn open(
        &mut self,
        recording: RecordingId,
        (path, spooled): (PathBuf, Option<PathBuf>),
        ordered_us: u64,
    ) -> io::Result<()> {
        let (stored, trouble) = Stored::create(path, spooled, &self.storage);
        match stored {
            Ok(stored) => {
                self.tell_begun(recording, &stored, ordered_us);
                self.files.insert(recording, stored);
            }
            Err(path) => {
                let error = trouble.as_ref().map(ToString::to_string).unwrap_or_default();
                self.end.book().forget(recording);
                self.fail(recording, &path, &error);
            }
        }
        trouble.map_or(Ok(()), Err)
    }

    /// What comes for a recording that has failed already is nobody's any more.
    fn put(
        &mut self,
        recording: RecordingId,
        write: impl FnOnce(&mut Stored, Sync) -> io::Result<()>,
    ) -> io::Result<()> {
        let sync = self.storage.sync;
        self.files.get_mut(&recording).map_or(Ok(()), |stored| write(stored, sync))
    }

    fn finish(&mut self, recording: RecordingId, ending: Ending) -> io::Result<()> {
        let Some(stored) = self.files.remove(&recording) else { return Ok(()) };
        self.end_file(Parted { recording, stored, ending, is_told: false })
    }

    fn end_file(&self, mut ended: Parted) -> io::Result<()> {
        ended.stored.end();
        if ended.stored.is_parted() {
            self.joiner.send(ended);
            return Ok(());
        }
        let Parted { recording, stored, ending, .. } = ended;
        let (end, closed) = end_of(recording, stored, ending, self.storage.sync);
        self.facts.push(end);
        closed
    }

    fn tell_begun(&self, recording: RecordingId, stored: &Stored, ordered_us: u64) {
        let (path, began) = (shown(stored.path()), self.clock.at(ordered_us));
        self.facts.push(Event::RecordingStarted { recording, path, began });
    }

    fn fail(&self, recording: RecordingId, path: &Path, error: &str) {
        let reason = format!("the file could not be created: {error}");
        self.facts.push(Event::RecordingFailed { recording, path: shown(path), reason });
    }

    /// Nobody writes to a disk that failed while there is a spool: see now and then whether it could be written again.
    fn probe(&mut self, now_us: u64) {
        let due = now_us.saturating_sub(self.probed_us) >= PROBE.as_micros() as u64;
        if !due || !self.end.health.is_lagging() {
            return;
        }
        self.probed_us = now_us;
        let tried = self.try_disk();
        let took_us = self.clock.now_us().saturating_sub(now_us);
        if tried.is_ok() && Health::is_in_time(0, took_us) {
            self.tell_recovery(now_us);
        } else {
            self.troubled_us = now_us;
        }
    }

    fn try_disk(&self) -> io::Result<()> {
        self.storage.disks.require(&self.end.folder)?;
        fs::create_dir_all(&self.end.folder)?;
        let path = self.end.folder.join(PROBE_FILE);
        let written = fs::write(&path, vec![0; PROBE_LENGTH]);
        // What was begun takes room that is short.
        written.and(fs::remove_file(path))
    }

    fn tell_fault(&mut self, error: &io::Error, now_us: u64) {
        self.troubled_us = now_us;
        self.end.health.fail(error.to_string()).into_iter().for_each(|event| self.facts.push(event));
    }

    /// A disk that stalls now and then has not recovered in between.
    fn tell_recovery(&self, now_us: u64) {
        let calm_us = now_us.saturating_sub(self.troubled_us);
        if self.end.health.is_lagging() && calm_us >= self.storage.recovered_after_us {
            self.end.health.recover().into_iter().for_each(|event| self.facts.push(event));
        }
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests;
