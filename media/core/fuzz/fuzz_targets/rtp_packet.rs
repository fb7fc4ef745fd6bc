//! Any datagram is a packet whose payload lies inside it, or an error; our header fits before it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rtp::packet::{HEADER_LENGTH, Packet};

fuzz_target!(|datagram: &[u8]| {
    let Ok(packet) = Packet::parse(datagram) else { return };
    let payload = datagram[packet.payload.clone()].to_vec();
    let mut buffer = datagram.to_vec();
    let sent = packet.header.put_before(&mut buffer, packet.payload);
    let sent = &buffer[sent];
    assert_eq!(&sent[HEADER_LENGTH..], payload);
    let again = Packet::parse(sent).expect("what we write is a packet");
    assert_eq!(again.header, packet.header);
});
