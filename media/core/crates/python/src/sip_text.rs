//! Text of SIP messages as Python's, and back.

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PySlice, PyString};
use sip::addresses::Address;
use sip::fault::{Fault, LONGEST_SHOWN};

/// Octets of a character in UTF-8.
const LONGEST_CHARACTER: usize = 4;

/// Octets that are no UTF-8 become lone surrogates, one each, and survive so until they are written.
pub fn text<'py>(py: Python<'py>, octets: &[u8]) -> PyResult<Bound<'py, PyString>> {
    if let Ok(text) = str::from_utf8(octets) {
        return Ok(PyString::new(py, text));
    }
    PyString::from_encoded_object(&PyBytes::new(py, octets), Some(c"utf-8"), Some(c"surrogateescape"))
}

pub fn octets<'a>(text: &'a Bound<'_, PyString>) -> PyResult<Cow<'a, [u8]>> {
    if let Ok(text) = text.to_str() {
        return Ok(Cow::Borrowed(text.as_bytes()));
    }
    let octets = text.call_method1("encode", ("utf-8", "surrogateescape"))?;
    Ok(Cow::Owned(octets.cast::<PyBytes>()?.as_bytes().to_vec()))
}

/// The dialog tag in a From or To; None when it has none, or is no address.
pub fn tag_in<'py>(py: Python<'py>, line: &[u8]) -> PyResult<Option<Bound<'py, PyString>>> {
    let tag = Address::of(line).and_then(|address| address.tag());
    tag.map(|tag| text(py, tag)).transpose()
}

/// The error of a text that cannot be used, with as much of a request as its answer needs.
pub fn refusal(
    py: Python<'_>,
    error: &Py<PyAny>,
    fault: &Fault<'_>,
    request: Option<Bound<'_, PyAny>>,
) -> PyErr {
    let made = words(py, fault).and_then(|reason| {
        let details = PyDict::new(py);
        details.set_item("status", fault.status)?;
        details.set_item("request", request)?;
        error.bind(py).call((reason,), Some(&details))
    });
    made.map_or_else(|error| error, PyErr::from_value)
}

/// What is wrong, with the text it is about as Python quotes it.
fn words(py: Python<'_>, fault: &Fault<'_>) -> PyResult<String> {
    let Some(shown) = fault.shown else { return Ok(fault.to_string()) };
    let beginning = text(py, &shown[..shown.len().min(LONGEST_SHOWN * LONGEST_CHARACTER)])?;
    let excerpt = beginning.get_item(PySlice::new(py, 0, LONGEST_SHOWN.cast_signed(), 1))?;
    Ok(format!("{}{}{}", fault.before, excerpt.repr()?, fault.after))
}
