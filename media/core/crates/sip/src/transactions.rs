//! Which transaction a message belongs to (RFC 3261 §17.1.3, §17.2.3), and how each goes on with time and messages.
//!
//! What a transaction is to its user is the user's own: a value of a type of theirs that is kept with it.

pub mod fingerprints;
pub mod keys;
pub mod machine;
pub mod running;
pub mod table;

use rustc_hash::FxHashMap;

use crate::transactions::fingerprints::{Fingerprint, Fingerprints};
use crate::transactions::keys::{RequestKey, client_key};
use crate::transactions::machine::{Action, Input, Kind, Machine};
use crate::transactions::running::Durations;
use crate::transactions::table::{Id, Table};

/// What a server transaction is kept with.
#[derive(Debug)]
pub struct Served<S> {
    /// What it has in common with itself on another way (RFC 3261 §8.2.2.2); None where that does not matter.
    origin: Option<Fingerprint>,
    /// The INVITE that a CANCEL is meant for (§9.2).
    cancels: Option<Id>,
    pub user: S,
}

/// What a message that came leads to. Those that are over with it stay until they are settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It belongs to nothing that is open.
    Unknown,
    /// It came in the course of this transaction, or again.
    Known(Id, Action),
}

/// All open transactions, each with something of their user's.
#[derive(Debug)]
pub struct Transactions<C, S> {
    pub clients: Table<C>,
    pub servers: Table<Served<S>>,
    /// The first to come of those that are the same on several ways.
    originals: FxHashMap<Fingerprint, Id>,
    fingerprints: Fingerprints,
    durations: Durations,
}

impl<C, S> Transactions<C, S> {
    pub fn new(durations: Durations) -> Self {
        let (clients, servers) = (Table::new(durations), Table::new(durations));
        let (originals, fingerprints) = Default::default();
        Self { clients, servers, originals, fingerprints, durations }
    }

    /// Forget all.
    pub fn clear(&mut self) {
        *self = Self::new(self.durations);
    }

    /// A request of ours goes out; it is repeated and given up in time.
    pub fn send(&mut self, method: &[u8], branch: &[u8], over_stream: bool, user: C, now: f64) -> Id {
        let kind = if method == b"INVITE" { Kind::ClientInvite } else { Kind::ClientOther };
        self.clients.open(&client_key(method, branch), Machine { kind, over_stream }, user, now)
    }

    /// An answer came. Its method is that of `CSeq`.
    pub fn hear_response(&mut self, method: &[u8], branch: &[u8], status: u16, now: f64) -> Heard {
        let Some(id) = self.clients.find(&client_key(method, branch)) else { return Heard::Unknown };
        Heard::Known(id, self.clients.step(id, Input::of_status(status), now))
    }

    /// A request came. An ACK belongs to its INVITE, when it is that of a failure.
    pub fn hear_request(&mut self, key: &RequestKey, now: f64) -> Heard {
        let Some(id) = self.servers.find(key.octets()) else { return Heard::Unknown };
        let input = if key.is_ack { Input::Ack } else { Input::Request };
        Heard::Known(id, self.servers.step(id, input, now))
    }

    /// Serve a request that is new. `origin` is what it has in common with itself on another way.
    pub fn serve(
        &mut self,
        key: &RequestKey,
        origin: Option<&[u8]>,
        over_stream: bool,
        user: S,
        now: f64,
    ) -> Id {
        let kind = if key.is_invite() { Kind::ServerInvite } else { Kind::ServerOther };
        let origin = origin.map(|origin| self.fingerprints.of(origin));
        let cancels = key.of_its_invite().and_then(|invite| self.servers.find(&invite));
        let served = Served { origin, cancels, user };
        let id = self.servers.open(key.octets(), Machine { kind, over_stream }, served, now);
        if let Some(origin) = origin {
            self.originals.entry(origin).or_insert(id);
        }
        id
    }

    /// Whether an answer of ours may go out; not when a final one did before.
    pub fn respond(&mut self, id: Id, status: u16, now: f64) -> bool {
        self.servers.step(id, Input::of_status(status), now) == Action::Send
    }

    /// Whether the same request came on another way before (RFC 3261 §8.2.2.2).
    pub fn is_merged(&self, id: Id) -> bool {
        let origin = self.servers.get(id).and_then(|served| served.origin);
        origin.is_some_and(|origin| self.originals.get(&origin) != Some(&id))
    }

    /// The INVITE that a CANCEL is meant for (RFC 3261 §9.2).
    pub fn cancelled_invite(&self, cancel: Id) -> Option<Id> {
        self.servers.get(cancel)?.cancels
    }

    /// Forget a client transaction that is over; what it was to its user.
    pub fn settle_client(&mut self, id: Id) -> Option<C> {
        self.clients.is_over(id).then(|| self.clients.close(id)).flatten()
    }

    /// The same with a server transaction.
    pub fn settle_server(&mut self, id: Id) -> Option<S> {
        self.servers.is_over(id).then(|| self.abandon_server(id)).flatten()
    }

    /// Forget a server transaction, whatever it waits for.
    pub fn abandon_server(&mut self, id: Id) -> Option<S> {
        let Served { origin, user, .. } = self.servers.close(id)?;
        if let Some(origin) = origin.filter(|origin| self.originals.get(origin) == Some(&id)) {
            self.originals.remove(&origin);
        }
        Some(user)
    }

    /// How many wait for something, be it only for late repetitions.
    pub fn open(&self) -> usize {
        self.clients.len() + self.servers.len()
    }

    /// When the first timer is due.
    pub fn next_deadline(&mut self) -> Option<f64> {
        let firsts = [self.clients.next_deadline(), self.servers.next_deadline()];
        firsts.into_iter().flatten().reduce(f64::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datagram::Datagram;
    use crate::reading::{Reading, Start};
    use crate::transactions::keys::origin;
    use crate::transactions::machine::{State, Timer};

    const DURATIONS: Durations = Durations { t1_s: 0.5, t2_s: 4.0, t4_s: 5.0 };

    fn layer() -> Transactions<&'static str, &'static str> {
        Transactions::new(DURATIONS)
    }

    fn key(method: &str, via: &str, call: &str) -> (RequestKey, Vec<u8>) {
        let text = format!(
            "{method} sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP {via}\r\nFrom: <sip:c>;tag=1\r\nTo: <sip:a@b>\r\n\
             Call-ID: {call}\r\nCSeq: 1 {method}\r\n\r\n"
        );
        let datagram = Datagram::divide(text.as_bytes()).expect("is no keep-alive");
        let Reading { start, fields, whole } = Reading::of(&datagram, 65_535).expect("has a start line");
        let Start::Request { method, uri } = start else { panic!("is a request") };
        let via = whole.expect("is whole").top_via;
        (RequestKey::of(method, uri, &via, &fields), origin(&fields))
    }

    fn open(layer: &mut Transactions<&'static str, &'static str>, method: &str, via: &str) -> Id {
        let (key, origin) = key(method, via, "call");
        assert_eq!(layer.hear_request(&key, 0.0), Heard::Unknown);
        layer.serve(&key, Some(&origin), false, "served", 0.0)
    }

    #[test]
    fn branch_sent_by_and_method_tell_requests_apart() {
        let mut layer = layer();
        let id = open(&mut layer, "INVITE", "a;branch=z9hG4bK1");
        for (method, via) in [
            ("INVITE", "a;branch=z9hG4bK2"),
            ("INVITE", "b;branch=z9hG4bK1"),
            ("INVITE", "a:5061;branch=z9hG4bK1"),
            ("CANCEL", "a;branch=z9hG4bK1"),
        ] {
            assert_eq!(
                layer.hear_request(&key(method, via, "call").0, 0.0),
                Heard::Unknown,
                "{method} {via}"
            );
        }
        let again = key("INVITE", "a;branch=z9hG4bK1;rport", "other").0;
        assert_eq!(layer.hear_request(&again, 0.0), Heard::Known(id, Action::Repeat));
    }

    #[test]
    fn the_headers_tell_where_the_branch_says_nothing() {
        for via in ["a", "a;branch=1", "a;branch=z9hG4bK"] {
            let mut layer = layer();
            let id = open(&mut layer, "INVITE", via);
            assert_eq!(layer.hear_request(&key("INVITE", via, "other").0, 0.0), Heard::Unknown);
            let again = key("INVITE", via, "call").0;
            assert_eq!(layer.hear_request(&again, 0.0), Heard::Known(id, Action::Repeat));
        }
    }

    #[test]
    fn the_ack_of_a_failure_and_the_cancel_belong_to_their_invite() {
        for via in ["a;branch=z9hG4bK1", "a;branch=1"] {
            let mut layer = layer();
            let invite = open(&mut layer, "INVITE", via);
            let (cancel, _) = key("CANCEL", via, "call");
            let cancel = layer.serve(&cancel, None, false, "cancel", 0.0);
            assert_eq!(layer.cancelled_invite(cancel), Some(invite));
            assert!(layer.respond(invite, 487, 0.0) && !layer.respond(invite, 200, 0.0));
            let ack = key("ACK", via, "call").0;
            assert_eq!(layer.hear_request(&ack, 0.0), Heard::Known(invite, Action::Nothing));
            assert_eq!(layer.servers.first_due(4.9), None);
            assert_eq!(layer.servers.first_due(5.0), Some((invite, Timer::I)));
        }
    }

    #[test]
    fn the_first_of_two_ways_is_the_original_until_it_is_forgotten() {
        let mut layer = layer();
        let first = open(&mut layer, "INVITE", "a;branch=z9hG4bK1");
        let second = open(&mut layer, "INVITE", "a;branch=z9hG4bK2");
        assert_eq!((layer.is_merged(first), layer.is_merged(second)), (false, true));
        assert_eq!((layer.settle_server(first), layer.abandon_server(first)), (None, Some("served")));
        let third = open(&mut layer, "INVITE", "a;branch=z9hG4bK3");
        assert_eq!((layer.is_merged(third), layer.open()), (false, 2));
    }

    #[test]
    fn an_answer_is_known_by_branch_and_method() {
        let mut layer = layer();
        let id = layer.send(b"BYE", b"z9hG4bK1", true, "bye", 0.0);
        assert_eq!(layer.next_deadline(), Some(32.0));
        assert_eq!(layer.hear_response(b"BYE", b"z9hG4bK2", 200, 0.0), Heard::Unknown);
        assert_eq!(layer.hear_response(b"INVITE", b"z9hG4bK1", 200, 0.0), Heard::Unknown);
        assert_eq!(layer.hear_response(b"BYE", b"z9hG4bK1", 200, 0.0), Heard::Known(id, Action::PassUp));
        assert_eq!(layer.settle_client(id), Some("bye"));
        assert_eq!((layer.open(), layer.next_deadline()), (0, None));
        assert_eq!(layer.clients.state(id), State::Terminated);
    }
}
