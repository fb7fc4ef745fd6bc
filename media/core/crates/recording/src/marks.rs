//! What of a recording is silenced on purpose, exact to the sample, and other stretches that are to be told.

use std::ops::BitOr;

/// One more than so many in a recording goes on with the last, which hides what lies between.
const MAX_MARKS: usize = 1000;

/// Why it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nobody wants it recorded.
    Paused,
    /// What was said must not be recorded: payment keys, a word.
    Masked,
    /// Nobody here can decode what was said: it is only relayed.
    Undecoded,
    /// Nothing is silenced: a sound told those on the channels that they are recorded.
    Beep,
}

/// On which channels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Channels {
    pub customer: bool,
    pub agent: bool,
}

impl Channels {
    pub const NONE: Self = Self { customer: false, agent: false };
    pub const BOTH: Self = Self { customer: true, agent: true };

    /// These without those.
    #[must_use]
    pub fn without(self, those: Self) -> Self {
        Self { customer: self.customer && !those.customer, agent: self.agent && !those.agent }
    }
}

impl BitOr for Channels {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self { customer: self.customer || other.customer, agent: self.agent || other.agent }
    }
}

/// One stretch, in frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub kind: Kind,
    pub channels: Channels,
    pub from: u64,
    /// None while it goes on.
    pub to: Option<u64>,
}

/// All marks of a recording, in the order they began.
#[derive(Debug, Default)]
pub struct Marks {
    marks: Vec<Mark>,
}

impl Marks {
    /// Silence `channels` from here on, in place of those this kind silences now.
    pub fn begin(&mut self, kind: Kind, channels: Channels, at: u64) {
        self.end(kind, at);
        let mark = Mark { kind, channels, from: at, to: None };
        if self.marks.len() < MAX_MARKS {
            self.marks.push(mark);
        } else if let Some(last) = self.marks.last_mut() {
            *last = Mark { from: last.from, channels: last.channels | channels, ..mark };
        }
    }

    /// What this kind silences ends here.
    pub fn end(&mut self, kind: Kind, at: u64) {
        for mark in self.marks.iter_mut().filter(|mark| mark.kind == kind) {
            mark.to.get_or_insert(at.max(mark.from));
        }
    }

    /// The channels to silence in some of the frames from `from` on, each with where that begins and ends.
    pub fn within(&self, from: u64, to: u64) -> impl Iterator<Item = Mark> {
        let marks =
            self.marks.iter().filter(move |mark| mark.from < to && mark.to.is_none_or(|end| end > from));
        marks.map(move |mark| Mark {
            from: mark.from.max(from),
            to: Some(mark.to.map_or(to, |end| end.min(to))),
            ..*mark
        })
    }

    /// All of them, those that went on ending with the recording.
    pub fn ended_at(&self, end: u64) -> Vec<Mark> {
        let ended = |mark: &Mark| Mark { to: Some(mark.to.unwrap_or(end).min(end)), ..*mark };
        self.marks.iter().filter(|mark| mark.from < end).map(ended).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUSTOMER: Channels = Channels { customer: true, ..Channels::NONE };

    fn spans(marks: &Marks, from: u64, to: u64) -> Vec<(u64, u64)> {
        marks.within(from, to).map(|mark| (mark.from, mark.to.unwrap())).collect()
    }

    #[test]
    fn a_stretch_is_silenced_from_its_begin_to_its_end() {
        let mut marks = Marks::default();
        marks.begin(Kind::Masked, CUSTOMER, 100);
        assert_eq!(spans(&marks, 0, 256), [(100, 256)]);
        marks.end(Kind::Masked, 150);
        assert_eq!(spans(&marks, 0, 256), [(100, 150)]);
        assert_eq!(spans(&marks, 120, 130), [(120, 130)]);
        assert_eq!(spans(&marks, 150, 256), []);
    }

    #[test]
    fn a_pause_and_a_mask_end_each_on_its_own() {
        let mut marks = Marks::default();
        marks.begin(Kind::Paused, Channels::BOTH, 10);
        marks.begin(Kind::Masked, CUSTOMER, 20);
        marks.end(Kind::Paused, 30);
        assert_eq!(spans(&marks, 0, 100), [(10, 30), (20, 100)]);
        let whole = marks.ended_at(60);
        assert_eq!(
            whole.iter().map(|mark| (mark.kind, mark.to)).collect::<Vec<_>>(),
            [(Kind::Paused, Some(30)), (Kind::Masked, Some(60)),]
        );
    }

    #[test]
    fn too_many_hide_more_never_less() {
        let mut marks = Marks::default();
        for at in 0..2000 {
            marks.begin(Kind::Masked, CUSTOMER, 10 * at);
            marks.end(Kind::Masked, 10 * at + 5);
        }
        assert_eq!(marks.marks.len(), MAX_MARKS);
        assert_eq!(spans(&marks, 19_990, 20_000), [(19_990, 19_995)]);
    }
}
