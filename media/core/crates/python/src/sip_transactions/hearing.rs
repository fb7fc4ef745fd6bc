//! What becomes of a message that came.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sip::acknowledging::acknowledgement;
use sip::answers::Repeated;
use sip::fields::Fields;
use sip::names::{CSEQ, VIA};
use sip::numbers::CSeq;
use sip::reading::{Start, Whole};
use sip::transactions::Heard;
use sip::transactions::keys::{RequestKey, origin};
use sip::transactions::machine::Action;
use sip::transactions::table::Id;

use super::ours::{Open, Ours, Sent};
use super::{Neighbour, SipTransactions, Theirs};
use crate::sip_text::text;

/// Requests that would do twice what was asked once, if they came on two ways (RFC 3261 §8.2.2.2).
const MERGED: [&[u8]; 3] = [b"INVITE", b"MESSAGE", b"SUBSCRIBE"];

/// One message, from this neighbour.
pub struct Incoming<'a, 'py> {
    pub start: Start<'a>,
    pub fields: Fields<'a>,
    pub whole: Whole<'a>,
    pub hop: &'a Bound<'py, PyAny>,
    pub now: f64,
}

type Told<'py> = PyResult<Option<Bound<'py, PyAny>>>;

impl SipTransactions {
    pub fn hear_request<'py>(
        &mut self,
        incoming: &Incoming<'_, 'py>,
        method: &[u8],
        uri: &[u8],
    ) -> Told<'py> {
        let py = incoming.hop.py();
        self.telling.count_method(&text(py, method)?)?;
        let key = RequestKey::of(method, uri, &incoming.whole.top_via, &incoming.fields);
        match self.transactions.hear_request(&key, incoming.now) {
            Heard::Known(_, Action::PassUp) => self.tell_ack(incoming),
            Heard::Known(id, action) => self.absorb(py, id, action, key.is_ack),
            Heard::Unknown if key.is_ack => self.tell_ack(incoming),
            Heard::Unknown => self.open(incoming, method, &key),
        }
    }

    fn tell_ack<'py>(&self, incoming: &Incoming<'_, 'py>) -> Told<'py> {
        let ack = self.message(incoming)?;
        self.telling.ack.make(incoming.hop.py(), (ack, incoming.hop)).map(Some)
    }

    /// The same request again, or the ACK of a failure.
    fn absorb<'py>(&mut self, py: Python<'py>, id: Id, action: Action, is_ack: bool) -> Told<'py> {
        if !is_ack {
            self.telling.count(py, intern!(py, "retransmissions_received"))?;
        }
        let again = if action == Action::Repeat { self.repeat_answer(py, id)? } else { None };
        self.settle_server(py, id)?;
        Ok(again)
    }

    fn open<'py>(&mut self, incoming: &Incoming<'_, 'py>, method: &[u8], key: &RequestKey) -> Told<'py> {
        let Incoming { start, fields, whole, hop, now } = incoming;
        let (py, source) = (hop.py(), Neighbour::of(hop)?);
        let reader = self.reader.get();
        let noted = reader.noted(py, fields, whole, (&source.host, source.port))?;
        let request = reader.message(py, start, fields, noted.as_ref(), whole.body)?;
        let answers_to = self.reply_hop(whole.top_via.port, hop, whole.top_via.wants_port)?;
        let theirs = Theirs {
            source: (*hop).clone().unbind(),
            hop: answers_to.clone().unbind(),
            is_invite: key.is_invite(),
            repeated: Some(Repeated::of(fields, noted.as_ref())),
            data: None,
            tag: None,
        };
        let origin = MERGED.contains(&method).then(|| origin(fields));
        let id = self.transactions.serve(key, origin.as_deref(), source.is_stream, theirs, *now);
        self.telling.request.make(py, (id, request, hop, answers_to)).map(Some)
    }

    pub fn hear_response<'py>(&mut self, incoming: &Incoming<'_, 'py>, status: u16) -> Told<'py> {
        let Incoming { fields, whole, hop, now, .. } = incoming;
        let py = hop.py();
        self.telling.count_by(py, intern!(py, "responses_received"), status)?;
        let method = CSeq::of(fields.first(CSEQ).unwrap_or_default()).map_or(&b""[..], |cseq| cseq.method);
        let heard = if is_for_us(fields) {
            self.transactions.hear_response(method, whole.top_via.branch, status, *now)
        } else {
            Heard::Unknown
        };
        let Heard::Known(id, action) = heard else {
            return self.telling.count(py, intern!(py, "unmatched_responses")).map(|()| None);
        };
        if !matches!(action, Action::PassUp | Action::AcknowledgeAndPassUp) {
            self.telling.count(py, intern!(py, "retransmissions_received"))?;
        }
        let told = match action {
            Action::PassUp => self.tell_answer(incoming, id, status >= 200 && method != b"INVITE"),
            Action::AcknowledgeAndPassUp => self.tell_failure(incoming, id),
            Action::Acknowledge => self.acknowledge_again(py, id),
            _ => Ok(None),
        };
        self.transactions.settle_client(id);
        told
    }

    /// `is_last`: nothing more will be told of this request.
    fn tell_answer<'py>(&mut self, incoming: &Incoming<'_, 'py>, id: Id, is_last: bool) -> Told<'py> {
        let (py, hop) = (incoming.hop.py(), incoming.hop);
        let Some(ours) = self.transactions.clients.get_mut(id) else { return Ok(None) };
        if let Ours::Open(open) = ours {
            let transaction = open.transaction.clone_ref(py);
            if is_last {
                *ours = Ours::Over;
            }
            let response = self.message(incoming)?;
            return self.telling.response.make(py, (transaction, response, hop)).map(Some);
        }
        self.hear_again(incoming, id)
    }

    /// A 2xx to an INVITE that was acknowledged for one phone: of that one again, or of a further one.
    fn hear_again<'py>(&self, incoming: &Incoming<'_, 'py>, id: Id) -> Told<'py> {
        let (py, hop) = (incoming.hop.py(), incoming.hop);
        let Some(Ours::Accepted(accepted)) = self.transactions.clients.get(id) else { return Ok(None) };
        if let Some(ack) = accepted.ack_for(py, &incoming.fields) {
            return self.telling.send(py, &ack.data, &ack.hop).map(Some);
        }
        if accepted.is_full() {
            return Ok(None);
        }
        let (invite, response) = (accepted.invite(py, self.reader.get())?, self.message(incoming)?);
        self.telling.further.make(py, (id, &accepted.owner, invite, response, hop)).map(Some)
    }

    /// An INVITE failed: its ACK, and the failure.
    fn tell_failure<'py>(&mut self, incoming: &Incoming<'_, 'py>, id: Id) -> Told<'py> {
        let (py, hop) = (incoming.hop.py(), incoming.hop);
        let response = self.message(incoming)?;
        let Some(Ours::Open(Open { transaction, sent })) = self.transactions.clients.get(id) else {
            return Ok(None);
        };
        let told = self.telling.response.make(py, (transaction, response, hop))?;
        let Some(ack) = acknowledgement(sent.data.as_bytes(py), &incoming.fields) else {
            return Ok(Some(told));
        };
        let ack = Sent { data: PyBytes::new(py, &ack).unbind(), hop: sent.hop.clone_ref(py) };
        let sending = self.telling.send(py, &ack.data, &ack.hop)?;
        if let Some(ours) = self.transactions.clients.get_mut(id) {
            *ours = Ours::Refused(ack);
        }
        self.telling.failure.make(py, (sending, told)).map(Some)
    }

    fn acknowledge_again<'py>(&self, py: Python<'py>, id: Id) -> Told<'py> {
        let Some(Ours::Refused(ack)) = self.transactions.clients.get(id) else { return Ok(None) };
        self.telling.send(py, &ack.data, &ack.hop).map(Some)
    }

    fn message<'py>(&self, incoming: &Incoming<'_, 'py>) -> PyResult<Bound<'py, PyAny>> {
        let Incoming { start, fields, whole, hop, .. } = incoming;
        self.reader.get().message(hop.py(), start, fields, None, whole.body)
    }
}

/// Whether there is nobody behind us to whom an answer is to go on (RFC 3261 §8.1.3.3).
fn is_for_us(fields: &Fields<'_>) -> bool {
    let mut vias = fields.all(VIA);
    vias.next().is_some_and(|first| !first.contains(&b',')) && vias.next().is_none()
}
