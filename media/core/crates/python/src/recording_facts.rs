//! Facts of recordings, as Python sees them.

use std::path::PathBuf;

use engine::events::{RecordingSummary, Samples};
use pyo3::prelude::*;
use recording::marks::{Channels, Kind, Mark};
use recording::timeline::ChannelFacts;

/// From one moment of a recording to another, exact to the sample.
type Milliseconds = (f64, f64);

#[pyclass(frozen, get_all)]
pub struct RecordingStarted {
    pub recording: u64,
    pub path: String,
    pub age_s: f64,
}

#[pyclass(frozen, get_all)]
pub struct RecordingCompleted {
    recording: u64,
    path: PathBuf,
    duration_ms: u64,
    size_bytes: u64,
    sha256: String,
    customer: RecordedChannel,
    agent: RecordedChannel,
    marks: Vec<(&'static str, &'static str, f64, f64)>,
    unwritten: Vec<Milliseconds>,
}

#[pyclass(frozen, get_all)]
#[derive(Clone)]
pub struct RecordedChannel {
    packets: u64,
    lost_ms: u64,
    placed_ms: u64,
    silent_ms: u64,
    gaps: Vec<Milliseconds>,
    codecs: Vec<(f64, &'static str)>,
}

#[pyclass(frozen, get_all)]
pub struct RecordingFailed {
    pub recording: u64,
    pub path: String,
    pub reason: String,
}

#[pyclass(frozen, get_all)]
pub struct RecordingWaiting {
    pub recording: u64,
    pub path: String,
    pub reason: String,
}

#[pyclass(frozen, get_all)]
pub struct StorageLagging {
    pub folder: String,
    pub behind_ms: u64,
    pub reason: String,
}

#[pyclass(frozen, get_all)]
pub struct StorageRecovered {
    pub folder: String,
}

impl RecordingCompleted {
    pub fn new(recording: u64, summary: RecordingSummary) -> Self {
        Self {
            recording,
            path: summary.path,
            duration_ms: summary.duration_ms,
            size_bytes: summary.size_bytes,
            sha256: summary.sha256,
            customer: RecordedChannel::new(&summary.customer),
            agent: RecordedChannel::new(&summary.agent),
            marks: summary.marks.iter().map(mark).collect(),
            unwritten: summary.unwritten.into_iter().map(milliseconds).collect(),
        }
    }
}

impl RecordedChannel {
    fn new(facts: &ChannelFacts) -> Self {
        Self {
            packets: facts.counters.packets,
            lost_ms: facts.counters.lost_samples / 8,
            placed_ms: facts.counters.carried.placed / 8,
            silent_ms: facts.counters.carried.silent / 8,
            gaps: facts.gaps.ranges().iter().map(|gap| milliseconds((gap.start, gap.end))).collect(),
            codecs: facts.codecs.iter().map(|&(at, codec)| (ms(at), codec.name())).collect(),
        }
    }
}

fn mark(mark: &Mark) -> (&'static str, &'static str, f64, f64) {
    let kind = match mark.kind {
        Kind::Paused => "paused",
        Kind::Masked => "masked",
        Kind::Undecoded => "undecoded",
        Kind::Beep => "beep",
    };
    let channels = match mark.channels {
        Channels { customer: true, agent: false } => "customer",
        Channels { customer: false, agent: true } => "agent",
        Channels { .. } => "both",
    };
    (kind, channels, ms(mark.from), ms(mark.to.unwrap_or(mark.from)))
}

fn milliseconds((from, to): Samples) -> Milliseconds {
    (ms(from), ms(to))
}

fn ms(samples: u64) -> f64 {
    samples as f64 / 8.0
}
