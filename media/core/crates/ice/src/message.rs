//! The frame of a STUN message and the two attributes that protect it (RFC 8489 §5, §14.5, §14.7).

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use crate::attributes::Attributes;

pub const HEADER_LENGTH: usize = 20;
pub const MAGIC_COOKIE: [u8; 4] = 0x2112_a442_u32.to_be_bytes();
pub const BINDING_REQUEST: u16 = 0x0001;
pub const BINDING_SUCCESS: u16 = 0x0101;
pub const BINDING_ERROR: u16 = 0x0111;
pub const USERNAME: u16 = 0x0006;
pub const MESSAGE_INTEGRITY: u16 = 0x0008;
pub const ERROR_CODE: u16 = 0x0009;
pub const XOR_MAPPED_ADDRESS: u16 = 0x0020;
pub const USE_CANDIDATE: u16 = 0x0025;
pub const FINGERPRINT: u16 = 0x8028;
pub const ICE_CONTROLLED: u16 = 0x8029;
pub const TRANSACTION_LENGTH: usize = 12;
const INTEGRITY_LENGTH: usize = 20;
const FINGERPRINT_LENGTH: usize = 4;
const ATTRIBUTE_HEADER: usize = 4;
const FINGERPRINT_XOR: u32 = 0x5354_554e;

/// A binding request whose sender proved to know our password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    pub transaction: [u8; TRANSACTION_LENGTH],
    pub username: &'a [u8],
    /// The sender means to use this path (RFC 8445 §7.1.2).
    pub nominates: bool,
    /// The sender leaves it to us to name the path.
    pub is_controlled: bool,
}

impl<'a> Request<'a> {
    /// None for anything but a whole request under this password.
    pub fn read(datagram: &'a [u8], password: &[u8]) -> Option<Self> {
        let header: &[u8; HEADER_LENGTH] = datagram.first_chunk()?;
        let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
        let is_request = u16::from_be_bytes([header[0], header[1]]) == BINDING_REQUEST;
        let is_whole = datagram.len() == HEADER_LENGTH + length && length % 4 == 0;
        if !is_request || !is_whole || header[4..8] != MAGIC_COOKIE {
            return None;
        }
        let transaction = header.last_chunk().copied()?;
        let mut request = Self { transaction, username: &[], nominates: false, is_controlled: false };
        for attribute in Attributes::of(datagram, HEADER_LENGTH) {
            match attribute.kind {
                USERNAME => request.username = attribute.value,
                USE_CANDIDATE => request.nominates = true,
                ICE_CONTROLLED => request.is_controlled = true,
                // What follows it is not protected (RFC 8489 §14.5).
                MESSAGE_INTEGRITY => {
                    let proved = proves(datagram, attribute.at, attribute.value, password);
                    return (proved && fingerprint_fits(datagram)).then_some(request);
                }
                _ => {}
            }
        }
        None
    }
}

/// Put both protecting attributes behind a message that lies at the beginning of the buffer; its new length.
pub fn protect(buffer: &mut [u8], length: usize, password: &[u8]) -> Option<usize> {
    let end = length + ATTRIBUTE_HEADER + INTEGRITY_LENGTH;
    set_length(buffer, end)?;
    let tag = integrity(password, &[buffer.get(..length)?])?.finalize().into_bytes();
    put_attribute(buffer, length, MESSAGE_INTEGRITY, &tag)?;
    set_length(buffer, end + ATTRIBUTE_HEADER + FINGERPRINT_LENGTH)?;
    let fingerprint = fingerprint(buffer.get(..end)?);
    put_attribute(buffer, end, FINGERPRINT, &fingerprint)
}

/// Put an attribute of whole words at a place in the buffer; where the next goes.
pub fn put_attribute(buffer: &mut [u8], at: usize, kind: u16, value: &[u8]) -> Option<usize> {
    let end = at + ATTRIBUTE_HEADER + value.len();
    let room = buffer.get_mut(at..end)?;
    room[..2].copy_from_slice(&kind.to_be_bytes());
    room[2..4].copy_from_slice(&(value.len() as u16).to_be_bytes());
    room[4..].copy_from_slice(value);
    Some(end)
}

fn set_length(buffer: &mut [u8], end: usize) -> Option<()> {
    let length = (end - HEADER_LENGTH) as u16;
    buffer.get_mut(2..4)?.copy_from_slice(&length.to_be_bytes());
    Some(())
}

/// The length in the header counts up to the tag, whatever follows it.
fn proves(datagram: &[u8], at: usize, tag: &[u8], password: &[u8]) -> bool {
    let length = (at + ATTRIBUTE_HEADER + INTEGRITY_LENGTH - HEADER_LENGTH) as u16;
    let parts = [&datagram[..2], &length.to_be_bytes(), &datagram[4..at]];
    integrity(password, &parts).is_some_and(|mac| mac.verify_slice(tag).is_ok())
}

fn integrity(password: &[u8], parts: &[&[u8]]) -> Option<Hmac<Sha1>> {
    let mac = <Hmac<Sha1> as KeyInit>::new_from_slice(password).ok()?;
    Some(parts.iter().fold(mac, Mac::chain_update))
}

/// One that is there must be right; ICE wants it to be there (RFC 8445 §7.1).
fn fingerprint_fits(datagram: &[u8]) -> bool {
    let Some(before) = datagram.len().checked_sub(ATTRIBUTE_HEADER + FINGERPRINT_LENGTH) else {
        return false;
    };
    let (message, last) = datagram.split_at(before);
    let [kind, length] = [FINGERPRINT, FINGERPRINT_LENGTH as u16].map(u16::to_be_bytes);
    last[..2] == kind && last[2..4] == length && last[4..] == fingerprint(message)
}

fn fingerprint(message: &[u8]) -> [u8; FINGERPRINT_LENGTH] {
    (crc32fast::hash(message) ^ FINGERPRINT_XOR).to_be_bytes()
}
