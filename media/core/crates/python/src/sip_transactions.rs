//! SIP transactions, with the datagrams they repeat, and what they tell as objects of classes that Python brings.

mod hearing;
mod telling;

use pyo3::PyTraverseError;
use pyo3::gc::PyVisit;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use sip::addresses::Address;
use sip::datagram::is_keep_alive;
use sip::reading::Start;
use sip::transactions::Transactions;
use sip::transactions::keys::client_key;
use sip::transactions::machine::{Action, Input, State, Timer};
use sip::transactions::running::Durations;
use sip::transactions::table::Id;

use self::hearing::Incoming;
use self::telling::Telling;
use crate::named_tuples::NamedTuple;
use crate::sip_headers::Headers;
use crate::sip_messages::{MessageReader, first_line, written};
use crate::sip_text::{octets, text};

/// A request of ours, and what its sender knows it by, for as long as there is something to tell.
struct Ours {
    transaction: Option<Py<PyAny>>,
    hop: Py<PyAny>,
    /// None once it is repeated no more.
    data: Option<Py<PyBytes>>,
}

/// A request that is served; not itself, as this is kept for half a minute after the answer.
struct Theirs {
    source: Py<PyAny>,
    /// Where answers go.
    hop: Py<PyAny>,
    is_invite: bool,
    /// The last answer, unless it is repeated elsewhere.
    data: Option<Py<PyBytes>>,
    /// To tag of an INVITE's final answer.
    tag: Option<Py<PyString>>,
}

/// All transactions of a stack.
#[pyclass]
pub struct SipTransactions {
    transactions: Transactions<Ours, Theirs>,
    reader: Py<MessageReader>,
    telling: Telling,
    answer_to_source: bool,
    max_bytes: usize,
}

#[pymethods]
impl SipTransactions {
    #[new]
    #[pyo3(signature = (
        *, durations_s, reader, told, send, hop, release, counters, known_methods, answer_to_source, max_bytes
    ))]
    #[expect(clippy::too_many_arguments, reason = "each is named where it is called")]
    fn new(
        durations_s: (f64, f64, f64),
        reader: Py<MessageReader>,
        told: (NamedTuple, NamedTuple, NamedTuple, NamedTuple, NamedTuple),
        send: Py<PyAny>,
        hop: NamedTuple,
        release: Py<PyAny>,
        counters: Py<PyAny>,
        known_methods: Py<PyAny>,
        answer_to_source: bool,
        max_bytes: usize,
    ) -> Self {
        let (t1_s, t2_s, t4_s) = durations_s;
        let transactions = Transactions::new(Durations { t1_s, t2_s, t4_s });
        let (request, ack, response, failure, unanswered) = told;
        let telling = Telling {
            request,
            ack,
            response,
            failure,
            unanswered,
            send,
            hop,
            release,
            counters,
            known_methods,
        };
        Self { transactions, reader, telling, answer_to_source, max_bytes }
    }

    fn receive<'py>(
        &mut self,
        py: Python<'py>,
        data: &[u8],
        hop: &Bound<'py, PyAny>,
        now: f64,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        if is_keep_alive(data) {
            return Ok(None);
        }
        let reader = self.reader.clone_ref(py);
        let datagram = reader.get().divide(py, data)?;
        let (start, fields, whole) = reader.get().reading(py, &datagram, self.max_bytes)?;
        let incoming = Incoming { start, fields, whole, hop, now };
        match start {
            Start::Request { method, uri } => self.hear_request(&incoming, method, uri),
            Start::Response { status, .. } => self.hear_response(&incoming, status),
        }
    }

    fn send<'py>(
        &mut self,
        transaction: &Bound<'py, PyAny>,
        request: &Bound<'py, PyAny>,
        branch: &str,
        hop: Bound<'py, PyAny>,
        now: f64,
    ) -> PyResult<(Id, Bound<'py, PyBytes>)> {
        let py = request.py();
        let (method, uri) =
            (attribute(request, intern!(py, "method"))?, attribute(request, intern!(py, "uri"))?);
        let method = octets(&method)?;
        let data = message_of(request, &[&*method, b" ", &octets(&uri)?, b" SIP/2.0"].concat())?;
        let is_stream = Neighbour::of(&hop)?.is_stream;
        let ours = Ours {
            transaction: Some(transaction.clone().unbind()),
            hop: hop.unbind(),
            data: Some(data.clone().unbind()),
        };
        Ok((self.transactions.send(&method, branch.as_bytes(), is_stream, ours, now), data))
    }

    fn respond<'py>(
        &mut self,
        number: Id,
        response: &Bound<'py, PyAny>,
        now: f64,
    ) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let py = response.py();
        let status: u16 = response.getattr(intern!(py, "status"))?.extract()?;
        if !self.transactions.respond(number, status, now) {
            return Ok(None);
        }
        let reason = attribute(response, intern!(py, "reason"))?;
        let start = [format!("SIP/2.0 {status} ").as_bytes(), &*octets(&reason)?].concat();
        let data = message_of(response, &start)?;
        let is_repeated = self.transactions.servers.state(number) != State::Accepted;
        if let Some(theirs) = self.transactions.servers.get_mut(number).map(|served| &mut served.user) {
            theirs.data = is_repeated.then(|| data.clone().unbind());
            if theirs.is_invite && status >= 200 {
                theirs.tag = to_tag(response)?;
            }
        }
        self.settle_server(py, number)?;
        Ok(Some(data))
    }

    fn wake<'py>(&mut self, py: Python<'py>, now: f64) -> PyResult<Option<Bound<'py, PyAny>>> {
        while let Some((id, timer)) = self.transactions.servers.first_due(now) {
            if let Some(told) = self.fire_server(py, id, timer, now)? {
                return Ok(Some(told));
            }
        }
        while let Some((id, timer)) = self.transactions.clients.first_due(now) {
            if let Some(told) = self.fire_client(py, id, timer, now)? {
                return Ok(Some(told));
            }
        }
        Ok(None)
    }

    fn next_deadline(&mut self) -> Option<f64> {
        self.transactions.next_deadline()
    }

    fn client<'py>(
        &self,
        branch: &Bound<'py, PyString>,
        method: &Bound<'py, PyString>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let found = self.transactions.clients.find(&client_key(&octets(method)?, &octets(branch)?));
        Ok(found.and_then(|id| self.transaction(branch.py(), id)))
    }

    fn state(&self, number: Id) -> &'static str {
        name(self.transactions.clients.state(number))
    }

    fn fail(&mut self, number: Id, now: f64) -> bool {
        let action = self.transactions.clients.step(number, Input::TransportError, now);
        self.transactions.settle_client(number);
        action == Action::Fail
    }

    fn forget_client(&mut self, number: Id) {
        self.transactions.clients.close(number);
    }

    fn turn_away(&mut self, number: Id) {
        self.transactions.abandon_server(number);
    }

    fn forget_server(&mut self, py: Python<'_>, number: Id) -> PyResult<()> {
        let theirs = self.transactions.abandon_server(number);
        theirs.map_or(Ok(()), |theirs| self.telling.release(py, &theirs.source))
    }

    fn is_merged(&self, number: Id) -> bool {
        self.transactions.is_merged(number)
    }

    fn cancelled_invite<'py>(
        &self,
        py: Python<'py>,
        number: Id,
    ) -> Option<(Id, Option<Bound<'py, PyString>>)> {
        let invite = self.transactions.cancelled_invite(number)?;
        let tag = self.transactions.servers.get(invite)?.user.tag.as_ref();
        Some((invite, tag.map(|tag| tag.bind(py).clone())))
    }

    /// To the source address, at the source port when the client asked for it with `rport` (RFC 3581 §4) or the
    /// configuration says so, else at the port of sent-by (RFC 3261 §18.2.2). Over a connection by that.
    #[pyo3(signature = (port, source, *, wants_port))]
    fn reply_hop<'py>(
        &self,
        port: u16,
        source: &Bound<'py, PyAny>,
        wants_port: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let from = Neighbour::of(source)?;
        if from.is_stream || self.answer_to_source || wants_port || port == from.port {
            return Ok(source.clone());
        }
        self.telling.hop.make(source.py(), ("udp", &from.host, port, ""))
    }

    #[getter]
    fn served(&self) -> usize {
        self.transactions.servers.len()
    }

    fn __len__(&self) -> usize {
        self.transactions.open()
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.telling.release)?;
        self.transactions.clients.users().try_for_each(|ours| visit.call(&ours.transaction))
    }

    fn __clear__(&mut self) {
        self.transactions.clear();
    }
}

impl SipTransactions {
    fn fire_server<'py>(
        &mut self,
        py: Python<'py>,
        id: Id,
        timer: Timer,
        now: f64,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.transactions.servers.step(id, Input::Due(timer), now) {
            Action::Repeat => self.repeat_answer(py, id),
            _ => self.settle_server(py, id).map(|()| None),
        }
    }

    fn fire_client<'py>(
        &mut self,
        py: Python<'py>,
        id: Id,
        timer: Timer,
        now: f64,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let action = self.transactions.clients.step(id, Input::Due(timer), now);
        if action == Action::Repeat {
            let Some(Ours { data: Some(data), hop, .. }) = self.transactions.clients.get(id) else {
                return Ok(None);
            };
            return self.telling.repeat(py, data, hop).map(Some);
        }
        let transaction = self.transactions.settle_client(id).and_then(|ours| ours.transaction);
        match transaction {
            Some(ended) if action == Action::TimeOut => {
                self.telling.unanswered.make(py, (ended, 408)).map(Some)
            }
            // Who may hold it, too: nothing is left for the garbage collector.
            Some(ended) => ended.setattr(py, intern!(py, "owner"), py.None()).map(|()| None),
            None => Ok(None),
        }
    }

    fn transaction<'py>(&self, py: Python<'py>, id: Id) -> Option<Bound<'py, PyAny>> {
        let ours = self.transactions.clients.get(id)?;
        ours.transaction.as_ref().map(|transaction| transaction.bind(py).clone())
    }

    fn repeat_answer<'py>(&self, py: Python<'py>, id: Id) -> PyResult<Option<Bound<'py, PyAny>>> {
        let theirs = self.transactions.servers.get(id).map(|served| &served.user);
        let Some(Theirs { data: Some(data), hop, .. }) = theirs else { return Ok(None) };
        self.telling.repeat(py, data, hop).map(Some)
    }

    fn settle_server(&mut self, py: Python<'_>, id: Id) -> PyResult<()> {
        let theirs = self.transactions.settle_server(id);
        theirs.map_or(Ok(()), |theirs| self.telling.release(py, &theirs.source))
    }
}

/// What is asked of a hop.
struct Neighbour {
    is_stream: bool,
    host: String,
    port: u16,
}

impl Neighbour {
    fn of(hop: &Bound<'_, PyAny>) -> PyResult<Self> {
        let (transport, host, port, _): (Bound<'_, PyString>, String, u16, Bound<'_, PyAny>) =
            hop.extract()?;
        Ok(Self { is_stream: transport.to_str()? != "udp", host, port })
    }
}

fn attribute<'py>(object: &Bound<'py, PyAny>, name: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyString>> {
    Ok(object.getattr(name)?.cast_into()?)
}

fn headers_of<'py>(message: &Bound<'py, PyAny>) -> PyResult<Bound<'py, Headers>> {
    Ok(message.getattr(intern!(message.py(), "headers"))?.cast_into()?)
}

fn message_of<'py>(message: &Bound<'py, PyAny>, start_line: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    let py = message.py();
    let body = message.getattr(intern!(py, "body"))?.cast_into::<PyBytes>()?;
    written(py, start_line, headers_of(message)?.get(), body.as_bytes())
}

fn to_tag(response: &Bound<'_, PyAny>) -> PyResult<Option<Py<PyString>>> {
    let py = response.py();
    let to = first_line(headers_of(response)?.get().of(py), intern!(py, "to"))?;
    let to = octets(&to)?;
    let tag = Address::of(&to).and_then(|address| address.tag());
    tag.map(|tag| text(py, tag).map(Bound::unbind)).transpose()
}

fn name(state: State) -> &'static str {
    match state {
        State::Calling => "calling",
        State::Trying => "trying",
        State::Proceeding => "proceeding",
        State::Accepted => "accepted",
        State::Completed => "completed",
        State::Confirmed => "confirmed",
        State::Terminated => "terminated",
    }
}
