//! Both channels on one clock, taken out in blocks of interleaved frames.

use crate::timeline::{HOLD, Timeline};
use crate::wav::FRAME_LENGTH;

/// No block is longer, so that one that was late does not ask for memory without end.
const MAX_BLOCK_FRAMES: u64 = 16_000;
/// Frames interleaved at a time, while both channels' samples are at hand.
const PART: usize = 256;
/// How far beyond its end a recording may go to hold the last words whole: 100 ms.
const MAX_TAIL: u64 = 800;

/// Left the customer, right the agent; always of the same length.
#[derive(Debug, Default)]
pub struct Stereo {
    pub customer: Timeline,
    pub agent: Timeline,
    /// Frames taken so far.
    taken: u64,
}

impl Stereo {
    /// Channels whose frames before `frame` are silence that nobody needs to take.
    pub fn starting_at(frame: u64) -> Self {
        let timeline = || Timeline::starting_at(frame);
        Self { customer: timeline(), agent: timeline(), taken: frame }
    }

    /// The next block no late packet can change any more, or None when `now` leaves none.
    pub fn take_settled(&mut self, now: u64) -> Option<Vec<u8>> {
        self.take_until(now.saturating_sub(HOLD as u64))
    }

    /// The next block of a recording that was ended at `end`.
    ///
    /// A packet that came before holds what was said up to then and plays beyond it, so the recording ends
    /// with the last sample placed.
    pub fn take_rest(&mut self, end: u64) -> Option<Vec<u8>> {
        let last = self.customer.window.written_to().max(self.agent.window.written_to());
        self.take_until((last as u64).clamp(end, end + MAX_TAIL))
    }

    /// The next block before `end`, settled or not.
    pub fn take_until(&mut self, end: u64) -> Option<Vec<u8>> {
        let frames = end.saturating_sub(self.taken).min(MAX_BLOCK_FRAMES);
        if frames == 0 {
            return None;
        }
        let mut block = vec![0; frames as usize * FRAME_LENGTH];
        for part in block.chunks_mut(PART * FRAME_LENGTH) {
            self.take_part(part);
        }
        self.taken += frames;
        Some(block)
    }

    fn take_part(&mut self, part: &mut [u8]) {
        let (mut left, mut right) = ([0; PART], [0; PART]);
        let frames = part.len() / FRAME_LENGTH;
        self.customer.window.take(&mut left[..frames]);
        self.agent.window.take(&mut right[..frames]);
        for ((frame, left), right) in part.chunks_exact_mut(FRAME_LENGTH).zip(left).zip(right) {
            frame[..2].copy_from_slice(&left.to_le_bytes());
            frame[2..].copy_from_slice(&right.to_le_bytes());
        }
    }
}
