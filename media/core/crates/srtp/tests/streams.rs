//! What two ends make of a network that loses, repeats, reorders and changes packets.

use proptest::prelude::*;
use srtp::inbound::Inbound;
use srtp::keys::{Keys, Suite};
use srtp::outbound::Outbound;
use srtp::{MAX_TRAILER, Rejected};

fn keys(suite: Suite, octet: u8) -> Keys {
    Keys::new(suite, &vec![octet; suite.key_length() + suite.salt_length()]).unwrap()
}

fn rtp(sequence: u16, ssrc: u32) -> Vec<u8> {
    let mut packet = vec![0x80, 8];
    packet.extend_from_slice(&sequence.to_be_bytes());
    packet.extend_from_slice(&(u32::from(sequence) * 160).to_be_bytes());
    packet.extend_from_slice(&ssrc.to_be_bytes());
    packet.extend_from_slice(&[sequence as u8; 160]);
    packet
}

fn protect(outbound: &mut Outbound, packet: &[u8]) -> Result<Vec<u8>, Rejected> {
    let mut buffer = packet.to_vec();
    buffer.resize(packet.len() + MAX_TRAILER, 0);
    outbound.protect_rtp(&mut buffer, 0..packet.len()).map(|place| buffer[place].to_vec())
}

fn open(inbound: &mut Inbound, datagram: &[u8]) -> Result<Vec<u8>, Rejected> {
    let mut buffer = datagram.to_vec();
    inbound.open_rtp(&mut buffer).map(|length| buffer[..length].to_vec())
}

#[test]
fn a_stream_goes_on_over_many_roll_overs() {
    for suite in Suite::ALL {
        let (mut outbound, mut inbound) = (Outbound::new(&keys(suite, 1)), Inbound::new(&keys(suite, 1)));
        for step in 0..40_u32 {
            let packet = rtp((60_000 + step * 20_000) as u16, 7);
            let sent = protect(&mut outbound, &packet).unwrap();
            assert_eq!(open(&mut inbound, &sent), Ok(packet), "{suite:?}, step {step}");
        }
    }
}

#[test]
fn a_packet_comes_in_once_and_goes_out_once() {
    for suite in Suite::ALL {
        let (mut outbound, mut inbound) = (Outbound::new(&keys(suite, 1)), Inbound::new(&keys(suite, 1)));
        let sent = protect(&mut outbound, &rtp(5, 7)).unwrap();
        assert!(open(&mut inbound, &sent).is_ok());
        assert_eq!(open(&mut inbound, &sent), Err(Rejected::Repeated));
        assert_eq!(protect(&mut outbound, &rtp(5, 7)), Err(Rejected::Repeated));
    }
}

#[test]
fn packets_under_other_keys_are_forged_and_change_nothing() {
    for suite in Suite::ALL {
        let mut inbound = Inbound::new(&keys(suite, 1));
        let forged = protect(&mut Outbound::new(&keys(suite, 2)), &rtp(50_000, 7)).unwrap();
        assert_eq!(open(&mut inbound, &forged), Err(Rejected::Forged));
        let sent = protect(&mut Outbound::new(&keys(suite, 1)), &rtp(3, 7)).unwrap();
        assert!(open(&mut inbound, &sent).is_ok());
    }
}

#[test]
fn each_source_has_its_own_count() {
    let keys = keys(Suite::AeadAes128Gcm, 1);
    let mut inbound = Inbound::new(&keys);
    let first = protect(&mut Outbound::new(&keys), &rtp(40_000, 7)).unwrap();
    let second = protect(&mut Outbound::new(&keys), &rtp(1, 8)).unwrap();
    assert!(open(&mut inbound, &first).is_ok() && open(&mut inbound, &second).is_ok());
    assert_eq!(open(&mut inbound, &first), Err(Rejected::Repeated));
}

#[test]
fn a_report_without_the_tag_of_the_keys_is_not_taken_though_it_is_not_encrypted() {
    for suite in Suite::ALL {
        let mut report = vec![0x80, 201, 0, 1, 0, 0, 0, 7];
        report.extend_from_slice(&[0; 20]);
        assert_eq!(Inbound::new(&keys(suite, 1)).open_rtcp(&mut report), Err(Rejected::Forged), "{suite:?}");
    }
}

#[test]
fn a_packet_without_room_behind_it_is_refused() {
    let packet = rtp(1, 7);
    let mut buffer = packet.clone();
    let refused =
        Outbound::new(&keys(Suite::AesCm128HmacSha1_32, 1)).protect_rtp(&mut buffer, 0..packet.len());
    assert_eq!(refused, Err(Rejected::Malformed));
}

fn suites() -> impl Strategy<Value = Suite> {
    prop::sample::select(Suite::ALL.to_vec())
}

proptest! {
    #[test]
    fn a_changed_bit_anywhere_is_seen(suite in suites(), at in 0_usize..1_000, bit in 0_u8..8) {
        let mut sent = protect(&mut Outbound::new(&keys(suite, 1)), &rtp(5, 7)).unwrap();
        let at = at % sent.len();
        sent[at] ^= 1 << bit;
        prop_assert!(open(&mut Inbound::new(&keys(suite, 1)), &sent).is_err());
    }

    #[test]
    fn any_datagram_is_opened_or_refused(suite in suites(), mut datagram: Vec<u8>) {
        let mut inbound = Inbound::new(&keys(suite, 1));
        prop_assert!(inbound.open_rtp(&mut datagram.clone()).is_err());
        prop_assert!(inbound.open_rtcp(&mut datagram).is_err());
    }

    #[test]
    fn late_packets_of_a_stream_come_through(
        suite in suites(),
        first: u16,
        order in Just((0_u16..60).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let (mut outbound, mut inbound) = (Outbound::new(&keys(suite, 1)), Inbound::new(&keys(suite, 1)));
        // Whoever hears only what follows a roll-over cannot know of it, so the first packet comes first.
        let sent: Vec<_> = (0..61)
            .map(|step| protect(&mut outbound, &rtp(first.wrapping_add(step), 7)).unwrap())
            .collect();
        prop_assert!(open(&mut inbound, &sent[0]).is_ok());
        for step in order {
            let opened = open(&mut inbound, &sent[usize::from(step) + 1]);
            prop_assert_eq!(opened, Ok(rtp(first.wrapping_add(step + 1), 7)));
        }
    }
}
