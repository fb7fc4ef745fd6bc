//! What the next packets need is asked for while the one before them is served.
//!
//! ```text
//!  this packet                   where its samples go in its recording
//!  the next                      the leg it goes on to, its recording
//!  the one after that            its leg
//! ```

use rustix::event::epoll;

use super::leg::Leg;
use super::{AGENDA, Worker};

impl Worker {
    /// Ask for what the first of these and those behind it will need.
    pub(super) fn foresee(&self, ready: &[epoll::Event]) {
        if let Some(slot) = ready.get(2).and_then(slot_of) {
            if let Some(leg) = self.legs.peek(slot) { leg.prefetch_to_hear(); }
        }
        if let Some(next) = ready.get(1).and_then(|event| self.leg_of(event)) {
            if let Some(leg) = next.peer.and_then(|peer| self.legs.peek(peer)) { leg.prefetch_to_say(); }
            if let Some(tap) = next.tap { self.recorder.prefetch(tap); }
        }
        if let Some(tap) = self.leg_of(&ready[0]).and_then(|leg| leg.tap) {
            self.recorder.prefetch_place(tap);
        }
    }

    fn leg_of(&self, event: &epoll::Event) -> Option<&Leg> {
        self.legs.peek(slot_of(event)?)
    }
}

/// The slot of the leg that has something; None for what is no leg.
fn slot_of(event: &epoll::Event) -> Option<usize> {
    let token = event.data.u64();
    (token < AGENDA).then_some((token >> 1) as usize)
}
