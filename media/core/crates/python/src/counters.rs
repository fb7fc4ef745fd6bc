//! What a leg carried, as Python sees it: milliseconds and scores, None where nothing is known.

use engine::events::EndpointCounters;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// In the order of the fields of `media.events.EndpointClosed`, which is made of it by position: to name each of
/// them costs more than to count.
pub fn told(py: Python<'_>, counters: EndpointCounters) -> PyResult<Py<PyTuple>> {
    let EndpointCounters { quality, remote, .. } = counters;
    let values = [
        counters.packets_received.into_py_any(py)?,
        counters.packets_sent.into_py_any(py)?,
        counters.bytes_received.into_py_any(py)?,
        counters.bytes_sent.into_py_any(py)?,
        counters.packets_lost.into_py_any(py)?,
        counters.packets_dropped.into_py_any(py)?,
        counters.packets_forged.into_py_any(py)?,
        ms(counters.jitter_us.into()).into_py_any(py)?,
        counters.packets_late.into_py_any(py)?,
        counters.packets_duplicated.into_py_any(py)?,
        counters.packets_reordered.into_py_any(py)?,
        counters.rtcp_received.into_py_any(py)?,
        counters.rtcp_sent.into_py_any(py)?,
        ms(counters.jitter_max_us.into()).into_py_any(py)?,
        counters.round_trip_us.map(ms).into_py_any(py)?,
        counters.round_trip_max_us.map(ms).into_py_any(py)?,
        quality.map(|quality| hundredths(quality.r_factor)).into_py_any(py)?,
        quality.map(|quality| hundredths(quality.mos)).into_py_any(py)?,
        quality.map(|quality| hundredths(quality.lowest_mos)).into_py_any(py)?,
        quality.map(|quality| ms(quality.lowest_at_us) / 1000.0).into_py_any(py)?,
        remote.map(|remote| remote.packets_lost).into_py_any(py)?,
        remote.map(|remote| ms(remote.jitter_us.into())).into_py_any(py)?,
        remote.map(|remote| hundredths(remote.mos)).into_py_any(py)?,
    ];
    Ok(PyTuple::new(py, values)?.unbind())
}

fn ms(us: u64) -> f64 {
    us as f64 / 1000.0
}

/// An estimate has no more digits than these.
fn hundredths(score: f64) -> f64 {
    (score * 100.0).round() / 100.0
}
