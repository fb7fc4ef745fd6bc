//! SIP messages from datagrams, as objects of classes that Python brings, and datagrams from messages.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString};
use sip::datagram::Datagram;
use sip::fault::Fault;
use sip::fields::Fields;
use sip::names::{Known, Name};
use sip::reading::{Reading, Start, Whole};
use sip::via::TopVia;
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
    /// Of the known headers, by number: made once, so that names are found by where they lie.
    names: Vec<Py<PyString>>,
}

#[pymethods]
impl MessageReader {
    #[new]
    #[pyo3(signature = (*, request, response, top_via, error))]
    fn new(
        py: Python<'_>,
        request: Py<PyAny>,
        response: Py<PyAny>,
        top_via: NamedTuple,
        error: Py<PyAny>,
    ) -> Self {
        let names = Known::names().map(|name| PyString::intern(py, name).unbind()).collect();
        Self { request, response, top_via, error, names }
    }

    fn read<'py>(&self, py: Python<'py>, data: &[u8], max_bytes: usize) -> PyResult<Bound<'py, PyAny>> {
        let datagram = Datagram::divide(data).map_err(|fault| self.refusal(py, &fault, None))?;
        let Reading { start, fields, whole } =
            Reading::of(&datagram, max_bytes).map_err(|fault| self.refusal(py, &fault, None))?;
        match whole {
            Ok(whole) => self.message(py, &start, &fields, Some(&whole)),
            Err(fault) => Err(self.refusal_of(py, &start, &fields, &fault)?),
        }
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
    fn message<'py>(
        &self,
        py: Python<'py>,
        start: &Start<'_>,
        fields: &Fields<'_>,
        whole: Option<&Whole<'_>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let headers = Headers::of_dict(self.dictionary(py, fields)?);
        let body = PyBytes::new(py, whole.map_or(b"", |whole| whole.body));
        let via = whole.map(|whole| self.via(py, &whole.top_via)).transpose()?;
        match *start {
            Start::Request { method, uri } => {
                self.request.bind(py).call1((text(py, method)?, text(py, uri)?, headers, body, via))
            }
            Start::Response { status, reason } => {
                self.response.bind(py).call1((status, text(py, reason)?, headers, body, via))
            }
        }
    }

    fn dictionary<'py>(&self, py: Python<'py>, fields: &Fields<'_>) -> PyResult<Bound<'py, PyDict>> {
        let dictionary = PyDict::new(py);
        for field in fields.lines() {
            let name = self.name(py, field.name);
            let value = text(py, field.value)?;
            match dictionary.get_item(&name)? {
                None => dictionary.set_item(name, value)?,
                Some(before) => match before.cast::<PyList>() {
                    Ok(lines) => lines.append(value)?,
                    Err(_) => dictionary.set_item(name, [before, value.into_any()])?,
                },
            }
        }
        Ok(dictionary)
    }

    fn name<'py>(&self, py: Python<'py>, name: Name<'_>) -> Bound<'py, PyString> {
        match name {
            Name::Known(known) => self.names[known.number()].bind(py).clone(),
            Name::Other(spelling) => {
                PyString::new(py, &String::from_utf8_lossy(spelling).to_ascii_lowercase())
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
        let request = is_request.then(|| self.message(py, start, fields, None)).transpose()?;
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
    let mut writer = Writer::new(&octets(start_line)?);
    for_each_line(headers.of(py), |name, value| {
        writer.field(&octets(name)?, &octets(value)?);
        Ok(())
    })?;
    Ok(PyBytes::new(py, &writer.finish(body)))
}
