//! The headers of a SIP message, by lower-case long name.

use std::sync::OnceLock;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyIterator, PyList, PyString};
use sip::kept::Kept;
use sip::numbers::CSeq;
use sip::writing::Writer;

use crate::sip_text::{octets, tag_in, text};

type Key<'py> = (Bound<'py, PyString>, Bound<'py, PyString>, Bound<'py, PyString>);

/// Those that came stay text as it came until somebody changes them or wants them all: of most lines nobody ever asks
/// what they say, and a busy switch keeps a hundred thousand messages in mind.
#[pyclass(frozen)]
pub struct Headers {
    came: Option<Kept>,
    /// As they were made, or changed, which counts from then on. One value of a name is a string, and several are a
    /// list: most have one. No lock of pyo3, as that lets another thread run whenever it is filled.
    fields: OnceLock<Py<PyDict>>,
}

#[pymethods]
impl Headers {
    #[new]
    #[pyo3(signature = (fields=None))]
    fn new(py: Python<'_>, fields: Option<Py<PyDict>>) -> Self {
        Self { came: None, fields: fields.unwrap_or_else(|| PyDict::new(py).unbind()).into() }
    }

    fn get<'py>(&self, name: &Bound<'py, PyString>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = name.py();
        if let Some(came) = self.unchanged() {
            return came.all(&octets(name)?).next().map(|value| Ok(text(py, value)?.into_any())).transpose();
        }
        let Some(values) = self.of(py)?.get_item(name)? else { return Ok(None) };
        match values.cast::<PyList>() {
            Ok(lines) => lines.get_item(0).map(Some),
            Err(_) => Ok(Some(values)),
        }
    }

    pub fn get_all<'py>(&self, name: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyList>> {
        match self.values(name)? {
            Some(values) => listed(values),
            None => Ok(PyList::empty(name.py())),
        }
    }

    fn set(&self, name: &Bound<'_, PyString>, value: &Bound<'_, PyString>) -> PyResult<()> {
        self.of(name.py())?.set_item(name, value)
    }

    pub fn set_all(&self, name: &Bound<'_, PyString>, values: &Bound<'_, PyAny>) -> PyResult<()> {
        let fields = self.of(name.py())?;
        match values.cast::<PyList>() {
            Ok(lines) if lines.len() > 1 => fields.set_item(name, lines),
            Ok(lines) if lines.len() == 1 => fields.set_item(name, lines.get_item(0)?),
            Ok(_) if fields.contains(name)? => fields.del_item(name),
            Ok(_) => Ok(()),
            Err(_) => fields.set_item(name, values),
        }
    }

    fn pick<'py>(&self, py: Python<'py>, names: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
        let picked = PyDict::new(py);
        for name in PyIterator::from_object(names)? {
            let name = name?.cast_into()?;
            if let Some(values) = self.values(&name)? {
                picked.set_item(name, values)?;
            }
        }
        Ok(picked)
    }

    fn tag<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Option<Bound<'py, PyString>>> {
        self.read(py, name, |line| tag_in(py, line))?
    }

    fn dialog_key<'py>(&self, py: Python<'py>) -> PyResult<Key<'py>> {
        let tag = |name| Ok::<_, PyErr>(self.tag(py, name)?.unwrap_or_else(|| PyString::new(py, "")));
        Ok((self.read(py, "call-id", |line| text(py, line))??, tag("to")?, tag("from")?))
    }

    fn cseq_number(&self, py: Python<'_>) -> PyResult<u32> {
        let number = self.read(py, "cseq", |line| CSeq::of(line).map(|cseq| cseq.number).ok())?;
        number.ok_or_else(|| PyValueError::new_err("no CSeq that can be read"))
    }

    fn fields<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        Ok(self.of(py)?.items())
    }

    fn items<'py>(&self, py: Python<'py>) -> PyResult<Vec<(Bound<'py, PyAny>, Bound<'py, PyList>)>> {
        self.of(py)?.iter().map(|(name, values)| Ok((name, listed(values)?))).collect()
    }

    fn __contains__(&self, name: &Bound<'_, PyString>) -> PyResult<bool> {
        match self.unchanged() {
            Some(came) => Ok(came.all(&octets(name)?).next().is_some()),
            None => self.of(name.py())?.contains(name),
        }
    }

    fn __eq__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Ok(other) = other.cast::<Self>() else { return Ok(false) };
        PyDict::from_sequence(self.items(py)?.into_pyobject(py)?.as_any())?
            .eq(PyDict::from_sequence(other.get().items(py)?.into_pyobject(py)?.as_any())?)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("Headers({})", self.of(py)?.repr()?))
    }
}

impl Headers {
    pub fn that_came(lines: Kept) -> Self {
        Self { came: Some(lines), fields: OnceLock::new() }
    }

    pub fn of<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyDict>> {
        if let Some(fields) = self.fields.get() {
            return Ok(fields.bind(py));
        }
        let made = dictionary(py, self.came.as_ref())?;
        Ok(self.fields.get_or_init(|| made).bind(py))
    }

    fn unchanged(&self) -> Option<&Kept> {
        self.came.as_ref().filter(|_| self.fields.get().is_none())
    }

    /// The first line of a header; an empty one when there is none.
    fn read<T>(&self, py: Python<'_>, name: &str, read: impl FnOnce(&[u8]) -> T) -> PyResult<T> {
        if let Some(came) = self.unchanged() {
            return Ok(read(came.all(name.as_bytes()).next().unwrap_or_default()));
        }
        match self.get(&PyString::new(py, name))? {
            Some(line) => Ok(read(&octets(line.cast()?)?)),
            None => Ok(read(b"")),
        }
    }

    /// A string, or a list of several.
    fn values<'py>(&self, name: &Bound<'py, PyString>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = name.py();
        let Some(came) = self.unchanged() else { return self.of(py)?.get_item(name) };
        let name = octets(name)?;
        let values = came.all(&name).map(|value| text(py, value)).collect::<PyResult<Vec<_>>>()?;
        Ok(match &values[..] {
            [] => None,
            [one] => Some(one.clone().into_any()),
            several => Some(PyList::new(py, several)?.into_any()),
        })
    }
}

fn dictionary(py: Python<'_>, came: Option<&Kept>) -> PyResult<Py<PyDict>> {
    let fields = PyDict::new(py);
    for (name, value) in came.into_iter().flat_map(Kept::lines) {
        let (name, value) = (text(py, name)?, text(py, value)?);
        match fields.get_item(&name)? {
            None => fields.set_item(name, value)?,
            Some(before) => match before.cast::<PyList>() {
                Ok(lines) => lines.append(value)?,
                Err(_) => fields.set_item(name, [before, value.into_any()])?,
            },
        }
    }
    Ok(fields.unbind())
}

fn listed(values: Bound<'_, PyAny>) -> PyResult<Bound<'_, PyList>> {
    if values.is_instance_of::<PyString>() {
        return PyList::new(values.py(), [values]);
    }
    Ok(values.cast_into()?)
}

/// Name and value line by line, in the order the names first appeared; but Via stands first, for those who read on the
/// way (RFC 3261 §7.3.1).
pub fn for_each_line(
    fields: &Bound<'_, PyDict>,
    mut act: impl FnMut(&Bound<'_, PyString>, &Bound<'_, PyString>) -> PyResult<()>,
) -> PyResult<()> {
    let via = intern!(fields.py(), "via");
    if let Some(lines) = fields.get_item(via)? {
        for_each_of(via, &lines, &mut act)?;
    }
    for (name, values) in fields {
        let name = name.cast::<PyString>()?;
        let is_via = name.is(via) || name.to_str().is_ok_and(|name| name == "via");
        if !is_via {
            for_each_of(name, &values, &mut act)?;
        }
    }
    Ok(())
}

/// In their order.
pub fn write_fields(writer: &mut Writer, fields: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
    for (name, values) in fields.into_iter().flatten() {
        for_each_of(name.cast()?, &values, &mut |name, value| {
            writer.field(&octets(name)?, &octets(value)?);
            Ok(())
        })?;
    }
    Ok(())
}

fn for_each_of(
    name: &Bound<'_, PyString>,
    values: &Bound<'_, PyAny>,
    act: &mut impl FnMut(&Bound<'_, PyString>, &Bound<'_, PyString>) -> PyResult<()>,
) -> PyResult<()> {
    if let Ok(value) = values.cast::<PyString>() {
        return act(name, value);
    }
    let Ok(lines) = values.cast::<PyList>() else {
        return Err(PyTypeError::new_err(format!("the header {name} is {values}; expected text")));
    };
    lines.iter().try_for_each(|value| act(name, value.cast::<PyString>()?))
}
