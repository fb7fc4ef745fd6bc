//! The loop of the driver: each item goes to whom it concerns, and what follows from it goes the same way.
//!
//! What is where, and why, is said by `runtime.driver`, which this serves; a call passes here fifty times.

use pyo3::exceptions::PyException;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};

/// A handler, what an item must be about to be its business, and the field that tells what an item is about.
type Handler = (Py<PyAny>, Option<Py<PyAny>>, Py<PyString>);

/// Where items of a kind go.
#[pyclass(frozen)]
struct Way {
    handlers: Vec<Handler>,
    observers: Vec<Py<PyAny>>,
}

#[pymethods]
impl Way {
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        for (handle, own, _) in &self.handlers {
            visit.call(handle)?;
            visit.call(own)?;
        }
        self.observers.iter().try_for_each(|observer| visit.call(observer))
    }
}

/// Where items of all kinds go that have been met.
#[pyclass(frozen)]
pub struct Ways {
    by_kind: Py<PyDict>,
}

#[pymethods]
impl Ways {
    #[new]
    fn new(py: Python<'_>) -> Self {
        Self { by_kind: PyDict::new(py).unbind() }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.by_kind)
    }

    fn clear(&self, py: Python<'_>) {
        self.by_kind.bind(py).clear();
    }

    fn drain<'py>(
        &self,
        items: &Bound<'py, PyList>,
        find: &Bound<'py, PyAny>,
        on_fault: &Bound<'py, PyAny>,
        now: &Bound<'py, PyAny>,
        wall: &Bound<'py, PyAny>,
    ) -> PyResult<()> {
        let run = Run { items, on_fault };
        let mut taken = 0;
        while taken < items.len() {
            let item = items.get_item(taken)?;
            let way = self.of(item.get_type().as_any(), find)?;
            run.handle(&item, &way.get().handlers, now)?;
            run.show(&item, &way.get().observers, wall)?;
            taken += 1;
        }
        Ok(())
    }
}

impl Ways {
    fn of<'py>(&self, kind: &Bound<'py, PyAny>, find: &Bound<'py, PyAny>) -> PyResult<Bound<'py, Way>> {
        let by_kind = self.by_kind.bind(kind.py());
        if let Some(known) = by_kind.get_item(kind)? {
            return Ok(known.cast_into()?);
        }
        let (handlers, observers) = find.call1((kind,))?.extract()?;
        let found = Bound::new(kind.py(), Way { handlers, observers })?;
        by_kind.set_item(kind, &found)?;
        Ok(found)
    }
}

struct Run<'a, 'py> {
    items: &'a Bound<'py, PyList>,
    on_fault: &'a Bound<'py, PyAny>,
}

impl<'py> Run<'_, 'py> {
    /// Asks each in its turn whether the item is its business: what one does may make it another's.
    fn handle(
        &self,
        item: &Bound<'py, PyAny>,
        handlers: &[Handler],
        now: &Bound<'py, PyAny>,
    ) -> PyResult<()> {
        if handlers.is_empty() {
            return Ok(());
        }
        let given = PyTuple::new(item.py(), [item, now])?;
        let mut about = About { item, asked: None };
        for handler in handlers {
            if let Err(fault) = self.ask(handler, &mut about, &given) {
                self.follow(&self.blame(item, fault)?)?; // one call's fault must not stop the others
            }
        }
        Ok(())
    }

    fn ask<'a>(
        &self,
        (handle, own, name): &'a Handler,
        about: &mut About<'a, 'py>,
        given: &Bound<'py, PyTuple>,
    ) -> PyResult<()> {
        let py = given.py();
        match own {
            Some(own) if !own.bind(py).contains(about.field(name)?)? => Ok(()),
            _ => self.follow(&handle.bind(py).call1(given)?),
        }
    }

    /// Who only looks on cannot harm the call.
    fn show(
        &self,
        item: &Bound<'py, PyAny>,
        observers: &[Py<PyAny>],
        wall: &Bound<'py, PyAny>,
    ) -> PyResult<()> {
        if observers.is_empty() {
            return Ok(());
        }
        let given = PyTuple::new(item.py(), [item, wall])?;
        for observer in observers {
            let observer = observer.bind(item.py());
            if let Err(fault) = observer.call1(&given) {
                self.blame(observer, fault)?;
            }
        }
        Ok(())
    }

    fn follow(&self, outputs: &Bound<'py, PyAny>) -> PyResult<()> {
        if outputs.is_truthy()? {
            outputs.try_iter()?.try_for_each(|output| self.items.append(output?))?;
        }
        Ok(())
    }

    /// What follows from a fault of ours. Whatever ends the process goes on its way.
    fn blame(&self, at: &Bound<'py, PyAny>, fault: PyErr) -> PyResult<Bound<'py, PyAny>> {
        let py = at.py();
        if fault.is_instance_of::<PyException>(py) {
            self.on_fault.call1((at, fault.into_value(py)))
        } else {
            Err(fault)
        }
    }
}

/// What an item is about, looked up once for all whose business it may be: most of a kind go by the same field.
struct About<'a, 'py> {
    item: &'a Bound<'py, PyAny>,
    asked: Option<(&'a Py<PyString>, Bound<'py, PyAny>)>,
}

impl<'a, 'py> About<'a, 'py> {
    fn field(&mut self, name: &'a Py<PyString>) -> PyResult<&Bound<'py, PyAny>> {
        let value = match self.asked.take() {
            Some((asked, value)) if asked.is(name) => value,
            _ => self.item.getattr(name.bind(self.item.py()))?,
        };
        Ok(&self.asked.insert((name, value)).1)
    }
}
