//! Any packets at a jitter buffer of any codec: every beat is filled, and the delay has an end.
//!
//! The first octet chooses the codec. Each packet comes behind eight: length, beats before it with flags for
//! comfort noise and another source, sequence number and timestamp, which go on from those before.
#![no_main]

use audio::codec::Codec;
use audio::decoder::MAX_SAMPLES;
use audio::jitter_buffer::{Arrival, BEAT_MS, Delays, JitterBuffer};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((&choice, mut rest)) = input.split_first() else { return };
    let codec = [Codec::Pcma, Codec::Pcmu, Codec::G722, Codec::Opus][usize::from(choice) % 4];
    let delays = Delays::default();
    let mut buffer = JitterBuffer::new(codec, delays, 1).expect("these have decoders");
    let mut frame = [0; MAX_SAMPLES];
    let (mut sequence, mut timestamp) = (0_u16, 0_u32);
    while let &[length, flags, s1, s2, t1, t2, t3, t4, ref tail @ ..] = rest {
        let (payload, after) = tail.split_at(usize::from(length).min(tail.len()));
        rest = after;
        sequence = sequence.wrapping_add(u16::from_be_bytes([s1, s2]));
        timestamp = timestamp.wrapping_add(u32::from_be_bytes([t1, t2, t3, t4]));
        let (noise, ssrc) = (flags & 1 != 0, u32::from(flags >> 1 & 1));
        buffer.put(&Arrival { ssrc, sequence, timestamp, noise, payload });
        for _ in 0..flags >> 2 {
            buffer.pull(&mut frame[..codec.samples(BEAT_MS)]);
            assert!(buffer.delay_ms() <= delays.most_ms + 120 + 10);
        }
    }
});
