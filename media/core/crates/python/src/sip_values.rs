//! Values of SIP headers and URIs, as objects of classes that Python brings.

use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use sip::addresses::Address;
use sip::fault::Fault;
use sip::numbers::CSeq;
use sip::parameters::Parameters;
use sip::uris::Uri;
use sip::usual_sdp::{self, Usual};
use sip::via::Via;

use crate::named_tuples::NamedTuple;
use crate::sip_text::{octets, refusal, tag_in, text};

/// Reads URIs.
#[pyclass(frozen)]
pub struct UriReader {
    uri: NamedTuple,
    error: Py<PyAny>,
}

#[pymethods]
impl UriReader {
    #[new]
    #[pyo3(signature = (*, uri, error))]
    fn new(uri: NamedTuple, error: Py<PyAny>) -> Self {
        Self { uri, error }
    }

    fn read<'py>(&self, value: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
        self.uri(value.py(), &octets(value)?)
    }

    fn check(&self, value: &Bound<'_, PyString>) -> PyResult<()> {
        self.check_octets(value.py(), &octets(value)?)
    }
}

impl UriReader {
    fn check_octets(&self, py: Python<'_>, octets: &[u8]) -> PyResult<()> {
        Uri::of(octets).map(drop).map_err(|fault| refusal(py, &self.error, &fault, None))
    }

    fn uri<'py>(&self, py: Python<'py>, text_of_it: &[u8]) -> PyResult<Bound<'py, PyAny>> {
        let read = Uri::of(text_of_it).map_err(|fault| refusal(py, &self.error, &fault, None))?;
        let Uri { scheme, user, host, port, params, headers, password } = read;
        let password = password.map(|password| text(py, password)).transpose()?;
        let params = parameters(py, params)?;
        let scheme = PyString::intern(py, scheme);
        let (user, host, headers) = (text(py, &user)?, text(py, host)?, text(py, headers)?);
        self.uri.make(py, (scheme, user, host, port, params, headers, password))
    }
}

/// Reads what the headers hold that a SIP stack looks into.
#[pyclass(frozen)]
pub struct ValueReader {
    name_addr: NamedTuple,
    via: NamedTuple,
    cseq: NamedTuple,
    uris: Py<UriReader>,
}

#[pymethods]
impl ValueReader {
    #[new]
    #[pyo3(signature = (*, name_addr, via, cseq, uris))]
    fn new(name_addr: NamedTuple, via: NamedTuple, cseq: NamedTuple, uris: Py<UriReader>) -> Self {
        Self { name_addr, via, cseq, uris }
    }

    fn read_name_addr<'py>(&self, value: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
        let (py, value) = (value.py(), octets(value)?);
        let address = self.address(py, &value)?;
        let uri = self.uris.get().uri(py, address.uri)?;
        let name = text(py, &address.display_name())?;
        self.name_addr.make(py, (name, uri, parameters(py, address.params)?))
    }

    fn check_name_addr(&self, value: &Bound<'_, PyString>) -> PyResult<()> {
        let (py, value) = (value.py(), octets(value)?);
        self.uris.get().check_octets(py, self.address(py, &value)?.uri)
    }

    fn read_via<'py>(&self, value: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
        let (py, value) = (value.py(), octets(value)?);
        let via = Via::of(&value).map_err(|fault| self.refusal(py, &fault))?;
        let transport = text(py, &via.transport.to_ascii_uppercase())?;
        self.via.make(py, (transport, text(py, via.host)?, via.port, parameters(py, via.params)?))
    }

    fn read_cseq<'py>(&self, value: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
        let (py, value) = (value.py(), octets(value)?);
        let cseq = CSeq::of(&value).map_err(|fault| self.refusal(py, &fault))?;
        self.cseq.make(py, (cseq.number, text(py, cseq.method)?))
    }

    #[staticmethod]
    fn read_tag<'py>(value: &Bound<'py, PyString>) -> PyResult<Option<Bound<'py, PyString>>> {
        tag_in(value.py(), &octets(value)?)
    }
}

impl ValueReader {
    fn address<'a>(&self, py: Python<'_>, value: &'a [u8]) -> PyResult<Address<'a>> {
        Address::of(value).ok_or_else(|| self.refusal(py, &Fault::malformed("address", value)))
    }

    fn refusal(&self, py: Python<'_>, fault: &Fault<'_>) -> PyErr {
        refusal(py, &self.uris.get().error, fault, None)
    }
}

fn parameters<'py>(py: Python<'py>, parameters: Parameters<'_>) -> PyResult<Bound<'py, PyTuple>> {
    let pairs = parameters.iter().map(|(name, value)| {
        let value = value.map(|value| text(py, value)).transpose()?;
        Ok((text(py, name)?, value))
    });
    PyTuple::new(py, pairs.collect::<PyResult<Vec<_>>>()?)
}

#[pyfunction]
pub fn may_keep_sdp(description: &Bound<'_, PyString>) -> PyResult<bool> {
    Ok(usual_sdp::may_be_kept(&octets(description)?))
}

#[pyfunction]
pub fn take_sdp_apart<'py>(
    description: &Bound<'py, PyString>,
) -> Option<(Bound<'py, PyString>, u16, Bound<'py, PyString>)> {
    let py = description.py();
    let Usual { session, port, stream } = Usual::of(description.to_str().ok()?)?;
    Some((PyString::new(py, session), port, PyString::new(py, stream)))
}
