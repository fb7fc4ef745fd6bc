//! Audio the far end sent back, waiting to be heard, with marks between its samples.

use std::collections::VecDeque;

use crate::link::{Downward, Fate, Mark};

/// Speech synthesis comes faster than it is spoken.
const MAX_WAITING_S: usize = 60;
/// Marks that may wait, to be passed or to be told of.
const MAX_MARKS: usize = 256;

/// What one leg is going to hear from a fork.
#[derive(Debug)]
pub struct Returned {
    rate_hz: u32,
    samples: VecDeque<i16>,
    /// Where each stands, in samples taken since the beginning.
    marks: VecDeque<(u64, String)>,
    taken: u64,
    /// What became of marks, to be told to the far end.
    fates: VecDeque<Mark>,
    /// Samples that found no room.
    overrun: u64,
}

impl Returned {
    pub fn new(rate_hz: u32) -> Self {
        Self {
            rate_hz,
            samples: VecDeque::new(),
            marks: VecDeque::new(),
            taken: 0,
            fates: VecDeque::new(),
            overrun: 0,
        }
    }

    /// Samples a second.
    pub fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    pub fn take_in(&mut self, message: Downward) {
        match message {
            Downward::Audio(samples) => self.push(&samples),
            Downward::Mark(name) => self.mark(name),
            Downward::Clear => {
                self.samples.clear();
                self.clear_marks();
            }
            Downward::ClearMarks => self.clear_marks(),
        }
    }

    /// Write the next samples into `frame`, silence after the last. False when there was none.
    pub fn fill(&mut self, frame: &mut [i16]) -> bool {
        let count = self.samples.len().min(frame.len());
        for (slot, sample) in frame.iter_mut().zip(self.samples.drain(..count)) {
            *slot = sample;
        }
        frame[count..].fill(0);
        self.taken += count as u64;
        self.pass_marks();
        count > 0
    }

    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// The next mark to tell of; it stays until `told`.
    pub fn next_fate(&self) -> Option<&Mark> {
        self.fates.front()
    }

    pub fn told(&mut self) {
        self.fates.pop_front();
    }

    /// How much found no room so far.
    pub fn overrun_ms(&self) -> u64 {
        self.overrun * 1000 / u64::from(self.rate_hz)
    }

    fn push(&mut self, samples: &[i16]) {
        let room = MAX_WAITING_S * self.rate_hz as usize - self.samples.len();
        let count = samples.len().min(room);
        self.samples.extend(&samples[..count]);
        self.overrun += (samples.len() - count) as u64;
    }

    fn mark(&mut self, name: String) {
        if self.marks.len() + self.fates.len() < MAX_MARKS {
            self.marks.push_back((self.taken + self.samples.len() as u64, name));
            self.pass_marks();
        }
    }

    fn pass_marks(&mut self) {
        let passed = self.marks.partition_point(|(position, _)| *position <= self.taken);
        let played = self.marks.drain(..passed).map(|(_, name)| Mark { name, fate: Fate::Played });
        self.fates.extend(played);
    }

    fn clear_marks(&mut self) {
        let cleared = self.marks.drain(..).map(|(_, name)| Mark { name, fate: Fate::Cleared });
        self.fates.extend(cleared);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn returned(messages: impl IntoIterator<Item = Downward>) -> Returned {
        let mut returned = Returned::new(8000);
        messages.into_iter().for_each(|message| returned.take_in(message));
        returned
    }

    fn fates(returned: &mut Returned) -> Vec<(String, Fate)> {
        let mut fates = Vec::new();
        while let Some(mark) = returned.next_fate().cloned() {
            fates.push((mark.name, mark.fate));
            returned.told();
        }
        fates
    }

    #[test]
    fn chunks_of_any_length_are_heard_in_order_and_end_in_silence() {
        let mut returned = returned([Downward::Audio(vec![1; 3]), Downward::Audio(vec![2; 3])]);
        let mut frame = [9; 4];
        assert!(returned.fill(&mut frame));
        assert_eq!(frame, [1, 1, 1, 2]);
        assert!(returned.fill(&mut frame));
        assert_eq!(frame, [2, 2, 0, 0]);
        assert!(!returned.fill(&mut frame) && returned.is_empty());
    }

    #[test]
    fn a_mark_is_told_of_when_all_before_it_was_heard() {
        let audio = || Downward::Audio(vec![1; 4]);
        let mut returned = returned([audio(), Downward::Mark("a".into()), audio()]);
        assert_eq!(fates(&mut returned), []);
        returned.fill(&mut [0; 3]);
        assert_eq!(fates(&mut returned), []);
        returned.fill(&mut [0; 1]);
        assert_eq!(fates(&mut returned), [("a".into(), Fate::Played)]);
        returned.fill(&mut [0; 4]);
        returned.take_in(Downward::Mark("nothing before it".into()));
        assert_eq!(fates(&mut returned), [("nothing before it".into(), Fate::Played)]);
    }

    #[test]
    fn clearing_leaves_nothing_to_hear_and_tells_of_each_mark() {
        let mut returned = returned([Downward::Audio(vec![1; 400]), Downward::Mark("a".into())]);
        returned.take_in(Downward::Clear);
        assert!(!returned.fill(&mut [0; 160]));
        assert_eq!(fates(&mut returned), [("a".into(), Fate::Cleared)]);
        returned.take_in(Downward::Audio(vec![7; 1]));
        let mut frame = [0; 1];
        assert!(returned.fill(&mut frame));
        assert_eq!(frame, [7]);
    }

    #[test]
    fn marks_can_be_cleared_alone() {
        let mut returned = returned([Downward::Audio(vec![1; 4]), Downward::Mark("a".into())]);
        returned.take_in(Downward::ClearMarks);
        assert!(returned.fill(&mut [0; 4]));
        assert_eq!(fates(&mut returned), [("a".into(), Fate::Cleared)]);
    }

    #[test]
    fn a_far_end_without_measure_fills_a_minute_and_no_more() {
        let mut returned = returned((0..100).map(|_| Downward::Audio(vec![1; 8000])));
        assert_eq!((returned.samples.len(), returned.overrun_ms()), (60 * 8000, 40_000));
        (0..1000).for_each(|number| returned.take_in(Downward::Mark(number.to_string())));
        returned.take_in(Downward::Clear);
        (0..1000).for_each(|number| returned.take_in(Downward::Mark(number.to_string())));
        assert_eq!(fates(&mut returned).len(), MAX_MARKS);
    }
}
