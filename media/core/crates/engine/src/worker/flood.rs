//! Senders that send more than any call does: their leg is not listened to for a while.

use rustix::event::epoll;

use super::{Task, Worker};
use crate::budget::REST_US;
use crate::events::EndpointId;

impl Worker {
    /// A socket of the leg is ready: whether one more packet may be taken. If not, the leg rests.
    pub(super) fn may_take(&mut self, slot: usize, now_us: u64) -> bool {
        let Some(leg) = self.legs.at(slot) else { return false };
        if leg.budget.spend(now_us) {
            return true;
        }
        let id = leg.id;
        self.listen_to(slot, epoll::EventFlags::empty());
        self.agenda.add(now_us + REST_US, Task::ListenAgain(id));
        false
    }

    pub(super) fn listen_again(&mut self, id: EndpointId) {
        if let Some(slot) = self.legs.slot_of(id) {
            self.listen_to(slot, epoll::EventFlags::IN);
        }
    }

    fn listen_to(&mut self, slot: usize, flags: epoll::EventFlags) {
        let Some(leg) = self.legs.at(slot) else { return };
        for (socket, token) in leg.sockets(slot) {
            // It fails only for a socket that is not there, which these are.
            let _ = epoll::modify(&self.epoll, socket, epoll::EventData::new_u64(token), flags);
        }
    }
}
