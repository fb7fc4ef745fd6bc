//! What becomes of a message that came.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sip::fields::Fields;
use sip::names::{CSEQ, Name, VIA};
use sip::numbers::CSeq;
use sip::reading::{Start, Whole};
use sip::transactions::Heard;
use sip::transactions::keys::{RequestKey, origin};
use sip::transactions::machine::Action;
use sip::transactions::table::Id;

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
        let from = (source.host.as_str(), source.port);
        let request = self.reader.get().request_from(py, start, fields, whole, from)?;
        let answers_to = self.reply_hop(whole.top_via.port, hop, whole.top_via.wants_port)?;
        let theirs = Theirs {
            source: (*hop).clone().unbind(),
            hop: answers_to.clone().unbind(),
            is_invite: key.is_invite(),
            data: None,
            tag: None,
        };
        let origin = MERGED.contains(&method).then(|| origin(fields));
        let id = self.transactions.serve(key, origin, source.is_stream, theirs, *now);
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
        let transaction = self.transaction(py, id);
        self.let_go(py, id, status, method == b"INVITE")?;
        if !matches!(action, Action::PassUp | Action::AcknowledgeAndPassUp) {
            self.telling.count(py, intern!(py, "retransmissions_received"))?;
        }
        match action {
            Action::PassUp => {
                self.telling.response.make(py, (transaction, self.message(incoming)?, hop)).map(Some)
            }
            Action::Acknowledge | Action::AcknowledgeAndPassUp => {
                let is_new = action == Action::AcknowledgeAndPassUp;
                self.telling.failure.make(py, (transaction, self.message(incoming)?, hop, is_new)).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// What an answer makes needless: a final one ends the repetitions, and is the last that is told of most requests;
    /// one that was not refused is not sent again, changed.
    fn let_go(&mut self, py: Python<'_>, id: Id, status: u16, is_invite: bool) -> PyResult<()> {
        if status >= 200
            && let Some(ours) = self.transactions.clients.get_mut(id)
        {
            ours.data = None;
            if let Some(transaction) = ours.transaction.as_ref().filter(|_| status < 300) {
                let request = transaction.bind(py).getattr(intern!(py, "request"))?;
                request.setattr(intern!(py, "body"), PyBytes::new(py, b""))?;
            }
            if !is_invite {
                ours.transaction = None;
            }
        }
        self.transactions.settle_client(id);
        Ok(())
    }

    fn message<'py>(&self, incoming: &Incoming<'_, 'py>) -> PyResult<Bound<'py, PyAny>> {
        let Incoming { start, fields, whole, hop, .. } = incoming;
        self.reader.get().message(hop.py(), start, fields, whole.body)
    }
}

/// Whether there is nobody behind us to whom an answer is to go on (RFC 3261 §8.1.3.3).
fn is_for_us(fields: &Fields<'_>) -> bool {
    let mut vias = fields.lines().iter().filter(|field| field.name == Name::Known(VIA));
    vias.next().is_some_and(|first| !first.value.contains(&b',')) && vias.next().is_none()
}
