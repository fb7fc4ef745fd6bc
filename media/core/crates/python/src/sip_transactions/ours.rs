//! Requests of ours: while an answer is waited for, and what is kept of them after that.

use pyo3::PyTraverseError;
use pyo3::gc::PyVisit;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use sip::addresses::Address;
use sip::datagram::Datagram;
use sip::fields::Fields;
use sip::names::TO;
use sip::reading::{Reading, Start};

use super::attribute;
use crate::sip_messages::MessageReader;
use crate::sip_text::{octets, text};

/// Phones that can answer one INVITE; what further ones say is not heard.
const MOST_FORKS: usize = 16;

/// Where a request of ours stands with its sender.
pub enum Ours {
    /// There is more to tell of it.
    Open(Open),
    /// An INVITE that was answered 2xx: the same may come again, and others of further phones (RFC 6026 §8.4).
    Accepted(Accepted),
    /// An INVITE that failed: its ACK is repeated.
    Refused(Sent),
    /// Repetitions of its answer are absorbed.
    Over,
}

pub struct Open {
    /// What its sender knows it by.
    pub transaction: Py<PyAny>,
    pub sent: Sent,
}

/// A message, and where it went.
pub struct Sent {
    pub data: Py<PyBytes>,
    pub hop: Py<PyAny>,
}

pub struct Accepted {
    /// Whatever tells its sender what further phones are about; None inside a dialog, where there is one peer.
    pub owner: Option<Py<PyAny>>,
    /// Of the INVITE.
    uri: Py<PyString>,
    first: Sent,
    /// The ACKs of further phones.
    others: Vec<Sent>,
}

impl Ours {
    /// None where nothing is sent any more.
    pub fn hop(&self) -> Option<&Py<PyAny>> {
        match self {
            Self::Open(Open { sent, .. }) | Self::Refused(sent) => Some(&sent.hop),
            Self::Accepted(accepted) => Some(&accepted.first.hop),
            Self::Over => None,
        }
    }

    /// The Request-URI of an INVITE.
    pub fn uri<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyString>>> {
        match self {
            Self::Open(open) => open.uri(py).map(Some),
            Self::Accepted(accepted) => Ok(Some(accepted.uri.bind(py).clone())),
            Self::Refused(ack) => where_to(py, ack.data.as_bytes(py)),
            Self::Over => Ok(None),
        }
    }

    /// An ACK of a 2xx was sent; `owner` hears of further phones.
    pub fn acknowledge(&mut self, py: Python<'_>, ack: Sent, owner: Option<Py<PyAny>>) -> PyResult<()> {
        match self {
            Self::Open(open) => {
                let uri = open.uri(py)?.unbind();
                *self = Self::Accepted(Accepted { owner, uri, first: ack, others: Vec::new() });
            }
            Self::Accepted(accepted) => accepted.others.push(ack),
            Self::Refused(_) | Self::Over => {}
        }
        Ok(())
    }

    /// For the garbage collector.
    pub fn visit(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        match self {
            Self::Open(open) => visit.call(&open.transaction),
            Self::Accepted(accepted) => visit.call(&accepted.owner),
            Self::Refused(_) | Self::Over => Ok(()),
        }
    }
}

impl Open {
    fn uri<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        let request = self.transaction.bind(py).getattr(intern!(py, "request"))?;
        attribute(&request, intern!(py, "uri"))
    }
}

impl Accepted {
    /// The ACK of the phone that a 2xx with these lines is of; None when that phone is heard for the first time.
    pub fn ack_for(&self, py: Python<'_>, response: &Fields<'_>) -> Option<&Sent> {
        let mut acks = [&self.first].into_iter().chain(&self.others);
        acks.find(|ack| {
            self.owner.is_none() || read_back(ack.data.as_bytes(py), |fields| tag(fields) == tag(response))
        })
    }

    /// Whether no further phone is heard.
    pub fn is_full(&self) -> bool {
        self.others.len() + 1 >= MOST_FORKS
    }

    /// As much of the INVITE as its ACK says.
    pub fn invite<'py>(&self, py: Python<'py>, reader: &MessageReader) -> PyResult<Bound<'py, PyAny>> {
        let uri = octets(self.uri.bind(py))?;
        let start = Start::Request { method: b"INVITE", uri: &uri };
        read_back(self.first.data.as_bytes(py), |fields| reader.message(py, &start, fields, None, b""))
    }
}

/// The Request-URI of a request that we wrote.
fn where_to<'py>(py: Python<'py>, data: &[u8]) -> PyResult<Option<Bound<'py, PyString>>> {
    let datagram = Datagram::divide(data);
    let line = datagram.as_ref().ok().and_then(|datagram| datagram.lines().next());
    match line.map(Start::of) {
        Some(Ok(Start::Request { uri, .. })) => text(py, uri).map(Some),
        _ => Ok(None),
    }
}

fn tag<'a>(fields: &Fields<'a>) -> Option<&'a [u8]> {
    Address::of(fields.first(TO)?)?.tag()
}

/// The header lines of a message that we wrote.
fn read_back<T>(data: &[u8], read: impl FnOnce(&Fields<'_>) -> T) -> T {
    let datagram = Datagram::divide(data);
    let reading = datagram.as_ref().ok().and_then(|datagram| Reading::of(datagram, data.len()).ok());
    match reading {
        Some(Reading { fields, .. }) => read(&fields),
        None => read(&Fields::default()),
    }
}
