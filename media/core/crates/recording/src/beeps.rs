//! What those who are recorded heard meanwhile to tell them so. It is on no channel, as recordings hold what is said.

use crate::marks::{Channels, Kind, Mark};

/// Of more than so many in a recording the last are not told: every 15 s they last for four hours.
const MAX_BEEPS: usize = 1000;
/// Both who hear the same are told of within this, in frames.
const TOGETHER: u64 = 160;

/// All of a recording, in order.
#[derive(Debug, Default)]
pub struct Beeps {
    marks: Vec<Mark>,
}

impl Beeps {
    /// Who speaks on `channels` hears it from here to there.
    pub fn note(&mut self, channels: Channels, from: u64, to: u64) {
        if let Some(last) = self.marks.last_mut().filter(|last| from.saturating_sub(last.from) <= TOGETHER) {
            last.channels = last.channels | channels;
        } else if self.marks.len() < MAX_BEEPS {
            self.marks.push(Mark { kind: Kind::Beep, channels, from, to: Some(to) });
        }
    }

    /// Those that began before the recording ended.
    pub fn ended_at(&self, end: u64) -> impl Iterator<Item = Mark> {
        let begun = self.marks.iter().filter(move |mark| mark.from < end);
        begun.map(move |mark| Mark { to: mark.to.map(|to| to.min(end)), ..*mark })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUSTOMER: Channels = Channels { customer: true, agent: false };
    const AGENT: Channels = Channels { customer: false, agent: true };

    fn told(beeps: &Beeps, end: u64) -> Vec<(Channels, u64, u64)> {
        beeps.ended_at(end).map(|mark| (mark.channels, mark.from, mark.to.unwrap())).collect()
    }

    #[test]
    fn what_both_hear_together_is_one_mark() {
        let mut beeps = Beeps::default();
        beeps.note(CUSTOMER, 800, 2400);
        beeps.note(AGENT, 800, 2400);
        beeps.note(AGENT, 8000, 9600);
        assert_eq!(told(&beeps, 10_000), [(Channels::BOTH, 800, 2400), (AGENT, 8000, 9600)]);
        assert_eq!(told(&beeps, 8100).last(), Some(&(AGENT, 8000, 8100)));
        assert_eq!(told(&beeps, 500), []);
    }

    #[test]
    fn they_are_bounded() {
        let mut beeps = Beeps::default();
        (0..5000).for_each(|at| beeps.note(AGENT, at * 8000, at * 8000 + 1));
        assert_eq!(told(&beeps, u64::MAX).len(), MAX_BEEPS);
    }
}
