//! The RTP header (RFC 3550 §5.1): reading it from hostile datagrams, writing ours in place.

use std::fmt;
use std::ops::Range;

/// The fixed header without CSRC list and extension; what we always write.
pub const HEADER_LENGTH: usize = 12;
const VERSION: u8 = 2;
// Bits of the first octet, beside the version.
const PADDING: u8 = 0x20;
const EXTENSION: u8 = 0x10;
const CONTRIBUTORS: u8 = 0x0f;

/// The fields of a packet that mean something to a relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub marker: bool,
    /// 7 bits.
    pub payload_type: u8,
    pub sequence: u16,
    pub timestamp: u32,
    pub ssrc: u32,
}

/// A well-formed packet: its header, and where in the datagram its payload lies.
///
/// The payload begins at or after `HEADER_LENGTH`, so there is always room to write a plain header
/// right in front of it, whatever CSRC list or extension stood there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    pub header: Header,
    pub payload: Range<usize>,
}

/// Why a datagram is not an RTP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    TooShort,
    WrongVersion,
    ContributorsCut,
    ExtensionCut,
    WrongPadding,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooShort => "shorter than an RTP header",
            Self::WrongVersion => "not RTP version 2",
            Self::ContributorsCut => "cut off in its list of contributing sources",
            Self::ExtensionCut => "cut off in its header extension",
            Self::WrongPadding => "its padding does not fit the packet",
        })
    }
}

impl std::error::Error for Malformed {}

impl Packet {
    /// Read one datagram, by the validity checks of RFC 3550 §A.1.
    pub fn parse(datagram: &[u8]) -> Result<Self, Malformed> {
        let fixed: &[u8; HEADER_LENGTH] = datagram.first_chunk().ok_or(Malformed::TooShort)?;
        if fixed[0] >> 6 != VERSION {
            return Err(Malformed::WrongVersion);
        }
        let header = Header {
            marker: fixed[1] & 0x80 != 0,
            payload_type: fixed[1] & 0x7f,
            sequence: u16::from_be_bytes([fixed[2], fixed[3]]),
            timestamp: u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]),
            ssrc: u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]),
        };
        let payload = header_length(datagram)?..datagram.len();
        let padded = fixed[0] & PADDING != 0;
        let payload = if padded { without_padding(datagram, payload)? } else { payload };
        Ok(Self { header, payload })
    }
}

/// Where the payload begins: behind contributing sources and extension, which are there if the flags say so.
pub fn header_length(datagram: &[u8]) -> Result<usize, Malformed> {
    let flags = *datagram.first().ok_or(Malformed::TooShort)?;
    let contributors = usize::from(flags & CONTRIBUTORS);
    let start = HEADER_LENGTH + 4 * contributors;
    if datagram.len() < start {
        return Err(Malformed::ContributorsCut);
    }
    if flags & EXTENSION == 0 {
        return Ok(start);
    }
    let extension: &[u8; 4] = datagram[start..].first_chunk().ok_or(Malformed::ExtensionCut)?;
    let words = usize::from(u16::from_be_bytes([extension[2], extension[3]]));
    let start = start + 4 + 4 * words;
    if datagram.len() < start {
        return Err(Malformed::ExtensionCut);
    }
    Ok(start)
}

fn without_padding(datagram: &[u8], payload: Range<usize>) -> Result<Range<usize>, Malformed> {
    let count = datagram[payload.clone()].last().map_or(0, |&last| usize::from(last));
    if count == 0 || count > payload.len() {
        return Err(Malformed::WrongPadding);
    }
    Ok(payload.start..payload.end - count)
}

impl Header {
    /// The header as it goes on the wire: no padding, extension or contributing sources.
    pub fn to_bytes(self) -> [u8; HEADER_LENGTH] {
        let mut bytes = [0; HEADER_LENGTH];
        bytes[0] = VERSION << 6;
        bytes[1] = u8::from(self.marker) << 7 | (self.payload_type & 0x7f);
        bytes[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        bytes[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        bytes[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
        bytes
    }

    /// Write this header directly in front of `payload`; where the whole packet lies.
    ///
    /// `payload` is a range that `Packet::parse` gave for the same buffer.
    pub fn put_before(self, buffer: &mut [u8], payload: Range<usize>) -> Range<usize> {
        let start = payload.start - HEADER_LENGTH;
        buffer[start..payload.start].copy_from_slice(&self.to_bytes());
        start..payload.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEADER: Header =
        Header { marker: true, payload_type: 8, sequence: 7, timestamp: 160, ssrc: 0xfeed_f00d };

    fn datagram(flags: u8, rest: &[u8]) -> Vec<u8> {
        let mut bytes = HEADER.to_bytes().to_vec();
        bytes[0] |= flags;
        bytes.extend_from_slice(rest);
        bytes
    }

    #[test]
    fn reads_what_it_writes() {
        let packet = Packet::parse(&datagram(0, b"voice")).unwrap();
        assert_eq!(packet, Packet { header: HEADER, payload: 12..17 });
    }

    #[test]
    fn skips_contributors_and_extension_and_cuts_padding() {
        let rest = b"CSRCCSRC\xbe\xde\x00\x01EXT.voice\x00\x00\x03";
        assert_eq!(Packet::parse(&datagram(0x32, rest)).unwrap().payload, 28..33);
    }

    #[test]
    fn refuses_what_is_cut_or_lies_about_its_length() {
        let cases: [(&[u8], Malformed); 8] = [
            (&[], Malformed::TooShort),
            (&datagram(0, b"")[..11], Malformed::TooShort),
            (&[0x40; 20], Malformed::WrongVersion),
            (&datagram(0x02, b"CSRCCSR"), Malformed::ContributorsCut),
            (&datagram(0x10, b"\xbe\xde\x00"), Malformed::ExtensionCut),
            (&datagram(0x10, b"\xbe\xde\xff\xffEXT."), Malformed::ExtensionCut),
            (&datagram(0x20, b"voice\x00"), Malformed::WrongPadding),
            (&datagram(0x20, b"voice\x07"), Malformed::WrongPadding),
        ];
        for (bytes, expected) in cases {
            assert_eq!(Packet::parse(bytes), Err(expected), "{bytes:?}");
        }
    }

    #[test]
    fn writes_a_plain_header_over_an_extended_one() {
        let mut bytes = datagram(0x10, b"\xbe\xde\x00\x01EXT.voice");
        let packet = Packet::parse(&bytes).unwrap();
        let sent = HEADER.put_before(&mut bytes, packet.payload);
        assert_eq!(bytes[sent], datagram(0, b"voice"));
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_payload_inside_them_or_an_error(mut bytes: Vec<u8>) {
            if let Ok(packet) = Packet::parse(&bytes) {
                prop_assert!(packet.payload.start >= HEADER_LENGTH);
                let length = packet.payload.len();
                prop_assert_eq!(packet.header.put_before(&mut bytes, packet.payload).len(), HEADER_LENGTH + length);
            }
        }
    }
}
