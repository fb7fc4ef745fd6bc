//! A peer as browsers are: it proves the path by ICE, itself by DTLS, and speaks SRTP, all to one port (RFC 7983).
//!
//! ```text
//!  first octet      0-3          20-63             128-191
//!                   STUN         DTLS              SRTP, SRTCP
//!                    │ proves     │ proves          │
//!                    ▼ the path   ▼ the certificate ▼
//!                   latch ──────► handshake ──────► keys
//! ```
//!
//! Without ICE, as phones do it, the path is that of the SDP.

use std::net::SocketAddr;
use std::time::Instant;

use ice::is_stun;
use ice::lite::{Credentials, MAX_ANSWER};

use crate::handshake::{Fault, Fingerprint, Handshake, Progress};
use crate::identity::Identity;
use crate::protection::Protection;

/// What the SDP of both sides says of such a leg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebTerms {
    /// Of the peer's certificate.
    pub fingerprint: Fingerprint,
    /// We begin the handshake.
    pub is_client: bool,
    /// Ours; None when the peer knows no ICE.
    pub ice: Option<Credentials>,
}

/// What the peer's datagram was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// A packet of this length for the endpoint.
    Rtp(usize),
    /// Part of setting up; the peer is to be sent to at this address from now on.
    Path(SocketAddr),
    /// Part of setting up.
    Setup,
    /// Its handshake has failed; told once.
    Failed(Fault),
    Unusable,
}

/// The state of one such leg.
#[derive(Debug)]
pub struct WebPeer {
    terms: WebTerms,
    handshake: Handshake,
    protection: Option<Protection>,
    /// For when `wait` was asked for last.
    alarm_us: Option<u64>,
}

impl WebPeer {
    pub fn new(identity: &Identity, terms: WebTerms, epoch: Instant, now_us: u64) -> Self {
        let handshake = Handshake::new(identity, terms.is_client, terms.fingerprint, epoch, now_us);
        Self { terms, handshake, protection: None, alarm_us: None }
    }

    /// Whether the same handshake serves these terms: it has not failed, the peer and the roles are the same.
    pub fn goes_on_with(&self, terms: &WebTerms) -> bool {
        let lives = self.protection.is_some() || self.handshake.is_going();
        lives && self.handshake.expects(&terms.fingerprint) && self.terms.is_client == terms.is_client
    }

    /// Go on with these terms: our name and password in checks may be new.
    pub fn agree(&mut self, terms: WebTerms) {
        self.terms = terms;
    }

    pub fn protection(&mut self) -> Option<&mut Protection> {
        self.protection.as_mut()
    }

    /// When `wait` is wanted, if that was not told yet.
    pub fn alarm(&mut self, has_path: bool) -> Option<u64> {
        let next_us = self.handshake.next_us(has_path)?;
        if self.alarm_us.is_some_and(|alarm_us| alarm_us <= next_us) {
            return None;
        }
        self.alarm_us = Some(next_us);
        self.alarm_us
    }

    /// Time has passed; the handshake goes on over the path, if there is one. The fault that ended it, once.
    pub fn wait(&mut self, has_path: bool, now_us: u64, send: impl FnMut(&[u8])) -> Option<Fault> {
        self.alarm_us = self.alarm_us.filter(|&alarm_us| alarm_us > now_us);
        self.handshake.next_us(has_path).filter(|&next_us| next_us <= now_us)?;
        let progress = self.handshake.wait(now_us, send);
        self.make_progress(progress)
    }

    /// Take a datagram from `source`; `path` is where we send. Answers go back to where it came from.
    pub fn take(
        &mut self,
        datagram: &mut [u8],
        source: SocketAddr,
        path: Option<SocketAddr>,
        now_us: u64,
        mut send: impl FnMut(&[u8]),
    ) -> Arrival {
        if is_stun(datagram) {
            return self.take_check(datagram, source, path, send);
        }
        let is_proved = self.terms.ice.is_none() || path == Some(source);
        match datagram.first() {
            Some(20..=63) if is_proved => {
                let progress = self.handshake.take(datagram, now_us, &mut send);
                self.make_progress(progress).map_or(Arrival::Setup, Arrival::Failed)
            }
            Some(128..=191) if is_proved => self.open(datagram),
            _ => Arrival::Unusable,
        }
    }

    fn take_check(
        &mut self,
        datagram: &[u8],
        source: SocketAddr,
        path: Option<SocketAddr>,
        mut send: impl FnMut(&[u8]),
    ) -> Arrival {
        let mut answer = [0; MAX_ANSWER];
        let checked = self.terms.ice.as_ref().and_then(|ours| ours.answer(datagram, source, &mut answer));
        let Some(checked) = checked else { return Arrival::Unusable };
        send(&answer[..checked.length]);
        // The first path that works will do until the peer names one.
        let is_path = checked.nominated || checked.proved && path.is_none();
        if is_path && path != Some(source) { Arrival::Path(source) } else { Arrival::Setup }
    }

    fn open(&mut self, datagram: &mut [u8]) -> Arrival {
        let Some(protection) = &mut self.protection else { return Arrival::Unusable };
        protection.open_rtp(datagram).map_or(Arrival::Unusable, Arrival::Rtp)
    }

    fn make_progress(&mut self, progress: Progress) -> Option<Fault> {
        match progress {
            Progress::Going => None,
            Progress::Keyed(keys) => {
                self.protection = Some(Protection::new(*keys));
                None
            }
            Progress::Failed(fault) => Some(fault),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
