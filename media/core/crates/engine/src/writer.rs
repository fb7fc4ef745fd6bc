//! A thread that touches the disk, one of several.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam_channel::RecvTimeoutError;

use crate::clock::Clock;
use crate::event_ring::EventRing;
use crate::events::{Event, RecordingId};
use crate::joiner::{JoinerDoor, Parted, end_of};
use crate::storage::{Ending, Health, Job, Storage, Sync, WriterEnd};
use crate::stored::Stored;

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
            match self.end.jobs.recv_timeout(PROBE) {
                Ok((since_us, job)) => {
                    self.work_off(since_us, job);
                    if self.end.jobs.is_empty() {
                        thread::sleep(GATHER);
                    }
                }
                Err(RecvTimeoutError::Timeout) => self.probe(self.clock.now_us()),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn work_off(&mut self, since_us: u64, job: Job) {
        let begun_us = self.clock.now_us();
        self.end.health.take(since_us);
        let proves = self.would_prove(&job);
        let well = self.obey(since_us, job);
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
                let path = shown(stored.path());
                self.files.insert(recording, stored);
                let began = self.clock.at(ordered_us);
                self.facts.push(Event::RecordingStarted { recording, path, began });
            }
            Err(path) => {
                let error = trouble.as_ref().map(ToString::to_string).unwrap_or_default();
                self.fail(recording, &path, format!("the file could not be created: {error}"));
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
        let Some(mut stored) = self.files.remove(&recording) else { return Ok(()) };
        stored.end();
        if stored.is_parted() {
            self.joiner.send(Parted { recording, stored, ending });
            return Ok(());
        }
        let (end, closed) = end_of(recording, stored, ending, self.storage.sync);
        self.facts.push(end);
        closed
    }

    fn fail(&self, recording: RecordingId, path: &Path, reason: String) {
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
mod tests {
    use super::*;
    use crate::disks::{Disks, MARKER};
    use crate::joiner::Joiner;
    use crate::storage::Writers;

    /// A writer whose folder is a file for now, so that nothing can be written there, and that has a spool.
    fn on_a_bad_disk(place: &Path) -> (Writers, Writer, Storage) {
        let _ = fs::remove_dir_all(place);
        fs::create_dir_all(place).unwrap();
        fs::write(place.join("folder"), []).unwrap();
        let (folder, spool) = (place.join("folder"), Some(place.join("spool")));
        let storage = Storage { folder, spool, ..Storage::default() };
        let (writers, mut ends) = Writers::new(&storage);
        let facts = Arc::new(EventRing::new().unwrap());
        let (joiner, _) = Joiner::new(Clock::start(), facts.clone(), storage.sync);
        let writer = Writer::new(ends.remove(0), Clock::start(), facts, storage.clone(), joiner);
        (writers, writer, storage)
    }

    fn work_off(writer: &mut Writer, job: Job) {
        writer.work_off(writer.clock.now_us(), job);
    }

    fn told(writer: &Writer) -> Vec<&'static str> {
        let name = |event| match event {
            Event::StorageLagging { .. } => Some("lagging"),
            Event::StorageRecovered { .. } => Some("recovered"),
            _ => None,
        };
        writer.facts.drain(100).into_iter().filter_map(name).collect()
    }

    #[test]
    fn a_recording_began_when_it_was_ordered_however_late_its_file_is_made() {
        let place = std::env::temp_dir().join(format!("writer-late-{}", std::process::id()));
        let (_, mut writer, storage) = on_a_bad_disk(&place);
        let ordered_us = 7;
        let (path, spooled) = storage.paths(Path::new("1.wav"), false);
        writer.work_off(ordered_us, Job::Open { recording: 1, path, spooled });
        let began = writer.facts.drain(100).into_iter().find_map(|event| match event {
            Event::RecordingStarted { began, .. } => Some(began),
            _ => None,
        });
        assert_eq!(began, Some(writer.clock.at(ordered_us)));
        fs::remove_dir_all(place).unwrap();
    }

    #[test]
    fn a_disk_that_takes_nothing_has_not_recovered_because_the_spool_took_it() {
        let place = std::env::temp_dir().join(format!("writer-{}", std::process::id()));
        let (writers, mut writer, storage) = on_a_bad_disk(&place);
        let open = |recording| {
            let (path, spooled) = storage.paths(Path::new(&format!("{recording}.wav")), false);
            Job::Open { recording, path, spooled }
        };
        let append = |recording| Job::Append { recording, block: vec![1; 4000] };
        work_off(&mut writer, open(1));
        assert_eq!(told(&writer), ["lagging"]);
        work_off(&mut writer, append(1));
        work_off(&mut writer, Job::AppendSilence { recording: 1, frames: 100 });
        work_off(&mut writer, Job::Finish { recording: 1, ending: Box::default() });
        assert_eq!(told(&writer), [""; 0]);
        assert!(writers.is_spool(writers.choose(2)));
        fs::remove_file(&storage.folder).unwrap();
        work_off(&mut writer, open(2));
        assert_eq!(told(&writer), [""; 0]);
        work_off(&mut writer, append(2));
        assert_eq!(told(&writer), ["recovered"]);
        fs::remove_dir_all(place).unwrap();
    }

    #[test]
    fn nothing_is_written_into_the_mount_point_of_a_disk_that_is_away() {
        let place = std::env::temp_dir().join(format!("writer-away-{}", std::process::id()));
        let (_, mut writer, storage) = on_a_bad_disk(&place);
        fs::remove_file(&storage.folder).unwrap();
        fs::create_dir(&storage.folder).unwrap();
        let marks = vec![(storage.folder.clone(), "disk-1".to_string())];
        writer.storage = Arc::new(Storage { disks: Arc::new(Disks::new(marks)), ..storage.clone() });
        let (path, spooled) = storage.paths(Path::new("1.wav"), false);
        work_off(&mut writer, Job::Open { recording: 1, path, spooled });
        work_off(&mut writer, Job::Append { recording: 1, block: vec![1; 4000] });
        writer.probe(6_000_000);
        assert_eq!(told(&writer), ["lagging"]);
        assert_eq!(fs::read_dir(&storage.folder).unwrap().count(), 0);
        assert!(place.join("spool/1.wav").exists());
        fs::write(storage.folder.join(MARKER), "disk-1").unwrap();
        writer.probe(12_000_000);
        assert_eq!(told(&writer), ["recovered"]);
        fs::remove_dir_all(place).unwrap();
    }

    #[test]
    fn a_disk_that_stalls_again_and_again_has_not_recovered_in_between() {
        let place = std::env::temp_dir().join(format!("writer-stalls-{}", std::process::id()));
        let (_, mut writer, storage) = on_a_bad_disk(&place);
        let second_us = 1_000_000;
        writer.storage = Arc::new(Storage { recovered_after_us: 10 * second_us, ..storage.clone() });
        fs::remove_file(&storage.folder).unwrap();
        for stalled in 0..20 {
            writer.tell_fault(&io::Error::from(io::ErrorKind::TimedOut), stalled * second_us);
            writer.tell_recovery(stalled * second_us + second_us / 2);
        }
        writer.probe(24 * second_us);
        assert_eq!(told(&writer), ["lagging"]);
        writer.probe(29 * second_us);
        assert_eq!(told(&writer), ["recovered"]);
        fs::remove_dir_all(place).unwrap();
    }

    #[test]
    fn a_disk_nobody_writes_to_is_tried_now_and_then_while_the_spool_is_busy() {
        let place = std::env::temp_dir().join(format!("writer-tries-{}", std::process::id()));
        let (_, mut writer, storage) = on_a_bad_disk(&place);
        writer.tell_fault(&io::Error::from(io::ErrorKind::StorageFull), 0);
        let second_us = 1_000_000;
        writer.probe(6 * second_us);
        assert_eq!(told(&writer), ["lagging"]);
        fs::remove_file(&storage.folder).unwrap();
        writer.probe(10 * second_us);
        assert_eq!(told(&writer), [""; 0]);
        writer.probe(11 * second_us);
        assert_eq!(told(&writer), ["recovered"]);
        fs::remove_dir_all(place).unwrap();
    }
}
