//! Any datagrams at an encrypted leg are refused, whichever suite and whatever came before; none harms the next.
//!
//! The first octet chooses the suite; each datagram comes behind an octet for its length.
#![no_main]

use libfuzzer_sys::fuzz_target;
use srtp::inbound::Inbound;
use srtp::keys::{Keys, Suite};
use srtp::outbound::Outbound;

fuzz_target!(|input: &[u8]| {
    let [suite, rest @ ..] = input else { return };
    let suite = Suite::ALL[usize::from(*suite) % Suite::ALL.len()];
    let Some(keys) = Keys::new(suite, &vec![7; suite.key_length() + suite.salt_length()]) else { return };
    let mut inbound = Inbound::new(&keys);
    let mut rest = rest;
    while let [length, tail @ ..] = rest {
        let (datagram, after) = tail.split_at(usize::from(*length).min(tail.len()));
        rest = after;
        assert!(inbound.open_rtp(&mut datagram.to_vec()).is_err());
        assert!(inbound.open_rtcp(&mut datagram.to_vec()).is_err());
        let mut buffer = datagram.to_vec();
        buffer.resize(datagram.len() + srtp::MAX_TRAILER, 0);
        if let Ok(place) = Outbound::new(&keys).protect_rtp(&mut buffer, 0..datagram.len()) {
            let length = Inbound::new(&keys).open_rtp(&mut buffer[place]).expect("our own packet opens");
            assert_eq!(&buffer[..length], datagram);
        }
    }
});
