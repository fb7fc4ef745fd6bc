//! Facts on their way from the media threads to the one reader, through one eventfd.
//!
//! The eventfd is written only when the ring may have been empty, so a busy engine costs the reader
//! one wake-up a batch. No thread is ever held up: beyond its capacity the ring loses what peers can
//! cause by their packets, and counts it. Facts of lives it keeps always, and in order: there are no
//! more of them than the reader ordered legs, playbacks and recordings.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::events::Event;
use crate::wake::Wake;

/// Facts waiting beyond which those that may be lost are.
const CAPACITY: usize = 16_384;

/// Many writers, one reader.
#[derive(Debug)]
pub struct EventRing {
    sender: Sender<Event>,
    receiver: Receiver<Event>,
    wake: Wake,
    /// The reader was woken and has not begun to drain.
    signalled: AtomicBool,
    lost: AtomicU64,
}

impl EventRing {
    pub fn new() -> io::Result<Self> {
        let (sender, receiver) = unbounded();
        let (signalled, lost) = (AtomicBool::new(false), AtomicU64::new(0));
        Ok(Self { sender, receiver, wake: Wake::new()?, signalled, lost })
    }

    pub fn push(&self, event: Event) {
        if event.may_be_lost() && self.sender.len() >= CAPACITY {
            self.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        // It fails only without a receiver, and that is ours.
        let _ = self.sender.send(event);
        self.signal();
    }

    /// Take up to `limit` facts, oldest first; if more are left the eventfd stays readable.
    pub fn drain(&self, limit: usize) -> Vec<Event> {
        self.wake.hush();
        self.signalled.store(false, Ordering::SeqCst);
        let events = self.receiver.try_iter().take(limit).collect();
        if !self.receiver.is_empty() {
            self.signal();
        }
        events
    }

    /// Facts that found the ring full.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    fn signal(&self) {
        if !self.signalled.swap(true, Ordering::SeqCst) {
            self.wake.ring();
        }
    }
}

impl AsFd for EventRing {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.wake.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::EndpointCounters;
    use crate::events::KeySource;
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    fn readable(ring: &EventRing) -> bool {
        let mut fds = [PollFd::new(ring, PollFlags::IN)];
        poll(&mut fds, Some(&Timespec::default())).unwrap() == 1
    }

    fn fact(recording: u64) -> Event {
        Event::RecordingFailed { recording, path: String::new(), reason: String::new() }
    }

    #[test]
    fn is_readable_exactly_while_facts_wait() {
        let ring = EventRing::new().unwrap();
        assert!(!readable(&ring));
        (0..5).for_each(|n| ring.push(fact(n)));
        assert!(readable(&ring));
        assert_eq!(ring.drain(3), [fact(0), fact(1), fact(2)]);
        assert!(readable(&ring));
        assert_eq!(ring.drain(3), [fact(3), fact(4)]);
        assert!(!readable(&ring));
        ring.push(fact(5));
        assert!(readable(&ring));
    }

    #[test]
    fn a_full_ring_counts_what_it_loses_and_keeps_facts_of_lives() {
        let ring = EventRing::new().unwrap();
        let digit = Event::DigitDetected {
            endpoint: 1,
            digit: '1',
            duration_ms: 40,
            source: KeySource::Events,
            masked: false,
        };
        (0..CAPACITY + 3).for_each(|_| ring.push(digit.clone()));
        assert_eq!(ring.lost(), 3);
        let closed = Event::EndpointClosed { endpoint: 1, counters: EndpointCounters::default() };
        let lives = [fact(1), closed, fact(2)];
        for event in lives.clone() {
            ring.push(event);
        }
        let kept = ring.drain(usize::MAX);
        assert_eq!((kept.len(), ring.lost()), (CAPACITY + 3, 3));
        assert_eq!(kept[CAPACITY..], lives);
        ring.push(digit.clone());
        assert_eq!(ring.drain(1), [digit]);
    }
}
