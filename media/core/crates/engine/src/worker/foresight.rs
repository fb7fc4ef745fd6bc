//! What the next packets need is asked for while those before them are served: among thousands of calls it is in no cache.
//!
//! ```text
//!  this packet                   where its samples go in its recording
//!  the next                      the leg it goes on to, its recording
//!  the one after that            its leg
//!
//!  the next of our own           the list of prompts it is of
//!  the one after that            its playback
//!  and the one behind            its leg
//! ```

use rustix::event::epoll;

use super::leg::Leg;
use super::{AGENDA, Task, Worker};

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

    /// Ask for what those behind the first of these tasks will need.
    pub(super) fn foresee_tasks(&self, due: &[Task]) {
        if let Some(leg) = self.leg_speaking(due.get(3)) {
            leg.prefetch_to_say();
        }
        if let Some(leg) = self.leg_speaking(due.get(2)) {
            leg.endpoint.speaker.prefetch_playback();
        }
        if let Some(leg) = self.leg_speaking(due.get(1)) {
            leg.endpoint.speaker.prefetch_prompts();
        }
    }

    fn leg_speaking(&self, task: Option<&Task>) -> Option<&Leg> {
        let Some(&Task::Speak(id)) = task else { return None };
        self.legs.peek(self.legs.slot_of(id)?)
    }

    /// Whose socket has something.
    fn leg_of(&self, event: &epoll::Event) -> Option<&Leg> {
        let token = event.data.u64();
        if token < AGENDA { self.legs.peek((token >> 1) as usize) } else { None }
    }
}
