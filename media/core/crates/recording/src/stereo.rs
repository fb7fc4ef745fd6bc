//! Both channels on one clock, taken out in blocks of interleaved frames.

use crate::channel::{Channel, HOLD};
use crate::wav::FRAME_LENGTH;

/// No block is longer, so that one that was late does not ask for memory without end.
const MAX_BLOCK_FRAMES: u64 = 16_000;

/// Left the customer, right the agent; always of the same length.
#[derive(Debug, Default)]
pub struct Stereo {
    pub customer: Channel,
    pub agent: Channel,
    /// Frames taken so far.
    taken: u64,
}

impl Stereo {
    /// The next block no late packet can change any more, or None when `now` leaves none.
    pub fn take_settled(&mut self, now: u64) -> Option<Vec<u8>> {
        self.take_until(now.saturating_sub(HOLD as u64))
    }

    /// The next block before `end`, settled or not; for the end of the recording.
    pub fn take_until(&mut self, end: u64) -> Option<Vec<u8>> {
        let frames = end.saturating_sub(self.taken).min(MAX_BLOCK_FRAMES);
        if frames == 0 {
            return None;
        }
        let mut block = Vec::with_capacity(frames as usize * FRAME_LENGTH);
        for _ in 0..frames {
            block.extend_from_slice(&self.customer.window.take().to_le_bytes());
            block.extend_from_slice(&self.agent.window.take().to_le_bytes());
        }
        self.taken += frames;
        Some(block)
    }
}
