//! Every codec there and back, whole and over a lossy link.

mod sound;

use audio::codec::Codec;
use audio::decoder::{BadPayload, Decoder, MAX_SAMPLES};
use audio::encoder::{CannotEncode, Encoder, MAX_PAYLOAD};
use proptest::prelude::*;
use sound::{likeness, speech};

const SPOKEN: [Codec; 4] = [Codec::Pcma, Codec::Pcmu, Codec::G722, Codec::Opus];

/// What a lost packet becomes.
#[derive(Clone, Copy, PartialEq)]
enum Repair {
    Conceal,
    RecoverFromNext,
}

/// Encoded in packets, some of which are lost.
fn over_a_link(
    codec: Codec,
    samples: &[i16],
    packet_ms: u32,
    repair: Repair,
    lost: impl Fn(usize) -> bool,
) -> Vec<i16> {
    let (mut encoder, mut decoder) = (Encoder::new(codec).unwrap(), Decoder::new(codec).unwrap());
    let mut encode = |samples: &[i16]| {
        let mut payload = [0; MAX_PAYLOAD];
        let length = encoder.encode(samples, &mut payload).unwrap();
        payload[..length].to_vec()
    };
    let packets: Vec<_> = samples.chunks_exact(codec.samples(packet_ms)).map(&mut encode).collect();
    let mut heard = Vec::new();
    for (number, payload) in packets.iter().enumerate() {
        let mut out = [0; MAX_SAMPLES];
        let mut count = codec.samples(packet_ms);
        match packets.get(number + 1) {
            Some(next) if lost(number) && repair == Repair::RecoverFromNext => {
                decoder.recover(next, &mut out[..count]);
            }
            _ if lost(number) => decoder.conceal(&mut out[..count]),
            _ => count = decoder.decode(payload, &mut out).unwrap(),
        }
        heard.extend(&out[..count]);
    }
    heard
}

#[test]
fn every_codec_carries_speech_in_packets_of_every_length() {
    for codec in SPOKEN {
        let said = speech(codec.rate_hz(), 2);
        for packet_ms in (10..=60).step_by(10).filter(|&packet_ms| codec.fits_packet(packet_ms)) {
            let heard = over_a_link(codec, &said, packet_ms, Repair::Conceal, |_| false);
            assert!(heard.len() >= said.len() - codec.samples(packet_ms));
            let likeness = likeness(&said, &heard, codec.rate_hz());
            // Opus takes away what is below speech, which turns the phase of what is just above it.
            let wanted = if codec == Codec::Opus { 0.9 } else { 0.99 };
            assert!(likeness > wanted, "{codec:?} {packet_ms} ms: {likeness}");
        }
    }
}

#[test]
fn opus_made_of_narrow_samples_is_the_same_speech() {
    let said = speech(8000, 2);
    let mut encoder = Encoder::for_rate(Codec::Opus, 8000).unwrap();
    let mut decoder = Decoder::new(Codec::Opus).unwrap();
    let mut heard = Vec::new();
    for frame in said.chunks_exact(160) {
        let (mut payload, mut out) = ([0; MAX_PAYLOAD], [0; MAX_SAMPLES]);
        let length = encoder.encode(frame, &mut payload).unwrap();
        let count = decoder.decode(&payload[..length], &mut out).unwrap();
        assert_eq!(count, Codec::Opus.samples(20));
        heard.extend(out[..count].iter().step_by(2));
    }
    let likeness = likeness(&said, &heard, 8000);
    assert!(likeness > 0.9, "{likeness}");
}

#[test]
fn an_encoder_tells_the_rate_it_takes() {
    for codec in SPOKEN {
        let rate_for = |rate_hz| Encoder::for_rate(codec, rate_hz).unwrap().rate_hz();
        let narrow = if codec == Codec::G722 { 16_000 } else { 8000 };
        assert_eq!([rate_for(8000), rate_for(16_000)], [narrow, codec.rate_hz()], "{codec:?}");
    }
}

#[test]
fn speech_is_still_speech_when_one_packet_in_ten_is_lost() {
    for codec in SPOKEN {
        let said = speech(codec.rate_hz(), 4);
        let likeness_with = |lost: fn(usize) -> bool| {
            likeness(&said, &over_a_link(codec, &said, 20, Repair::Conceal, lost), codec.rate_hz())
        };
        let (whole, lossy) = (likeness_with(|_| false), likeness_with(|number| number % 10 == 7));
        assert!(lossy > 0.95 * whole, "{codec:?}: {lossy} of {whole}");
    }
}

#[test]
fn opus_recovers_a_lost_packet_from_the_next_better_than_it_guesses() {
    let said = speech(16_000, 4);
    let likeness_after = |repair: Repair| {
        let heard = over_a_link(Codec::Opus, &said, 20, repair, |number| number % 5 == 3);
        likeness(&said, &heard, 16_000)
    };
    let (recovered, guessed) = (likeness_after(Repair::RecoverFromNext), likeness_after(Repair::Conceal));
    assert!(recovered > guessed + 0.005, "{recovered}, {guessed}");
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut decoder = Decoder::new(Codec::Pcma).unwrap();
    assert_eq!(decoder.decode(&[0xd5; 10], &mut [0; 9]), Err(BadPayload::TooLong));
    let mut opus = Decoder::new(Codec::Opus).unwrap();
    assert_eq!(opus.decode(&[], &mut [0; MAX_SAMPLES]), Err(BadPayload::Malformed));
    let mut encoder = Encoder::new(Codec::Opus).unwrap();
    assert_eq!(encoder.encode(&[0; 123], &mut [0; MAX_PAYLOAD]), Err(CannotEncode));
    assert!(Decoder::new(Codec::G729).is_none() && Encoder::new(Codec::G729).is_none());
}

proptest! {
    #[test]
    fn no_payload_harms_a_decoder(payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..20)) {
        for codec in SPOKEN {
            let mut decoder = Decoder::new(codec).unwrap();
            let mut out = [0; MAX_SAMPLES];
            for payload in &payloads {
                decoder.recover(payload, &mut out[..codec.samples(20)]);
                if let Ok(count) = decoder.decode(payload, &mut out) {
                    prop_assert!(count <= MAX_SAMPLES);
                }
            }
        }
    }
}
