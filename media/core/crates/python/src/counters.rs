//! What a leg carried, as Python sees it: milliseconds and scores, None where nothing is known.

use std::time::Duration;

use engine::events;
use pyo3::prelude::*;

#[pyclass(frozen, get_all)]
#[derive(Clone)]
pub struct EndpointCounters {
    packets_received: u64,
    packets_sent: u64,
    bytes_received: u64,
    bytes_sent: u64,
    packets_lost: u64,
    packets_late: u64,
    packets_duplicated: u64,
    packets_reordered: u64,
    packets_dropped: u64,
    packets_forged: u64,
    rtcp_received: u64,
    rtcp_sent: u64,
    jitter_ms: f64,
    jitter_max_ms: f64,
    round_trip_ms: Option<f64>,
    round_trip_max_ms: Option<f64>,
    r_factor: Option<f64>,
    mos: Option<f64>,
    mos_lowest: Option<f64>,
    mos_lowest_at_s: Option<f64>,
    remote_packets_lost: Option<u64>,
    remote_jitter_ms: Option<f64>,
    remote_mos: Option<f64>,
}

impl From<events::EndpointCounters> for EndpointCounters {
    fn from(counters: events::EndpointCounters) -> Self {
        let (quality, remote) = (counters.quality, counters.remote);
        Self {
            packets_received: counters.packets_received,
            packets_sent: counters.packets_sent,
            bytes_received: counters.bytes_received,
            bytes_sent: counters.bytes_sent,
            packets_lost: counters.packets_lost,
            packets_late: counters.packets_late,
            packets_duplicated: counters.packets_duplicated,
            packets_reordered: counters.packets_reordered,
            packets_dropped: counters.packets_dropped,
            packets_forged: counters.packets_forged,
            rtcp_received: counters.rtcp_received,
            rtcp_sent: counters.rtcp_sent,
            jitter_ms: ms(counters.jitter_us.into()),
            jitter_max_ms: ms(counters.jitter_max_us.into()),
            round_trip_ms: counters.round_trip_us.map(ms),
            round_trip_max_ms: counters.round_trip_max_us.map(ms),
            r_factor: quality.map(|quality| hundredths(quality.r_factor)),
            mos: quality.map(|quality| hundredths(quality.mos)),
            mos_lowest: quality.map(|quality| hundredths(quality.lowest_mos)),
            mos_lowest_at_s: quality.map(|quality| ms(quality.lowest_at_us) / 1000.0),
            remote_packets_lost: remote.map(|remote| remote.packets_lost),
            remote_jitter_ms: remote.map(|remote| ms(remote.jitter_us.into())),
            remote_mos: remote.map(|remote| hundredths(remote.mos)),
        }
    }
}

fn ms(us: u64) -> f64 {
    Duration::from_micros(us).as_secs_f64() * 1000.0
}

/// An estimate has no more digits than these.
fn hundredths(score: f64) -> f64 {
    (score * 100.0).round() / 100.0
}
