//! SIP messages from datagrams, as objects of classes that Python brings, and datagrams from messages.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString};
use sip::datagram::Datagram;
use sip::fault::Fault;
use sip::fields::Fields;
use sip::names::{Known, Name, VIA};
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
        let datagram = self.divide(py, data)?;
        let (start, fields, whole) = self.reading(py, &datagram, max_bytes)?;
        self.message(py, &start, &fields, whole.body)
    }

    /// Write into the top Via where a request really came from, and return that Via.
    fn note_source<'py>(
        &self,
        headers: &Bound<'py, Headers>,
        host: &str,
        port: u16,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, fields) = (headers.py(), headers.get().of(headers.py()));
        let line = first_line(fields, self.names[VIA.number()].bind(py))?;
        let line = octets(&line)?;
        let refuse = |fault: Fault<'_>| self.refusal(py, &fault, None);
        let via = TopVia::of(&line).map_err(refuse)?;
        if let Some(noted) = via.with_source(&line, host.as_bytes(), port).map_err(refuse)? {
            self.put_noted(fields, &noted)?;
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

    pub fn message<'py>(
        &self,
        py: Python<'py>,
        start: &Start<'_>,
        fields: &Fields<'_>,
        body: &[u8],
    ) -> PyResult<Bound<'py, PyAny>> {
        self.message_with(py, start, self.dictionary(py, fields)?, body)
    }

    /// A request with where it came from in its top Via.
    pub fn request_from<'py>(
        &self,
        py: Python<'py>,
        start: &Start<'_>,
        fields: &Fields<'_>,
        whole: &Whole<'_>,
        (host, port): (&str, u16),
    ) -> PyResult<Bound<'py, PyAny>> {
        let dictionary = self.dictionary(py, fields)?;
        let line = fields.first(VIA).unwrap_or_default();
        let noted = whole.top_via.with_source(line, host.as_bytes(), port);
        if let Some(noted) = noted.map_err(|fault| self.refusal(py, &fault, None))? {
            self.put_noted(&dictionary, &noted)?;
        }
        self.message_with(py, start, dictionary, whole.body)
    }

    fn message_with<'py>(
        &self,
        py: Python<'py>,
        start: &Start<'_>,
        dictionary: Bound<'py, PyDict>,
        body: &[u8],
    ) -> PyResult<Bound<'py, PyAny>> {
        let (headers, body) = (Headers::of_dict(dictionary), PyBytes::new(py, body));
        match *start {
            Start::Request { method, uri } => {
                self.request.bind(py).call1((text(py, method)?, text(py, uri)?, headers, body))
            }
            Start::Response { status, reason } => {
                self.response.bind(py).call1((status, text(py, reason)?, headers, body))
            }
        }
    }

    /// In the place of the top Via's line, and what follows that Via in a line of its own.
    fn put_noted(&self, fields: &Bound<'_, PyDict>, Noted { first, others }: &Noted<'_>) -> PyResult<()> {
        let py = fields.py();
        let (name, noted) = (self.names[VIA.number()].bind(py), text(py, first)?);
        let before = fields.get_item(name)?;
        let more = before.and_then(|lines| lines.cast_into::<PyList>().ok());
        if more.is_none() && others.is_empty() {
            return fields.set_item(name, noted);
        }
        let lines = PyList::new(py, [noted])?;
        if !others.is_empty() {
            lines.append(text(py, others)?)?;
        }
        for line in more.iter().flatten().skip(1) {
            lines.append(line)?;
        }
        fields.set_item(name, lines)
    }

    fn dictionary<'py>(&self, py: Python<'py>, fields: &Fields<'_>) -> PyResult<Bound<'py, PyDict>> {
        let dictionary = PyDict::new(py);
        for (at, field) in fields.lines().iter().enumerate() {
            let name = self.name(py, field.name);
            let value = text(py, field.value)?;
            let stood = fields.lines()[..at].iter().any(|earlier| earlier.name.is(field.name));
            match stood.then(|| dictionary.get_item(&name)).transpose()?.flatten() {
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
        let request = is_request.then(|| self.message(py, start, fields, b"")).transpose()?;
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
    for_each_line(headers.of(py), |name, value| {
        writer.field(&octets(name)?, &octets(value)?);
        Ok(())
    })?;
    Ok(PyBytes::new(py, &writer.finish(body)))
}

/// Of a header; empty when there is none.
pub fn first_line<'py>(
    fields: &Bound<'py, PyDict>,
    name: &Bound<'py, PyString>,
) -> PyResult<Bound<'py, PyString>> {
    let Some(values) = fields.get_item(name)? else { return Ok(PyString::new(fields.py(), "")) };
    let first = if let Ok(lines) = values.cast::<PyList>() { lines.get_item(0)? } else { values };
    Ok(first.cast_into()?)
}
