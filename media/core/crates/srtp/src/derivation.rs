//! Session keys from a master key (RFC 3711 §4.3; for AES-256 RFC 6188 §3, for AES-GCM RFC 7714 §11).
//!
//! Keys are derived once and for all: the key derivation rate is 0, as in all SDES and DTLS-SRTP sessions.

use aes::cipher::{KeyIvInit, StreamCipher};
use aes::{Aes128, Aes256};
use ctr::Ctr128BE;
use zeroize::Zeroizing;

use crate::keys::Keys;

/// What a derived key is for (RFC 3711 §4.3.2); SRTCP's labels are three higher than SRTP's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    Encryption = 0,
    Authentication = 1,
    Salt = 2,
}

/// The two protocols, each with keys of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Rtp = 0,
    Rtcp = 3,
}

/// A session key of `N` octets.
pub fn derive<const N: usize>(keys: &Keys, protocol: Protocol, label: Label) -> Zeroizing<[u8; N]> {
    let mut derived = Zeroizing::new([0; N]);
    fill(keys.key(), keys.salt(), protocol as u8 + label as u8, derived.as_mut());
    derived
}

/// The key stream that begins at the salt with the label in it; a short salt counts as if zeros stood behind it.
fn fill(key: &[u8], salt: &[u8], label: u8, output: &mut [u8]) {
    let mut iv = [0; 16];
    iv[..salt.len()].copy_from_slice(salt);
    iv[7] ^= label;
    if let Ok(mut cipher) = Ctr128BE::<Aes256>::new_from_slices(key, &iv) {
        cipher.apply_keystream(output);
    } else if let Ok(mut cipher) = Ctr128BE::<Aes128>::new_from_slices(key, &iv) {
        cipher.apply_keystream(output);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn octets(hex: &str) -> Vec<u8> {
        (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
    }

    fn derived(key: &str, salt: &str, label: Label, length: usize) -> Vec<u8> {
        let mut output = vec![0; length];
        fill(&octets(key), &octets(salt), label as u8, &mut output);
        output
    }

    /// RFC 3711 §B.3.
    #[test]
    fn keys_are_those_of_the_standard() {
        let (key, salt) = ("e1f97a0d3e018be0d64fa32c06de4139", "0ec675ad498afeebb6960b3aabe6");
        let cases = [
            (Label::Encryption, "c61e7a93744f39ee10734afe3ff7a087"),
            (Label::Salt, "30cbbc08863d8c85d49db34a9ae1"),
            (Label::Authentication, "cebe321f6ff7716b6fd4ab49af256a156d38baa4"),
        ];
        for (label, expected) in cases {
            assert_eq!(derived(key, salt, label, expected.len() / 2), octets(expected), "{label:?}");
        }
    }

    /// RFC 6188 §7.4.
    #[test]
    fn keys_from_long_keys_are_those_of_the_standard() {
        let key = "f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6";
        let salt = "3b04803de51ee7c96423ab5b78d2";
        let cases = [
            (Label::Encryption, "5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4"),
            (Label::Salt, "fa31791685ca444a9e07c6c64e93"),
            (Label::Authentication, "fd9c32d39ed5fbb5a9dc96b30818454d1313dc05"),
        ];
        for (label, expected) in cases {
            assert_eq!(derived(key, salt, label, expected.len() / 2), octets(expected), "{label:?}");
        }
    }
}
