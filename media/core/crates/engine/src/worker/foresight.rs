//! What the next packets need is asked for while those before them are served: among thousands of calls it is in no cache.
//!
//! ```text
//!  this packet                   where its samples go in its recording
//!  the next                      the leg it goes on to, its recording
//!  the one after that            its leg
//! ```

use rustix::event::epoll;

use super::leg::Leg;
use super::{AGENDA, Task, Worker};

/// So many tasks before its own a leg is asked for.
pub const TASKS_AHEAD: usize = 2;

impl Worker {
    /// Ask for what the first of these and those behind it will need.
    pub(super) fn foresee(&self, ready: &[epoll::Event]) {
        if let Some(leg) = ready.get(2).and_then(|event| self.leg_of(event)) {
            leg.prefetch_to_hear();
        }
        if let Some(leg) = ready.get(1).and_then(|event| self.leg_of(event)) {
            leg.tap.inspect(|&tap| self.recorder.prefetch(tap));
            if let Some(peer) = leg.peer.and_then(|peer| self.legs.peek(peer)) {
                peer.prefetch_to_say();
            }
        }
        if let Some(tap) = ready.first().and_then(|event| self.leg_of(event)?.tap) {
            self.recorder.prefetch_place(tap);
        }
    }

    /// Ask for what a task will need.
    pub(super) fn foresee_task(&self, task: Task) {
        if let Task::Speak(id) = task
            && let Some(leg) = self.legs.slot_of(id).and_then(|slot| self.legs.peek(slot))
        {
            leg.prefetch_to_say();
        }
    }

    /// Whose socket has something.
    fn leg_of(&self, event: &epoll::Event) -> Option<&Leg> {
        let token = event.data.u64();
        if token < AGENDA { self.legs.peek((token >> 1) as usize) } else { None }
    }
}
