//! How recordings are stored, from Python's words.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use audio::g711::Law;
use engine::disks::Disks;
use engine::storage::{RECOVERED_AFTER_US, Storage, Sync};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use recording::format::SampleFormat;

/// Folder, spool, format, when to sync, writers, seconds, folders with what their markers say.
pub type StorageWords<'a> = (PathBuf, Option<PathBuf>, &'a str, &'a str, usize, f64, Vec<(PathBuf, String)>);

/// How recordings are to be stored, in Python's words.
pub fn storage_of(words: StorageWords) -> PyResult<Storage> {
    let (folder, spool, format, sync, writers, patience_s, marks) = words;
    Ok(Storage {
        folder,
        spool,
        format: format_named(format)?,
        sync: sync_named(sync)?,
        writers,
        lagging_after_us: Duration::from_secs_f64(patience_s).as_micros() as u64,
        recovered_after_us: RECOVERED_AFTER_US,
        disks: Arc::new(Disks::new(marks)),
    })
}

fn format_named(name: &str) -> PyResult<SampleFormat> {
    match name {
        "linear16" => Ok(SampleFormat::Linear16),
        "alaw" => Ok(SampleFormat::G711(Law::Pcma)),
        "mulaw" => Ok(SampleFormat::G711(Law::Pcmu)),
        _ => Err(PyValueError::new_err(format!("recordings are linear16, alaw or mulaw, not {name}"))),
    }
}

fn sync_named(name: &str) -> PyResult<Sync> {
    match name {
        "never" => Ok(Sync::Never),
        "at_end" => Ok(Sync::AtEnd),
        "every_second" => Ok(Sync::EverySecond),
        _ => {
            Err(PyValueError::new_err(format!("files are synced never, at_end or every_second, not {name}")))
        }
    }
}
