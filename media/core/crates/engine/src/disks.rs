//! The disks of recordings, which are told from their empty mount points by a file that names each.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The file in a folder of recordings that names its disk.
pub const MARKER: &str = ".ringmain-disk";

/// What the marker of each folder says whose disk is known.
#[derive(Debug, Default)]
pub struct Disks(Vec<(PathBuf, String)>);

impl Disks {
    pub fn new(marks: Vec<(PathBuf, String)>) -> Self {
        Self(marks)
    }

    /// An error when the folder that this path is, or lies in, is not on its disk.
    pub fn require(&self, path: &Path) -> io::Result<()> {
        let away = self.0.iter().find(|(folder, mark)| path.starts_with(folder) && !is_marked(folder, mark));
        away.map_or(Ok(()), |(folder, mark)| Err(is_away(folder, mark)))
    }
}

fn is_marked(folder: &Path, mark: &str) -> bool {
    fs::read_to_string(folder.join(MARKER)).is_ok_and(|found| found.trim() == mark)
}

fn is_away(folder: &Path, mark: &str) -> io::Error {
    let text = format!(
        "the disk of {} is not mounted: {} does not say {mark}; mount it, or write that into the file if this is the \
         folder from now on",
        folder.display(),
        folder.join(MARKER).display(),
    );
    io::Error::new(io::ErrorKind::NotFound, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_on_its_disk_while_its_marker_says_so() {
        let place = std::env::temp_dir().join(format!("disks-{}", std::process::id()));
        let folder = place.join("recordings");
        fs::create_dir_all(&folder).unwrap();
        let disks = Disks::new(vec![(folder.clone(), "disk-1".into())]);
        let inside = folder.join("2026-11-20/one.wav");
        let away = disks.require(&inside).unwrap_err().to_string();
        assert!(away.contains("is not mounted") && away.contains("does not say disk-1"), "{away}");
        fs::write(folder.join(MARKER), "disk-2\n").unwrap();
        assert!(disks.require(&folder).is_err());
        fs::write(folder.join(MARKER), "disk-1\n").unwrap();
        assert!(disks.require(&inside).is_ok());
        assert!(disks.require(&place.join("elsewhere.wav")).is_ok());
        fs::remove_dir_all(place).unwrap();
    }
}
