//! One recording on disk, which goes on in the spool when its own disk fails.

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
    /// What its own disk did not take, in the spool.
    rest: Option<(PathBuf, RecordingFile)>,
    /// Frames that a power cut would cost.
    unsynced: u64,
    /// Frames that no disk took and that are not made good by silence yet.
    owed: u64,
    lost: Vec<Samples>,
    /// What the disk said when it last refused something.
    refusal: Option<io::ErrorKind>,
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
        let begin = |path: PathBuf, file, spooled, refused| Self {
            path,
            spooled,
            storage: storage.clone(),
            file,
            refused,
            rest: None,
            unsynced: 0,
            owed: 0,
            lost: Vec::new(),
            refusal: None,
        };
        let error = match storage.create(&path) {
            Ok(file) => return (Ok(begin(path, file, spooled, false)), None),
            Err(error) => error,
        };
        match spooled.map(|other| (storage.create(&other), other)) {
            Some((Ok(file), other)) => (Ok(begin(other, file, None, true)), Some(error)),
            Some((Err(other), _)) => (Err(path), Some(other)),
            None => (Err(path), Some(error)),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether what is appended goes where it belongs, not to the spool instead.
    pub fn is_at_home(&self) -> bool {
        !self.refused && self.rest.is_none()
    }

    /// Append whole frames. They are safe somewhere, or lost and counted, even when this is an error.
    pub fn append(&mut self, block: &[u8], sync: Sync) -> io::Result<()> {
        let frames = (block.len() / self.storage.format.frame_length()) as u64;
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

    fn lose(&mut self, frames: u64) {
        let end = self.frames() + self.owed;
        self.owed += frames;
        match self.lost.last_mut().filter(|last| last.1 == end) {
            Some(last) => last.1 += frames,
            None => self.lost.push((end, end + frames)),
        }
    }

    /// Begin the rest of it in the spool. False when there is none, or it goes on there already.
    fn go_on_elsewhere(&mut self) -> bool {
        let Some(spooled) = self.spooled.as_ref().filter(|_| self.rest.is_none()) else { return false };
        let path = spooled.with_extension(format!("{}.{REST}", self.file.frames()));
        self.rest = self.storage.create(&path).ok().map(|file| (path, file));
        self.rest.is_some()
    }

    #[cfg(test)]
    pub(crate) fn part(&mut self) {
        assert!(self.go_on_elsewhere());
    }

    fn current(&mut self) -> &mut RecordingFile {
        match &mut self.rest {
            Some((_, rest)) => rest,
            None => &mut self.file,
        }
    }

    fn frames(&self) -> u64 {
        self.file.frames() + self.rest.as_ref().map_or(0, |(_, rest)| rest.frames())
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
        self.rest.is_some()
    }

    /// Make it one file again, after its end. It may be tried again after an error; nothing is lost by that.
    pub fn join(&mut self) -> io::Result<()> {
        let Some((_, rest)) = &mut self.rest else { return Ok(()) };
        if self.file.append_file(rest).is_err() {
            self.join_in_spool()?;
        }
        if let Some((path, _)) = self.rest.take() {
            let _ = fs::remove_file(path);
        }
        Ok(())
    }

    /// Where the first disk still fails.
    fn join_in_spool(&mut self) -> io::Result<()> {
        let (Some(spooled), Some((_, rest))) = (&self.spooled, &mut self.rest) else { return Ok(()) };
        let mut whole = self.storage.create(spooled)?;
        if let Err(error) = whole.append_file(&mut self.file).and_then(|()| whole.append_file(rest)) {
            let _ = fs::remove_file(spooled);
            return Err(error);
        }
        self.file = whole;
        // A disk that takes nothing may not even let go of it.
        let _ = fs::remove_file(std::mem::replace(&mut self.path, spooled.clone()));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    const FRAME: [u8; 4] = [1, 0, 2, 0];

    fn storage() -> Arc<Storage> {
        Arc::new(Storage::default())
    }

    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            static NEXT: AtomicU32 = AtomicU32::new(0);
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            Self(std::env::temp_dir().join(format!("stored-{}-{number}", std::process::id())))
        }

        fn stored(&self, spool: bool) -> Stored {
            let spooled = spool.then(|| self.0.join("spool/one.wav"));
            Stored::create(self.0.join("one.wav"), spooled, &storage()).0.unwrap()
        }

        fn frames(&self, name: &str) -> Vec<[u8; 4]> {
            let bytes = fs::read(self.0.join(name)).unwrap();
            bytes[44..].chunks_exact(4).map(|frame| frame.try_into().unwrap()).collect()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    /// A disk that refuses what it is given, once.
    fn refused(stored: &mut Stored, frames: u64) {
        let error = stored.put(frames, |_| Err(io::Error::from(io::ErrorKind::StorageFull))).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    fn what_no_disk_took_is_silence_in_its_place_and_told() {
        let folder = Folder::new();
        let mut stored = folder.stored(false);
        stored.append(&FRAME, Sync::Never).unwrap();
        refused(&mut stored, 2);
        refused(&mut stored, 1);
        stored.append(&FRAME, Sync::EverySecond).unwrap();
        refused(&mut stored, 1);
        stored.end();
        let finished = stored.finish(Sync::AtEnd).unwrap();
        assert_eq!((finished.file.frames, finished.lost), (6, vec![(1, 4), (5, 6)]));
        let silence = [0; 4];
        assert_eq!(folder.frames("one.wav"), [FRAME, silence, silence, silence, FRAME, silence]);
    }

    #[test]
    fn a_recording_goes_on_in_the_spool_and_comes_back_whole() {
        let folder = Folder::new();
        let mut stored = folder.stored(true);
        stored.append(&FRAME, Sync::Never).unwrap();
        let full = io::Error::from(io::ErrorKind::StorageFull);
        let failing_once = std::cell::Cell::new(Some(full));
        let write = |file: &mut RecordingFile| {
            failing_once.take().map_or(Ok(()), Err).and_then(|()| file.append(&FRAME))
        };
        assert!(stored.put(1, write).is_err());
        stored.append(&FRAME, Sync::Never).unwrap();
        let rest = folder.0.join("spool/one.1.rest.wav");
        assert_eq!(fs::metadata(&rest).unwrap().len(), 44 + 8);
        stored.end();
        assert!(stored.is_parted());
        stored.join().unwrap();
        let finished = stored.finish(Sync::Never).unwrap();
        assert_eq!((finished.path.as_path(), finished.lost.len()), (folder.0.join("one.wav").as_path(), 0));
        assert_eq!(folder.frames("one.wav"), [FRAME; 3]);
        assert!(!rest.exists());
    }

    #[test]
    fn a_folder_that_cannot_be_written_gives_way_to_the_spool() {
        let folder = Folder::new();
        fs::create_dir_all(&folder.0).unwrap();
        fs::write(folder.0.join("file"), []).unwrap();
        let (inside_a_file, spooled) = (folder.0.join("file/one.wav"), folder.0.join("spool/one.wav"));
        let (stored, trouble) = Stored::create(inside_a_file.clone(), Some(spooled.clone()), &storage());
        assert_eq!(stored.unwrap().path(), spooled);
        assert!(trouble.is_some());
        let (stored, trouble) = Stored::create(inside_a_file.clone(), None, &storage());
        assert_eq!(stored.unwrap_err(), inside_a_file);
        assert!(trouble.is_some());
    }
}
