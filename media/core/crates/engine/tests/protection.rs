//! SRTP of a leg while its keys change.

use engine::protection::{KeyPair, Protection};
use srtp::Rejected;
use srtp::keys::{Keys, Suite};

const SUITE: Suite = Suite::AesCm128HmacSha1_80;

fn keys(octet: u8) -> Keys {
    Keys::new(SUITE, &[octet; 30]).unwrap()
}

fn pair(ours: u8, theirs: u8) -> KeyPair {
    KeyPair { ours: keys(ours), theirs: keys(theirs) }
}

fn sent(from: &mut Protection, sequence: u16) -> Vec<u8> {
    let mut packet = vec![0x80, 8];
    packet.extend_from_slice(&sequence.to_be_bytes());
    packet.extend_from_slice(&[0; 188]);
    let place = from.protect_rtp(&mut packet, 0..172).unwrap();
    packet[place].to_vec()
}

fn heard(by: &mut Protection, mut datagram: Vec<u8>) -> Result<usize, Rejected> {
    by.open_rtp(&mut datagram)
}

#[test]
fn keys_that_stay_keep_their_counts() {
    let (mut here, mut there) = (Protection::new(pair(1, 2)), Protection::new(pair(2, 1)));
    for sequence in [65_000, 10] {
        assert_eq!(heard(&mut here, sent(&mut there, sequence)), Ok(172));
    }
    let repeated = sent(&mut there, 11);
    assert_eq!(heard(&mut here, repeated.clone()), Ok(172));
    here.rekey(pair(1, 2));
    assert_eq!(heard(&mut here, repeated), Err(Rejected::Repeated));
    assert_eq!(heard(&mut here, sent(&mut there, 12)), Ok(172));
}

#[test]
fn packets_under_the_old_keys_come_through_until_the_first_under_the_new() {
    let (mut here, mut old) = (Protection::new(pair(1, 2)), Protection::new(pair(2, 1)));
    let mut new = Protection::new(pair(3, 1));
    assert_eq!(heard(&mut here, sent(&mut old, 5)), Ok(172));
    here.rekey(pair(1, 3));
    assert_eq!(heard(&mut here, sent(&mut old, 6)), Ok(172));
    assert_eq!(heard(&mut here, sent(&mut new, 7)), Ok(172));
    assert_eq!(heard(&mut here, sent(&mut old, 8)), Err(Rejected::Forged));
}

#[test]
fn a_new_key_of_ours_is_used_at_once() {
    let (mut here, mut there) = (Protection::new(pair(1, 2)), Protection::new(pair(2, 4)));
    here.rekey(pair(4, 2));
    assert_eq!(heard(&mut there, sent(&mut here, 5)), Ok(172));
}
