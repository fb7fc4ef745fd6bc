//! Waking a thread that sleeps in epoll (or in Python's event loop) by an eventfd.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::{EventfdFlags, eventfd};

/// Readable after `ring` until `hush`.
#[derive(Debug)]
pub struct Wake {
    fd: OwnedFd,
}

impl Wake {
    pub fn new() -> io::Result<Self> {
        Ok(Self { fd: eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)? })
    }

    pub fn ring(&self) {
        // It can fail only when the counter is full, and then the sleeper is awake already.
        let _ = rustix::io::write(&self.fd, &1_u64.to_ne_bytes());
    }

    pub fn hush(&self) {
        // It can fail only when nobody rang, which is just as well.
        let _ = rustix::io::read(&self.fd, &mut [0; 8]);
    }
}

impl AsFd for Wake {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
