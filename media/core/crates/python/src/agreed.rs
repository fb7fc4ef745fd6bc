//! What a peer's SDP agreed to, read from the command that tells it.

use std::net::{IpAddr, SocketAddr};

use audio::codec::Codec;
use engine::commands::Security;
use engine::settings::{Rtcp, Settings};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::security::{DtlsPeer, SrtpKeys};

/// The fields of `media.commands.ConfigureEndpoint`.
#[derive(FromPyObject)]
#[allow(clippy::struct_excessive_bools)] // as the command has them
pub struct Agreed {
    host: String,
    port: u16,
    codec: String,
    payload_type: u8,
    dtmf_payload_type: Option<u8>,
    dtmf_clock_hz: u32,
    cn_payload_type: Option<u8>,
    ptime_ms: u32,
    max_ptime_ms: Option<u32>,
    sending: bool,
    receiving: bool,
    srtp: Option<SrtpKeys>,
    dtls: Option<DtlsPeer>,
    answered: bool,
    rtcp_mux: bool,
    rtcp_host: Option<String>,
    rtcp_port: Option<u16>,
    voice_metrics: bool,
}

impl Agreed {
    pub fn security(&self) -> PyResult<Security> {
        match (&self.dtls, &self.srtp) {
            (Some(peer), _) => peer.terms().map(Security::Web),
            (None, Some(keys)) => keys.pair().map(Security::Keys),
            (None, None) => Ok(Security::Plain),
        }
    }

    /// An address that is no IP address is left open until the peer's first packet.
    pub fn settings(self) -> PyResult<Settings> {
        Ok(Settings {
            remote: address(&self.host, self.port),
            codec: codec_named(&self.codec)?,
            payload_type: self.payload_type,
            dtmf_payload_type: self.dtmf_payload_type,
            dtmf_clock_hz: self.dtmf_clock_hz,
            noise_payload_type: self.cn_payload_type,
            ptime_ms: self.ptime_ms,
            longest_ms: self.max_ptime_ms,
            sending: self.sending,
            receiving: self.receiving,
            answered: self.answered,
            rtcp: Rtcp { mux: self.rtcp_mux, remote: self.rtcp_remote(), voice_metrics: self.voice_metrics },
        })
    }

    fn rtcp_remote(&self) -> Option<SocketAddr> {
        address(self.rtcp_host.as_ref().unwrap_or(&self.host), self.rtcp_port?)
    }
}

fn address(host: &str, port: u16) -> Option<SocketAddr> {
    host.parse::<IpAddr>().ok().map(|host| SocketAddr::new(host, port))
}

fn codec_named(name: &str) -> PyResult<Codec> {
    Codec::of_name(name).ok_or_else(|| {
        let known = Codec::ALL.map(Codec::name).join(", ");
        PyValueError::new_err(format!("there is no codec named {name}; {known} are known"))
    })
}
