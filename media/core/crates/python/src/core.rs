//! The verbs. Each checks, posts to the owning worker and returns; none touches a packet.
//!
//! Raises `ValueError` for what makes no sense, `LookupError` for what is gone and `OSError` for what
//! cannot be had now.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use engine::commands::{Channel, Steer};
use engine::engine::{Engine, Refusal, Setup};
use engine::event_ring::EventRing;
use engine::forks::{Mix, Order};
use engine::identity::Identity;
use engine::mix::Role;
use engine::playback::{Manner, Seek};
use engine::prompt::Prompt;
use engine::rules::{InBandDigits, Latching, Rules};
use pyo3::exceptions::{PyLookupError, PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use recording::marks::Channels;
use rtp::digit_sender::Touch;

use crate::agreed::Agreed;
use crate::counters;
use crate::facts::to_python;
use crate::storage::{StorageWords, storage_of};

/// The media engine with its threads.
#[pyclass(frozen)]
pub struct Core {
    engine: Mutex<Engine>,
    facts: Arc<EventRing>,
}

#[pymethods]
impl Core {
    #[new]
    #[pyo3(signature = (
        *, hosts, ports, port_rest_s, workers, media_timeout_s, one_way_after_s, latching, in_band_digits,
        fork_authorities, max_forks, dtls, storage, raw_sending
    ))]
    #[allow(clippy::too_many_arguments)] // keywords, each said once
    fn new(
        hosts: (&str, Option<&str>),
        ports: (u16, u16),
        port_rest_s: f64,
        workers: usize,
        media_timeout_s: f64,
        one_way_after_s: f64,
        latching: (&str, f64),
        in_band_digits: &str,
        fork_authorities: Option<PathBuf>,
        max_forks: usize,
        dtls: (Vec<u8>, Vec<u8>),
        storage: StorageWords,
        raw_sending: bool,
    ) -> PyResult<Self> {
        let (certificate, private_key) = dtls;
        let setup = Setup {
            host: host_named(hosts.0)?,
            host6: hosts.1.map(host_named).transpose()?,
            port_min: ports.0,
            port_max: ports.1,
            port_rest_us: us(port_rest_s),
            workers,
            rules: Rules {
                media_timeout_us: us(media_timeout_s),
                one_way_after_us: us(one_way_after_s),
                latching: Latching { strict: is_strict(latching.0)?, relatch_after_us: us(latching.1) },
                in_band_digits: in_band_named(in_band_digits)?,
            },
            fork_authorities,
            max_forks,
            storage: storage_of(storage)?,
            identity: Identity::new(certificate, private_key).map_err(PyValueError::new_err)?,
            raw_sending,
        };
        let engine = Engine::start(&setup)?;
        let facts = engine.facts().clone();
        Ok(Self { engine: Mutex::new(engine), facts })
    }

    #[getter]
    fn event_fd(&self) -> RawFd {
        self.facts.as_fd().as_raw_fd()
    }

    #[getter]
    fn facts_lost(&self) -> u64 {
        self.facts.lost()
    }

    #[getter]
    fn sends_raw(&self) -> bool {
        self.engine().sends_raw()
    }

    #[getter]
    fn lateness_s(&self) -> (f64, f64) {
        let seconds = |us| Duration::from_micros(us).as_secs_f64();
        let (recent_us, worst_us) = self.engine().lateness_us();
        (seconds(recent_us), seconds(worst_us))
    }

    fn drain(&self, py: Python<'_>, limit: usize) -> PyResult<Vec<Py<PyAny>>> {
        self.facts.drain(limit).into_iter().map(|event| to_python(py, event)).collect()
    }

    fn wake(&self) {
        self.engine().wake();
    }

    fn load_prompt(&self, py: Python<'_>, name: String, narrow: &[u8], wide: &[u8]) {
        let prompt = py.detach(|| Prompt::encode(&samples_of(narrow), &samples_of(wide)));
        self.engine().keep_prompt(name, prompt);
    }

    fn forget_prompt(&self, name: &str) {
        self.engine().forget_prompt(name);
    }

    fn open_endpoint(&self, near: Option<u64>, ipv6: bool) -> PyResult<(u64, u16)> {
        self.engine().open_endpoint(near, ipv6).map_err(raise)
    }

    fn configure_endpoint(&self, endpoint: u64, agreed: Agreed) -> PyResult<()> {
        let security = agreed.security()?;
        self.engine().configure_endpoint(endpoint, agreed.settings()?, security).map_err(raise)
    }

    fn close_endpoint(&self, endpoint: u64) -> PyResult<()> {
        self.engine().close_endpoint(endpoint).map_err(raise)
    }

    fn bridge(&self, endpoint: u64, peer: u64) -> PyResult<()> {
        self.engine().bridge(endpoint, peer).map_err(raise)
    }

    fn unbridge(&self, endpoint: u64) -> PyResult<()> {
        self.engine().unbridge(endpoint).map_err(raise)
    }

    fn open_mix(&self) -> u64 {
        self.engine().open_mix()
    }

    fn join_mix(&self, mix: u64, endpoint: u64, role: &str, whisper_to: Option<u64>) -> PyResult<()> {
        self.engine().join_mix(mix, endpoint, role_named(role, whisper_to)?).map_err(raise)
    }

    fn leave_mix(&self, endpoint: u64) -> PyResult<()> {
        self.engine().leave_mix(endpoint).map_err(raise)
    }

    fn close_mix(&self, mix: u64) {
        self.engine().close_mix(mix);
    }

    #[pyo3(signature = (endpoint, prompts, *, times, gain_db, barge_in, shared))]
    fn start_playback(
        &self,
        endpoint: u64,
        prompts: Vec<String>,
        times: u32,
        gain_db: f32,
        barge_in: bool,
        shared: bool,
    ) -> PyResult<u64> {
        let manner = Manner { times: NonZeroU32::new(times), gain_db, barge_in, shared, ..Manner::ONCE };
        self.engine().start_playback(endpoint, prompts, manner).map_err(raise)
    }

    #[pyo3(signature = (endpoint, prompts, *, gain_db))]
    fn lay_over(&self, endpoint: u64, prompts: Vec<String>, gain_db: f32) -> PyResult<u64> {
        let manner = Manner { gain_db, laid_over: true, ..Manner::ONCE };
        self.engine().start_playback(endpoint, prompts, manner).map_err(raise)
    }

    fn stop_playback(&self, endpoint: u64) -> PyResult<()> {
        self.steer(endpoint, Steer::Stop)
    }

    fn pause_playback(&self, endpoint: u64) -> PyResult<()> {
        self.steer(endpoint, Steer::Pause)
    }

    fn resume_playback(&self, endpoint: u64) -> PyResult<()> {
        self.steer(endpoint, Steer::Resume)
    }

    fn seek_playback(&self, endpoint: u64, position_ms: u64) -> PyResult<()> {
        self.steer(endpoint, Steer::Seek(Seek::To(position_ms)))
    }

    fn skip_playback(&self, endpoint: u64, offset_ms: i64) -> PyResult<()> {
        self.steer(endpoint, Steer::Seek(Seek::By(offset_ms)))
    }

    fn set_playback_gain(&self, endpoint: u64, gain_db: f32) -> PyResult<()> {
        self.steer(endpoint, Steer::SetGain { gain_db })
    }

    #[pyo3(signature = (endpoint, digits, *, press_ms, pause_ms, volume))]
    fn send_digits(
        &self,
        endpoint: u64,
        digits: &str,
        press_ms: u32,
        pause_ms: u32,
        volume: u8,
    ) -> PyResult<()> {
        self.engine().send_digits(endpoint, digits, Touch { press_ms, pause_ms, volume }).map_err(raise)
    }

    fn mask(&self, endpoint: u64, max_s: f64) -> PyResult<()> {
        self.engine().mask(endpoint, us(max_s)).map_err(raise)
    }

    fn unmask(&self, endpoint: u64) -> PyResult<()> {
        self.engine().unmask(endpoint).map_err(raise)
    }

    fn start_recording(&self, place: &str) -> PyResult<u64> {
        self.engine().start_recording(Path::new(place)).map_err(raise)
    }

    fn pause_recording(&self, recording: u64, channels: (bool, bool)) -> PyResult<()> {
        let channels = Channels { customer: channels.0, agent: channels.1 };
        self.engine().pause_recording(recording, channels).map_err(raise)
    }

    fn attach(&self, recording: u64, endpoint: u64, channel: &str) -> PyResult<()> {
        self.engine().attach(recording, endpoint, channel_named(channel)?).map_err(raise)
    }

    fn detach(&self, endpoint: u64) -> PyResult<()> {
        self.engine().detach(endpoint).map_err(raise)
    }

    fn stop_recording(&self, recording: u64) -> PyResult<()> {
        self.engine().stop_recording(recording).map_err(raise)
    }

    #[pyo3(signature = (endpoint, *, url, mix, rate_hz, metadata, headers, returns, interrupts, reconnects))]
    #[expect(clippy::too_many_arguments, reason = "named ones, of one verb")]
    fn start_fork(
        &self,
        endpoint: u64,
        url: String,
        mix: &str,
        rate_hz: u32,
        metadata: String,
        headers: (String, String),
        returns: bool,
        interrupts: bool,
        reconnects: u32,
    ) -> PyResult<u64> {
        let (authorization, subprotocol) = headers;
        let order =
            Order { url, metadata, authorization, subprotocol, rate_hz, returns, interrupts, reconnects };
        self.engine().start_fork(endpoint, mix_named(mix)?, order).map_err(raise)
    }

    fn stop_fork(&self, fork: u64) -> PyResult<()> {
        self.engine().stop_fork(fork).map_err(raise)
    }

    fn counters_of(&self, py: Python<'_>, endpoint: u64) -> PyResult<Py<PyTuple>> {
        let carried = py.detach(|| self.engine().counters_of(endpoint)).map_err(raise)?;
        counters::told(py, carried)
    }

    fn close(&self, py: Python<'_>, patience_s: f64) -> bool {
        py.detach(|| self.engine().close(Duration::from_secs_f64(patience_s.max(0.0))))
    }
}

impl Core {
    /// A verb cannot leave the engine half changed, so one that panicked does not spoil it.
    fn engine(&self) -> MutexGuard<'_, Engine> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn steer(&self, endpoint: u64, steer: Steer) -> PyResult<()> {
        self.engine().steer_playback(endpoint, steer).map_err(raise)
    }
}

/// Of 16 bits each, the low octet first.
fn samples_of(octets: &[u8]) -> Vec<i16> {
    octets.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

fn us(seconds: f64) -> u64 {
    (seconds * 1e6) as u64
}

fn is_strict(latching: &str) -> PyResult<bool> {
    match latching {
        "symmetric" => Ok(false),
        "strict" => Ok(true),
        _ => Err(PyValueError::new_err(format!("latching is symmetric or strict, not {latching}"))),
    }
}

fn in_band_named(name: &str) -> PyResult<InBandDigits> {
    match name {
        "off" => Ok(InBandDigits::Off),
        "without_events" => Ok(InBandDigits::WithoutEvents),
        "always" => Ok(InBandDigits::Always),
        _ => Err(PyValueError::new_err(format!(
            "keys as tones are listened for off, without_events or always, not {name}"
        ))),
    }
}

fn host_named(host: &str) -> PyResult<IpAddr> {
    host.parse().map_err(|_| PyValueError::new_err(format!("{host} is not an IP address")))
}

fn channel_named(name: &str) -> PyResult<Channel> {
    match name {
        "customer" => Ok(Channel::Customer),
        "agent" => Ok(Channel::Agent),
        "beside" => Ok(Channel::Beside),
        _ => {
            Err(PyValueError::new_err(format!("a recording has a customer and an agent channel, not {name}")))
        }
    }
}

fn mix_named(name: &str) -> PyResult<Mix> {
    match name {
        "said" => Ok(Mix::Said),
        "heard" => Ok(Mix::Heard),
        "mixed" => Ok(Mix::Mixed),
        "stereo" => Ok(Mix::Stereo),
        _ => Err(PyValueError::new_err(format!("a fork carries said, heard, mixed or stereo, not {name}"))),
    }
}

fn role_named(name: &str, whisper_to: Option<u64>) -> PyResult<Role> {
    match (name, whisper_to) {
        ("speaker", None) => Ok(Role::Speaker),
        ("monitor", None) => Ok(Role::Monitor),
        ("barge", None) => Ok(Role::Barge),
        ("whisper", Some(to)) => Ok(Role::Whisper { to }),
        _ => Err(PyValueError::new_err(format!(
            "there is no role {name} like this; speaker, monitor, barge, and whisper to an endpoint are known"
        ))),
    }
}

fn raise(refusal: Refusal) -> PyErr {
    match refusal {
        Refusal::Senseless(reason) => PyValueError::new_err(reason),
        Refusal::Unable(reason) => PyOSError::new_err(reason),
        Refusal::Gone => PyLookupError::new_err("no such endpoint, recording or fork"),
    }
}
