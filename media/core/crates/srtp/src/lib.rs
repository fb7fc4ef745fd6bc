//! SRTP and SRTCP (RFC 3711, RFC 7714): packets are protected and opened where they lie, without I/O, clock,
//! randomness or allocation.
//!
//! ```text
//!  keys ──► derivation ──► session keys ──► cipher
//!                                             ▲
//!  Inbound  (theirs): streams, one a source ──┤   open_rtp, open_rtcp
//!  Outbound (ours):   the one stream we send ─┘   protect_rtp, protect_rtcp
//! ```
//!
//! Ciphers and hashes are those of `RustCrypto`, which use the processor's AES and SHA instructions. Keys are wiped when they
//! are dropped, and nothing here prints one.

mod cipher;
mod derivation;
pub mod inbound;
pub mod keys;
pub mod outbound;
pub mod sequence;
mod sources;

/// The most that protection adds to a packet: the tag of AES-GCM and SRTCP's index.
pub const MAX_TRAILER: usize = 20;

/// Why a packet is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// No packet at all, or no room for what protection adds.
    Malformed,
    /// Not made by who has the keys, or changed on its way.
    Forged,
    /// Taken before, or so old that it may have been (RFC 3711 §3.3.2).
    Repeated,
}

/// The first octets of an RTCP packet, which stay readable: its first header and who sent it.
const RTCP_CLEAR: usize = 8;
/// SRTCP's index with the flag that the packet is encrypted above it (RFC 3711 §3.4).
const RTCP_WORD: usize = 4;
const ENCRYPTED: u32 = 1 << 31;

fn word_at(packet: &[u8], at: usize) -> Option<u32> {
    packet.get(at..)?.first_chunk().map(|octets| u32::from_be_bytes(*octets))
}
