//! What a receiver knows of a stream: packets missing (RFC 3550 §A.1, §A.3) and jitter (§A.8).

use crate::packet::Header;
use crate::us_to_samples;

/// A jump of the sequence number further than this is a new beginning (`MAX_DROPOUT` of §A.1).
const MAX_DROPOUT: u16 = 3000;

/// One synchronisation source's packets since its beginning.
#[derive(Clone, Copy, Debug)]
struct Source {
    ssrc: u32,
    /// Extended sequence numbers: the low 16 bits are those of the wire.
    first: u64,
    highest: u64,
    received: u64,
    /// Arrival minus timestamp of the last audio packet, in ticks.
    transit: Option<u32>,
}

/// Counts over the life of a leg, across all sources it heard.
#[derive(Debug, Default)]
pub struct Reception {
    source: Option<Source>,
    /// Missing in the sources before the current one.
    lost_before: u64,
    /// In sixteenths of a tick.
    jitter_x16: u32,
}

impl Reception {
    /// Count one packet. Jitter is told by audio only: telephone-events repeat their timestamp.
    pub fn count(&mut self, header: &Header, is_audio: bool, now_us: u64) {
        let continued = self.source.filter(|source| source.continues_with(header));
        if continued.is_none() {
            self.lost_before = self.lost();
        }
        let mut source = continued.unwrap_or_else(|| Source::begin(header));
        source.advance(header.sequence);
        if is_audio {
            let transit = (us_to_samples(now_us) as u32).wrapping_sub(header.timestamp);
            if let Some(previous) = source.transit.replace(transit) {
                self.smooth(transit.wrapping_sub(previous) as i32);
            }
        }
        self.source = Some(source);
    }

    /// Packets expected by sequence number that never arrived.
    pub fn lost(&self) -> u64 {
        self.lost_before + self.source.map_or(0, |source| source.lost())
    }

    /// Interarrival jitter in milliseconds.
    pub fn jitter_ms(&self) -> f64 {
        f64::from(self.jitter_x16) / (16.0 * 8.0)
    }

    /// J += (|D| - J) / 16 in integers (RFC 3550 §A.8).
    fn smooth(&mut self, difference: i32) {
        let difference = difference.unsigned_abs().min(crate::CLOCK_HZ);
        self.jitter_x16 = self.jitter_x16 + difference - ((self.jitter_x16 + 8) >> 4);
    }
}

impl Source {
    fn begin(header: &Header) -> Self {
        let first = u64::from(header.sequence) + 0x1_0000;
        Self { ssrc: header.ssrc, first, highest: first, received: 0, transit: None }
    }

    fn continues_with(&self, header: &Header) -> bool {
        let step = header.sequence.wrapping_sub(self.highest as u16);
        self.ssrc == header.ssrc && !(MAX_DROPOUT..=u16::MAX - MAX_DROPOUT).contains(&step)
    }

    fn advance(&mut self, sequence: u16) {
        let step = sequence.wrapping_sub(self.highest as u16) as i16;
        let extended = self.highest.saturating_add_signed(i64::from(step));
        self.highest = self.highest.max(extended);
        self.first = self.first.min(extended);
        self.received += 1;
    }

    fn lost(&self) -> u64 {
        (self.highest - self.first + 1).saturating_sub(self.received)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(sequence: u16, ssrc: u32) -> Header {
        let timestamp = u32::from(sequence) * 160;
        Header { marker: false, payload_type: 8, sequence, timestamp, ssrc }
    }

    fn hear(sequences: impl IntoIterator<Item = u16>) -> Reception {
        let mut reception = Reception::default();
        for (index, sequence) in sequences.into_iter().enumerate() {
            reception.count(&header(sequence, 1), true, index as u64 * 20_000);
        }
        reception
    }

    #[test]
    fn nothing_is_lost_across_the_wrap() {
        assert_eq!(hear((65_500..=65_535).chain(0..50)).lost(), 0);
    }

    #[test]
    fn gaps_count_and_late_packets_fill_them() {
        assert_eq!(hear([10, 11, 14]).lost(), 2);
        assert_eq!(hear([10, 11, 14, 12]).lost(), 1);
        assert_eq!(hear([10, 9, 12]).lost(), 1);
    }

    #[test]
    fn a_new_source_or_a_far_jump_begins_anew_and_keeps_the_count() {
        assert_eq!(hear([1, 3, 40_000, 40_002]).lost(), 2);
        let mut reception = hear([1, 3]);
        reception.count(&header(900, 2), true, 0);
        assert_eq!(reception.lost(), 1);
    }

    #[test]
    fn duplicates_never_make_the_loss_negative() {
        assert_eq!(hear([5, 5, 5]).lost(), 0);
    }

    #[test]
    fn jitter_is_zero_on_an_even_stream_and_follows_an_uneven_one() {
        assert!(hear(0..500).jitter_ms() < 0.1);
        let mut reception = Reception::default();
        for sequence in 0..2000_u16 {
            let late_us = if sequence % 2 == 0 { 0 } else { 10_000 };
            reception.count(&header(sequence, 1), true, u64::from(sequence) * 20_000 + late_us);
        }
        assert!((reception.jitter_ms() - 10.0).abs() < 0.5, "{}", reception.jitter_ms());
    }
}
