//! What a recording hands to its writer: blocks as they settle, silence for those that found no room, and its end.

use rtp::samples_to_us;

use super::{FLUSH_US, Recording};
use crate::events::{RecordingId, Samples};
use crate::storage::{Ending, Job};

impl Recording {
    /// Hand over all that can change no more, or all that is left.
    pub(super) fn hand_over(&mut self, id: RecordingId, now_us: u64, send: impl Fn(Job) -> bool) {
        let silence = std::mem::take(&mut self.leading_silence);
        if silence > 0 && !send(Job::AppendSilence { recording: id, frames: silence }) {
            self.owed = silence; // nobody spoke: nothing is lost by that
        }
        loop {
            let from = self.stereo.taken();
            let Some(block) = self.next_block(now_us) else { break };
            self.give(id, (from, self.stereo.taken()), block, &send);
        }
    }

    /// Hand over a block, or silence for it as soon as there is room again.
    fn give(&mut self, id: RecordingId, place: Samples, block: Vec<u8>, send: impl Fn(Job) -> bool) {
        if !self.pay(id, &send) || !send(Job::Append { recording: id, block }) {
            self.owed += place.1 - place.0;
            match self.unwritten.last_mut().filter(|last| last.1 == place.0) {
                Some(last) => last.1 = place.1,
                None => self.unwritten.push(place),
            }
        }
    }

    /// False when there is still no room for the silence in place of what was lost.
    fn pay(&mut self, id: RecordingId, send: impl Fn(Job) -> bool) -> bool {
        if self.owed > 0 && send(Job::AppendSilence { recording: id, frames: self.owed }) {
            self.owed = 0;
        }
        self.owed == 0
    }

    /// Let the file be closed; false when the writer has no room for that now.
    pub(super) fn finish(&mut self, id: RecordingId, send: impl Fn(Job) -> bool) -> bool {
        let end = self.stereo.taken();
        let silenced = self.stereo.marks.ended_at(end);
        let ending = Box::new(Ending {
            customer: self.stereo.customer.facts(),
            agent: self.stereo.right_facts(),
            marks: silenced.into_iter().chain(self.beeps.ended_at(end)).collect(),
            unwritten: self.unwritten.clone(),
        });
        self.pay(id, &send) && send(Job::Finish { recording: id, ending })
    }

    /// In its time, or when somebody who stalls is waited for no more.
    pub(super) fn next_flush_us(&mut self, now_us: u64) -> u64 {
        let until = self.stereo.waits_until(self.position(now_us));
        let until_us = until.map_or(u64::MAX, |until| self.started_us + samples_to_us(until));
        until_us.min(now_us + FLUSH_US)
    }

    fn next_block(&mut self, now_us: u64) -> Option<Vec<u8>> {
        match self.ended_us {
            Some(ended_us) => self.stereo.take_rest(self.position(ended_us)),
            None => self.stereo.take_settled(self.position(now_us)),
        }
    }
}
