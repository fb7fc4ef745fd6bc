//! How recordings are stored: what of it is configured, and the queues to the threads that write.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, bounded};
use recording::file::RecordingFile;
use recording::format::SampleFormat;
use recording::marks::Mark;
use recording::timeline::ChannelFacts;

use crate::disks::Disks;
use crate::events::{Event, RecordingId, Samples};
use crate::relief::Book;

/// Jobs that may wait for all writers of a folder; a block is half a second of one recording, up to 16 kB.
const WAITING: usize = 16_384;
/// A writer lags no more when it is no further behind than this.
const IN_TIME_US: u64 = 500_000;

/// How long a folder must have taken all in time until it has recovered: two tries of a disk nobody writes to.
pub const RECOVERED_AFTER_US: u64 = 10_000_000;

/// What is configured.
#[derive(Clone, Debug)]
pub struct Storage {
    pub folder: PathBuf,
    /// Where recordings go instead while the folder cannot be written, or not fast enough.
    pub spool: Option<PathBuf>,
    pub format: SampleFormat,
    pub sync: Sync,
    /// Threads that write to the folder; the spool has one of its own.
    pub writers: usize,
    /// How far behind a writer lags.
    pub lagging_after_us: u64,
    /// How long a folder must have taken all in time before it has recovered.
    pub recovered_after_us: u64,
    /// Those that are known.
    pub disks: Arc<Disks>,
}

impl Storage {
    /// Begin a file, unless its disk is not mounted.
    pub fn create(&self, path: &Path) -> io::Result<RecordingFile> {
        self.disks.require(path)?;
        RecordingFile::create(path, self.format)
    }

    /// Where a file lies, and where it goes on if that fails.
    pub fn paths(&self, place: &Path, in_spool: bool) -> (PathBuf, Option<PathBuf>) {
        let spooled = self.spool.as_ref().map(|spool| spool.join(place));
        match spooled {
            Some(path) if in_spool => (path, None),
            spooled => (self.folder.join(place), spooled),
        }
    }
}

impl Default for Storage {
    /// Below the working folder, as plain as can be.
    fn default() -> Self {
        Self {
            folder: PathBuf::new(),
            spool: None,
            format: SampleFormat::Linear16,
            sync: Sync::Never,
            writers: 1,
            lagging_after_us: 2_000_000,
            recovered_after_us: 0,
            disks: Arc::default(),
        }
    }
}

/// When a file is forced to the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sync {
    /// When the kernel likes.
    Never,
    AtEnd,
    /// With every block.
    EverySecond,
}

/// Work for a writer.
#[derive(Debug)]
pub enum Job {
    /// Begin a file, here or in the spool.
    Open {
        recording: RecordingId,
        path: PathBuf,
        spooled: Option<PathBuf>,
    },
    Append {
        recording: RecordingId,
        block: Vec<u8>,
    },
    /// Frames that nobody spoke, or that are lost.
    AppendSilence {
        recording: RecordingId,
        frames: u64,
    },
    Finish {
        recording: RecordingId,
        ending: Box<Ending>,
    },
}

/// What is known of a recording when it ends.
#[derive(Clone, Debug, Default)]
pub struct Ending {
    pub customer: ChannelFacts,
    pub agent: ChannelFacts,
    pub marks: Vec<Mark>,
    /// Frames the disk was too slow for.
    pub unwritten: Vec<Samples>,
}

/// A job and since when it waits.
pub type Waiting = (u64, Job);

/// How a writer keeps up, as others see it.
#[derive(Debug)]
pub struct Health {
    folder: String,
    lagging_after_us: u64,
    /// Since when the job in hand waited; 0 while there is none.
    in_hand_us: AtomicU64,
    /// It lags or fails.
    lagging: AtomicBool,
    /// How many of the folder's writers do: what is reported is the folder.
    troubled: Arc<AtomicUsize>,
}

impl Health {
    /// The writer takes a job that waits since then.
    pub fn take(&self, since_us: u64) {
        self.in_hand_us.store(since_us.max(1), Ordering::Relaxed);
    }

    /// The writer has done it.
    pub fn put_down(&self) {
        self.in_hand_us.store(0, Ordering::Relaxed);
    }

    pub fn is_lagging(&self) -> bool {
        self.lagging.load(Ordering::Relaxed)
    }

    /// What it has in hand waits for its disk, and has for too long.
    pub fn is_stuck(&self, now_us: u64) -> bool {
        self.behind_us(now_us) >= self.lagging_after_us
    }

    /// The disk refused something: the first time since all was well.
    pub fn fail(&self, reason: String) -> Option<Event> {
        self.begin_to_lag().then(|| Event::StorageLagging {
            folder: self.folder.clone(),
            behind_ms: 0,
            reason,
        })
    }

    /// The disk takes what it is given again, from the last writer of the folder that had lagged.
    pub fn recover(&self) -> Option<Event> {
        let ends = self.lagging.swap(false, Ordering::Relaxed);
        let last = ends && self.troubled.fetch_sub(1, Ordering::Relaxed) == 1;
        last.then(|| Event::StorageRecovered { folder: self.folder.clone() })
    }

    /// Whether this writer has just begun to lag, as the first of the folder's.
    fn begin_to_lag(&self) -> bool {
        let begins = !self.lagging.swap(true, Ordering::Relaxed);
        begins && self.troubled.fetch_add(1, Ordering::Relaxed) == 0
    }

    fn behind_us(&self, now_us: u64) -> u64 {
        match self.in_hand_us.load(Ordering::Relaxed) {
            0 => 0,
            since_us => now_us.saturating_sub(since_us),
        }
    }

    /// Whether the folder has just begun to lag.
    fn look(&self, now_us: u64) -> Option<Event> {
        if !self.is_stuck(now_us) || !self.begin_to_lag() {
            return None;
        }
        Some(Event::StorageLagging {
            folder: self.folder.clone(),
            behind_ms: self.behind_us(now_us) / 1000,
            reason: "the disk is too slow".into(),
        })
    }

    /// Whether a job that waited since then shows that it keeps up again.
    pub fn is_in_time(since_us: u64, now_us: u64) -> bool {
        now_us.saturating_sub(since_us) <= IN_TIME_US
    }
}

#[derive(Debug)]
struct Queue {
    jobs: Sender<Waiting>,
    health: Arc<Health>,
}

/// Names one of the writers.
pub type WriterId = usize;

/// The ways to all writers. They end when the last of these is gone.
#[derive(Clone, Debug)]
pub struct Writers {
    /// Those of the folder first; one of the spool, if there is any, last.
    queues: Arc<[Queue]>,
    has_spool: bool,
}

/// What a writer needs to begin.
#[derive(Clone, Debug)]
pub struct WriterEnd {
    pub jobs: Receiver<Waiting>,
    pub health: Arc<Health>,
    pub folder: PathBuf,
    /// How far it came with what is in `jobs`, and who stands in for it.
    pub book: Arc<Mutex<Book>>,
    /// For whom it stands in while they are stuck: the spool's writer for all of the folder.
    pub charges: Vec<WriterEnd>,
}

impl Writers {
    /// The queues and, for each writer, its end.
    pub fn new(storage: &Storage) -> (Self, Vec<WriterEnd>) {
        let writers = storage.writers.max(1);
        let (home, spool) = (Arc::default(), Arc::default());
        let homes = std::iter::repeat_n((&storage.folder, &home), writers);
        let folders = homes.chain(storage.spool.iter().map(|folder| (folder, &spool)));
        let (room, after_us) = (WAITING / writers, storage.lagging_after_us);
        let (queues, mut ends): (Vec<_>, Vec<_>) =
            folders.map(|(folder, troubled)| queue(folder, room, after_us, troubled)).unzip();
        let charges = ends[..writers].to_vec();
        ends[writers..].iter_mut().for_each(|spool: &mut WriterEnd| spool.charges.clone_from(&charges));
        (Self { queues: queues.into(), has_spool: storage.spool.is_some() }, ends)
    }

    /// Who shall write a new recording: the spool's writer while the folder's lags and it does not.
    pub fn choose(&self, recording: RecordingId) -> WriterId {
        let spool = self.queues.len() - usize::from(self.has_spool);
        let writer = (recording % spool as u64) as usize;
        let lags = |writer: WriterId| self.queues[writer].health.is_lagging();
        if self.has_spool && lags(writer) && !lags(spool) { spool } else { writer }
    }

    /// Whether this is the writer of the spool.
    pub fn is_spool(&self, writer: WriterId) -> bool {
        self.has_spool && writer + 1 == self.queues.len()
    }

    /// Give a writer a job; false when it has too many.
    pub fn try_send(&self, writer: WriterId, job: Job, now_us: u64) -> bool {
        self.queues[writer].jobs.try_send((now_us, job)).is_ok()
    }

    /// Give a writer a job, waiting for room until then; false when there was none.
    pub fn send_before(&self, writer: WriterId, job: Job, now_us: u64, deadline: Instant) -> bool {
        self.queues[writer].jobs.send_deadline((now_us, job), deadline).is_ok()
    }

    /// The writers that have just begun to lag.
    pub fn look(&self, now_us: u64) -> impl Iterator<Item = Event> {
        self.queues.iter().filter_map(move |queue| queue.health.look(now_us))
    }
}

fn queue(
    folder: &Path,
    room: usize,
    lagging_after_us: u64,
    troubled: &Arc<AtomicUsize>,
) -> (Queue, WriterEnd) {
    let (sender, jobs) = bounded(room);
    let health = Arc::new(Health {
        folder: folder.display().to_string(),
        lagging_after_us,
        in_hand_us: AtomicU64::new(0),
        lagging: AtomicBool::new(false),
        troubled: troubled.clone(),
    });
    let end = WriterEnd {
        jobs,
        health: health.clone(),
        folder: folder.to_path_buf(),
        book: Arc::default(),
        charges: Vec::new(),
    };
    (Queue { jobs: sender, health }, end)
}

#[cfg(test)]
mod tests;
