//! Encryption and authentication of one direction of one protocol: AES in counter mode with HMAC-SHA1 (RFC 3711 §4),
//! or AES-GCM (RFC 7714).

use std::fmt;

use aes::cipher::{InnerIvInit, KeyInit, StreamCipher, StreamCipherCoreWrapper};
use aes::{Aes128, Aes256};
use aes_gcm::aead::AeadInOut;
use aes_gcm::{AesGcm, aead::inout::InOutBuf};
use ctr::{CtrCore, flavors::Ctr128BE};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use zeroize::Zeroizing;

use crate::RTCP_CLEAR;
use crate::derivation::{Label, Protocol, derive};
use crate::keys::{Keys, Suite};

/// The longest tag.
pub const MAX_TAG: usize = 16;
type Gcm<C> = AesGcm<C, aes::cipher::consts::U12>;
type CounterMode<'a> = StreamCipherCoreWrapper<CtrCore<&'a Aes128, Ctr128BE>>;

/// Which packet of which source it is; both make each packet's key stream its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub ssrc: u32,
    /// 48 bits.
    pub index: u64,
}

/// A packet that lies in a buffer without its tag.
#[derive(Debug)]
pub struct Sealable<'a> {
    pub packet: &'a mut [u8],
    /// So many octets at its beginning stay readable.
    pub clear: usize,
    /// What is authenticated with it: the count of roll-overs, or SRTCP's index.
    pub word: u32,
}

enum Cipher {
    CounterMode(Box<(Aes128, Hmac<Sha1>)>),
    Gcm128(Box<Gcm<Aes128>>),
    Gcm256(Box<Gcm<Aes256>>),
}

/// The session keys of one direction of one protocol.
pub struct Session {
    protocol: Protocol,
    cipher: Cipher,
    salt: Zeroizing<[u8; 14]>,
    tag_length: usize,
}

impl Session {
    pub fn new(keys: &Keys, protocol: Protocol) -> Self {
        let suite = keys.suite();
        let rtp = protocol == Protocol::Rtp;
        let mut salt: Zeroizing<[u8; 14]> = derive(keys, protocol, Label::Salt);
        salt[suite.salt_length()..].fill(0);
        Self {
            protocol,
            cipher: Cipher::new(keys, protocol),
            salt,
            tag_length: if rtp { suite.rtp_tag_length() } else { suite.rtcp_tag_length() },
        }
    }

    pub fn tag_length(&self) -> usize {
        self.tag_length
    }

    /// Whether the tag follows the packet at once; SRTCP's index stands between them otherwise.
    pub fn tag_comes_first(&self) -> bool {
        !matches!(self.cipher, Cipher::CounterMode(_))
    }

    /// Encrypt a packet; its tag, of which the first `tag_length` octets count.
    pub fn seal(&self, sealable: Sealable<'_>, place: Place) -> Option<[u8; MAX_TAG]> {
        match &self.cipher {
            Cipher::CounterMode(keyed) => {
                let (aes, mac) = &**keyed;
                let Sealable { packet, clear, word } = sealable;
                self.counter_mode(aes, place).apply_keystream(&mut packet[clear..]);
                let tag = mac.clone().chain_update(packet).chain_update(word.to_be_bytes()).finalize();
                tag.into_bytes().first_chunk().copied()
            }
            Cipher::Gcm128(gcm) => self.seal_gcm(gcm, sealable, place),
            Cipher::Gcm256(gcm) => self.seal_gcm(gcm, sealable, place),
        }
    }

    /// Decrypt a packet; false, and the packet is worth nothing, when its tag is not the right one.
    pub fn open(&self, sealable: Sealable<'_>, tag: &[u8], place: Place) -> bool {
        match &self.cipher {
            Cipher::CounterMode(keyed) => {
                let (aes, mac) = &**keyed;
                let Sealable { packet, clear, word } = sealable;
                let mac = mac.clone().chain_update(&*packet).chain_update(word.to_be_bytes());
                if mac.verify_truncated_left(tag).is_err() {
                    return false;
                }
                self.counter_mode(aes, place).apply_keystream(&mut packet[clear..]);
                true
            }
            Cipher::Gcm128(gcm) => self.open_gcm(gcm, sealable, tag, place),
            Cipher::Gcm256(gcm) => self.open_gcm(gcm, sealable, tag, place),
        }
    }

    fn seal_gcm<C>(&self, gcm: &Gcm<C>, sealable: Sealable<'_>, place: Place) -> Option<[u8; MAX_TAG]>
    where
        Gcm<C>: AeadInOut<NonceSize = aes::cipher::consts::U12, TagSize = aes::cipher::consts::U16>,
    {
        let Sealable { packet, clear, word } = sealable;
        let nonce = self.nonce(place);
        let (clear, secret) = packet.split_at_mut(clear);
        let tag = match self.protocol {
            Protocol::Rtp => gcm.encrypt_inout_detached(&nonce.into(), clear, InOutBuf::from(secret)),
            Protocol::Rtcp => {
                gcm.encrypt_inout_detached(&nonce.into(), &associated(clear, word)?, InOutBuf::from(secret))
            }
        };
        tag.ok().map(Into::into)
    }

    fn open_gcm<C>(&self, gcm: &Gcm<C>, sealable: Sealable<'_>, tag: &[u8], place: Place) -> bool
    where
        Gcm<C>: AeadInOut<NonceSize = aes::cipher::consts::U12, TagSize = aes::cipher::consts::U16>,
    {
        let Ok(tag) = <&[u8; MAX_TAG]>::try_from(tag) else { return false };
        let Sealable { packet, clear, word } = sealable;
        let nonce = self.nonce(place).into();
        let (clear, secret) = packet.split_at_mut(clear);
        let secret = InOutBuf::from(secret);
        let opened = match self.protocol {
            Protocol::Rtp => gcm.decrypt_inout_detached(&nonce, clear, secret, tag.into()),
            Protocol::Rtcp => {
                let Some(associated) = associated(clear, word) else { return false };
                gcm.decrypt_inout_detached(&nonce, &associated, secret, tag.into())
            }
        };
        opened.is_ok()
    }

    /// The key stream of one packet (RFC 3711 §4.1.1).
    fn counter_mode<'a>(&self, aes: &'a Aes128, place: Place) -> CounterMode<'a> {
        let mut iv = [0; 16];
        iv[..14].copy_from_slice(&self.salt[..]);
        xor(&mut iv[4..14], place);
        CounterMode::from_core(CtrCore::inner_iv_init(aes, &iv.into()))
    }

    /// RFC 7714 §8.1, §9.1.
    fn nonce(&self, place: Place) -> [u8; 12] {
        let mut nonce = [0; 12];
        nonce.copy_from_slice(&self.salt[..12]);
        xor(&mut nonce[2..12], place);
        nonce
    }
}

impl Cipher {
    fn new(keys: &Keys, protocol: Protocol) -> Self {
        match keys.suite() {
            Suite::AesCm128HmacSha1_80 | Suite::AesCm128HmacSha1_32 => {
                let encryption: Zeroizing<[u8; 16]> = derive(keys, protocol, Label::Encryption);
                let authentication: Zeroizing<[u8; 20]> = derive(keys, protocol, Label::Authentication);
                // HMAC takes keys of any length; this one fits its block, so that it is used as it is.
                let mut block = Zeroizing::new([0; 64]);
                block[..20].copy_from_slice(&authentication[..]);
                Self::CounterMode(Box::new((Aes128::new((&*encryption).into()), Hmac::new((&*block).into()))))
            }
            Suite::AeadAes128Gcm => {
                let key: Zeroizing<[u8; 16]> = derive(keys, protocol, Label::Encryption);
                Self::Gcm128(Box::new(Gcm::new((&*key).into())))
            }
            Suite::AeadAes256Gcm => {
                let key: Zeroizing<[u8; 32]> = derive(keys, protocol, Label::Encryption);
                Self::Gcm256(Box::new(Gcm::new((&*key).into())))
            }
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({:?})", self.protocol)
    }
}

/// Source and index lie side by side in both kinds of initial value.
fn xor(octets: &mut [u8], place: Place) {
    let place = (u128::from(place.ssrc) << 48 | u128::from(place.index)).to_be_bytes();
    octets.iter_mut().zip(&place[6..]).for_each(|(octet, with)| *octet ^= with);
}

/// What AES-GCM authenticates beside the secret of an SRTCP packet (RFC 7714 §9.2).
fn associated(clear: &[u8], word: u32) -> Option<[u8; RTCP_CLEAR + 4]> {
    let mut associated = [0; RTCP_CLEAR + 4];
    associated[..RTCP_CLEAR].copy_from_slice(clear.first_chunk::<RTCP_CLEAR>()?);
    associated[RTCP_CLEAR..].copy_from_slice(&word.to_be_bytes());
    Some(associated)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn octets(hex: &str) -> Vec<u8> {
        (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
    }

    const RTP: &str = "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573";
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
            assert_eq!(
                sealed(&session, RTCP, RTCP_CLEAR, word, place),
                octets(expected),
                "long key: {is_long}"
            );
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
}
