//! A recording on disk: a WAV file whose header is valid after every block.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::wav;

/// An open recording. Dropping it leaves a valid file with every block that was appended.
#[derive(Debug)]
pub struct RecordingFile {
    file: File,
    data_length: u64,
}

/// A finished file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinishedFile {
    pub frames: u64,
    pub size_bytes: u64,
    /// Of the whole file, in hexadecimal.
    pub sha256: String,
}

impl RecordingFile {
    /// Create the file and its folder; an existing file is an error, never overwritten.
    pub fn create(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
        file.write_all(&wav::header(0))?;
        Ok(Self { file, data_length: 0 })
    }

    /// Append whole frames and bring the header up to date.
    pub fn append(&mut self, block: &[u8]) -> io::Result<()> {
        if let Err(error) = self.file.write_all(block) {
            // Part of the block may be there: cut it off, so that the header stays true.
            let _ = self.file.set_len(wav::HEADER_LENGTH + self.data_length);
            return Err(error);
        }
        self.grow(block.len() as u64)
    }

    /// Append frames of silence as a hole, which costs the disk nothing however long it is.
    pub fn append_silence(&mut self, frames: u64) -> io::Result<()> {
        let length = frames * wav::FRAME_LENGTH as u64;
        self.file.set_len(wav::HEADER_LENGTH + self.data_length + length)?;
        self.file.seek(SeekFrom::End(0))?;
        self.grow(length)
    }

    fn grow(&mut self, length: u64) -> io::Result<()> {
        self.data_length += length;
        self.file.write_all_at(&wav::header(self.data_length), 0)
    }

    /// Close the file and take its measure.
    pub fn finish(mut self) -> io::Result<FinishedFile> {
        Ok(FinishedFile {
            frames: self.data_length / wav::FRAME_LENGTH as u64,
            size_bytes: wav::HEADER_LENGTH + self.data_length,
            sha256: self.hash()?,
        })
    }

    fn hash(&mut self) -> io::Result<String> {
        let mut hash = Sha256::new();
        let mut chunk = vec![0; 64 * 1024];
        self.file.rewind()?;
        loop {
            let length = self.file.read(&mut chunk)?;
            if length == 0 {
                break;
            }
            hash.update(&chunk[..length]);
        }
        Ok(hexadecimal(&hash.finalize()))
    }
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(2 * octets.len()), |mut text, octet| {
        let _ = write!(text, "{octet:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            Self(std::env::temp_dir().join(format!("recording-{name}-{}", std::process::id())))
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn the_header_is_true_after_every_block() {
        let folder = Folder::new("header");
        let path = folder.0.join("2026-11-20").join("one.wav");
        let mut file = RecordingFile::create(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), wav::header(0));
        for blocks in 1..4 {
            file.append(&[7; 8000]).unwrap();
            let bytes = fs::read(&path).unwrap();
            assert_eq!(bytes[..44], wav::header(blocks * 8000));
            assert_eq!(bytes.len() as u64, 44 + blocks * 8000);
        }
    }

    #[test]
    fn silence_lies_before_what_follows() {
        let folder = Folder::new("silence");
        let path = folder.0.join("one.wav");
        let mut file = RecordingFile::create(&path).unwrap();
        let minute = 60 * 8000;
        file.append_silence(minute).unwrap();
        file.append(&[7; 8]).unwrap();
        assert_eq!(file.finish().unwrap().frames, minute + 2);
        let bytes = fs::read(&path).unwrap();
        let (header, frames) = bytes.split_at(44);
        assert_eq!(header, wav::header((minute + 2) * 4));
        let (silence, block) = frames.split_at(minute as usize * 4);
        assert!(silence.iter().all(|&octet| octet == 0));
        assert_eq!(block, [7; 8]);
    }

    #[test]
    fn a_finished_file_knows_its_measure() {
        let folder = Folder::new("finish");
        let path = folder.0.join("one.wav");
        let mut file = RecordingFile::create(&path).unwrap();
        file.append(&[0; 8000]).unwrap();
        let finished = file.finish().unwrap();
        assert_eq!((finished.frames, finished.size_bytes), (2000, 8044));
        let expected = hexadecimal(&Sha256::digest(fs::read(&path).unwrap()));
        assert_eq!(finished.sha256, expected);
    }

    #[test]
    fn an_existing_file_is_never_overwritten() {
        let folder = Folder::new("twice");
        let path = folder.0.join("one.wav");
        RecordingFile::create(&path).unwrap().append(&[1; 4]).unwrap();
        assert_eq!(RecordingFile::create(&path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::metadata(&path).unwrap().len(), 48);
    }
}
