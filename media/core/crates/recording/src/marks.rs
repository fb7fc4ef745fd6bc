//! What of a recording is silenced on purpose, exact to the sample, and other stretches that are to be told.
//!
//! Each stretch lasts as long as who asked for it holds it, so that several may lie over each other: one leg's mask
//! says nothing of another's.

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

impl Kind {
    /// Whether nothing of its channels is to be kept meanwhile.
    fn silences(self) -> bool {
        matches!(self, Self::Paused | Self::Masked)
    }
}

/// Whose a stretch is: a leg's, or [`Holder::RECORDING`]'s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder(pub u64);

impl Holder {
    /// Not a leg's, but that of whoever commands the recording; no leg has this number.
    pub const RECORDING: Self = Self(u64::MAX);
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

/// A mark and whose it is; it goes on while there are any.
#[derive(Debug)]
struct Held {
    mark: Mark,
    holders: Vec<Holder>,
}

impl Held {
    fn let_go(&mut self, holder: Holder, at: u64) {
        self.holders.retain(|&other| other != holder);
        if self.holders.is_empty() {
            self.mark.to.get_or_insert(at.max(self.mark.from));
        }
    }

    /// It lasts for this one too, from wherever it began.
    fn go_on(&mut self, holder: Holder, channels: Channels) {
        self.holders.push(holder);
        self.mark = Mark { channels: self.mark.channels | channels, to: None, ..self.mark };
    }
}

/// All marks of a recording, in the order they began.
#[derive(Debug, Default)]
pub struct Marks {
    marks: Vec<Held>,
}

impl Marks {
    /// Mark `channels` for this holder from here on, in place of those it marks so now.
    pub fn begin(&mut self, kind: Kind, holder: Holder, channels: Channels, at: u64) {
        self.end(kind, holder, at);
        let is_full = self.marks.len() >= MAX_MARKS;
        let last = self.marks.iter_mut().rfind(|held| held.mark.kind == kind);
        match last.filter(|_| is_full) {
            Some(last) => last.go_on(holder, channels),
            None => self
                .marks
                .push(Held { mark: Mark { kind, channels, from: at, to: None }, holders: vec![holder] }),
        }
    }

    /// What this holder marks so ends here.
    pub fn end(&mut self, kind: Kind, holder: Holder, at: u64) {
        for held in self.marks.iter_mut().filter(|held| held.mark.kind == kind) {
            held.let_go(holder, at);
        }
    }

    /// All that this holder marks ends here.
    pub fn end_all(&mut self, holder: Holder, at: u64) {
        for held in &mut self.marks {
            held.let_go(holder, at);
        }
    }

    /// What is silenced in some of the frames from `from` on, each with where that begins and ends.
    pub fn silenced_within(&self, from: u64, to: u64) -> impl Iterator<Item = Mark> {
        let marks = self.marks.iter().map(|held| held.mark).filter(move |mark| {
            mark.kind.silences() && mark.from < to && mark.to.is_none_or(|end| end > from)
        });
        marks.map(move |mark| Mark {
            from: mark.from.max(from),
            to: Some(mark.to.map_or(to, |end| end.min(to))),
            ..mark
        })
    }

    /// All of them, those that went on ending with the recording.
    pub fn ended_at(&self, end: u64) -> Vec<Mark> {
        let ended = |mark: Mark| Mark { to: Some(mark.to.unwrap_or(end).min(end)), ..mark };
        self.marks.iter().map(|held| held.mark).filter(|mark| mark.from < end).map(ended).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUSTOMER: Channels = Channels { customer: true, ..Channels::NONE };
    const AGENT: Channels = Channels { agent: true, ..Channels::NONE };
    const LEG: Holder = Holder(1);
    const OTHER: Holder = Holder(2);

    fn spans(marks: &Marks, from: u64, to: u64) -> Vec<(u64, u64)> {
        marks.silenced_within(from, to).map(|mark| (mark.from, mark.to.unwrap())).collect()
    }

    #[test]
    fn a_stretch_is_silenced_from_its_begin_to_its_end() {
        let mut marks = Marks::default();
        marks.begin(Kind::Masked, LEG, CUSTOMER, 100);
        assert_eq!(spans(&marks, 0, 256), [(100, 256)]);
        marks.end(Kind::Masked, LEG, 150);
        assert_eq!(spans(&marks, 0, 256), [(100, 150)]);
        assert_eq!(spans(&marks, 120, 130), [(120, 130)]);
        assert_eq!(spans(&marks, 150, 256), []);
    }

    #[test]
    fn a_pause_and_the_masks_of_two_legs_end_each_on_its_own() {
        let mut marks = Marks::default();
        marks.begin(Kind::Paused, Holder::RECORDING, Channels::BOTH, 10);
        marks.begin(Kind::Masked, LEG, CUSTOMER, 20);
        marks.begin(Kind::Masked, OTHER, AGENT, 25);
        marks.end(Kind::Paused, Holder::RECORDING, 30);
        marks.end(Kind::Masked, LEG, 40);
        assert_eq!(spans(&marks, 0, 100), [(10, 30), (20, 40), (25, 100)]);
        let whole = marks.ended_at(60);
        assert_eq!(
            whole.iter().map(|mark| (mark.kind, mark.to)).collect::<Vec<_>>(),
            [(Kind::Paused, Some(30)), (Kind::Masked, Some(40)), (Kind::Masked, Some(60))]
        );
    }

    #[test]
    fn what_cannot_be_decoded_is_told_and_silences_nobody() {
        let mut marks = Marks::default();
        marks.begin(Kind::Undecoded, LEG, AGENT, 10);
        marks.begin(Kind::Masked, LEG, AGENT, 20);
        assert_eq!(spans(&marks, 0, 100), [(20, 100)]);
        marks.end_all(LEG, 50);
        let told: Vec<_> = marks.ended_at(100).iter().map(|mark| (mark.from, mark.to)).collect();
        assert_eq!(told, [(10, Some(50)), (20, Some(50))]);
    }

    #[test]
    fn too_many_hide_more_never_less() {
        let mut marks = Marks::default();
        for at in 0..2000 {
            marks.begin(Kind::Masked, LEG, CUSTOMER, 10 * at);
            marks.end(Kind::Masked, LEG, 10 * at + 5);
        }
        assert_eq!(marks.marks.len(), MAX_MARKS);
        assert_eq!(spans(&marks, 19_990, 20_000), [(19_990, 19_995)]);
        for (leg, at) in [(LEG, 20_000), (OTHER, 20_010)] {
            marks.begin(Kind::Masked, leg, CUSTOMER, at);
        }
        marks.end(Kind::Masked, OTHER, 20_020);
        assert_eq!(spans(&marks, 20_020, 20_030), [(20_020, 20_030)]);
        marks.begin(Kind::Paused, Holder::RECORDING, AGENT, 20_040);
        assert_eq!(spans(&marks, 20_040, 20_050), [(20_040, 20_050), (20_040, 20_050)]);
    }
}
