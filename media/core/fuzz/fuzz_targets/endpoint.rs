//! Any datagrams at a configured leg: taken or counted, listened to for tones, relayed by another leg, whole and in
//! pieces, placed in a recording.
//!
//! Each datagram comes behind an octet for its length and one for the time passed and its source.
#![no_main]

use std::net::SocketAddr;

use audio::codec::Codec;
use engine::endpoint::Endpoint;
use engine::intake::Content;
use engine::rules::{InBandDigits, Rules};
use engine::settings::{Rtcp, Settings};
use libfuzzer_sys::fuzz_target;
use recording::stereo::Stereo;
use rtp::outgoing::OutgoingStream;

fuzz_target!(|input: &[u8]| {
    let mut leg = endpoint(1, Codec::Pcma);
    let mut peer = endpoint(2, Codec::Pcmu);
    let mut impatient = endpoint(3, Codec::Pcmu);
    let mut stereo = Stereo::default();
    let mut events = Vec::new();
    let mut now_us = 0;
    let mut count = 0;
    let mut rest = input;
    while let [length, flags, tail @ ..] = rest {
        let (datagram, after) = tail.split_at(usize::from(*length).min(tail.len()));
        rest = after;
        count += 1;
        now_us += u64::from(flags >> 1) * 5000;
        let source = SocketAddr::from(([192, 0, 2, 1 + (flags & 1)], 4000));
        let Some(received) = leg.receive(datagram, source, now_us, &mut events) else { continue };
        match received.content {
            Content::Audio(codec) => {
                let (octets, law) =
                    (&datagram[received.payload.clone()], codec.law().expect("both are G.711"));
                stereo.customer.place(&received.header, octets, law, (now_us / 125) as i64);
                let pieces = octets.chunks(20).len() as u16;
                let headers = impatient.relay_cut(&received, pieces, now_us);
                assert!(headers.is_none_or(|headers| headers.count() == usize::from(pieces)));
            }
            _ => stereo.customer.skip(&received.header),
        }
        if let Some(header) = peer.relay(&received, now_us) {
            header.put_before(&mut datagram.to_vec(), received.payload);
        }
        leg.expire_keys(now_us, &mut events);
        while stereo.take_settled(now_us / 125).is_some() {}
    }
    let counters = leg.counters();
    assert_eq!(counters.packets_received + counters.packets_dropped, count);
});

fn endpoint(id: u64, codec: Codec) -> Endpoint {
    let rules = Rules { in_band_digits: InBandDigits::Always, ..Rules::default() };
    let mut endpoint = Endpoint::new(id, OutgoingStream::new(1, 65_000, u32::MAX - 1000, 0), 1, &rules, 0);
    let settings = Settings {
        remote: None,
        codec,
        payload_type: 8,
        dtmf_payload_type: Some(101),
        dtmf_clock_hz: 8000,
        noise_payload_type: Some(13),
        ptime_ms: 20,
        longest_ms: None,
        sending: true,
        receiving: true,
        answered: true,
        rtcp: Rtcp::default(),
    };
    endpoint.configure(settings, 0);
    endpoint
}
