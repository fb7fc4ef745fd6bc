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

    /// Whether the peer made a report that is not encrypted (RFC 3711 §3.4, RFC 7714 §9.3). Its index lies behind it.
    pub fn vouches_for(&self, report: &[u8], tag: &[u8], place: Place) -> bool {
        match &self.cipher {
            Cipher::CounterMode(keyed) => {
                keyed.1.clone().chain_update(report).verify_truncated_left(tag).is_ok()
            }
            Cipher::Gcm128(gcm) => self.vouches_for_by_gcm(gcm, report, tag, place),
            Cipher::Gcm256(gcm) => self.vouches_for_by_gcm(gcm, report, tag, place),
        }
    }

    fn vouches_for_by_gcm<C>(&self, gcm: &Gcm<C>, report: &[u8], tag: &[u8], place: Place) -> bool
    where
        Gcm<C>: AeadInOut<NonceSize = aes::cipher::consts::U12, TagSize = aes::cipher::consts::U16>,
    {
        let Ok(tag) = <&[u8; MAX_TAG]>::try_from(tag) else { return false };
        let nothing_secret = InOutBuf::from(&mut [][..]);
        gcm.decrypt_inout_detached(&self.nonce(place).into(), report, nothing_secret, tag.into()).is_ok()
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
mod tests;
