//! What waits for the thread that writes the journal: each event of a call passes here.

use std::collections::VecDeque;

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

/// Which entries could not be kept: how many, from which on, up to which.
type Lost = (u64, u64, u64);

/// Entries in their order, up to a number.
///
/// Wherever Python comes to run, be it to collect what is dead when a list is made, other threads may have their
/// turn, and want the queue: nobody holds it then.
#[pyclass]
pub struct EntryQueue {
    waiting: VecDeque<Py<PyTuple>>,
    most: usize,
    next_number: u64,
    newest: Option<Py<PyTuple>>,
    lost: Option<Lost>,
    /// Told of an entry behind which others may come.
    wake: Py<PyAny>,
}

#[pymethods]
impl EntryQueue {
    #[new]
    fn new(first_number: u64, most: usize, wake: Py<PyAny>) -> Self {
        let waiting = VecDeque::new();
        Self { waiting, most, next_number: first_number, newest: None, lost: None, wake }
    }

    #[pyo3(signature = (told, wall, topic=None))]
    fn put<'py>(
        slf: &Bound<'py, Self>,
        told: &Bound<'py, PyAny>,
        wall: &Bound<'py, PyAny>,
        topic: Option<Bound<'py, PyString>>,
    ) -> PyResult<()> {
        let py = slf.py();
        let topic = match topic {
            Some(topic) => topic.into_any(),
            None => told.getattr(intern!(py, "topic"))?,
        };
        let number = slf.borrow_mut().number();
        let numbered = number.into_pyobject(py)?.into_any();
        let entry = PyTuple::new(py, [&numbered, wall, &topic, told])?;
        let before = slf.borrow_mut().newest.replace(entry.clone().unbind());
        drop(before);
        if slf.borrow_mut().add(number, entry.unbind()) {
            let wake = slf.borrow().wake.clone_ref(py);
            wake.call0(py)?;
        }
        Ok(())
    }

    /// The oldest that wait, at most so many.
    fn take(slf: &Bound<'_, Self>, most: usize) -> Vec<Py<PyTuple>> {
        let waiting = &mut slf.borrow_mut().waiting;
        waiting.drain(..most.min(waiting.len())).collect()
    }

    /// They are the oldest again.
    fn give_back(slf: &Bound<'_, Self>, entries: Vec<Py<PyTuple>>) {
        let waiting = &mut slf.borrow_mut().waiting;
        entries.into_iter().rev().for_each(|entry| waiting.push_front(entry));
    }

    fn lose(&mut self, number: u64) {
        let (count, first, _) = self.lost.unwrap_or((0, number, number));
        self.lost = Some((count + 1, first, number));
    }

    fn take_lost(slf: &Bound<'_, Self>) -> Option<Lost> {
        slf.borrow_mut().lost.take()
    }

    #[getter]
    fn newest(&self, py: Python<'_>) -> Option<Py<PyTuple>> {
        self.newest.as_ref().map(|entry| entry.clone_ref(py))
    }

    fn __len__(&self) -> usize {
        self.waiting.len()
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.wake)
    }
}

impl EntryQueue {
    fn number(&mut self) -> u64 {
        let number = self.next_number;
        self.next_number += 1;
        number
    }

    /// Whether it waits behind no other.
    fn add(&mut self, number: u64, entry: Py<PyTuple>) -> bool {
        if self.waiting.len() >= self.most {
            self.lose(number);
            return false;
        }
        self.waiting.push_back(entry);
        self.waiting.len() == 1
    }
}
