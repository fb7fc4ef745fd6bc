//! The headers of a SIP message, kept as Python keeps them: text by lower-case long name.

use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyIterator, PyList, PyString};

/// One value of a name is a string, and several are a list: most have one, and a busy switch keeps a hundred thousand
/// messages in mind, so that a list for each would weigh.
#[pyclass(frozen)]
pub struct Headers {
    fields: Py<PyDict>,
}

#[pymethods]
impl Headers {
    #[new]
    #[pyo3(signature = (fields=None))]
    fn new(py: Python<'_>, fields: Option<Py<PyDict>>) -> Self {
        Self { fields: fields.unwrap_or_else(|| PyDict::new(py).unbind()) }
    }

    fn get<'py>(&self, name: &Bound<'py, PyString>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(values) = self.of(name.py()).get_item(name)? else { return Ok(None) };
        match values.cast::<PyList>() {
            Ok(lines) => lines.get_item(0).map(Some),
            Err(_) => Ok(Some(values)),
        }
    }

    fn get_all<'py>(&self, name: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyList>> {
        match self.of(name.py()).get_item(name)? {
            Some(values) => listed(values),
            None => Ok(PyList::empty(name.py())),
        }
    }

    fn set(&self, name: &Bound<'_, PyString>, value: &Bound<'_, PyString>) -> PyResult<()> {
        self.of(name.py()).set_item(name, value)
    }

    fn set_all(&self, name: &Bound<'_, PyString>, values: &Bound<'_, PyAny>) -> PyResult<()> {
        let fields = self.of(name.py());
        match values.cast::<PyList>() {
            Ok(lines) if lines.len() > 1 => fields.set_item(name, lines),
            Ok(lines) if lines.len() == 1 => fields.set_item(name, lines.get_item(0)?),
            Ok(_) if fields.contains(name)? => fields.del_item(name),
            Ok(_) => Ok(()),
            Err(_) => fields.set_item(name, values),
        }
    }

    fn pick<'py>(&self, py: Python<'py>, names: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
        let (fields, picked) = (self.of(py), PyDict::new(py));
        for name in PyIterator::from_object(names)? {
            let name = name?;
            if let Some(values) = fields.get_item(&name)? {
                picked.set_item(name, values)?;
            }
        }
        Ok(picked)
    }

    fn fields<'py>(&self, py: Python<'py>) -> Bound<'py, PyList> {
        self.of(py).items()
    }

    fn items<'py>(&self, py: Python<'py>) -> PyResult<Vec<(Bound<'py, PyAny>, Bound<'py, PyList>)>> {
        self.of(py).iter().map(|(name, values)| Ok((name, listed(values)?))).collect()
    }

    fn __contains__(&self, name: &Bound<'_, PyString>) -> PyResult<bool> {
        self.of(name.py()).contains(name)
    }

    fn __eq__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Ok(other) = other.cast::<Self>() else { return Ok(false) };
        PyDict::from_sequence(self.items(py)?.into_pyobject(py)?.as_any())?
            .eq(PyDict::from_sequence(other.get().items(py)?.into_pyobject(py)?.as_any())?)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("Headers({})", self.of(py).repr()?))
    }
}

impl Headers {
    pub fn of_dict(fields: Bound<'_, PyDict>) -> Self {
        Self { fields: fields.unbind() }
    }

    pub fn of<'a, 'py>(&'a self, py: Python<'py>) -> &'a Bound<'py, PyDict> {
        self.fields.bind(py)
    }
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
