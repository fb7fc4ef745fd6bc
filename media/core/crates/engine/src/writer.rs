//! The one thread that touches the disk.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::Receiver;
use recording::file::{FinishedFile, RecordingFile};
use recording::timeline::ChannelCounters;

use crate::event_ring::EventRing;
use crate::events::{ChannelSummary, Event, RecordingId, RecordingSummary};

/// Jobs that may wait for the disk; a block is a second of one recording, 32 kB.
pub const QUEUE_LENGTH: usize = 2048;

/// Work for the writer.
#[derive(Debug)]
pub enum Job {
    Open { recording: RecordingId, path: PathBuf },
    Append { recording: RecordingId, block: Vec<u8> },
    AppendSilence { recording: RecordingId, frames: u64 },
    Finish { recording: RecordingId, ending: Ending },
}

/// How a recording came to its end.
#[derive(Clone, Debug)]
pub enum Ending {
    Whole { customer: ChannelCounters, agent: ChannelCounters },
    Broken { reason: String },
}

/// Writes until every sender of jobs is gone.
#[derive(Debug)]
pub struct Writer {
    jobs: Receiver<Job>,
    facts: Arc<EventRing>,
    files: HashMap<RecordingId, RecordingFile>,
}

impl Writer {
    pub fn new(jobs: Receiver<Job>, facts: Arc<EventRing>) -> Self {
        Self { jobs, facts, files: HashMap::new() }
    }

    pub fn run(mut self) {
        while let Ok(job) = self.jobs.recv() {
            match job {
                Job::Open { recording, path } => self.open(recording, &path),
                Job::Append { recording, block } => self.append(recording, |file| file.append(&block)),
                Job::AppendSilence { recording, frames } => {
                    self.append(recording, |file| file.append_silence(frames));
                }
                Job::Finish { recording, ending } => self.finish(recording, &ending),
            }
        }
    }

    fn open(&mut self, recording: RecordingId, path: &Path) {
        match RecordingFile::create(path) {
            Ok(file) => {
                self.files.insert(recording, file);
                self.facts.push(Event::RecordingStarted { recording });
            }
            Err(error) => self.fail(recording, format!("the file could not be created: {error}")),
        }
    }

    /// What comes for a recording that has failed already is nobody's any more.
    fn append(&mut self, recording: RecordingId, write: impl FnOnce(&mut RecordingFile) -> io::Result<()>) {
        let Some(file) = self.files.get_mut(&recording) else { return };
        if let Err(error) = write(file) {
            self.files.remove(&recording);
            self.fail(recording, format!("the file could not be written: {error}"));
        }
    }

    fn finish(&mut self, recording: RecordingId, ending: &Ending) {
        let Some(file) = self.files.remove(&recording) else { return };
        match ending {
            Ending::Whole { customer, agent } => match summary(file.finish(), customer, agent) {
                Ok(summary) => self.facts.push(Event::RecordingCompleted { recording, summary }),
                Err(error) => self.fail(recording, format!("the file could not be read back: {error}")),
            },
            Ending::Broken { reason } => self.fail(recording, reason.clone()),
        }
    }

    fn fail(&self, recording: RecordingId, reason: String) {
        self.facts.push(Event::RecordingFailed { recording, reason });
    }
}

fn summary(
    finished: io::Result<FinishedFile>,
    customer: &ChannelCounters,
    agent: &ChannelCounters,
) -> io::Result<RecordingSummary> {
    let FinishedFile { frames, size_bytes, sha256 } = finished?;
    let (customer, agent) = (channel(customer), channel(agent));
    Ok(RecordingSummary { duration_ms: frames / 8, size_bytes, sha256, customer, agent })
}

fn channel(counters: &ChannelCounters) -> ChannelSummary {
    ChannelSummary { packets: counters.packets, lost_ms: counters.lost_samples / 8 }
}
