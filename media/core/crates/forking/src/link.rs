//! The two bounded queues between a media thread and the WebSocket thread.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Frames of 20 ms that may wait for a far end that is slow: 2 s.
const MAX_FRAMES: usize = 100;
/// Messages that may wait for the media thread, which looks every 20 ms.
const MAX_MESSAGES: usize = 64;

/// What becomes of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// All audio before it was sent to the leg.
    Played,
    Cleared,
}

/// A name the far end put between two pieces of its audio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub name: String,
    pub fate: Fate,
}

/// What goes to the far end.
#[derive(Debug)]
pub enum Upward {
    /// 20 ms of samples as they go on the wire.
    Frame(Vec<u8>),
    Mark(Mark),
}

/// What the far end wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Downward {
    /// Samples at the rate of the fork.
    Audio(Vec<i16>),
    Mark(String),
    /// Let nothing more of the audio be heard.
    Clear,
    ClearMarks,
}

/// What both threads note of one fork.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub frames_sent: AtomicU64,
    pub frames_dropped: AtomicU64,
    pub overrun_ms: AtomicU64,
    /// Why our side ends it.
    pub stopped: OnceLock<Stop>,
}

/// Why our side ends a fork.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    Asked,
    LegClosed,
}

/// The media thread's end. Nothing here waits; dropping it ends the fork.
#[derive(Debug)]
pub struct WorkerEnd {
    frames: Sender<Upward>,
    messages: Receiver<Downward>,
    ledger: Arc<Ledger>,
}

impl WorkerEnd {
    /// Hand over 20 ms of audio; lost when the far end is 2 s behind.
    pub fn send(&self, frame: Vec<u8>) {
        if self.frames.try_send(Upward::Frame(frame)).is_err() {
            self.ledger.frames_dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Tell what became of a mark; false when it is to be tried again.
    pub fn tell(&self, mark: &Mark) -> bool {
        self.frames.try_send(Upward::Mark(mark.clone())).is_ok()
    }

    /// The next message of the far end, if one is there.
    pub fn hear(&mut self) -> Option<Downward> {
        self.messages.try_recv().ok()
    }

    /// Note how much of the far end's audio has found no room so far.
    pub fn note_overrun(&self, overrun_ms: u64) {
        self.ledger.overrun_ms.store(overrun_ms, Ordering::Relaxed);
    }

    /// Whether the other side has ended the fork.
    pub fn is_over(&self) -> bool {
        self.frames.is_closed()
    }

    pub fn stop(self, stop: Stop) {
        // Only the first reason counts.
        let _ = self.ledger.stopped.set(stop);
    }
}

/// The end of the WebSocket thread.
#[derive(Debug)]
pub(crate) struct WireEnd {
    pub frames: Receiver<Upward>,
    pub messages: Sender<Downward>,
    pub ledger: Arc<Ledger>,
}

impl WireEnd {
    /// What waited while there was no connection is old; a listener wants what is said now.
    pub fn drop_waiting(&mut self) {
        while let Ok(upward) = self.frames.try_recv() {
            self.count_dropped(&upward);
        }
    }

    /// Drop what comes until the media thread ends the fork.
    pub async fn drop_until_stopped(&mut self) {
        while let Some(upward) = self.frames.recv().await {
            self.count_dropped(&upward);
        }
    }

    fn count_dropped(&self, upward: &Upward) {
        if matches!(upward, Upward::Frame(_)) {
            self.ledger.frames_dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Both ends of a new fork.
pub(crate) fn link() -> (WorkerEnd, WireEnd) {
    let (frames, frames_out) = channel(MAX_FRAMES);
    let (messages_in, messages) = channel(MAX_MESSAGES);
    let ledger = Arc::new(Ledger::default());
    let wire_end = WireEnd { frames: frames_out, messages: messages_in, ledger: ledger.clone() };
    (WorkerEnd { frames, messages, ledger }, wire_end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_far_end_that_takes_nothing_costs_frames_and_never_waits() {
        let (worker, wire) = link();
        (0..MAX_FRAMES + 7).for_each(|_| worker.send(vec![0; 320]));
        assert_eq!(wire.ledger.frames_dropped.load(Ordering::Relaxed), 7);
        assert!(!worker.tell(&Mark { name: "a".into(), fate: Fate::Played }) && !worker.is_over());
        drop(wire);
        assert!(worker.is_over());
    }

    #[test]
    fn what_waited_for_a_connection_is_dropped_and_counted() {
        let (worker, mut wire) = link();
        (0..5).for_each(|_| worker.send(vec![0; 320]));
        wire.drop_waiting();
        assert_eq!(wire.ledger.frames_dropped.load(Ordering::Relaxed), 5);
    }
}
