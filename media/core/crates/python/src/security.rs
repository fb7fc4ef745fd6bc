//! What a leg is encrypted with, read from the command that tells it.

use engine::protection::KeyPair;
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

fn keys(suite: Suite, octets: &[u8]) -> PyResult<Keys> {
    let wrong = || format!("a key of {} with its salt has not {} octets", suite.name(), octets.len());
    Keys::new(suite, octets).ok_or_else(|| PyValueError::new_err(wrong()))
}
