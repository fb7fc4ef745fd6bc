//! Facts on their way from the media threads to the one reader, through one eventfd.
//!
//! The eventfd is written only when the ring may have been empty, so a busy engine costs the reader
//! one wake-up a batch. A ring that is full loses facts and counts them; it never holds a thread up.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::events::Event;
use crate::wake::Wake;

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
        let (sender, receiver) = bounded(CAPACITY);
        let (signalled, lost) = (AtomicBool::new(false), AtomicU64::new(0));
        Ok(Self { sender, receiver, wake: Wake::new()?, signalled, lost })
    }

    pub fn push(&self, event: Event) {
        if self.sender.try_send(event).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
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
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    fn readable(ring: &EventRing) -> bool {
        let mut fds = [PollFd::new(ring, PollFlags::IN)];
        poll(&mut fds, Some(&Timespec::default())).unwrap() == 1
    }

    fn fact(recording: u64) -> Event {
        Event::RecordingStarted { recording }
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
    fn a_full_ring_counts_what_it_loses() {
        let ring = EventRing::new().unwrap();
        (0..CAPACITY as u64 + 3).for_each(|n| ring.push(fact(n)));
        assert_eq!(ring.lost(), 3);
        assert_eq!(ring.drain(usize::MAX).len(), CAPACITY);
    }
}
