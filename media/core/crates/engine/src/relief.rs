//! How the spool's writer stands in for one of the folder whose disk hangs.
//!
//! It takes over the jobs that wait, and lets each recording go on in a rest in the spool from the first frame on that its
//! own writer has not taken in hand. When the disk has done what it hung in, that writer takes the rests back and goes
//! on with them, as if the disk had refused their beginnings. Only what it has in hand waits for the disk.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::Path;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Select, TryRecvError};
use recording::format::SampleFormat;

use crate::events::RecordingId;
use crate::storage::{Ending, Job, Storage, Waiting, WriterEnd};
use crate::stored::{Stored, path_of_rest};

/// How far the jobs of a writer were taken, and by whom.
///
/// Who holds it takes the next one; so each recording is written in order, whoever writes it.
#[derive(Debug, Default)]
pub struct Book {
    /// Of those under way.
    places: HashMap<RecordingId, Place>,
    /// What was done for a writer that is stuck; None while nobody stands in for it.
    pub relief: Option<Relief>,
}

/// Where a recording lies, and may go on in the spool.
#[derive(Clone, Debug)]
pub struct Place {
    pub path: Arc<Path>,
    pub spooled: Arc<Path>,
    /// How much of it was taken in hand.
    frames: u64,
}

/// Recordings that went on without their writer.
pub type Relief = BTreeMap<RecordingId, Continuation>;

/// How one of them did.
#[derive(Debug, Default)]
pub struct Continuation {
    /// Frames that are lost, since the spool refused to begin a rest.
    missed: u64,
    /// What follows, and from which frame on.
    rest: Option<(u64, Stored)>,
    /// It began meanwhile: that is all of it.
    pub is_whole: bool,
    /// It has ended since.
    pub ending: Option<Ending>,
}

/// What a writer finds.
#[derive(Debug)]
pub enum Next {
    Job(Waiting),
    /// Somebody stood in for it; this comes before any further job.
    Relieved(Relief),
    Nothing,
    /// Nothing comes any more.
    Over,
}

impl WriterEnd {
    /// What its writer does next.
    pub fn next(&self, format: SampleFormat) -> Next {
        let mut book = self.book();
        if let Some(relief) = book.relief.take() {
            return Next::Relieved(relief);
        }
        match self.jobs.try_recv() {
            Ok(waiting) => {
                book.note(&waiting.1, format);
                Next::Job(waiting)
            }
            Err(TryRecvError::Empty) => Next::Nothing,
            Err(TryRecvError::Disconnected) => Next::Over,
        }
    }

    /// Until there may be something to do, and no longer than so.
    pub fn wait(&self, patience: Duration) {
        let mut select = Select::new();
        select.recv(&self.jobs);
        let _ = select.ready_timeout(patience);
    }

    pub fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    /// A job is taken in hand. Returns where its recording lies, with the frame from which on the job is; None for one
    /// that has nowhere else to go.
    pub fn note(&mut self, job: &Job, format: SampleFormat) -> Option<Place> {
        match job {
            Job::Open { recording, path, spooled } => {
                let place =
                    Place { path: path.as_path().into(), spooled: spooled.as_deref()?.into(), frames: 0 };
                self.places.insert(*recording, place.clone());
                Some(place)
            }
            Job::Append { recording, block } => self.advance(*recording, format.frames_in(block)),
            Job::AppendSilence { recording, frames } => self.advance(*recording, *frames),
            Job::Finish { recording, .. } => self.places.remove(recording),
        }
    }

    fn advance(&mut self, recording: RecordingId, frames: u64) -> Option<Place> {
        let place = self.places.get_mut(&recording)?;
        let before = place.clone();
        place.frames += frames;
        Some(before)
    }

    /// A recording has failed: what comes for it is nobody's.
    pub fn forget(&mut self, recording: RecordingId) {
        self.places.remove(&recording);
    }
}

impl Place {
    /// Where the rest begins that a job belongs to which is the first of it.
    fn begin_rest(&self, storage: &Arc<Storage>) -> io::Result<(u64, Stored)> {
        let path = path_of_rest(&self.spooled, self.frames);
        Ok((self.frames, Stored::create_in_spool(path, storage)?))
    }
}

impl Continuation {
    /// All of a recording, which began meanwhile.
    pub fn whole(stored: Stored) -> Self {
        Self { is_whole: true, rest: Some((0, stored)), ..Self::default() }
    }

    /// Write frames from `place` on. They are safe, or lost and counted, even when this is an error.
    pub fn put(
        &mut self,
        place: &Place,
        frames: u64,
        storage: &Arc<Storage>,
        write: impl FnOnce(&mut Stored) -> io::Result<()>,
    ) -> io::Result<()> {
        let begun = self.rest.take().map_or_else(|| place.begin_rest(storage), Ok);
        if begun.is_err() {
            self.missed += frames;
        }
        write(&mut self.rest.insert(begun?).1)
    }

    /// Let its writer go on with it, where all before was written or is told as lost. Returns its end, if it has come.
    pub fn follow(self, beginning: &mut Stored) -> Option<Ending> {
        beginning.lose(self.missed);
        if let Some((at, rest)) = self.rest {
            beginning.go_on_with(at, rest);
        }
        self.ending
    }

    /// What there is of one that has no beginning: all of it, or what nobody wants since its beginning failed.
    pub fn into_whole(self) -> Option<Stored> {
        let (_, stored) = self.rest?;
        if self.is_whole {
            return Some(stored);
        }
        stored.discard();
        None
    }
}
