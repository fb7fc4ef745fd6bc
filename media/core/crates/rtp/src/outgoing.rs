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
mod tests {
    use super::*;

    const US: u64 = 20_000;

    fn stream() -> OutgoingStream {
        OutgoingStream::new(0xabcd, 65_534, 1000, 0)
    }

    fn theirs(ssrc: u32, sequence: u16, timestamp: u32) -> Header {
        Header { marker: false, payload_type: 0, sequence, timestamp, ssrc }
    }

    fn relay(stream: &mut OutgoingStream, packet: Header, now_us: u64) -> Option<(u16, u32, bool)> {
        let sent = stream.relay(&packet, true, 8, now_us)?;
        assert_eq!((sent.ssrc, sent.payload_type), (0xabcd, 8));
        Some((sent.sequence, sent.timestamp, sent.marker))
    }

    #[test]
    fn packets_passed_over_leave_no_hole_and_lost_ones_do() {
        let mut stream = stream();
        let number = |stream: &mut OutgoingStream, sequence: u16| {
            let packet = theirs(7, sequence, u32::from(sequence) * 160);
            relay(stream, packet, u64::from(sequence) * US).map(|(sequence, ..)| sequence)
        };
        assert_eq!([10, 11].map(|sequence| number(&mut stream, sequence)), [Some(65_535), Some(0)]);
        for key in [12, 13, 14] {
            stream.pass_over(&theirs(7, key, 0));
        }
        // 17 was lost on its way to us; 9 comes late, as does 16.
        let numbers = [15, 18, 9, 16].map(|sequence| number(&mut stream, sequence));
        assert_eq!(numbers, [Some(1), Some(4), None, Some(2)]);
    }

    #[test]
    fn a_relayed_stream_goes_on_where_ours_stood_and_shows_its_loss() {
        let mut ours = stream();
        assert_eq!(relay(&mut ours, theirs(7, 9000, 50), US), Some((65_535, 1160, true)));
        assert_eq!(relay(&mut ours, theirs(7, 9001, 210), 2 * US), Some((0, 1320, false)));
        assert_eq!(relay(&mut ours, theirs(7, 9003, 530), 4 * US), Some((2, 1640, false)));
        assert_eq!(relay(&mut ours, theirs(7, 9002, 370), 4 * US), Some((1, 1480, false)));
        assert_eq!(relay(&mut ours, theirs(7, 9004, 690), 5 * US), Some((3, 1800, false)));
    }

    #[test]
    fn prompt_then_one_peer_then_another_is_one_even_stream() {
        let mut ours = stream();
        let prompt = ours.own_audio(160, true, 8, US);
        let more = ours.own_audio(160, false, 8, 2 * US);
        assert_eq!((prompt.sequence, prompt.timestamp, prompt.marker), (65_535, 1160, true));
        assert_eq!((more.sequence, more.timestamp, more.marker), (0, 1320, false));
        assert_eq!(relay(&mut ours, theirs(7, 500, 0), 3 * US), Some((1, 1480, true)));
        assert_eq!(relay(&mut ours, theirs(9, 2, 99_999), 53 * US), Some((2, 1480 + 50 * 160, true)));
    }

    #[test]
    fn another_codecs_clock_goes_on_from_where_the_one_before_stood() {
        let mut ours = stream();
        ours.own_audio(160, true, 8, US);
        ours.set_clock(48_000, 2 * US);
        let opus = ours.own_audio(960, true, 111, 3 * US);
        assert_eq!((opus.sequence, opus.timestamp), (0, 1160 + 160 + 960));
        let opus = relay(&mut ours, theirs(7, 500, 0), 4 * US);
        assert_eq!(opus, Some((1, 1160 + 160 + 2 * 960, true)));
        let opus = relay(&mut ours, theirs(7, 501, 48_000), US * 54);
        assert_eq!(opus, Some((2, 1160 + 160 + 2 * 960 + 48_000, false)));
    }

    #[test]
    fn packets_older_than_the_relay_are_not_sent() {
        let mut ours = stream();
        relay(&mut ours, theirs(7, 500, 0), US);
        assert_eq!(relay(&mut ours, theirs(7, 499, 0u32.wrapping_sub(160)), US), None);
    }

    #[test]
    fn a_peer_that_jumps_in_sequence_or_clock_does_not_make_us_jump() {
        for (sequence, timestamp) in [(30_000, 160), (501, 4_000_000)] {
            let mut ours = stream();
            relay(&mut ours, theirs(7, 500, 0), US);
            assert_eq!(relay(&mut ours, theirs(7, sequence, timestamp), 2 * US), Some((0, 1320, true)));
        }
    }

    #[test]
    fn a_pause_of_the_peer_is_kept_as_a_pause() {
        let mut ours = stream();
        relay(&mut ours, theirs(7, 500, 0), US);
        assert_eq!(relay(&mut ours, theirs(7, 501, 80_000), US + 10_000_000), Some((0, 81_160, false)));
    }

    #[test]
    fn a_long_relayed_event_keeps_its_timestamp_and_the_audio_after_it_its_time() {
        let mut ours = stream();
        relay(&mut ours, theirs(7, 500, 0), US);
        for packet in 1..=300_u16 {
            let event = theirs(7, 500 + packet, 160);
            let sent = ours.relay(&event, false, 101, US + u64::from(packet) * US).unwrap();
            assert_eq!((sent.timestamp, sent.payload_type), (1320, 101));
        }
        let audio = theirs(7, 801, 301 * 160);
        assert_eq!(relay(&mut ours, audio, US + 301 * US), Some((300, 1160 + 301 * 160, false)));
    }

    #[test]
    fn an_event_of_our_own_keeps_its_timestamp_and_counts_in_sequence() {
        let mut ours = stream();
        let begun = ours.begin_event(5 * US);
        assert_eq!(begun, 1800);
        let first = ours.own_event(begun, true, 101);
        let second = ours.own_event(begun, false, 101);
        assert_eq!((first.sequence, first.timestamp, first.marker), (65_535, 1800, true));
        assert_eq!((second.sequence, second.timestamp, second.marker), (0, 1800, false));
    }

    #[test]
    fn a_stream_relayed_for_hours_never_takes_its_own_packets_for_old() {
        let mut ours = stream();
        for packet in 0..200_000_u32 {
            let sent = relay(&mut ours, theirs(7, packet as u16, packet * 160), u64::from(packet) * US);
            assert_eq!(sent.map(|sent| sent.0), Some(65_535_u16.wrapping_add(packet as u16)));
        }
    }
}
