//! SIP messages from datagrams, as objects of classes that Python brings, and datagrams from messages.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString};
use sip::datagram::Datagram;
use sip::fault::Fault;
use sip::fields::Fields;
use sip::kept::Kept;
use sip::names::VIA;
use sip::reading::{Reading, Start, Whole};
use sip::via::{Noted, TopVia};
use sip::writing::Writer;

use crate::named_tuples::NamedTuple;
use crate::sip_headers::{Headers, for_each_line};
use crate::sip_text::{octets, refusal, text};

/// Reads messages; what they become is said once.
#[pyclass(frozen)]
pub struct MessageReader {
    request: Py<PyAny>,
    response: Py<PyAny>,
    top_via: NamedTuple,
    error: Py<PyAny>,
}

#[pymethods]
impl MessageReader {
    #[new]
    #[pyo3(signature = (*, request, response, top_via, error))]
    fn new(request: Py<PyAny>, response: Py<PyAny>, top_via: NamedTuple, error: Py<PyAny>) -> Self {
        Self { request, response, top_via, error }
    }

    fn read<'py>(&self, py: Python<'py>, data: &[u8], max_bytes: usize) -> PyResult<Bound<'py, PyAny>> {
        let datagram = self.divide(py, data)?;
        let (start, fields, whole) = self.reading(py, &datagram, max_bytes)?;
        self.message(py, &start, &fields, None, whole.body)
    }

    /// Write into the top Via where a request really came from, and return that Via.
    fn note_source<'py>(
        &self,
        headers: &Bound<'py, Headers>,
        host: &str,
        port: u16,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, headers) = (headers.py(), headers.get());
        let name = intern!(py, "via");
        let lines = headers.get_all(name)?;
        let line = lines.get_item(0).map_or_else(|_| Ok(PyString::new(py, "")), Bound::cast_into)?;
        let line = octets(&line)?;
        let refuse = |fault: Fault<'_>| self.refusal(py, &fault, None);
        let via = TopVia::of(&line).map_err(refuse)?;
        if let Some(noted) = via.with_source(&line, host.as_bytes(), port).map_err(refuse)? {
            let first =
                PyList::new(py, noted.lines().map(|line| text(py, line)).collect::<PyResult<Vec<_>>>()?)?;
            lines.set_slice(0, 1, &first)?;
            headers.set_all(name, &lines)?;
        }
        self.via(py, &via)
    }

    fn read_top_via<'py>(&self, py: Python<'py>, line: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
        let line = octets(line)?;
        let via = TopVia::of(&line).map_err(|fault| self.refusal(py, &fault, None))?;
        self.via(py, &via)
    }

    fn read_way_back<'py>(
        &self,
        py: Python<'py>,
        line: &Bound<'py, PyString>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let line = octets(line)?;
        let via = TopVia::way_back(&line).map_err(|fault| self.refusal(py, &fault, None))?;
        self.via(py, &via)
    }
}

impl MessageReader {
    /// Raises for a keep-alive.
    pub fn divide<'a>(&self, py: Python<'_>, data: &'a [u8]) -> PyResult<Datagram<'a>> {
        Datagram::divide(data).map_err(|fault| self.refusal(py, &fault, None))
    }

    /// Raises for what cannot be used, with as much of a request as its answer needs.
    pub fn reading<'a>(
        &self,
        py: Python<'_>,
        datagram: &'a Datagram<'_>,
        max_bytes: usize,
    ) -> PyResult<(Start<'a>, Fields<'a>, Whole<'a>)> {
        let Reading { start, fields, whole } =
            Reading::of(datagram, max_bytes).map_err(|fault| self.refusal(py, &fault, None))?;
        match whole {
            Ok(whole) => Ok((start, fields, whole)),
            Err(fault) => Err(self.refusal_of(py, &start, &fields, &fault)?),
        }
    }

    /// Where a request came from, for its top Via; None when that says so already.
    pub fn noted<'a>(
        &self,
        py: Python<'_>,
        fields: &Fields<'a>,
        whole: &Whole<'a>,
        (host, port): (&str, u16),
    ) -> PyResult<Option<Noted<'a>>> {
        let line = fields.first(VIA).unwrap_or_default();
        let noted = whole.top_via.with_source(line, host.as_bytes(), port);
        noted.map_err(|fault| self.refusal(py, &fault, None))
    }

    /// A request with where it came from, if that is `noted`.
    pub fn message<'py>(
        &self,
        py: Python<'py>,
        start: &Start<'_>,
        fields: &Fields<'_>,
        noted: Option<&Noted<'_>>,
        body: &[u8],
    ) -> PyResult<Bound<'py, PyAny>> {
        let headers = Headers::that_came(Kept::of(fields, noted));
        let body = PyBytes::new(py, body);
        match *start {
            Start::Request { method, uri } => {
                self.request.bind(py).call1((text(py, method)?, text(py, uri)?, headers, body))
            }
            Start::Response { status, reason } => {
                self.response.bind(py).call1((status, text(py, reason)?, headers, body))
            }
        }
    }

    fn via<'py>(&self, py: Python<'py>, via: &TopVia<'_>) -> PyResult<Bound<'py, PyAny>> {
        let parts = (text(py, via.host)?, via.port, text(py, via.branch)?, via.wants_port);
        self.top_via.make(py, parts)
    }

    /// With as much of a request as its answer needs.
    fn refusal_of(
        &self,
        py: Python<'_>,
        start: &Start<'_>,
        fields: &Fields<'_>,
        fault: &Fault<'_>,
    ) -> PyResult<PyErr> {
        let is_request = matches!(start, Start::Request { .. });
        let request = is_request.then(|| self.message(py, start, fields, None, b"")).transpose()?;
        Ok(self.refusal(py, fault, request))
    }

    fn refusal(&self, py: Python<'_>, fault: &Fault<'_>, request: Option<Bound<'_, PyAny>>) -> PyErr {
        refusal(py, &self.error, fault, request)
    }
}

#[pyfunction]
pub fn write_message<'py>(
    py: Python<'py>,
    start_line: &Bound<'py, PyString>,
    headers: &Headers,
    body: &[u8],
) -> PyResult<Bound<'py, PyBytes>> {
    written(py, &octets(start_line)?, headers, body)
}

pub fn written<'py>(
    py: Python<'py>,
    start_line: &[u8],
    headers: &Headers,
    body: &[u8],
) -> PyResult<Bound<'py, PyBytes>> {
    let mut writer = Writer::new(start_line);
    for_each_line(headers.of(py)?, |name, value| {
        writer.field(&octets(name)?, &octets(value)?);
        Ok(())
    })?;
    Ok(PyBytes::new(py, &writer.finish(body)))
}
