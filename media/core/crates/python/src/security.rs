//! What a leg is encrypted with, read from the command that tells it.

use engine::handshake::Fingerprint;
use engine::protection::KeyPair;
use engine::web_peer::WebTerms;
use ice::lite::Credentials;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use srtp::keys::{Keys, Suite};

/// The fields of `media.commands.SrtpKeys`.
#[derive(FromPyObject)]
pub struct SrtpKeys {
    suite: String,
    ours: PyBackedBytes,
    theirs: PyBackedBytes,
}

impl SrtpKeys {
    pub fn pair(&self) -> PyResult<KeyPair> {
        let suite = Suite::named(&self.suite)
            .ok_or_else(|| PyValueError::new_err(format!("there is no SRTP suite named {}", self.suite)))?;
        Ok(KeyPair { ours: keys(suite, &self.ours)?, theirs: keys(suite, &self.theirs)? })
    }
}

/// The fields of `media.commands.DtlsPeer`.
#[derive(FromPyObject)]
pub struct DtlsPeer {
    fingerprint: String,
    we_begin: bool,
    ufrag: String,
    password: String,
}

impl DtlsPeer {
    pub fn terms(&self) -> PyResult<WebTerms> {
        let wrong = || PyValueError::new_err("a SHA-256 fingerprint has 64 hexadecimal digits");
        let fingerprint = fingerprint(&self.fingerprint).ok_or_else(wrong)?;
        let credentials = || Credentials { ufrag: self.ufrag.clone(), password: self.password.clone() };
        let ice = (!self.ufrag.is_empty()).then(credentials);
        Ok(WebTerms { fingerprint, is_client: self.we_begin, ice })
    }
}

fn fingerprint(digits: &str) -> Option<Fingerprint> {
    let mut octets = [0; 32];
    if digits.len() != 2 * octets.len() || !digits.is_ascii() {
        return None;
    }
    for (at, octet) in octets.iter_mut().enumerate() {
        *octet = u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(octets)
}

fn keys(suite: Suite, octets: &[u8]) -> PyResult<Keys> {
    let wrong = || format!("a key of {} with its salt has not {} octets", suite.name(), octets.len());
    Keys::new(suite, octets).ok_or_else(|| PyValueError::new_err(wrong()))
}
