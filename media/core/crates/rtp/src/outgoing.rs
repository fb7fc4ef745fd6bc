//! The one stream an endpoint sends, whatever it is made of: prompts, digits, one peer, then another.
//!
//! A phone must hear a single source whose sequence numbers and timestamps go on evenly (RFC 3550 §5.1),
//! so every origin is mapped onto ours by two offsets, chosen anew whenever the origin changes:
//!
//! ```text
//!  origin      prompt        peer A (ssrc a)      peer B (ssrc b)
//!  sequence    10 11 12      9000 9001 9003       17 18
//!  sent as     10 11 12        13   14   16       17 18         loss stays visible
//! ```

use crate::packet::Header;
use crate::{CLOCK_HZ, us_to_ticks};

/// Sequence steps beyond these in a relayed stream begin a new mapping; so do clock jumps.
const MAX_FORWARD: u16 = 1000;
const MAX_BACKWARD: u16 = 100;
const MAX_CLOCK_JUMP_S: u32 = 2;
/// The least a timestamp moves when the origin changes: one packet.
const MIN_STEP_US: u64 = 20_000;

/// How packets of a relayed stream become ours.
#[derive(Clone, Copy, Debug)]
struct Mapping {
    ssrc: u32,
    sequence_offset: u16,
    timestamp_offset: u32,
    /// Theirs: the first one mapped, and the highest so far.
    first_sequence: u16,
    highest_sequence: u16,
    /// Their last audio packet and when it came.
    timestamp: u32,
    heard_us: u64,
}

/// Into how many packets one of theirs is cut, and how long each is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    pub pieces: u16,
    pub ticks: u32,
}

/// What an endpoint has sent and how it goes on.
#[derive(Debug)]
pub struct OutgoingStream {
    ssrc: u32,
    /// The rate of timestamps: that of the codec being sent.
    clock_hz: u32,
    /// Of the last packet in sequence.
    sequence: u16,
    /// The stream's clock: this timestamp belonged to this moment.
    timestamp: u32,
    timestamp_us: u64,
    mapping: Option<Mapping>,
}

impl OutgoingStream {
    /// A stream beginning now; RFC 3550 §5.1 wants all three numbers random.
    pub fn new(ssrc: u32, sequence: u16, timestamp: u32, now_us: u64) -> Self {
        Self { ssrc, clock_hz: CLOCK_HZ, sequence, timestamp, timestamp_us: now_us, mapping: None }
    }

    /// What is sent from now on has timestamps of this rate; those before keep what they told.
    pub fn set_clock(&mut self, clock_hz: u32, now_us: u64) {
        if clock_hz != self.clock_hz {
            (self.timestamp, self.timestamp_us) = (self.timestamp_at(now_us), now_us);
            self.mapping = None;
            self.clock_hz = clock_hz;
        }
    }

    pub fn ssrc(&self) -> u32 {
        self.ssrc
    }

    pub fn clock_hz(&self) -> u32 {
        self.clock_hz
    }

    /// What its clock shows now.
    pub fn clock_at(&self, now_us: u64) -> u32 {
        self.timestamp
            .wrapping_add(us_to_ticks(now_us.saturating_sub(self.timestamp_us), self.clock_hz) as u32)
    }

    /// Our header for a relayed packet; None for one that is older than the relay.
    pub fn relay(
        &mut self,
        theirs: &Header,
        is_audio: bool,
        payload_type: u8,
        now_us: u64,
    ) -> Option<Header> {
        let kept = self.mapping.filter(|mapping| self.continues(mapping, theirs, is_audio, now_us));
        let mut mapping = kept.unwrap_or_else(|| self.adopt(theirs, now_us));
        if (theirs.sequence.wrapping_sub(mapping.first_sequence) as i16) < 0 {
            return None;
        }
        let sequence = theirs.sequence.wrapping_add(mapping.sequence_offset);
        let timestamp = theirs.timestamp.wrapping_add(mapping.timestamp_offset);
        if sequence.wrapping_sub(self.sequence) as i16 > 0 {
            self.sequence = sequence;
            mapping.advance(theirs, is_audio, now_us);
            if is_audio {
                (self.timestamp, self.timestamp_us) = (timestamp, now_us);
            }
        }
        self.mapping = Some(mapping);
        let marker = theirs.marker || kept.is_none();
        Some(Header { marker, payload_type, sequence, timestamp, ssrc: self.ssrc })
    }

    /// Our headers for the pieces of a relayed packet of audio; None for one that is older than the relay, or late.
    ///
    /// What comes late is not sent: those behind it have the numbers that its pieces would need.
    pub fn relay_cut(
        &mut self,
        theirs: &Header,
        cut: Cut,
        payload_type: u8,
        now_us: u64,
    ) -> Option<impl Iterator<Item = Header> + use<>> {
        let before = self.sequence;
        let first = self.relay(theirs, true, payload_type, now_us)?;
        let mapping = self.mapping.as_mut().filter(|_| self.sequence != before)?;
        let more = cut.pieces.saturating_sub(1);
        mapping.sequence_offset = mapping.sequence_offset.wrapping_add(more);
        mapping.first_sequence = theirs.sequence.wrapping_add(1);
        self.sequence = self.sequence.wrapping_add(more);
        self.timestamp = self.timestamp.wrapping_add(u32::from(more) * cut.ticks);
        Some((0..cut.pieces).map(move |piece| Header {
            marker: first.marker && piece == 0,
            sequence: first.sequence.wrapping_add(piece),
            timestamp: first.timestamp.wrapping_add(u32::from(piece) * cut.ticks),
            ..first
        }))
    }

    /// A packet of theirs is not relayed: those behind it close up, so that it is not missed as lost.
    pub fn pass_over(&mut self, theirs: &Header) {
        let Some(mapping) = self.mapping.as_mut().filter(|mapping| mapping.ssrc == theirs.ssrc) else {
            return;
        };
        let step = theirs.sequence.wrapping_sub(mapping.highest_sequence);
        if (1..MAX_FORWARD).contains(&step) {
            mapping.highest_sequence = theirs.sequence;
            mapping.sequence_offset = mapping.sequence_offset.wrapping_sub(1);
            // What comes late from before it has no number of its own any more.
            mapping.first_sequence = theirs.sequence.wrapping_add(1);
        }
    }

    /// Our header for the next audio of our own, `ticks` of our clock after the one before it.
    ///
    /// `spurt` begins a talk spurt (RFC 3551 §4.1): it carries the marker and the time that has passed.
    pub fn own_audio(&mut self, ticks: u32, spurt: bool, payload_type: u8, now_us: u64) -> Header {
        self.mapping = None;
        self.timestamp = if spurt { self.timestamp_at(now_us) } else { self.timestamp.wrapping_add(ticks) };
        self.timestamp_us = now_us;
        self.own(spurt, payload_type, self.timestamp)
    }

    /// The timestamp of an event of our own that begins now and keeps it (RFC 4733 §2.5.1.1).
    pub fn begin_event(&mut self, now_us: u64) -> u32 {
        self.mapping = None;
        self.timestamp_at(now_us)
    }

    /// Our header for a packet of the event that began at `timestamp`.
    pub fn own_event(&mut self, timestamp: u32, first: bool, payload_type: u8) -> Header {
        self.own(first, payload_type, timestamp)
    }

    fn own(&mut self, marker: bool, payload_type: u8, timestamp: u32) -> Header {
        self.sequence = self.sequence.wrapping_add(1);
        Header { marker, payload_type, sequence: self.sequence, timestamp, ssrc: self.ssrc }
    }

    fn timestamp_at(&self, now_us: u64) -> u32 {
        let passed_us = now_us.saturating_sub(self.timestamp_us).max(MIN_STEP_US);
        self.timestamp.wrapping_add(us_to_ticks(passed_us, self.clock_hz) as u32)
    }

    fn continues(&self, mapping: &Mapping, theirs: &Header, is_audio: bool, now_us: u64) -> bool {
        let step = theirs.sequence.wrapping_sub(mapping.highest_sequence);
        mapping.ssrc == theirs.ssrc
            && !(MAX_FORWARD..=u16::MAX - MAX_BACKWARD).contains(&step)
            && (!is_audio || self.keeps_time(mapping, theirs.timestamp, now_us))
    }

    /// Whether their clock moved about as much as ours since their last audio packet.
    fn keeps_time(&self, mapping: &Mapping, timestamp: u32, now_us: u64) -> bool {
        let passed = us_to_ticks(now_us.saturating_sub(mapping.heard_us), self.clock_hz) as u32;
        let moved = timestamp.wrapping_sub(mapping.timestamp);
        (moved.wrapping_sub(passed) as i32).unsigned_abs() < MAX_CLOCK_JUMP_S * self.clock_hz
    }

    fn adopt(&self, theirs: &Header, now_us: u64) -> Mapping {
        Mapping {
            ssrc: theirs.ssrc,
            sequence_offset: self.sequence.wrapping_add(1).wrapping_sub(theirs.sequence),
            timestamp_offset: self.timestamp_at(now_us).wrapping_sub(theirs.timestamp),
            first_sequence: theirs.sequence,
            highest_sequence: theirs.sequence,
            timestamp: theirs.timestamp,
            heard_us: now_us,
        }
    }
}

impl Mapping {
    fn advance(&mut self, theirs: &Header, is_audio: bool, now_us: u64) {
        self.highest_sequence = theirs.sequence;
        // Keeps the age of what counts as older than the relay within half the sequence space.
        if theirs.sequence.wrapping_sub(self.first_sequence) > 2 * MAX_FORWARD {
            self.first_sequence = theirs.sequence.wrapping_sub(MAX_FORWARD);
        }
        if is_audio {
            (self.timestamp, self.heard_us) = (theirs.timestamp, now_us);
        }
    }
}

#[cfg(test)]
mod continuity;

#[cfg(test)]
mod tests;
