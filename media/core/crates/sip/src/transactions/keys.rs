//! What tells transactions apart (RFC 3261 §17.1.3, §17.2.3).

use crate::addresses::Address;
use crate::fields::Fields;
use crate::names::{CALL_ID, CSEQ, FROM, VIA};
use crate::numbers::CSeq;
use crate::via::TopVia;

/// Begins the branch of every RFC 3261 element (§8.1.1.7). Compared without regard to case.
const MAGIC_COOKIE: &[u8] = b"z9hG4bK";
/// Cannot stand in a method.
const END_OF_METHOD: u8 = 0;

/// Of a request of ours.
pub fn client_key(method: &[u8], branch: &[u8]) -> Vec<u8> {
    [method, &[END_OF_METHOD], branch].concat()
}

/// Of a request that came: its method, and what it shares with its repetitions and with its CANCEL. That of an ACK is
/// that of its INVITE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestKey {
    octets: Vec<u8>,
    pub is_ack: bool,
}

impl RequestKey {
    pub fn of(method: &[u8], uri: &[u8], via: &TopVia<'_>, fields: &Fields<'_>) -> Self {
        let is_ack = method == b"ACK";
        let mut octets = Vec::with_capacity(128);
        octets.extend_from_slice(if is_ack { b"INVITE" } else { method });
        octets.push(END_OF_METHOD);
        if has_cookie(via.branch) {
            put(&mut octets, &[via.branch, via.host, &via.port.to_be_bytes()]);
        } else {
            put_old(&mut octets, uri, fields);
        }
        Self { octets, is_ack }
    }

    /// Of the INVITE that a CANCEL is meant for; None of other requests.
    pub fn of_its_invite(&self) -> Option<Vec<u8>> {
        let shared = self.octets.strip_prefix(b"CANCEL").filter(|rest| rest.starts_with(&[END_OF_METHOD]))?;
        Some([b"INVITE", shared].concat())
    }

    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    pub fn is_invite(&self) -> bool {
        self.octets.starts_with(b"INVITE\0")
    }
}

/// What stays the same in a request that a proxy sent out on several ways (RFC 3261 §8.2.2.2).
pub fn origin(fields: &Fields<'_>) -> Vec<u8> {
    let mut octets = Vec::with_capacity(128);
    put(&mut octets, &[CALL_ID, CSEQ, FROM].map(|name| fields.first(name).unwrap_or_default()));
    octets
}

/// Whether a branch identifies its transaction by itself (RFC 3261 §17.2.3): the cookie and more.
fn has_cookie(branch: &[u8]) -> bool {
    let (cookie, rest) = branch.split_at_checked(MAGIC_COOKIE.len()).unwrap_or_default();
    cookie.eq_ignore_ascii_case(MAGIC_COOKIE) && !rest.is_empty()
}

/// Elements of RFC 2543: their branch says nothing, the other headers must agree. To is left out, because the ACK of a
/// failure carries our tag in it and the INVITE does not.
fn put_old(octets: &mut Vec<u8>, uri: &[u8], fields: &Fields<'_>) {
    let [from, call_id, cseq, via] =
        [FROM, CALL_ID, CSEQ, VIA].map(|name| fields.first(name).unwrap_or_default());
    let tag = Address::of(from).and_then(|from| from.tag()).unwrap_or_default();
    let number = CSeq::of(cseq).map_or(0, |cseq| cseq.number);
    put(octets, &[uri, tag, call_id, &number.to_be_bytes(), via]);
}

/// Each with its length, so that none runs into the next.
fn put(octets: &mut Vec<u8>, parts: &[&[u8]]) {
    for part in parts {
        octets.extend_from_slice(&(part.len() as u32).to_be_bytes());
        octets.extend_from_slice(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_has_the_cookie_and_more_or_says_nothing() {
        assert!(has_cookie(b"z9hG4bKx") && has_cookie(b"Z9HG4BK-"));
        assert!(!has_cookie(b"z9hG4bK") && !has_cookie(b"1") && !has_cookie(b"") && !has_cookie(b"z9hG4b-x"));
    }
}
