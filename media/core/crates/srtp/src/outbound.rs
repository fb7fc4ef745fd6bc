//! What goes out: packets are encrypted where they lie and get their tag behind them.

use std::ops::Range;

use rtp::packet::header_length;

use crate::cipher::{Place, Sealable, Session};
use crate::derivation::Protocol;
use crate::inbound::source_of;
use crate::keys::Keys;
use crate::sequence::Indices;
use crate::{ENCRYPTED, RTCP_CLEAR, RTCP_WORD, Rejected, word_at};

/// Our keys and the indices of the one source we are.
#[derive(Debug)]
pub struct Outbound {
    rtp: Session,
    rtcp: Session,
    indices: Indices,
    next_rtcp_index: u32,
}

impl Outbound {
    pub fn new(keys: &Keys) -> Self {
        Self {
            rtp: Session::new(keys, Protocol::Rtp),
            rtcp: Session::new(keys, Protocol::Rtcp),
            indices: Indices::default(),
            next_rtcp_index: 0,
        }
    }

    /// Protect the RTP packet at `packet` in the buffer; where the SRTP packet lies.
    ///
    /// A sequence number that went out already is refused: two packets under one key stream would betray both
    /// (RFC 3711 §9.1).
    pub fn protect_rtp(&mut self, buffer: &mut [u8], packet: Range<usize>) -> Result<Range<usize>, Rejected> {
        let place = packet.start..packet.end + self.rtp.tag_length();
        let (packet, room) = split(buffer, packet, self.rtp.tag_length())?;
        let (ssrc, sequence) = source_of(packet)?;
        let clear = header_length(packet).map_err(|_| Rejected::Malformed)?;
        let index = self.indices.index_of(sequence).filter(|&index| !self.indices.has_taken(index));
        let index = index.ok_or(Rejected::Repeated)?;
        let sealable = Sealable { packet, clear, word: (index >> 16) as u32 };
        let tag = self.rtp.seal(sealable, Place { ssrc, index }).ok_or(Rejected::Malformed)?;
        room.copy_from_slice(&tag[..room.len()]);
        self.indices.take(index);
        Ok(place)
    }

    /// Protect the RTCP packet at `packet` in the buffer; where the SRTCP packet lies.
    pub fn protect_rtcp(
        &mut self,
        buffer: &mut [u8],
        packet: Range<usize>,
    ) -> Result<Range<usize>, Rejected> {
        let tag_length = self.rtcp.tag_length();
        let place = packet.start..packet.end + RTCP_WORD + tag_length;
        let (packet, room) = split(buffer, packet, RTCP_WORD + tag_length)?;
        let ssrc = word_at(packet, 4).ok_or(Rejected::Malformed)?;
        let word = self.next_rtcp_index | ENCRYPTED;
        let sealable = Sealable { packet, clear: RTCP_CLEAR, word };
        let position = Place { ssrc, index: u64::from(self.next_rtcp_index) };
        let tag = self.rtcp.seal(sealable, position).ok_or(Rejected::Malformed)?;
        let (word_at, tag_at) = if self.rtcp.tag_comes_first() { (tag_length, 0) } else { (0, RTCP_WORD) };
        room[word_at..word_at + RTCP_WORD].copy_from_slice(&word.to_be_bytes());
        room[tag_at..tag_at + tag_length].copy_from_slice(&tag[..tag_length]);
        self.next_rtcp_index = (self.next_rtcp_index + 1) & !ENCRYPTED;
        Ok(place)
    }
}

/// The packet, and the room behind it that its trailer takes.
fn split(
    buffer: &mut [u8],
    packet: Range<usize>,
    trailer: usize,
) -> Result<(&mut [u8], &mut [u8]), Rejected> {
    let length = packet.len();
    let whole = buffer.get_mut(packet.start..packet.end + trailer).ok_or(Rejected::Malformed)?;
    Ok(whole.split_at_mut(length))
}
