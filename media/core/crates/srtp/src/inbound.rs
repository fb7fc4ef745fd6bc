//! What comes in: packets are checked and decrypted where they lie.

use rtp::packet::{HEADER_LENGTH, header_length};

use crate::cipher::{Place, Sealable, Session};
use crate::derivation::Protocol;
use crate::keys::Keys;
use crate::sources::Sources;
use crate::{ENCRYPTED, RTCP_CLEAR, RTCP_WORD, Rejected, word_at};

/// The peer's keys, and what was taken of each of its sources.
#[derive(Debug)]
pub struct Inbound {
    rtp: Session,
    rtcp: Session,
    rtp_sources: Sources,
    rtcp_sources: Sources,
}

impl Inbound {
    pub fn new(keys: &Keys) -> Self {
        Self {
            rtp: Session::new(keys, Protocol::Rtp),
            rtcp: Session::new(keys, Protocol::Rtcp),
            rtp_sources: Sources::default(),
            rtcp_sources: Sources::default(),
        }
    }

    /// Turn an SRTP packet into the RTP packet that was sent; its length. The buffer is spoiled by a rejected one.
    pub fn open_rtp(&mut self, datagram: &mut [u8]) -> Result<usize, Rejected> {
        let length = datagram.len().checked_sub(self.rtp.tag_length()).ok_or(Rejected::Malformed)?;
        let (packet, tag) = datagram.split_at_mut(length);
        let (ssrc, sequence) = source_of(packet)?;
        let clear = header_length(packet).map_err(|_| Rejected::Malformed)?;
        let mut indices = self.rtp_sources.indices_of(ssrc);
        let index = indices.index_of(sequence).filter(|&index| !indices.has_taken(index));
        let index = index.ok_or(Rejected::Repeated)?;
        let sealable = Sealable { packet, clear, word: (index >> 16) as u32 };
        if !self.rtp.open(sealable, tag, Place { ssrc, index }) {
            return Err(Rejected::Forged);
        }
        indices.take(index);
        self.rtp_sources.keep(ssrc, indices);
        Ok(length)
    }

    /// Turn an SRTCP packet into the RTCP packet that was sent; its length.
    ///
    /// Each says itself whether it is encrypted (RFC 3711 §3.4); who made it, its tag proves in either case.
    pub fn open_rtcp(&mut self, datagram: &mut [u8]) -> Result<usize, Rejected> {
        let trailer = RTCP_WORD + self.rtcp.tag_length();
        let length = datagram.len().checked_sub(trailer).filter(|&length| length >= RTCP_CLEAR);
        let length = length.ok_or(Rejected::Malformed)?;
        if self.rtcp.tag_comes_first() {
            datagram[length..].rotate_right(RTCP_WORD);
        }
        let (report, tag) = datagram.split_at_mut(length + RTCP_WORD);
        let ssrc = word_at(report, 4).ok_or(Rejected::Malformed)?;
        let word = word_at(report, length).ok_or(Rejected::Malformed)?;
        let index = u64::from(word & !ENCRYPTED);
        let mut indices = self.rtcp_sources.indices_of(ssrc);
        if indices.has_taken(index) {
            return Err(Rejected::Repeated);
        }
        let place = Place { ssrc, index };
        let opened = if word & ENCRYPTED == 0 {
            self.rtcp.vouches_for(report, tag, place)
        } else {
            let sealable = Sealable { packet: &mut report[..length], clear: RTCP_CLEAR, word };
            self.rtcp.open(sealable, tag, place)
        };
        if !opened {
            return Err(Rejected::Forged);
        }
        indices.take(index);
        self.rtcp_sources.keep(ssrc, indices);
        Ok(length)
    }
}

/// Source and sequence number of an RTP packet.
pub(crate) fn source_of(packet: &[u8]) -> Result<(u32, u16), Rejected> {
    let fixed: &[u8; HEADER_LENGTH] = packet.first_chunk().ok_or(Rejected::Malformed)?;
    if fixed[0] >> 6 != 2 {
        return Err(Rejected::Malformed);
    }
    let ssrc = u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]);
    Ok((ssrc, u16::from_be_bytes([fixed[2], fixed[3]])))
}
