//! The block of metrics for voice of extended reports (RFC 3611 §4.7).

/// How a receiver judges the call. 127 is written where a number is not known (RFC 3611 §4.7.2 and following).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VoipMetrics {
    /// Whose stream.
    pub ssrc: u32,
    /// Lost on the way since the beginning, in 256ths.
    pub loss: u8,
    /// Come too late for the jitter buffer, in 256ths.
    pub discarded: u8,
    /// Between the RTP ends, by RTCP.
    pub round_trip_ms: u16,
    /// Within the reporter's own end.
    pub end_system_delay_ms: u16,
    /// 0 to 100.
    pub r_factor: u8,
    /// Listening, in tenths.
    pub mos_lq: u8,
    /// Conversational, in tenths.
    pub mos_cq: u8,
    /// Of the jitter buffer now.
    pub buffer_ms: u16,
}

/// What stands in place of a level, a factor or a score that is not known.
const UNKNOWN: u8 = 127;
/// A burst ends after so many packets in a row (RFC 3611 §4.7.2 recommends it).
const GAP_MINIMUM: u8 = 16;

impl VoipMetrics {
    pub(super) const BLOCK_TYPE: u8 = 7;
    /// Behind the four octets that begin every block.
    pub(super) const LENGTH: usize = 32;

    /// The conversational score, when the reporter has one.
    pub fn mos(&self) -> Option<f64> {
        [self.mos_cq, self.mos_lq]
            .into_iter()
            .find(|score| (10..=50).contains(score))
            .map(|score| f64::from(score) / 10.0)
    }

    pub(super) fn read(bytes: &[u8; Self::LENGTH]) -> Self {
        let short = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
        Self {
            ssrc: u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]),
            loss: bytes[4],
            discarded: bytes[5],
            round_trip_ms: short(12),
            end_system_delay_ms: short(14),
            r_factor: bytes[20],
            mos_lq: bytes[22],
            mos_cq: bytes[23],
            buffer_ms: short(26),
        }
    }

    pub(super) fn to_bytes(self) -> [u8; Self::LENGTH] {
        let mut bytes = [0; Self::LENGTH];
        bytes[0..4].copy_from_slice(&self.ssrc.to_be_bytes());
        bytes[4..6].copy_from_slice(&[self.loss, self.discarded]);
        bytes[12..14].copy_from_slice(&self.round_trip_ms.to_be_bytes());
        bytes[14..16].copy_from_slice(&self.end_system_delay_ms.to_be_bytes());
        let levels = [UNKNOWN; 3];
        bytes[16..19].copy_from_slice(&levels);
        bytes[19] = GAP_MINIMUM;
        bytes[20..24].copy_from_slice(&[self.r_factor, UNKNOWN, self.mos_lq, self.mos_cq]);
        bytes[26..28].copy_from_slice(&self.buffer_ms.to_be_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let metrics = VoipMetrics {
            ssrc: 0xfeed_f00d,
            loss: 12,
            discarded: 3,
            round_trip_ms: 80,
            end_system_delay_ms: 60,
            r_factor: 88,
            mos_lq: 43,
            mos_cq: 41,
            buffer_ms: 40,
        };
        assert_eq!(VoipMetrics::read(&metrics.to_bytes()), metrics);
    }

    #[test]
    fn the_score_is_the_conversational_one_where_it_is_known() {
        let unknown = VoipMetrics::read(&[UNKNOWN; VoipMetrics::LENGTH]);
        assert_eq!(unknown.mos(), None);
        assert_eq!(VoipMetrics { mos_lq: 42, ..unknown }.mos(), Some(4.2));
        assert_eq!(VoipMetrics { mos_lq: 42, mos_cq: 40, ..unknown }.mos(), Some(4.0));
    }
}
