//! `media._core`: the media engine for Python. The only crate that knows Python.
//!
//! A table of contents; `media/_core.pyi` says the same in Python's words.

mod agreed;
mod core;
mod facts;
mod security;

#[pyo3::pymodule]
mod _core {
    #[pymodule_export]
    use crate::core::Core;
    #[pymodule_export]
    use crate::facts::{
        DigitDetected, EndpointClosed, EndpointCounters, ForkConnected, ForkEnded, MediaLost, MediaStarted,
        PlaybackEnded, RecordingCompleted, RecordingFailed, RecordingStarted,
    };
}
