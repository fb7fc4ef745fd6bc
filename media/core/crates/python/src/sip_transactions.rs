//! SIP transactions, with the datagrams they repeat, and what they tell as objects of classes that Python brings.

mod hearing;
mod ours;
mod telling;

use pyo3::PyTraverseError;
use pyo3::gc::PyVisit;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};
use sip::answers::Repeated;
use sip::datagram::is_keep_alive;
use sip::reading::Start;
use sip::transactions::keys::client_key;
use sip::transactions::machine::{Action, Input, State, Timer};
use sip::transactions::running::Durations;
use sip::transactions::table::Id;
use sip::transactions::{Served, Transactions};

use self::hearing::Incoming;
use self::ours::{Open, Ours, Sent};
use self::telling::Telling;
use crate::named_tuples::NamedTuple;
use crate::sip_headers::{Headers, write_fields};
use crate::sip_messages::{MessageReader, written};
use crate::sip_text::{octets, text};

/// A request that is served; not itself, as this is kept for half a minute after the answer.
struct Theirs {
    source: Py<PyAny>,
    /// Where answers go.
    hop: Py<PyAny>,
    is_invite: bool,
    /// What answers say of it; None after the last.
    repeated: Option<Repeated>,
    /// The last answer, unless it is repeated elsewhere.
    data: Option<Py<PyBytes>>,
    /// To tag of an INVITE's final answer.
    tag: Option<Py<PyString>>,
}

impl Theirs {
    /// Its final answer was written, with this tag if To had none.
    fn end(&mut self, tag: &Bound<'_, PyString>) -> PyResult<()> {
        let repeated = self.repeated.take().filter(|_| self.is_invite);
        self.tag = repeated.map(|repeated| own_tag(&repeated, tag)).transpose()?;
        Ok(())
    }
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
        *, durations_s, reader, told, send, hop, release, counters, server, known_methods,
        answer_to_source, max_bytes
    ))]
    #[expect(clippy::too_many_arguments, reason = "each is named where it is called")]
    fn new(
        durations_s: (f64, f64, f64),
        reader: Py<MessageReader>,
        told: (NamedTuple, NamedTuple, NamedTuple, NamedTuple, NamedTuple, NamedTuple),
        send: Py<PyAny>,
        hop: NamedTuple,
        release: Py<PyAny>,
        counters: Py<PyAny>,
        server: Py<PyString>,
        known_methods: Py<PyAny>,
        answer_to_source: bool,
        max_bytes: usize,
    ) -> Self {
        let (t1_s, t2_s, t4_s) = durations_s;
        let transactions = Transactions::new(Durations { t1_s, t2_s, t4_s });
        let (request, ack, response, failure, further, unanswered) = told;
        let telling = Telling {
            request,
            ack,
            response,
            failure,
            further,
            unanswered,
            send,
            hop,
            release,
            counters,
            server,
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
        let sent = Sent { data: data.clone().unbind(), hop: hop.unbind() };
        let ours = Ours::Open(Open { transaction: transaction.clone().unbind(), sent });
        Ok((self.transactions.send(&method, branch.as_bytes(), is_stream, ours, now), data))
    }

    fn acknowledge(
        &mut self,
        py: Python<'_>,
        number: Id,
        ack: Py<PyBytes>,
        hop: Py<PyAny>,
        owner: Option<Py<PyAny>>,
    ) -> PyResult<()> {
        let ours = self.transactions.clients.get_mut(number);
        ours.map_or(Ok(()), |ours| ours.acknowledge(py, Sent { data: ack, hop }, owner))
    }

    #[expect(clippy::too_many_arguments, reason = "names cost a call more than they tell")]
    fn respond<'py>(
        &mut self,
        py: Python<'py>,
        number: Id,
        status: u16,
        phrase: &str,
        tag: &Bound<'py, PyString>,
        lines: Option<&Bound<'py, PyDict>>,
        body: &[u8],
        now: f64,
    ) -> PyResult<Option<Bound<'py, PyBytes>>> {
        if !self.transactions.respond(number, status, now) {
            return Ok(None);
        }
        let is_sent_again = self.transactions.servers.state(number) != State::Accepted;
        let Some(Served { user: theirs, .. }) = self.transactions.servers.get_mut(number) else {
            return Ok(None);
        };
        let Some(repeated) = &theirs.repeated else { return Ok(None) };
        let mut writer = repeated.answer(status, phrase.as_bytes(), &octets(tag)?);
        writer.field(b"server", &octets(self.telling.server.bind(py))?);
        write_fields(&mut writer, lines)?;
        let data = PyBytes::new(py, &writer.finish(body));
        theirs.data = is_sent_again.then(|| data.clone().unbind());
        if status >= 200 {
            theirs.end(tag)?;
        }
        self.settle_server(py, number)?;
        self.telling.count_by(py, intern!(py, "responses_sent"), status)?;
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
        let found = self.find_client(branch, method)?;
        Ok(match found.and_then(|id| self.transactions.clients.get(id)) {
            Some(Ours::Open(open)) => Some(open.transaction.bind(branch.py()).clone()),
            _ => None,
        })
    }

    fn invited<'py>(&self, branch: &Bound<'py, PyString>) -> PyResult<Option<Bound<'py, PyString>>> {
        let py = branch.py();
        let found = self.find_client(branch, intern!(py, "INVITE"))?;
        let ours = found.and_then(|id| self.transactions.clients.get(id));
        ours.map_or(Ok(None), |ours| ours.uri(py))
    }

    fn state(&self, number: Id) -> &'static str {
        name(self.transactions.clients.state(number))
    }

    fn fail<'py>(
        &mut self,
        branch: &Bound<'py, PyString>,
        method: &Bound<'py, PyString>,
        hop: &Bound<'py, PyAny>,
        now: f64,
    ) -> PyResult<bool> {
        let Some(id) = self.find_client(branch, method)? else { return Ok(false) };
        let went_to = self.transactions.clients.get(id).and_then(Ours::hop);
        if !went_to.map_or(Ok(false), |went_to| hop.eq(went_to))? {
            return Ok(false);
        }
        let action = self.transactions.clients.step(id, Input::TransportError, now);
        self.transactions.settle_client(id);
        Ok(action == Action::Fail)
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
        self.transactions.clients.users().try_for_each(|ours| ours.visit(&visit))
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
            let Some(Ours::Open(Open { sent, .. })) = self.transactions.clients.get(id) else {
                return Ok(None);
            };
            return self.telling.repeat(py, &sent.data, &sent.hop).map(Some);
        }
        let Some(Ours::Open(ended)) = self.transactions.settle_client(id) else { return Ok(None) };
        if action == Action::TimeOut {
            return self.telling.unanswered.make(py, (ended.transaction, 408)).map(Some);
        }
        // Who may hold it, too: nothing is left for the garbage collector.
        ended.transaction.setattr(py, intern!(py, "owner"), py.None()).map(|()| None)
    }

    fn find_client(
        &self,
        branch: &Bound<'_, PyString>,
        method: &Bound<'_, PyString>,
    ) -> PyResult<Option<Id>> {
        Ok(self.transactions.clients.find(&client_key(&octets(method)?, &octets(branch)?)))
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

fn own_tag(repeated: &Repeated, tag: &Bound<'_, PyString>) -> PyResult<Py<PyString>> {
    let tag = repeated.tag().map_or_else(|| Ok(tag.clone()), |own| text(tag.py(), own))?;
    Ok(tag.unbind())
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
