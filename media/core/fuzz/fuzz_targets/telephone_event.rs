//! Any telephone-events in any order and time report no more presses than packets, and never panic.
//!
//! Ten octets a packet: payload, timestamp, and two for time passed and source.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rtp::digit_receiver::DigitReceiver;
use rtp::telephone_event::TelephoneEvent;

fuzz_target!(|packets: &[u8]| {
    let mut receiver = DigitReceiver::default();
    let mut now_us = 0;
    let mut presses = 0;
    let chunks = packets.chunks_exact(10);
    let allowed = chunks.len();
    for chunk in chunks {
        let Some(event) = TelephoneEvent::parse(chunk) else { return };
        let timestamp = u32::from_be_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]);
        now_us += u64::from(chunk[8]) * 1000;
        receiver.receive(event, timestamp, u32::from(chunk[9] & 1), 8000, now_us, |_| presses += 1);
        presses += usize::from(receiver.expire(now_us).is_some());
    }
    presses += usize::from(receiver.expire(u64::MAX).is_some());
    assert!(presses <= allowed);
});
