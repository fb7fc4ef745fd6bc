//! One recording on disk, which goes on in the spool when its own disk fails or hangs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use recording::file::{FinishedFile, RecordingFile};

use crate::events::Samples;
use crate::storage::{Storage, Sync};

/// What the rest of a recording is named, behind the frame where it begins, until it has joined its beginning.
///
/// The beginning grows in its place: only so a start after a kill knows how much of the rest it has already.
const REST: &str = "rest.wav";

/// A little less than a second, since blocks are not of one length to the frame.
const FRAMES_A_SYNC: u64 = 7500;

/// A file under way.
#[derive(Debug)]
pub struct Stored {
    path: PathBuf,
    /// Where it may go on.
    spooled: Option<PathBuf>,
    storage: Arc<Storage>,
    file: RecordingFile,
    /// It is in the spool from its beginning, since its own disk refused it.
    refused: bool,
    /// What its own disk did not take, in the spool, in order.
    rests: Vec<Rest>,
    /// Frames that a power cut would cost.
    unsynced: u64,
    /// Frames that no disk took and that are not made good by silence yet.
    owed: u64,
    lost: Vec<Samples>,
    /// What the disk said when it last refused something.
    refusal: Option<io::ErrorKind>,
}

/// What follows a recording from its frame `at` on.
#[derive(Debug)]
struct Rest {
    at: u64,
    path: PathBuf,
    file: RecordingFile,
}

/// A closed file.
#[derive(Debug)]
pub struct FinishedRecording {
    pub path: PathBuf,
    pub file: FinishedFile,
    /// Frames no disk took.
    pub lost: Vec<Samples>,
}

impl Stored {
    /// Begin a file at `path` or, if that fails, at `spooled`.
    ///
    /// Returns the path it should have had when neither could be made, and beside it the last error.
    pub fn create(
        path: PathBuf,
        spooled: Option<PathBuf>,
        storage: &Arc<Storage>,
    ) -> (Result<Self, PathBuf>, Option<io::Error>) {
        let error = match storage.create(&path) {
            Ok(file) => {
                return (Ok(Self { spooled, refused: false, ..Self::alone(path, file, storage) }), None);
            }
            Err(error) => error,
        };
        match spooled.map(|other| Self::create_in_spool(other, storage)) {
            Some(Ok(stored)) => (Ok(stored), Some(error)),
            Some(Err(other)) => (Err(path), Some(other)),
            None => (Err(path), Some(error)),
        }
    }

    /// Begin a file in the spool for what its own disk does not take.
    pub fn create_in_spool(path: PathBuf, storage: &Arc<Storage>) -> io::Result<Self> {
        let file = storage.create(&path)?;
        Ok(Self::alone(path, file, storage))
    }

    /// In the spool, which it can only leave after its end.
    fn alone(path: PathBuf, file: RecordingFile, storage: &Arc<Storage>) -> Self {
        Self {
            path,
            spooled: None,
            storage: storage.clone(),
            file,
            refused: true,
            rests: Vec::new(),
            unsynced: 0,
            owed: 0,
            lost: Vec::new(),
            refusal: None,
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether what is appended goes where it belongs, not to the spool instead.
    pub fn is_at_home(&self) -> bool {
        !self.refused && self.rests.is_empty()
    }

    /// Append whole frames. They are safe somewhere, or lost and counted, even when this is an error.
    pub fn append(&mut self, block: &[u8], sync: Sync) -> io::Result<()> {
        let frames = self.storage.format.frames_in(block);
        self.put(frames, |file| file.append(block))?;
        self.unsynced += frames;
        if sync != Sync::EverySecond || self.unsynced < FRAMES_A_SYNC {
            return Ok(());
        }
        self.unsynced = 0;
        self.current().sync()
    }

    /// Append silence; as `append`.
    pub fn append_silence(&mut self, frames: u64) -> io::Result<()> {
        self.put(frames, |file| file.append_silence(frames))
    }

    fn put(&mut self, frames: u64, write: impl Fn(&mut RecordingFile) -> io::Result<()>) -> io::Result<()> {
        let written = self.pay().and_then(|()| write(self.current()));
        if let Err(error) = &written {
            self.refusal = Some(error.kind());
            let elsewhere = self.go_on_elsewhere() && self.pay().and_then(|()| write(self.current())).is_ok();
            if !elsewhere {
                self.lose(frames);
            }
        }
        written
    }

    /// Make good by silence what was lost, so that all that follows lies in its place.
    fn pay(&mut self) -> io::Result<()> {
        let owed = self.owed;
        if owed > 0 {
            self.current().append_silence(owed)?;
            self.owed = 0;
        }
        Ok(())
    }

    /// No disk took so many frames more.
    pub fn lose(&mut self, frames: u64) {
        let end = self.frames() + self.owed;
        self.owed += frames;
        self.note_lost((end, end + frames));
    }

    fn note_lost(&mut self, (begin, end): Samples) {
        match self.lost.last_mut().filter(|last| last.1 == begin) {
            _ if begin == end => {}
            Some(last) => last.1 = end,
            None => self.lost.push((begin, end)),
        }
    }

    /// Begin the rest of it in the spool. False when there is none, or it goes on there already.
    fn go_on_elsewhere(&mut self) -> bool {
        let Some(spooled) = self.spooled.as_ref().filter(|_| self.rests.is_empty()) else { return false };
        let at = self.file.frames();
        let path = path_of_rest(spooled, at);
        let file = self.storage.create(&path);
        self.rests.extend(file.map(|file| Rest { at, path, file }));
        self.is_parted()
    }

    /// Go on with what was written meanwhile from frame `at` on, where all before is here or lost.
    pub fn go_on_with(&mut self, at: u64, rest: Self) {
        // Where it fails, joining leaves room for it.
        let _ = self.pay();
        for (begin, end) in rest.lost {
            self.note_lost((at + begin, at + end));
        }
        (self.owed, self.unsynced) = (rest.owed, rest.unsynced);
        self.refusal = rest.refusal.or(self.refusal);
        self.rests.push(Rest { at, path: rest.path, file: rest.file });
    }

    #[cfg(test)]
    pub(crate) fn part(&mut self) {
        assert!(self.go_on_elsewhere());
    }

    fn current(&mut self) -> &mut RecordingFile {
        match self.rests.last_mut() {
            Some(rest) => &mut rest.file,
            None => &mut self.file,
        }
    }

    fn frames(&self) -> u64 {
        self.rests.last().map_or(self.file.frames(), |rest| rest.at + rest.file.frames())
    }

    /// Close what is one file, after its end. It is an error when nothing of it could be written.
    pub fn finish(self, sync: Sync) -> io::Result<FinishedRecording> {
        if let Some(refusal) = self.refusal.filter(|_| self.file.frames() == 0) {
            return Err(refusal.into());
        }
        if sync != Sync::Never {
            self.file.sync()?;
        }
        Ok(FinishedRecording { path: self.path, file: self.file.finish(), lost: self.lost })
    }

    /// Nothing more is appended.
    pub fn end(&mut self) {
        // Where it fails, the file ends before its time, and what is missing was told as lost.
        let _ = self.pay();
    }

    /// Whether it is to be joined before it can be closed.
    pub fn is_parted(&self) -> bool {
        !self.rests.is_empty()
    }

    /// Make it one file again, after its end. It may be tried again after an error; nothing is lost by that.
    pub fn join(&mut self) -> io::Result<()> {
        if let Err(error) = self.join_at_home() {
            self.join_in_spool(error)?;
        }
        Ok(())
    }

    fn join_at_home(&mut self) -> io::Result<()> {
        while let Some(rest) = self.rests.first_mut() {
            append(&mut self.file, rest)?;
            let _ = fs::remove_file(self.rests.remove(0).path);
        }
        Ok(())
    }

    /// Where the first disk still fails.
    fn join_in_spool(&mut self, refusal: io::Error) -> io::Result<()> {
        let Some(spooled) = &self.spooled else { return Err(refusal) };
        let mut whole = self.storage.create(spooled)?;
        let begun = whole.append_file(&mut self.file);
        let joined =
            self.rests.iter_mut().fold(begun, |joined, rest| joined.and_then(|()| append(&mut whole, rest)));
        if let Err(error) = joined {
            let _ = fs::remove_file(spooled);
            return Err(error);
        }
        self.file = whole;
        // A disk that takes nothing may not even let go of it.
        let _ = fs::remove_file(std::mem::replace(&mut self.path, spooled.clone()));
        for rest in self.rests.drain(..) {
            let _ = fs::remove_file(rest.path);
        }
        Ok(())
    }

    /// Nobody wants it.
    pub fn discard(self) {
        let _ = fs::remove_file(self.path);
    }
}

/// Where a recording goes on from a frame, whose place in the spool this is.
pub fn path_of_rest(spooled: &Path, at: u64) -> PathBuf {
    spooled.with_extension(format!("{at}.{REST}"))
}

/// Let a rest lie in its place; where what is before it could not even be made silence, it is now.
fn append(file: &mut RecordingFile, rest: &mut Rest) -> io::Result<()> {
    file.append_silence(rest.at.saturating_sub(file.frames()))?;
    file.append_file(&mut rest.file)
}

#[cfg(test)]
mod tests;
