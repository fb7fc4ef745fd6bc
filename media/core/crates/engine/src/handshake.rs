//! A DTLS handshake that ends in SRTP keys (RFC 5764), with the peer whose certificate its SDP named (RFC 5763).

use std::fmt;
use std::time::{Duration, Instant};

use dimpl::{Dtls, KeyingMaterial, Output, SrtpProfile};
use sha2::{Digest, Sha256};
use srtp::keys::{Keys, Suite};

use crate::identity::Identity;
use crate::protection::KeyPair;

/// SHA-256 of a certificate.
pub type Fingerprint = [u8; 32];
/// The longest datagram of a handshake, either way.
const MAX_DATAGRAM: usize = 2048;

/// What became of a datagram or of time that passed.
#[derive(Debug, PartialEq, Eq)]
pub enum Progress {
    Going,
    /// Once: both sides have proved who they are.
    Keyed(Box<KeyPair>),
    /// The peer is not who it shall be, or something broke; nothing more will come of it.
    Failed,
}

/// One side of a handshake.
pub struct Handshake {
    dtls: Dtls,
    /// The moment that microseconds count from.
    epoch: Instant,
    is_client: bool,
    expected: Fingerprint,
    /// The certificate was shown and is the one expected.
    is_proved: bool,
    keys: Option<KeyPair>,
    next_us: Option<u64>,
    failed: bool,
}

impl Handshake {
    /// `is_client`: we begin.
    pub fn new(
        identity: &Identity,
        is_client: bool,
        expected: Fingerprint,
        epoch: Instant,
        now_us: u64,
    ) -> Self {
        let now = epoch + Duration::from_micros(now_us);
        let mut dtls = Dtls::new_12(identity.config.clone(), identity.certificate.clone(), now);
        dtls.set_active(is_client);
        Self {
            dtls,
            epoch,
            is_client,
            expected,
            is_proved: false,
            keys: None,
            next_us: Some(now_us),
            failed: false,
        }
    }

    pub fn expects(&self, fingerprint: &Fingerprint) -> bool {
        self.expected == *fingerprint
    }

    /// When `wait` is wanted.
    pub fn next_us(&self) -> Option<u64> {
        self.next_us.filter(|_| !self.failed)
    }

    /// Take a datagram of the peer; answers go to `send`.
    pub fn take(&mut self, datagram: &[u8], now_us: u64, send: impl FnMut(&[u8])) -> Progress {
        let now = self.epoch + Duration::from_micros(now_us);
        let taken = self.dtls.handle_timeout(now).and_then(|()| self.dtls.handle_packet(datagram));
        self.go_on(taken.is_ok(), send)
    }

    /// Time has passed: repeat what got lost.
    pub fn wait(&mut self, now_us: u64, send: impl FnMut(&[u8])) -> Progress {
        let waited = self.dtls.handle_timeout(self.epoch + Duration::from_micros(now_us));
        self.go_on(waited.is_ok(), send)
    }

    fn go_on(&mut self, went_well: bool, send: impl FnMut(&[u8])) -> Progress {
        if self.failed || !went_well {
            self.failed = true;
            return Progress::Failed;
        }
        self.drain(send);
        if self.failed {
            return Progress::Failed;
        }
        match self.keys.take_if(|_| self.is_proved) {
            Some(keys) => Progress::Keyed(Box::new(keys)),
            None => Progress::Going,
        }
    }

    fn drain(&mut self, mut send: impl FnMut(&[u8])) {
        let mut buffer = [0; MAX_DATAGRAM];
        loop {
            match self.dtls.poll_output(&mut buffer) {
                Output::Packet(datagram) => send(datagram),
                Output::Timeout(at) => {
                    self.next_us = Some(at.saturating_duration_since(self.epoch).as_micros() as u64 + 1);
                    return;
                }
                Output::PeerCert(certificate) => {
                    self.is_proved = Sha256::digest(certificate)[..] == self.expected;
                    self.failed = !self.is_proved;
                }
                Output::KeyingMaterial(material, profile) => {
                    self.keys = key_pair(&material, profile, self.is_client);
                    self.failed |= self.keys.is_none();
                }
                // What does not fit the buffer fits no path of the Internet either.
                Output::BufferTooSmall { .. } | Output::CloseNotify => {
                    self.failed = true;
                    return;
                }
                _ => {}
            }
        }
    }
}

impl fmt::Debug for Handshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handshake").field("is_proved", &self.is_proved).finish_non_exhaustive()
    }
}

/// The exported octets are the client's key, the server's, the client's salt, the server's (RFC 5764 §4.2).
fn key_pair(material: &KeyingMaterial, profile: SrtpProfile, is_client: bool) -> Option<KeyPair> {
    let suite = match profile {
        SrtpProfile::AES128_CM_SHA1_80 => Suite::AesCm128HmacSha1_80,
        SrtpProfile::AEAD_AES_128_GCM => Suite::AeadAes128Gcm,
        SrtpProfile::AEAD_AES_256_GCM => Suite::AeadAes256Gcm,
        _ => return None,
    };
    let (keys, salts) = material.split_at_checked(2 * suite.key_length())?;
    let (client_key, server_key) = keys.split_at(suite.key_length());
    let (client_salt, server_salt) = salts.split_at_checked(suite.salt_length())?;
    let client = Keys::joined(suite, client_key, client_salt)?;
    let server = Keys::joined(suite, server_key, server_salt)?;
    let (ours, theirs) = if is_client { (client, server) } else { (server, client) };
    Some(KeyPair { ours, theirs })
}
