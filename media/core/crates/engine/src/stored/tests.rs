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
    let write =
        |file: &mut RecordingFile| failing_once.take().map_or(Ok(()), Err).and_then(|()| file.append(&FRAME));
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

/// For what somebody else writes in the spool from this frame on.
fn rest_from(folder: &Folder, at: u64) -> Stored {
    let path = path_of_rest(&folder.0.join("spool/one.wav"), at);
    Stored::create_in_spool(path, &storage()).unwrap()
}

#[test]
fn rests_lie_behind_each_other_and_behind_what_no_disk_took() {
    let folder = Folder::new();
    let mut stored = folder.stored(true);
    stored.append(&FRAME, Sync::Never).unwrap();
    stored.part();
    stored.append(&FRAME, Sync::Never).unwrap();
    refused(&mut stored, 1);
    let mut rest = rest_from(&folder, 4);
    rest.append(&FRAME, Sync::Never).unwrap();
    refused(&mut rest, 2);
    stored.lose(1);
    stored.go_on_with(4, rest);
    stored.append(&FRAME, Sync::Never).unwrap();
    stored.end();
    stored.join().unwrap();
    let finished = stored.finish(Sync::Never).unwrap();
    assert_eq!((finished.file.frames, finished.lost), (8, vec![(2, 4), (5, 7)]));
    let silence = [0; 4];
    let expected = [FRAME, FRAME, silence, silence, FRAME, silence, silence, FRAME];
    assert_eq!(folder.frames("one.wav"), expected);
    assert_eq!(fs::read_dir(folder.0.join("spool")).unwrap().count(), 0);
}

#[test]
fn a_recording_in_the_spool_keeps_its_rest_until_that_can_be_joined() {
    let folder = Folder::new();
    let mut stored = Stored::create_in_spool(folder.0.join("spool/one.wav"), &storage()).unwrap();
    stored.append(&FRAME, Sync::Never).unwrap();
    let mut rest = rest_from(&folder, 1);
    rest.append(&FRAME, Sync::Never).unwrap();
    stored.go_on_with(1, rest);
    let lies = folder.0.join("spool/one.1.rest.wav");
    let held = fs::read(&lies).unwrap();
    fs::OpenOptions::new().write(true).open(&lies).unwrap().set_len(44).unwrap();
    assert!(stored.join().is_err());
    fs::write(&lies, held).unwrap();
    stored.join().unwrap();
    assert_eq!(folder.frames("spool/one.wav"), [FRAME; 2]);
    assert!(!lies.exists());
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
