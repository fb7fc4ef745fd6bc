//! What was decoded, each piece with its own time: for whoever wants to know when it was said, not when it is played.
//!
//! What is cut out or made up beside the timeline, so that packets are in time, changes nothing here.

/// More is not kept when nobody takes it: a second.
const MAX_SAMPLES: usize = 16_000;

/// A run of samples that follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Of its first sample.
    pub timestamp: u32,
    pub samples: Vec<i16>,
    /// No packet holds it.
    pub made_up: bool,
}

/// Pieces in the order they were decoded, and the timestamps of packets that came too late to be.
#[derive(Debug, Default)]
pub struct Tape {
    pieces: Vec<Piece>,
    missed: Vec<u32>,
    /// Where the last piece ends.
    end: u32,
}

impl Tape {
    /// Samples from `timestamp` to `end`.
    pub(super) fn note(&mut self, timestamp: i64, end: i64, samples: &[i16], made_up: bool) {
        let timestamp = timestamp as u32;
        match self.pieces.last_mut().filter(|piece| self.end == timestamp && piece.made_up == made_up) {
            Some(piece) if piece.samples.len() + samples.len() <= MAX_SAMPLES => {
                piece.samples.extend_from_slice(samples);
            }
            Some(_) => return,
            None => self.pieces.push(Piece { timestamp, samples: samples.to_vec(), made_up }),
        }
        self.end = end as u32;
    }

    pub(super) fn miss(&mut self, timestamp: u32) {
        self.missed.push(timestamp);
    }

    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty() && self.missed.is_empty()
    }

    pub fn take(&mut self) -> (Vec<Piece>, Vec<u32>) {
        (std::mem::take(&mut self.pieces), std::mem::take(&mut self.missed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_on_is_one_piece() {
        let mut tape = Tape::default();
        tape.note(480, 960, &[1, 2], false);
        tape.note(960, 1440, &[3], false);
        tape.note(1920, 2400, &[4], true);
        tape.miss(1440);
        let (pieces, missed) = tape.take();
        assert_eq!(
            pieces.iter().map(|piece| (piece.timestamp, piece.samples.len())).collect::<Vec<_>>(),
            [(480, 3), (1920, 1)]
        );
        assert_eq!(missed, [1440]);
        assert_eq!(tape.take(), (vec![], vec![]));
    }
}
