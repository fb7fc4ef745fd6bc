//! One synchronisation source's sequence numbers.

use crate::packet::Header;

/// A jump of the sequence number further than this is a new beginning (`MAX_DROPOUT` of RFC 3550 §A.1).
const MAX_DROPOUT: u16 = 3000;
/// How far behind the highest a second arrival is told from a late one.
const REMEMBERED: u64 = 64;

/// How a packet came, by its sequence number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    InOrder,
    /// One or more before it have not come yet.
    AfterGap,
    /// One that was sent later has come already.
    Reordered,
    Duplicate,
}

/// Its packets since its beginning.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    pub ssrc: u32,
    /// Extended sequence numbers: the low 16 bits are those of the wire, and 65536 is added.
    first: u64,
    highest: u64,
    /// Without duplicates.
    received: u64,
    duplicated: u64,
    /// Which of the last came: bit 0 is the highest, bit 1 the one before.
    came: u64,
}

impl Source {
    pub fn begin(header: &Header) -> Self {
        let first = u64::from(header.sequence) + 0x1_0000;
        Self { ssrc: header.ssrc, first, highest: first, received: 0, duplicated: 0, came: 0 }
    }

    pub fn continues_with(&self, header: &Header) -> bool {
        let step = header.sequence.wrapping_sub(self.highest as u16);
        self.ssrc == header.ssrc && !(MAX_DROPOUT..=u16::MAX - MAX_DROPOUT).contains(&step)
    }

    /// Count a packet that continues this source.
    pub fn advance(&mut self, sequence: u16) -> Arrival {
        let step = i64::from(sequence.wrapping_sub(self.highest as u16) as i16);
        let arrival = match u64::try_from(step) {
            Ok(forward) if forward > 0 => self.move_on(forward),
            _ => self.look_back(step.unsigned_abs()),
        };
        if arrival == Arrival::Duplicate {
            self.duplicated += 1;
        } else {
            self.received += 1;
        }
        arrival
    }

    pub fn expected(&self) -> u64 {
        self.highest - self.first + 1
    }

    /// Expected and not there.
    pub fn lost(&self) -> u64 {
        self.expected().saturating_sub(self.received)
    }

    /// As a report tells it: duplicates are received too (RFC 3550 §6.4.1, cumulative number of packets lost).
    pub fn signed_loss(&self) -> i32 {
        let loss = self.expected() as i64 - (self.received + self.duplicated) as i64;
        loss.clamp(i32::MIN.into(), i32::MAX.into()) as i32
    }

    /// As a report tells it: 16 bits of wraps above 16 of the wire.
    pub fn extended_highest(&self) -> u32 {
        (self.highest - (self.first & !0xffff)) as u32
    }

    fn move_on(&mut self, steps: u64) -> Arrival {
        self.highest += steps;
        self.came = if steps < REMEMBERED { self.came << steps | 1 } else { 1 };
        if steps == 1 { Arrival::InOrder } else { Arrival::AfterGap }
    }

    /// One no newer than the highest. Further back than is remembered it is taken for late, which many copies
    /// of old packets can make of a loss, but never a negative one.
    fn look_back(&mut self, steps: u64) -> Arrival {
        let nothing_yet = self.received == 0;
        let bit = if steps < REMEMBERED { 1 << steps } else { 0 };
        if self.came & bit != 0 {
            return Arrival::Duplicate;
        }
        self.came |= bit;
        self.first = self.first.min(self.highest - steps);
        if nothing_yet { Arrival::InOrder } else { Arrival::Reordered }
    }
}
