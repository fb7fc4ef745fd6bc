//! Named tuples of Python's.

use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};

/// A class of them. Its objects are made as those of any tuple: its own `__new__`, which is written in Python, takes
/// as long as reading what they hold.
pub struct NamedTuple {
    class: Py<PyType>,
    new: Py<PyAny>,
}

impl NamedTuple {
    /// With all its fields, in their order.
    pub fn make<'py>(
        &self,
        py: Python<'py>,
        fields: impl IntoPyObject<'py, Target = PyTuple, Output = Bound<'py, PyTuple>, Error = PyErr>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.new.bind(py).call1((&self.class, fields))
    }
}

impl<'py> FromPyObject<'_, 'py> for NamedTuple {
    type Error = PyErr;

    fn extract(class: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let new = class.py().get_type::<PyTuple>().getattr("__new__")?.unbind();
        Ok(Self { class: class.cast::<PyType>()?.to_owned().unbind(), new })
    }
}
