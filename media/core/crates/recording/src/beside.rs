//! Who is heard on the right channel beside the agent: those of a conference, and a supervisor who barges in.

use crate::format::SampleFormat;
use crate::timeline::{ChannelCounters, Timeline};

/// The most at a time.
const MAX_BESIDE: usize = 16;
/// Samples added at a time.
const PART: usize = 256;
/// As they are added.
const FORMAT: SampleFormat = SampleFormat::Linear16;

/// Each has a timeline, so that one's losses and jumps move nobody else.
#[derive(Debug, Default)]
pub struct Beside {
    seats: Vec<Seat>,
    /// Of those who are gone.
    gone: ChannelCounters,
}

#[derive(Debug)]
struct Seat {
    /// None for one who left, of whom there may be something to take yet.
    speaker: Option<u64>,
    timeline: Timeline,
}

impl Beside {
    /// Give a seat to somebody who is heard from `frame` on. False when there is no room for one more.
    pub(crate) fn take_in(&mut self, speaker: u64, frame: u64) -> bool {
        if self.timeline_of(speaker).is_some() {
            return true;
        }
        if self.seats.len() == MAX_BESIDE {
            return false;
        }
        self.seats.push(Seat { speaker: Some(speaker), timeline: Timeline::starting_at(frame, FORMAT) });
        true
    }

    /// Somebody is heard here no more; what was said until now is.
    pub fn leave(&mut self, speaker: u64) {
        if let Some(seat) = self.seat_of(speaker) {
            seat.speaker = None;
            seat.timeline.forget_source();
        }
    }

    /// Where what somebody says belongs.
    pub fn timeline_of(&mut self, speaker: u64) -> Option<&mut Timeline> {
        self.seat_of(speaker).map(|seat| &mut seat.timeline)
    }

    /// Whether nobody says anything here, or has anything left that was said.
    pub(crate) fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    /// Who is heard here now.
    pub fn speakers(&self) -> impl Iterator<Item = u64> {
        self.seats.iter().filter_map(|seat| seat.speaker)
    }

    /// What all of them sent.
    pub(crate) fn counters(&self) -> ChannelCounters {
        self.seats.iter().fold(self.gone, |sum, seat| sum + seat.timeline.counters())
    }

    /// Everybody's.
    pub(crate) fn timelines(&mut self) -> impl Iterator<Item = &mut Timeline> {
        self.seats.iter_mut().map(|seat| &mut seat.timeline)
    }

    /// Behind the last sample that any of them said.
    pub(crate) fn written_to(&self) -> i64 {
        self.seats.iter().map(|seat| seat.timeline.window.written_to()).max().unwrap_or(0)
    }

    /// Add what they said in the next samples, the first of which is `taken`, at full scale where they are too loud.
    pub(crate) fn add(&mut self, samples: &mut [i16], taken: u64) {
        let end = taken as i64 + samples.len() as i64;
        for seat in &mut self.seats {
            let (mut octets, mut said) = ([0; FORMAT.sample_length() * PART], [0; PART]);
            for part in samples.chunks_mut(PART) {
                let octets = &mut octets[..FORMAT.sample_length() * part.len()];
                seat.timeline.window.take(octets);
                FORMAT.decode(octets, &mut said);
                for (sample, &said) in part.iter_mut().zip(&said) {
                    *sample = sample.saturating_add(said);
                }
            }
        }
        let gone = &mut self.gone;
        self.seats.retain(|seat| {
            let stays = seat.speaker.is_some() || seat.timeline.window.written_to() > end;
            if !stays {
                *gone += seat.timeline.counters();
            }
            stays
        });
    }

    fn seat_of(&mut self, speaker: u64) -> Option<&mut Seat> {
        self.seats.iter_mut().find(|seat| seat.speaker == Some(speaker))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Measure;
    use rtp::packet::Header;

    fn taken(beside: &mut Beside, from: u64, count: usize) -> Vec<i16> {
        let mut samples = vec![100; count];
        beside.add(&mut samples, from);
        samples
    }

    fn say(beside: &mut Beside, speaker: u64, position: i64, samples: &[i16]) {
        beside.timeline_of(speaker).unwrap().place_samples(position, samples);
    }

    #[test]
    fn all_are_heard_with_the_agent_and_too_loud_ones_at_full_scale() {
        let mut beside = Beside::default();
        assert!(beside.take_in(1, 10) && beside.take_in(2, 10) && beside.take_in(1, 10));
        say(&mut beside, 1, 11, &[20, 20]);
        say(&mut beside, 2, 12, &[3, i16::MAX]);
        assert_eq!(taken(&mut beside, 10, 5), [100, 120, 123, i16::MAX, 100]);
    }

    #[test]
    fn what_was_said_before_leaving_is_heard_and_nothing_after() {
        let mut beside = Beside::default();
        beside.take_in(1, 0);
        say(&mut beside, 1, 600, &[7]);
        let header = Header { marker: false, payload_type: 9, sequence: 1, timestamp: 1, ssrc: 1 };
        beside.timeline_of(1).unwrap().expect(&header, Measure { ticks: 1, length: 160 }, 600);
        beside.leave(1);
        assert!(beside.timeline_of(1).is_none());
        assert_eq!(taken(&mut beside, 0, 500), [100; 500]);
        assert_eq!(taken(&mut beside, 500, 101)[100], 107);
        assert_eq!((beside.seats.len(), beside.counters().packets), (0, 1));
    }

    #[test]
    fn there_is_room_for_so_many_and_again_when_one_left() {
        let mut beside = Beside::default();
        assert!((0..MAX_BESIDE as u64).all(|speaker| beside.take_in(speaker, 0)));
        assert!(!beside.take_in(99, 0));
        beside.leave(3);
        taken(&mut beside, 0, 1);
        assert!(beside.take_in(99, 1));
    }
}
