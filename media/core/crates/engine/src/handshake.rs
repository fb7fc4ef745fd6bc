//! A DTLS handshake that ends in SRTP keys (RFC 5764), with the peer whose certificate its SDP named (RFC 5763).

use std::fmt;
use std::time::{Duration, Instant};

use dimpl::{Dtls, Error, KeyingMaterial, Output, SrtpProfile};
use sha2::{Digest, Sha256};
use srtp::keys::{Keys, Suite};

use crate::identity::Identity;
use crate::protection::KeyPair;

/// SHA-256 of a certificate.
pub type Fingerprint = [u8; 32];
/// The longest datagram of a handshake, either way.
const MAX_DATAGRAM: usize = 2048;
/// A handshake that takes longer, with the checks of the path before it, will not come to an end any more.
pub const GIVE_UP_AFTER_US: u64 = 30_000_000;

/// Why a handshake gave no keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The peer's certificate is not the one that its SDP named.
    WrongCertificate,
    /// Both sides cannot agree, or the peer said so.
    Broken,
    NotInTime,
}

/// What became of a datagram or of time that passed.
#[derive(Debug, PartialEq, Eq)]
pub enum Progress {
    Going,
    /// Once: both sides have proved who they are.
    Keyed(Box<KeyPair>),
    /// Once, and nothing more will come of it.
    Failed(Fault),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Going,
    /// The peer may still want our last flight again.
    Keyed,
    /// The keys that came of it stay good.
    Over,
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
    next_us: u64,
    give_up_us: u64,
    state: State,
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
            next_us: now_us,
            give_up_us: now_us + GIVE_UP_AFTER_US,
            state: State::Going,
        }
    }

    pub fn expects(&self, fingerprint: &Fingerprint) -> bool {
        self.expected == *fingerprint
    }

    pub fn is_going(&self) -> bool {
        self.state == State::Going
    }

    /// When `wait` is wanted; None once it has ended. Without a path nothing can be sent, only given up.
    pub fn next_us(&self, has_path: bool) -> Option<u64> {
        let next_us = if has_path { self.next_us.min(self.give_up_us) } else { self.give_up_us };
        self.is_going().then_some(next_us)
    }

    /// Take a datagram of the peer; answers go to `send`.
    pub fn take(&mut self, datagram: &[u8], now_us: u64, send: impl FnMut(&[u8])) -> Progress {
        if self.state == State::Over {
            return Progress::Going;
        }
        let now = self.epoch + Duration::from_micros(now_us);
        let taken = self.dtls.handle_timeout(now).and_then(|()| self.dtls.handle_packet(datagram));
        self.go_on(taken.err().as_ref(), send)
    }

    /// Time has passed: repeat what got lost, or give up.
    pub fn wait(&mut self, now_us: u64, send: impl FnMut(&[u8])) -> Progress {
        if !self.is_going() {
            return Progress::Going;
        }
        if now_us >= self.give_up_us {
            return self.end(Fault::NotInTime);
        }
        let waited = self.dtls.handle_timeout(self.epoch + Duration::from_micros(now_us));
        self.go_on(waited.err().as_ref(), send)
    }

    fn go_on(&mut self, error: Option<&Error>, send: impl FnMut(&[u8])) -> Progress {
        let drained = match error {
            None => self.drain(send),
            Some(Error::Timeout(_)) => Err(Fault::NotInTime),
            Some(_) => Err(Fault::Broken),
        };
        if let Err(fault) = drained {
            return self.end(fault);
        }
        match self.keys.take_if(|_| self.is_proved) {
            Some(keys) => {
                self.state = State::Keyed;
                Progress::Keyed(Box::new(keys))
            }
            None => Progress::Going,
        }
    }

    fn end(&mut self, fault: Fault) -> Progress {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Going => Progress::Failed(fault),
            State::Keyed | State::Over => Progress::Going,
        }
    }

    fn drain(&mut self, mut send: impl FnMut(&[u8])) -> Result<(), Fault> {
        let mut buffer = [0; MAX_DATAGRAM];
        loop {
            match self.dtls.poll_output(&mut buffer) {
                Output::Packet(datagram) => send(datagram),
                Output::Timeout(at) => {
                    self.next_us = at.saturating_duration_since(self.epoch).as_micros() as u64 + 1;
                    return Ok(());
                }
                Output::PeerCert(certificate) => {
                    self.is_proved = Sha256::digest(certificate)[..] == self.expected;
                    if !self.is_proved {
                        return Err(Fault::WrongCertificate);
                    }
                }
                Output::KeyingMaterial(material, profile) => {
                    let keys = key_pair(&material, profile, self.is_client).ok_or(Fault::Broken)?;
                    self.keys = Some(keys);
                }
                // What does not fit the buffer fits no path of the Internet either.
                Output::BufferTooSmall { .. } | Output::CloseNotify => return Err(Fault::Broken),
                _ => {}
            }
        }
    }
}

impl fmt::Debug for Handshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handshake").field("state", &self.state).finish_non_exhaustive()
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
