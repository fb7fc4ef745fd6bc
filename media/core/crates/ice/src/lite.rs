//! Our side of the checks: who knows our password is answered, and told the address it comes from.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use crate::message::{
    BINDING_ERROR, BINDING_SUCCESS, ERROR_CODE, HEADER_LENGTH, MAGIC_COOKIE, Request, TRANSACTION_LENGTH,
    XOR_MAPPED_ADDRESS, protect, put_attribute,
};

/// Room for any answer of ours.
pub const MAX_ANSWER: usize = 96;
/// Class 4, number 87: both sides take the same role (RFC 8445 §7.3.1.1).
const ROLE_CONFLICT: [u8; 4] = [0, 0, 4, 87];

/// The name and password that our SDP told the peer.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    pub ufrag: String,
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({})", self.ufrag)
    }
}

/// An answered check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The path works, and the peer knows its role.
    pub proved: bool,
    /// The peer means to use it.
    pub nominated: bool,
    /// Of the answer.
    pub length: usize,
}

impl Credentials {
    /// Answer a check that came from `source`; None when it is no check, or not by who read our SDP.
    pub fn answer(
        &self,
        datagram: &[u8],
        source: SocketAddr,
        answer: &mut [u8; MAX_ANSWER],
    ) -> Option<Checked> {
        let request = Request::read(datagram, self.password.as_bytes())?;
        // Our name, a colon, and theirs, which proves nothing more (RFC 8445 §7.2.2).
        let behind = request.username.strip_prefix(self.ufrag.as_bytes())?;
        if behind.first() != Some(&b':') {
            return None;
        }
        let transaction = request.transaction;
        if request.is_controlled {
            // Who is lite never names a path: the other side has to (RFC 8445 §6.1.1).
            let length = self.write(BINDING_ERROR, transaction, ERROR_CODE, &ROLE_CONFLICT, answer)?;
            return Some(Checked { proved: false, nominated: false, length });
        }
        let (address, length) = xor_mapped(source, transaction);
        let length =
            self.write(BINDING_SUCCESS, transaction, XOR_MAPPED_ADDRESS, &address[..length], answer)?;
        Some(Checked { proved: true, nominated: request.nominates, length })
    }

    /// Write an answer that says one thing; its length.
    fn write(
        &self,
        kind: u16,
        transaction: [u8; TRANSACTION_LENGTH],
        attribute: u16,
        value: &[u8],
        buffer: &mut [u8; MAX_ANSWER],
    ) -> Option<usize> {
        buffer[..2].copy_from_slice(&kind.to_be_bytes());
        buffer[4..8].copy_from_slice(&MAGIC_COOKIE);
        buffer[8..HEADER_LENGTH].copy_from_slice(&transaction);
        let end = put_attribute(buffer, HEADER_LENGTH, attribute, value)?;
        protect(buffer, end, self.password.as_bytes())
    }
}

/// The value of XOR-MAPPED-ADDRESS and its length (RFC 8489 §14.2).
fn xor_mapped(source: SocketAddr, transaction: [u8; TRANSACTION_LENGTH]) -> ([u8; 20], usize) {
    let mut value = [0; 20];
    let mask = MAGIC_COOKIE.into_iter().chain(transaction);
    let length = match source.ip() {
        IpAddr::V4(address) => {
            value[1] = 1;
            value[4..8].copy_from_slice(&address.octets());
            8
        }
        IpAddr::V6(address) => {
            value[1] = 2;
            value[4..].copy_from_slice(&address.octets());
            20
        }
    };
    value[2..4].copy_from_slice(&source.port().to_be_bytes());
    value[2..4].iter_mut().zip(MAGIC_COOKIE).for_each(|(octet, with)| *octet ^= with);
    value[4..length].iter_mut().zip(mask).for_each(|(octet, with)| *octet ^= with);
    (value, length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{BINDING_REQUEST, USE_CANDIDATE, USERNAME};
    use proptest::prelude::*;

    const TRANSACTION: [u8; TRANSACTION_LENGTH] = *b"transaction!";

    fn ours() -> Credentials {
        Credentials { ufrag: "here".into(), password: "a password of ours".into() }
    }

    fn source() -> SocketAddr {
        "192.0.2.1:32853".parse().unwrap()
    }

    fn check(username: &str, password: &str, nominates: bool) -> Vec<u8> {
        let mut buffer = vec![0; 200];
        buffer[..2].copy_from_slice(&BINDING_REQUEST.to_be_bytes());
        buffer[4..8].copy_from_slice(&MAGIC_COOKIE);
        buffer[8..HEADER_LENGTH].copy_from_slice(&TRANSACTION);
        let mut at = put_attribute(&mut buffer, HEADER_LENGTH, USERNAME, username.as_bytes()).unwrap();
        if nominates {
            at = put_attribute(&mut buffer, at, USE_CANDIDATE, &[]).unwrap();
        }
        let end = protect(&mut buffer, at, password.as_bytes()).unwrap();
        buffer[..end].to_vec()
    }

    fn answer(datagram: &[u8]) -> Option<Checked> {
        ours().answer(datagram, source(), &mut [0; MAX_ANSWER])
    }

    #[test]
    fn a_check_is_answered_with_where_it_came_from() {
        let mut buffer = [0; MAX_ANSWER];
        let request = check("here:abc", "a password of ours", false);
        let checked = ours().answer(&request, source(), &mut buffer).unwrap();
        assert!(!checked.nominated);
        assert_eq!(buffer[..4], [1, 1, 0, 44]);
        assert_eq!(buffer[8..20], TRANSACTION);
        // RFC 5769 §2.2 has the same address and port.
        assert_eq!(buffer[20..32], [0, 0x20, 0, 8, 0, 1, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43]);
        assert_eq!(checked.length, 64);
    }

    /// The sample request of RFC 5769 §2.1.
    #[test]
    fn a_check_of_the_standard_is_understood_and_told_that_its_role_is_ours() {
        let mut datagram = vec![0, 1, 0, 0x58, 0x21, 0x12, 0xa4, 0x42];
        datagram.extend(0xb7e7_a701_bc34_d686_fa87_dfae_u128.to_be_bytes()[4..].iter());
        datagram.extend(*b"\x80\x22\x00\x10STUN test client");
        datagram.extend(*b"\x00\x24\x00\x04\x6e\x00\x01\xff");
        datagram.extend(*b"\x80\x29\x00\x08\x93\x2f\xf9\xb1\x51\x26\x3b\x36");
        datagram.extend(*b"\x00\x06\x00\x09evtj:h6vY\x20\x20\x20");
        datagram.extend(*b"\x00\x08\x00\x14\x9a\xea\xa7\x0c\xbf\xd8\xcb\x56\x78\x1e\xf2\xb5\xb2\xd3\xf2\x49\xc1\xb5\x71\xa2");
        datagram.extend(*b"\x80\x28\x00\x04\xe5\x7a\x3b\xcf");
        let ours = Credentials { ufrag: "evtj".into(), password: "VOkJxbRl1RmTxUk/WvJxBt".into() };
        let mut buffer = [0; MAX_ANSWER];
        let checked = ours.answer(&datagram, source(), &mut buffer);
        // Its sender takes the role that is ours.
        assert_eq!(checked, Some(Checked { proved: false, nominated: false, length: 60 }));
        assert_eq!(buffer[..4], [1, 0x11, 0, 40]);
        assert_eq!(buffer[20..28], [0, 9, 0, 4, 0, 0, 4, 87]);
    }

    #[test]
    fn a_nomination_is_told() {
        let checked = answer(&check("here:abc", "a password of ours", true));
        assert_eq!(checked, Some(Checked { proved: true, nominated: true, length: 64 }));
    }

    #[test]
    fn who_did_not_read_our_description_is_not_answered() {
        assert_eq!(answer(&check("here:abc", "a password of theirs", true)), None);
        for name in ["there:abc1", "here", "hereabcd", ""] {
            assert_eq!(answer(&check(&format!("{name:4}"), "a password of ours", true)), None, "{name}");
        }
    }

    #[test]
    fn an_answer_goes_to_ipv6_too() {
        let request = check("here:abc", "a password of ours", false);
        let checked = ours().answer(&request, "[2001:db8::1]:9".parse().unwrap(), &mut [0; MAX_ANSWER]);
        assert_eq!(checked.unwrap().length, 76);
    }

    proptest! {
        #[test]
        fn no_other_bytes_are_a_check(datagram: Vec<u8>) {
            prop_assert_eq!(answer(&datagram), None);
        }

        #[test]
        fn a_changed_check_is_none(at in 0_usize..1000, bit in 0_u8..8) {
            let mut request = check("here:abc", "a password of ours", true);
            let at = at % request.len();
            request[at] ^= 1 << bit;
            prop_assert_eq!(answer(&request), None);
        }
    }
}
