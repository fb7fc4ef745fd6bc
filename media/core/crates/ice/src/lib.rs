//! ICE lite (RFC 8445 §2.5): we have one address and never check; we answer the checks of the peer, and go with the
//! path it names. STUN (RFC 8489) is read and written here as far as that needs it.

mod attributes;
pub mod lite;
pub mod message;

/// Whether a datagram is STUN rather than DTLS or RTP, by its first octet (RFC 7983 §7).
pub fn is_stun(datagram: &[u8]) -> bool {
    matches!(datagram.first(), Some(0..=3))
}
