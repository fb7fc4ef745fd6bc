//! The worker's one timer: set when the agenda's earliest moment changes, not at every wait.
//!
//! Arming a timer costs as much as receiving a packet; a time-out on every epoll wait would arm one
//! for each packet.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};

const NEVER: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };

/// Readable once its moment has come, until it is set again.
#[derive(Debug)]
pub struct Alarm {
    fd: OwnedFd,
    set_for_us: Option<u64>,
}

impl Alarm {
    pub fn new() -> io::Result<Self> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        Ok(Self { fd: timerfd_create(TimerfdClockId::Monotonic, flags)?, set_for_us: None })
    }

    /// Ring at this moment, or never; no cost when that is what it is set for.
    pub fn set(&mut self, at_us: Option<u64>, now_us: u64) {
        if at_us == self.set_for_us {
            return;
        }
        let it_value = at_us.map_or(NEVER, |at_us| delay(at_us.saturating_sub(now_us)));
        // It fails only for senseless times, which these are not.
        let _ = timerfd_settime(
            &self.fd,
            TimerfdTimerFlags::empty(),
            &Itimerspec { it_interval: NEVER, it_value },
        );
        self.set_for_us = at_us;
    }

    /// It rang: it is silent until it is set again.
    pub fn hush(&mut self) {
        // The count of rings is of no interest; it fails when another hush was faster.
        let _ = rustix::io::read(&self.fd, &mut [0; 8]);
        self.set_for_us = None;
    }
}

impl AsFd for Alarm {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// A delay as the kernel wants it; zero would mean never.
fn delay(us: u64) -> Timespec {
    let us = us.max(1);
    Timespec { tv_sec: (us / 1_000_000) as i64, tv_nsec: (us % 1_000_000 * 1000) as i64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::event::{PollFd, PollFlags, poll};

    fn rings_within(alarm: &Alarm, seconds: i64) -> bool {
        let mut fds = [PollFd::new(alarm, PollFlags::IN)];
        poll(&mut fds, Some(&Timespec { tv_sec: seconds, tv_nsec: 0 })).unwrap() == 1
    }

    #[test]
    fn rings_when_set_for_a_moment_that_has_come_until_it_is_hushed() {
        let mut alarm = Alarm::new().unwrap();
        assert!(!rings_within(&alarm, 0));
        alarm.set(Some(5), 10);
        assert!(rings_within(&alarm, 10));
        alarm.hush();
        assert!(!rings_within(&alarm, 0));
        alarm.set(Some(5), 10);
        assert!(rings_within(&alarm, 10));
    }

    #[test]
    fn never_rings_once_unset() {
        let mut alarm = Alarm::new().unwrap();
        alarm.set(Some(5), 10);
        alarm.set(None, 10);
        assert!(!rings_within(&alarm, 0));
    }
}
