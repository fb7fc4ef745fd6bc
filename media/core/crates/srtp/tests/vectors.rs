//! Packets whose protected form is known: one for each suite, as libsrtp makes it from the same keys.

use srtp::Rejected;
use srtp::inbound::Inbound;
use srtp::keys::{Keys, Suite};
use srtp::outbound::Outbound;

const RTP: &str = "800f1234decafbadcafebabeabababababababababababababababab";
const RTCP: &str = "81c8000bcafebabeabababababababababababababababab";
const CM_KEYS: &str = "e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6";
const GCM_KEYS: &str = "000102030405060708090a0b0c0d0e0fa0a1a2a3a4a5a6a7a8a9aaab";
const GCM_256_KEYS: &str =
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1fa0a1a2a3a4a5a6a7a8a9aaab";

const SRTP: [(Suite, &str, &str); 4] = [
    (
        Suite::AesCm128HmacSha1_80,
        CM_KEYS,
        "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb",
    ),
    (Suite::AesCm128HmacSha1_32, CM_KEYS, "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc"),
    (
        Suite::AeadAes128Gcm,
        GCM_KEYS,
        "800f1234decafbadcafebabec5002ede04cfdd2eb91159e0880aa06ed2976826f796b201df3131a127e8a392",
    ),
    (
        Suite::AeadAes256Gcm,
        GCM_256_KEYS,
        "800f1234decafbadcafebabe0af7f21e8a90bdad7a425c9c31ed4bb1d90238917e7390a2793500e1681acaea",
    ),
];

fn octets(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
}

fn hex(octets: &[u8]) -> String {
    use std::fmt::Write as _;
    octets.iter().fold(String::new(), |mut text, octet| {
        let _ = write!(text, "{octet:02x}");
        text
    })
}

#[test]
fn packets_are_protected_as_elsewhere_and_opened_again() {
    for (suite, keys, expected) in SRTP {
        let keys = Keys::new(suite, &octets(keys)).unwrap();
        let mut buffer = octets(RTP);
        let length = buffer.len();
        buffer.resize(length + 20, 0);
        let place = Outbound::new(&keys).protect_rtp(&mut buffer, 0..length).unwrap();
        assert_eq!(hex(&buffer[place.clone()]), expected, "{suite:?}");
        let opened = Inbound::new(&keys).open_rtp(&mut buffer[place]).unwrap();
        assert_eq!(hex(&buffer[..opened]), RTP, "{suite:?}");
    }
}

#[test]
fn reports_are_protected_as_elsewhere() {
    let cases = [
        (
            Suite::AesCm128HmacSha1_80,
            CM_KEYS,
            "81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798",
        ),
        (
            Suite::AeadAes128Gcm,
            GCM_KEYS,
            "81c8000bcafebabec98b8b5df0392a55852b6c21ac8e7025c52c6fbea2b3b446ea31123ba88ce61e80000001",
        ),
        (
            Suite::AeadAes256Gcm,
            GCM_256_KEYS,
            "81c8000bcafebabe8abfafa780070a90e80f9161cf4aac081ed93aaa53c15b0f3ed1a3b984167b0380000001",
        ),
    ];
    for (suite, keys, expected) in cases {
        let keys = Keys::new(suite, &octets(keys)).unwrap();
        let mut outbound = Outbound::new(&keys);
        let mut buffer = octets(RTCP);
        let length = buffer.len();
        buffer.resize(length + 20, 0);
        // The known ones are second packets.
        outbound.protect_rtcp(&mut buffer.clone(), 0..length).unwrap();
        let place = outbound.protect_rtcp(&mut buffer, 0..length).unwrap();
        assert_eq!(hex(&buffer[place.clone()]), expected, "{suite:?}");
        let opened = Inbound::new(&keys).open_rtcp(&mut buffer[place]).unwrap();
        assert_eq!(hex(&buffer[..opened]), RTCP, "{suite:?}");
    }
}

/// RFC 3711 §3.4 lets a peer leave reports unencrypted one by one.
#[test]
fn reports_that_elsewhere_only_get_a_tag_are_taken_once_and_none_that_was_changed() {
    let cases = [
        (Suite::AesCm128HmacSha1_80, CM_KEYS, "0000000293973c076d2fff8495e4"),
        (Suite::AeadAes128Gcm, GCM_KEYS, "340fa83ee8caca5d3cfaed14af2b119e00000002"),
        (Suite::AeadAes256Gcm, GCM_256_KEYS, "4f66aa87c75b9a94f916e051f94b454a00000002"),
    ];
    for (suite, keys, trailer) in cases {
        let sent = octets(&[RTCP, trailer].concat());
        let mut inbound = Inbound::new(&Keys::new(suite, &octets(keys)).unwrap());
        for at in [10, sent.len() - 15, sent.len() - 1] {
            let mut changed = sent.clone();
            changed[at] ^= 1;
            assert_eq!(inbound.open_rtcp(&mut changed), Err(Rejected::Forged), "{suite:?}, octet {at}");
        }
        let mut buffer = sent.clone();
        let opened = inbound.open_rtcp(&mut buffer).unwrap();
        assert_eq!(hex(&buffer[..opened]), RTCP, "{suite:?}");
        assert_eq!(inbound.open_rtcp(&mut sent.clone()), Err(Rejected::Repeated), "{suite:?}");
    }
}
