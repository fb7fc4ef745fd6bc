//! A recording on disk: a WAV file whose header is valid after every block.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::format::SampleFormat;
use crate::wav;

const CHUNK: usize = 64 * 1024;

/// An open recording. Dropping it leaves a valid file with every block that was appended.
#[derive(Debug)]
pub struct RecordingFile {
    file: File,
    format: SampleFormat,
    data_length: u64,
    /// Of the samples so far.
    hash: Sha256,
}

/// A finished file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinishedFile {
    pub frames: u64,
    pub size_bytes: u64,
    /// Of the samples, without the header, in hexadecimal.
    pub sha256: String,
}

impl RecordingFile {
    /// Create the file and its folder; an existing file is an error, never overwritten.
    pub fn create(path: &Path, format: SampleFormat) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
        if let Err(error) = file.write_all(&wav::header(format, 0)) {
            // What has no header is no recording.
            let _ = fs::remove_file(path);
            return Err(error);
        }
        Ok(Self { file, format, data_length: 0, hash: Sha256::new() })
    }

    /// Append whole frames and bring the header up to date.
    pub fn append(&mut self, block: &[u8]) -> io::Result<()> {
        self.append_with(block, |file| file.write_all(block))
    }

    fn append_with(
        &mut self,
        block: &[u8],
        write: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> io::Result<()> {
        let written = write(&mut self.file).and_then(|()| self.say_length(block.len() as u64));
        if let Err(error) = written {
            self.cut_off();
            return Err(error);
        }
        self.hash.update(block);
        self.data_length += block.len() as u64;
        Ok(())
    }

    /// Append frames of silence, all or none. Where silence is zero it is a hole, which costs the disk nothing.
    pub fn append_silence(&mut self, frames: u64) -> io::Result<()> {
        self.all_or_none(|file| file.append_chunks_of_silence(frames))
    }

    fn append_chunks_of_silence(&mut self, frames: u64) -> io::Result<()> {
        let mut left = frames * self.format.frame_length() as u64;
        let chunk = vec![self.format.silence(); CHUNK.min(left as usize)];
        while left > 0 {
            let silence = &chunk[..left.min(CHUNK as u64) as usize];
            let end = self.length() + silence.len() as u64;
            self.append_with(silence, |file| match silence[0] {
                0 => file.set_len(end).and_then(|()| file.seek(SeekFrom::Start(end))).map(drop),
                _ => file.write_all(silence),
            })?;
            left -= silence.len() as u64;
        }
        Ok(())
    }

    /// Append all samples of another file, or none; they are on the disk then, so that the other may go.
    pub fn append_file(&mut self, other: &mut Self) -> io::Result<()> {
        self.all_or_none(|file| file.copy_samples(other).and_then(|()| file.sync()))
    }

    /// Append in several steps; where one fails, nothing was appended.
    fn all_or_none(&mut self, append: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        let (data_length, hash) = (self.data_length, self.hash.clone());
        let appended = append(self);
        if appended.is_err() {
            (self.data_length, self.hash) = (data_length, hash);
            self.cut_off();
            let _ = self.say_length(0);
        }
        appended
    }

    fn copy_samples(&mut self, other: &mut Self) -> io::Result<()> {
        let mut chunk = vec![0; CHUNK];
        other.file.seek(SeekFrom::Start(wav::header_length(other.format)))?;
        let mut left = other.data_length;
        while left > 0 {
            let length = left.min(CHUNK as u64) as usize;
            other.file.read_exact(&mut chunk[..length])?;
            self.append(&chunk[..length])?;
            left -= length as u64;
        }
        Ok(())
    }

    /// Wait until all of it would survive a power cut.
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Frames appended so far.
    pub fn frames(&self) -> u64 {
        self.data_length / self.format.frame_length() as u64
    }

    /// Close the file and take its measure.
    pub fn finish(self) -> FinishedFile {
        FinishedFile {
            frames: self.frames(),
            size_bytes: self.length(),
            sha256: hexadecimal(&self.hash.finalize()),
        }
    }

    /// Part of a block that failed may be there: cut it off, so that the header stays true.
    fn cut_off(&mut self) {
        let _ = self.file.set_len(self.length());
        let _ = self.file.seek(SeekFrom::End(0));
    }

    fn length(&self) -> u64 {
        wav::header_length(self.format) + self.data_length
    }

    /// Let the header speak of so much more than before.
    fn say_length(&self, more: u64) -> io::Result<()> {
        self.file.write_all_at(&wav::header(self.format, self.data_length + more), 0)
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
    use audio::g711::Law;
    use std::path::PathBuf;

    const LINEAR: SampleFormat = SampleFormat::Linear16;
    const ALAW: SampleFormat = SampleFormat::G711(Law::Pcma);

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
        let mut file = RecordingFile::create(&path, LINEAR).unwrap();
        assert_eq!(fs::read(&path).unwrap(), wav::header(LINEAR, 0));
        for blocks in 1..4 {
            file.append(&[7; 8000]).unwrap();
            let bytes = fs::read(&path).unwrap();
            assert_eq!(bytes[..44], wav::header(LINEAR, blocks * 8000));
            assert_eq!(bytes.len() as u64, 44 + blocks * 8000);
        }
    }

    #[test]
    fn silence_lies_before_what_follows() {
        let folder = Folder::new("silence");
        let path = folder.0.join("one.wav");
        let mut file = RecordingFile::create(&path, LINEAR).unwrap();
        let minute = 60 * 8000;
        file.append_silence(minute).unwrap();
        file.append(&[7; 8]).unwrap();
        assert_eq!(file.finish().frames, minute + 2);
        let bytes = fs::read(&path).unwrap();
        let (header, frames) = bytes.split_at(44);
        assert_eq!(header, wav::header(LINEAR, (minute + 2) * 4));
        let (silence, block) = frames.split_at(minute as usize * 4);
        assert!(silence.iter().all(|&octet| octet == 0));
        assert_eq!(block, [7; 8]);
    }

    #[test]
    fn a_finished_file_knows_its_measure() {
        let folder = Folder::new("finish");
        let path = folder.0.join("one.wav");
        let mut file = RecordingFile::create(&path, LINEAR).unwrap();
        file.append(&[0; 8000]).unwrap();
        let finished = file.finish();
        assert_eq!((finished.frames, finished.size_bytes), (2000, 8044));
        let expected = hexadecimal(&Sha256::digest(&fs::read(&path).unwrap()[44..]));
        assert_eq!(finished.sha256, expected);
    }

    #[test]
    fn an_existing_file_is_never_overwritten() {
        let folder = Folder::new("twice");
        let path = folder.0.join("one.wav");
        RecordingFile::create(&path, LINEAR).unwrap().append(&[1; 4]).unwrap();
        assert_eq!(RecordingFile::create(&path, LINEAR).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::metadata(&path).unwrap().len(), 48);
    }

    #[test]
    fn what_fails_half_way_leaves_the_file_as_it_was() {
        let folder = Folder::new("half");
        let path = folder.0.join("one.wav");
        let mut file = RecordingFile::create(&path, ALAW).unwrap();
        file.append(&[7; 8000]).unwrap();
        let before = fs::read(&path).unwrap();
        let full = io::Error::from(io::ErrorKind::StorageFull);
        let failed = file.all_or_none(|file| file.append_chunks_of_silence(100_000).and(Err(full)));
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(fs::read(&path).unwrap(), before);
        file.append_silence(100_000).unwrap();
        let expected = [vec![7; 8000], vec![ALAW.silence(); 200_000]].concat();
        assert_eq!(fs::read(&path).unwrap()[58..], expected);
        assert_eq!(file.finish().sha256, hexadecimal(&Sha256::digest(&expected)));
    }

    #[test]
    fn the_rest_of_a_recording_joins_its_beginning() {
        let folder = Folder::new("join");
        let mut begun = RecordingFile::create(&folder.0.join("one.wav"), ALAW).unwrap();
        let mut rest = RecordingFile::create(&folder.0.join("rest.wav"), ALAW).unwrap();
        let (beginning, end) = (vec![1; 8000], vec![2; 100_000]);
        begun.append(&beginning).unwrap();
        rest.append(&end).unwrap();
        begun.append_file(&mut rest).unwrap();
        let finished = begun.finish();
        assert_eq!((finished.frames, finished.size_bytes), (54_000, 108_058));
        let samples = [beginning, end].concat();
        assert_eq!(finished.sha256, hexadecimal(&Sha256::digest(&samples)));
        assert_eq!(fs::read(folder.0.join("one.wav")).unwrap()[58..], samples);
    }
}
