//! What transactions tell Python, and what of it is counted.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::named_tuples::NamedTuple;

/// The classes of what is told, and who is told the rest.
pub struct Telling {
    pub request: NamedTuple,
    pub ack: NamedTuple,
    pub response: NamedTuple,
    pub failure: NamedTuple,
    pub further: NamedTuple,
    pub unanswered: NamedTuple,
    /// Makes the command to send a message.
    pub send: Py<PyAny>,
    pub hop: NamedTuple,
    /// Is told the source of each request that was served and is forgotten.
    pub release: Py<PyAny>,
    pub counters: Py<PyAny>,
    /// What answers of ours call us.
    pub server: Py<PyString>,
    pub known_methods: Py<PyAny>,
}

impl Telling {
    /// To send a message once more.
    pub fn repeat<'py>(
        &self,
        py: Python<'py>,
        data: &Py<PyBytes>,
        hop: &Py<PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.count(py, intern!(py, "retransmissions_sent"))?;
        self.send(py, data, hop)
    }

    /// To send a message.
    pub fn send<'py>(
        &self,
        py: Python<'py>,
        data: &Py<PyBytes>,
        hop: &Py<PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let fields = PyDict::new(py);
        fields.set_item(intern!(py, "data"), data)?;
        fields.set_item(intern!(py, "hop"), hop)?;
        self.send.bind(py).call((), Some(&fields))
    }

    pub fn release(&self, py: Python<'_>, source: &Py<PyAny>) -> PyResult<()> {
        self.release.bind(py).call1((source,)).map(drop)
    }

    /// Methods that nobody knows are counted together.
    pub fn count_method(&self, method: &Bound<'_, PyString>) -> PyResult<()> {
        let py = method.py();
        let is_known = self.known_methods.bind(py).contains(method)?;
        let counted_as = if is_known { method } else { intern!(py, "other") };
        self.count_by(py, intern!(py, "requests_received"), counted_as)
    }

    pub fn count_by<'py>(
        &self,
        py: Python<'py>,
        what: &Bound<'py, PyString>,
        key: impl IntoPyObject<'py> + Copy,
    ) -> PyResult<()> {
        let counts = self.counters.bind(py).getattr(what)?;
        let before: u64 = counts.get_item(key)?.extract()?;
        counts.set_item(key, before + 1)
    }

    pub fn count(&self, py: Python<'_>, what: &Bound<'_, PyString>) -> PyResult<()> {
        let before: u64 = self.counters.bind(py).getattr(what)?.extract()?;
        self.counters.bind(py).setattr(what, before + 1)
    }
}
