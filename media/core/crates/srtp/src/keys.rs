//! What both ends share: a suite and the master key with its salt.

use std::fmt;

use zeroize::Zeroizing;

/// Crypto suites by their SDES names (RFC 4568 §6.2, RFC 7714 §14.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suite {
    AesCm128HmacSha1_80,
    AesCm128HmacSha1_32,
    AeadAes128Gcm,
    AeadAes256Gcm,
}

impl Suite {
    pub const ALL: [Self; 4] =
        [Self::AesCm128HmacSha1_80, Self::AesCm128HmacSha1_32, Self::AeadAes128Gcm, Self::AeadAes256Gcm];

    pub const fn name(self) -> &'static str {
        match self {
            Self::AesCm128HmacSha1_80 => "AES_CM_128_HMAC_SHA1_80",
            Self::AesCm128HmacSha1_32 => "AES_CM_128_HMAC_SHA1_32",
            Self::AeadAes128Gcm => "AEAD_AES_128_GCM",
            Self::AeadAes256Gcm => "AEAD_AES_256_GCM",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.name() == name)
    }

    pub const fn key_length(self) -> usize {
        if matches!(self, Self::AeadAes256Gcm) { 32 } else { 16 }
    }

    pub const fn salt_length(self) -> usize {
        if self.is_aead() { 12 } else { 14 }
    }

    pub(crate) const fn is_aead(self) -> bool {
        matches!(self, Self::AeadAes128Gcm | Self::AeadAes256Gcm)
    }

    pub(crate) const fn rtp_tag_length(self) -> usize {
        match self {
            Self::AesCm128HmacSha1_80 => 10,
            Self::AesCm128HmacSha1_32 => 4,
            Self::AeadAes128Gcm | Self::AeadAes256Gcm => 16,
        }
    }

    /// SRTCP keeps 80 bits where SRTP makes do with 32 (RFC 4568 §6.2.2).
    pub(crate) const fn rtcp_tag_length(self) -> usize {
        if self.is_aead() { 16 } else { 10 }
    }
}

/// A master key and its salt, for one direction. Prints nothing of them and wipes them when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    suite: Suite,
    key_and_salt: Zeroizing<Vec<u8>>,
}

impl Keys {
    /// The key with its salt behind it, as SDES and DTLS-SRTP write them; None when there are not as many octets as
    /// the suite has.
    pub fn new(suite: Suite, key_and_salt: &[u8]) -> Option<Self> {
        let fits = key_and_salt.len() == suite.key_length() + suite.salt_length();
        fits.then(|| Self { suite, key_and_salt: Zeroizing::new(key_and_salt.to_vec()) })
    }

    /// A key and a salt from different places; None when either has not the length of the suite's.
    pub fn joined(suite: Suite, key: &[u8], salt: &[u8]) -> Option<Self> {
        let fits = key.len() == suite.key_length();
        let joined = Zeroizing::new([key, salt].concat());
        if fits { Self::new(suite, &joined) } else { None }
    }

    pub fn suite(&self) -> Suite {
        self.suite
    }

    pub(crate) fn key(&self) -> &[u8] {
        &self.key_and_salt[..self.suite.key_length()]
    }

    pub(crate) fn salt(&self) -> &[u8] {
        &self.key_and_salt[self.suite.key_length()..]
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({})", self.suite.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_are_found_by_their_names() {
        assert!(Suite::ALL.into_iter().all(|suite| Suite::named(suite.name()) == Some(suite)));
        assert_eq!(Suite::named("F8_128_HMAC_SHA1_80"), None);
    }

    #[test]
    fn a_key_of_another_length_is_none_and_no_key_is_printed() {
        assert_eq!(Keys::new(Suite::AeadAes128Gcm, &[7; 30]), None);
        let keys = Keys::new(Suite::AesCm128HmacSha1_80, &[7; 30]).unwrap();
        assert_eq!(format!("{keys:?}"), "Keys(AES_CM_128_HMAC_SHA1_80)");
    }
}
