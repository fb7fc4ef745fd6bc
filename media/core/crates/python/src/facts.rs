//! The engine's events as Python objects: one small frozen class each.

use std::time::Duration;

use engine::events::{self, Event, KeySource, PlaybackEnd};
use engine::handshake::Fault;
use engine::one_way::Missing;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::counters;
use crate::recording_facts::{
    RecordingCompleted, RecordingFailed, RecordingStarted, RecordingWaiting, StorageLagging, StorageRecovered,
};

#[pyclass(frozen, get_all)]
pub struct EndpointClosed {
    endpoint: u64,
    counters: Py<PyTuple>,
}

#[pyclass(frozen, get_all)]
pub struct MediaStarted {
    endpoint: u64,
    host: String,
    port: u16,
}

#[pyclass(frozen, get_all)]
pub struct HandshakeFailed {
    endpoint: u64,
    reason: &'static str,
}

#[pyclass(frozen, get_all)]
pub struct MediaUnmixable {
    endpoint: u64,
}

#[pyclass(frozen, get_all)]
pub struct MediaLost {
    endpoint: u64,
    silent_s: f64,
}

#[pyclass(frozen, get_all)]
pub struct MediaResumed {
    endpoint: u64,
    silent_s: f64,
}

#[pyclass(frozen, get_all)]
pub struct MediaFlooded {
    endpoint: u64,
    host: String,
    port: u16,
}

#[pyclass(frozen, get_all)]
pub struct OneWayDetected {
    endpoint: u64,
    missing: &'static str,
}

#[pyclass(frozen, get_all)]
pub struct DigitDetected {
    endpoint: u64,
    digit: char,
    duration_ms: u32,
    source: &'static str,
    masked: bool,
}

#[pyclass(frozen, get_all)]
pub struct Masked {
    endpoint: u64,
}

#[pyclass(frozen, get_all)]
pub struct Unmasked {
    endpoint: u64,
}

#[pyclass(frozen, get_all)]
pub struct RecordingMasked {
    recording: u64,
    endpoint: u64,
    position_ms: u64,
    masked: bool,
}

#[pyclass(frozen, get_all)]
pub struct PlaybackEnded {
    endpoint: u64,
    playback: u64,
    reason: &'static str,
    position_ms: u64,
}

#[pyclass(frozen, get_all)]
pub struct ForkConnected {
    fork: u64,
}

#[pyclass(frozen, get_all)]
pub struct ForkEnded {
    fork: u64,
    reason: &'static str,
    detail: String,
    frames_sent: u64,
    frames_dropped: u64,
    overrun_ms: u64,
}

impl ForkEnded {
    fn new(fork: u64, ending: events::ForkEnding) -> Self {
        let events::ForkEnding { reason, detail, frames_sent, frames_dropped, overrun_ms } = ending;
        Self { fork, reason, detail, frames_sent, frames_dropped, overrun_ms }
    }
}

/// The Python object for an event.
pub fn to_python(py: Python<'_>, event: Event) -> PyResult<Py<PyAny>> {
    match event {
        Event::EndpointClosed { endpoint, counters } => {
            object(py, EndpointClosed { endpoint, counters: counters::told(py, counters)? })
        }
        Event::MediaStarted { endpoint, source } => {
            object(py, MediaStarted { endpoint, host: source.ip().to_string(), port: source.port() })
        }
        Event::HandshakeFailed { endpoint, fault } => {
            object(py, HandshakeFailed { endpoint, reason: fault_name(fault) })
        }
        Event::MediaUnmixable { endpoint } => object(py, MediaUnmixable { endpoint }),
        Event::MediaLost { endpoint, silent_us } => {
            object(py, MediaLost { endpoint, silent_s: seconds(silent_us) })
        }
        Event::MediaResumed { endpoint, silent_us } => {
            object(py, MediaResumed { endpoint, silent_s: seconds(silent_us) })
        }
        Event::MediaFlooded { endpoint, source } => {
            object(py, MediaFlooded { endpoint, host: source.ip().to_string(), port: source.port() })
        }
        Event::OneWayDetected { endpoint, missing } => {
            object(py, OneWayDetected { endpoint, missing: direction(missing) })
        }
        Event::DigitDetected { endpoint, digit, duration_ms, source, masked } => {
            object(py, DigitDetected { endpoint, digit, duration_ms, source: way(source), masked })
        }
        Event::Masked { endpoint } => object(py, Masked { endpoint }),
        Event::Unmasked { endpoint } => object(py, Unmasked { endpoint }),
        Event::RecordingMasked { recording, endpoint, position_ms, masked } => {
            object(py, RecordingMasked { recording, endpoint, position_ms, masked })
        }
        Event::PlaybackEnded { endpoint, playback, end, position_ms } => {
            object(py, PlaybackEnded { endpoint, playback, reason: reason(end), position_ms })
        }
        Event::RecordingStarted { recording, path, began } => {
            object(py, RecordingStarted { recording, path, age_s: began.elapsed().as_secs_f64() })
        }
        Event::RecordingCompleted { recording, summary } => {
            object(py, RecordingCompleted::new(recording, *summary))
        }
        Event::RecordingFailed { recording, path, reason } => {
            object(py, RecordingFailed { recording, path, reason })
        }
        Event::RecordingWaiting { recording, path, reason } => {
            object(py, RecordingWaiting { recording, path, reason })
        }
        Event::StorageLagging { folder, behind_ms, reason } => {
            object(py, StorageLagging { folder, behind_ms, reason })
        }
        Event::StorageRecovered { folder } => object(py, StorageRecovered { folder }),
        Event::ForkConnected { fork } => object(py, ForkConnected { fork }),
        Event::ForkEnded { fork, ending } => object(py, ForkEnded::new(fork, ending)),
    }
}

fn object<T>(py: Python<'_>, fact: T) -> PyResult<Py<PyAny>>
where
    T: pyo3::PyClass<BaseType = PyAny> + Into<pyo3::PyClassInitializer<T>>,
{
    Ok(Py::new(py, fact)?.into_any())
}

fn seconds(us: u64) -> f64 {
    Duration::from_micros(us).as_secs_f64()
}

fn direction(missing: Missing) -> &'static str {
    match missing {
        Missing::FromPeer => "from_peer",
        Missing::ToPeer => "to_peer",
    }
}

fn fault_name(fault: Fault) -> &'static str {
    match fault {
        Fault::WrongCertificate => "wrong_certificate",
        Fault::Broken => "broken",
        Fault::NotInTime => "not_in_time",
    }
}

fn way(source: KeySource) -> &'static str {
    match source {
        KeySource::Events => "rfc4733",
        KeySource::InBand => "in_band",
    }
}

fn reason(end: PlaybackEnd) -> &'static str {
    match end {
        PlaybackEnd::Finished => "finished",
        PlaybackEnd::Stopped => "stopped",
        PlaybackEnd::BargedIn => "barged_in",
    }
}
