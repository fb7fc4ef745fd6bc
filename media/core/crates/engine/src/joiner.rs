//! A thread that makes recordings one file again that went on in the spool, one after the other.
//!
//! Copying may take long, and a disk that refuses is tried again and again: no writer waits for that.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError, bounded};

use crate::clock::Clock;
use crate::event_ring::EventRing;
use crate::events::{Event, RecordingId, RecordingSummary};
use crate::storage::{Ending, Sync};
use crate::stored::Stored;

/// How soon one that no disk had room for is tried again.
const RETRY_US: u64 = 5_000_000;
/// Recordings that may wait for their first turn, and as many for another: each keeps two files open.
const MOST_WAITING: usize = 250;
const LEFT: &str = "too many recordings wait to become one file; this one does at the next start";

/// A recording that is over and may lie in several files.
#[derive(Debug)]
pub struct Parted {
    pub recording: RecordingId,
    pub stored: Stored,
    pub ending: Ending,
    /// It was told already that it waits.
    pub is_told: bool,
}

/// The way to the joiner. It ends when the last of these is gone.
#[derive(Clone, Debug)]
pub struct JoinerDoor {
    parted: Sender<Parted>,
    facts: Arc<EventRing>,
}

impl JoinerDoor {
    /// Have a recording joined. Where too many wait it is told, and left to the next start.
    pub fn send(&self, parted: Parted) {
        if let Err(TrySendError::Full(parted) | TrySendError::Disconnected(parted)) =
            self.parted.try_send(parted)
        {
            tell_waiting(&self.facts, &parted, LEFT.into());
        }
    }
}

/// Joins until every way to it is gone.
#[derive(Debug)]
pub struct Joiner {
    parted: Receiver<Parted>,
    /// Those that no disk took, and when each is tried again: the first of them first.
    again: VecDeque<(u64, Parted)>,
    clock: Clock,
    facts: Arc<EventRing>,
    sync: Sync,
}

impl Joiner {
    pub fn new(clock: Clock, facts: Arc<EventRing>, sync: Sync) -> (JoinerDoor, Self) {
        let (sender, parted) = bounded(MOST_WAITING);
        let door = JoinerDoor { parted: sender, facts: facts.clone() };
        (door, Self { parted, again: VecDeque::new(), clock, facts, sync })
    }

    pub fn run(mut self) {
        loop {
            match self.parted.recv_timeout(self.until_next()) {
                Ok(parted) => self.join_first(parted),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.join_all_once(),
            }
            self.join_due(self.clock.now_us());
        }
    }

    fn until_next(&self) -> Duration {
        let due_us =
            self.again.front().map_or(RETRY_US, |(due_us, _)| due_us.saturating_sub(self.clock.now_us()));
        Duration::from_micros(due_us)
    }

    fn join_first(&mut self, mut parted: Parted) {
        match parted.stored.join() {
            Ok(()) => self.close(parted),
            Err(error) => {
                tell_waiting(&self.facts, &parted, error.to_string());
                if self.again.len() < MOST_WAITING {
                    self.again.push_back((self.clock.now_us() + RETRY_US, parted));
                }
            }
        }
    }

    /// Try one again, if it is time; those behind it are not held up when it fails.
    fn join_due(&mut self, now_us: u64) {
        if self.again.front().is_none_or(|(due_us, _)| *due_us > now_us) {
            return;
        }
        let Some((_, mut parted)) = self.again.pop_front() else { return };
        if parted.stored.join().is_ok() {
            self.close(parted);
        } else {
            self.again.push_back((self.clock.now_us() + RETRY_US, parted));
        }
    }

    /// Nobody can be told of more; what is refused now the next start does.
    fn join_all_once(&mut self) {
        for (_, mut parted) in std::mem::take(&mut self.again) {
            if parted.stored.join().is_ok() {
                self.close(parted);
            }
        }
    }

    fn close(&self, parted: Parted) {
        let Parted { recording, stored, ending, .. } = parted;
        self.facts.push(end_of(recording, stored, ending, self.sync).0);
    }
}

/// Close what is one file; its end, and what the disk objected to.
pub fn end_of(recording: RecordingId, stored: Stored, ending: Ending, sync: Sync) -> (Event, io::Result<()>) {
    let path = stored.path().display().to_string();
    match stored.finish(sync) {
        Ok(finished) => {
            let summary = Box::new(RecordingSummary::new(finished, ending));
            (Event::RecordingCompleted { recording, summary }, Ok(()))
        }
        Err(error) => {
            let reason = format!("the file could not be written: {error}");
            (Event::RecordingFailed { recording, path, reason }, Err(error))
        }
    }
}

/// Once, however long it takes.
fn tell_waiting(facts: &EventRing, parted: &Parted, reason: String) {
    if parted.is_told {
        return;
    }
    let path = parted.stored.path().display().to_string();
    facts.push(Event::RecordingWaiting { recording: parted.recording, path, reason });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::Storage;
    use std::fs::{self, OpenOptions};
    use std::path::{Path, PathBuf};

    const FRAMES: [u8; 8] = [1, 0, 2, 0, 3, 0, 4, 0];

    /// A recording that lies in two files.
    fn parted(place: &Path, recording: RecordingId) -> Parted {
        let storage = Arc::new(Storage::default());
        let name = format!("{recording}.wav");
        let (home, spooled) = (place.join("home").join(&name), place.join("spool").join(&name));
        let mut stored = Stored::create(home, Some(spooled), &storage).0.unwrap();
        stored.append(&FRAMES, Sync::Never).unwrap();
        stored.part();
        stored.append(&FRAMES, Sync::Never).unwrap();
        stored.end();
        Parted { recording, stored, ending: Ending::default(), is_told: false }
    }

    fn rest_of(place: &Path, recording: RecordingId) -> PathBuf {
        place.join(format!("spool/{recording}.2.rest.wav"))
    }

    /// A disk that does not give its samples for now; returns what it holds.
    fn hide(rest: &Path) -> Vec<u8> {
        let held = fs::read(rest).unwrap();
        OpenOptions::new().write(true).open(rest).unwrap().set_len(44).unwrap();
        held
    }

    fn told(facts: &EventRing) -> Vec<(&'static str, RecordingId)> {
        let name = |event| match event {
            Event::RecordingWaiting { recording, .. } => ("waits", recording),
            Event::RecordingCompleted { recording, .. } => ("completed", recording),
            other => panic!("{other:?}"),
        };
        facts.drain(100).into_iter().map(name).collect()
    }

    #[test]
    fn one_that_cannot_be_joined_is_told_and_tried_again_and_holds_up_no_other() {
        let place = std::env::temp_dir().join(format!("joiner-{}", std::process::id()));
        let _ = fs::remove_dir_all(&place);
        let facts = Arc::new(EventRing::new().unwrap());
        let (_door, mut joiner) = Joiner::new(Clock::start(), facts.clone(), Sync::Never);
        let (first, second, third) = (parted(&place, 1), parted(&place, 2), parted(&place, 3));
        let held = [1, 2].map(|recording| hide(&rest_of(&place, recording)));
        joiner.join_first(first);
        joiner.join_first(second);
        joiner.join_first(third);
        assert_eq!(told(&facts), [("waits", 1), ("waits", 2), ("completed", 3)]);
        joiner.join_due(0);
        assert_eq!(told(&facts), []);
        fs::write(rest_of(&place, 2), &held[1]).unwrap();
        joiner.join_due(u64::MAX);
        joiner.join_due(u64::MAX);
        assert_eq!(told(&facts), [("completed", 2)]);
        fs::write(rest_of(&place, 1), &held[0]).unwrap();
        joiner.join_all_once();
        assert_eq!(told(&facts), [("completed", 1)]);
        assert_eq!(fs::read(place.join("home/1.wav")).unwrap()[44..], [FRAMES, FRAMES].concat());
        assert_eq!(fs::read_dir(place.join("spool")).unwrap().count(), 0);
        fs::remove_dir_all(place).unwrap();
    }

    #[test]
    fn where_too_many_wait_it_is_told_and_left_to_the_next_start() {
        let place = std::env::temp_dir().join(format!("joiner-full-{}", std::process::id()));
        let _ = fs::remove_dir_all(&place);
        let facts = Arc::new(EventRing::new().unwrap());
        let (door, joiner) = Joiner::new(Clock::start(), facts.clone(), Sync::Never);
        drop(joiner);
        door.send(parted(&place, 1));
        assert_eq!(told(&facts), [("waits", 1)]);
        assert!(rest_of(&place, 1).exists());
        fs::remove_dir_all(place).unwrap();
    }
}
