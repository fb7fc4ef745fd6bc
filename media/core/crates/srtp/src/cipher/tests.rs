//! Packets of the standards under session keys of theirs.

use super::*;

fn octets(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
}

const RTP: &str =
    "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573";
/// That of §17.1 to §17.4; the one that the section begins with is another.
const RTCP: &str = "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";

/// Session keys as RFC 7714 §16 and §17 have them, without derivation.
fn gcm_session(protocol: Protocol, is_long: bool) -> Session {
    let key: [u8; 32] = std::array::from_fn(|at| at as u8);
    let cipher = if is_long {
        Cipher::Gcm256(Box::new(Gcm::new(&key.into())))
    } else {
        Cipher::Gcm128(Box::new(Gcm::new(key.first_chunk::<16>().unwrap().into())))
    };
    let mut salt = Zeroizing::new([0; 14]);
    salt[..12].copy_from_slice(b"Quid pro quo");
    Session { protocol, cipher, salt, tag_length: 16 }
}

/// Seal and open again; the secret with its tag.
fn sealed(session: &Session, packet: &str, clear: usize, word: u32, place: Place) -> Vec<u8> {
    let mut packet = octets(packet);
    let plain = packet.clone();
    let tag = session.seal(Sealable { packet: &mut packet, clear, word }, place).unwrap();
    let sealed = [&packet[clear..], &tag[..]].concat();
    assert!(session.open(Sealable { packet: &mut packet, clear, word }, &tag, place));
    assert_eq!(packet, plain);
    let mut changed = tag;
    changed[15] ^= 1;
    assert!(!session.open(Sealable { packet: &mut packet, clear, word }, &changed, place));
    sealed
}

/// RFC 7714 §16.1.1, §16.1.2, §16.2.1 and §16.2.2.
#[test]
fn packets_of_the_standard_are_sealed_and_opened_as_it_says() {
    let cases = [
        (
            false,
            "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce",
        ),
        (
            true,
            "32b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a76c13",
        ),
    ];
    let place = Place { ssrc: 0x5501_a0b2, index: 0xf17b };
    for (is_long, expected) in cases {
        let session = gcm_session(Protocol::Rtp, is_long);
        assert_eq!(sealed(&session, RTP, 12, 0, place), octets(expected), "long key: {is_long}");
    }
}

/// RFC 7714 §17.1 and §17.2.
#[test]
fn reports_of_the_standard_are_sealed_and_opened_as_it_says() {
    let cases = [
        (
            false,
            "63e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade",
        ),
        (
            true,
            "d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be8415f658c61de0476f1b6fad1d1eb30c4446839f57ff6f6cb26ac3be",
        ),
    ];
    let place = Place { ssrc: 0x4d61_7273, index: 0x5d4 };
    for (is_long, expected) in cases {
        let session = gcm_session(Protocol::Rtcp, is_long);
        let word = crate::ENCRYPTED | 0x5d4;
        assert_eq!(sealed(&session, RTCP, RTCP_CLEAR, word, place), octets(expected), "long key: {is_long}");
    }
}

/// RFC 7714 §17.3 and §17.4.
#[test]
fn a_report_of_the_standard_that_is_not_encrypted_is_the_peers_unless_anything_of_it_was_changed() {
    let cases = [(false, "841dd9683dd78ec92ae58790125f62b3"), (true, "91db4afbfeee5a978fab4393ed2615fe")];
    let place = Place { ssrc: 0x4d61_7273, index: 0x5d4 };
    let report = [octets(RTCP), 0x5d4_u32.to_be_bytes().to_vec()].concat();
    for (is_long, tag) in cases {
        let (session, tag) = (gcm_session(Protocol::Rtcp, is_long), octets(tag));
        assert!(session.vouches_for(&report, &tag, place), "long key: {is_long}");
        assert!(!session.vouches_for(&report, &tag[..15], place));
        for at in [0, report.len() - 5, report.len() - 1] {
            let mut changed = report.clone();
            changed[at] ^= 1;
            assert!(!session.vouches_for(&changed, &tag, place), "long key: {is_long}, octet {at}");
        }
    }
}

/// RFC 3711 §B.2: its first three blocks, and those beside block 0xff00.
#[test]
fn the_key_stream_is_that_of_the_standard() {
    let key: [u8; 16] = 0x2b7e_1516_28ae_d2a6_abf7_1588_09cf_4f3c_u128.to_be_bytes();
    let cipher = Cipher::CounterMode(Box::new((Aes128::new(&key.into()), Hmac::new(&[0; 64].into()))));
    let salt = Zeroizing::new(std::array::from_fn(|at| 0xf0 + at as u8));
    let session = Session { protocol: Protocol::Rtp, cipher, salt, tag_length: 10 };
    let mut stream = vec![0; 0xff02 * 16];
    let place = Place { ssrc: 0, index: 0 };
    session.seal(Sealable { packet: &mut stream, clear: 0, word: 0 }, place).unwrap();
    let expected = [
        (0, "e03ead0935c95e80e166b16dd92b4eb4"),
        (1, "d23513162b02d0f72a43a2fe4a5f97ab"),
        (2, "41e95b3bb0a2e8dd477901e4fca894c0"),
        (0xfeff, "ec8cdf7398607cb0f2d21675ea9ea1e4"),
        (0xff00, "362b7c3c6773516318a077d7fc5073ae"),
        (0xff01, "6a2cc3787889374fbeb4c81b17ba6c44"),
    ];
    for (block, octets_of_it) in expected {
        assert_eq!(stream[block * 16..][..16], octets(octets_of_it), "block {block:#x}");
    }
}
