//! Senders that send more than any call does: strangers are dropped by the kernel, and a port to which too much comes
//! even so is not listened to for a while.

use rustix::event::epoll;

use super::leg::{Leg, Shield};
use super::{SocketAddr, Task, Worker};
use crate::agenda::Port;
use crate::budget::REST_US;
use crate::events::{EndpointId, Event};
use crate::flood_guard::LOOK_AFTER_US;
use crate::socket;
use crate::source_filter::{Door, hear_all, hear_only};

impl Worker {
    /// More came to a port than may be taken: it rests. Of its RTP port the next datagram tells who sends.
    pub(super) fn rest(&mut self, slot: usize, port: Port, now_us: u64) {
        let Some(leg) = self.legs.at(slot) else { return };
        let id = leg.id;
        if port == Port::Rtp
            && let Some((_, source)) = socket::receive(&leg.rtp, &mut self.buffer[..])
        {
            self.tell_flood(slot, source, now_us);
        }
        self.listen_to(slot, port, epoll::EventFlags::empty());
        self.agenda.add(now_us + REST_US, Task::ListenAgain(id, port));
    }

    pub(super) fn listen_again(&mut self, id: EndpointId, port: Port) {
        if let Some(slot) = self.legs.slot_of(id) {
            self.listen_to(slot, port, epoll::EventFlags::IN);
        }
    }

    /// The leg's guard was put up when a datagram came from this stranger.
    pub(super) fn guard_is_up(&mut self, slot: usize, source: SocketAddr, now_us: u64) {
        let Some(leg) = self.legs.at(slot) else { return };
        self.agenda.add(now_us + LOOK_AFTER_US, Task::LookBehindGuard(leg.id));
        self.tell_flood(slot, source, now_us);
    }

    /// See whether strangers still come, and hear the peer from wherever it comes now.
    pub(super) fn take_guard_down(&mut self, id: EndpointId, now_us: u64) {
        let Some(leg) = self.legs.get(id).filter(|leg| leg.flood_guard.is_up()) else { return };
        leg.flood_guard.take_down(now_us);
        // It fails only where there is no filter.
        let _ = hear_all(&leg.rtp);
    }

    fn listen_to(&mut self, slot: usize, port: Port, flags: epoll::EventFlags) {
        let Some(leg) = self.legs.at(slot) else { return };
        let (socket, token) = leg.socket(slot, port);
        // It fails only for a socket that is not there, which these are.
        let _ = epoll::modify(&self.epoll, socket, epoll::EventData::new_u64(token), flags);
    }

    /// A datagram was dropped as one of too many.
    fn tell_flood(&mut self, slot: usize, source: SocketAddr, now_us: u64) {
        let Some(leg) = self.legs.at(slot) else { return };
        leg.endpoint.intake.dropped += 1;
        if leg.flood_guard.is_news(now_us) {
            self.outbox.push(Event::MediaFlooded { endpoint: leg.id, source });
        }
    }
}

impl Leg {
    /// Whether a datagram comes from where the peer is, by its SDP or since it was heard.
    pub(super) fn knows(&self, source: SocketAddr) -> bool {
        self.endpoint.intake.latch.knows(source)
    }

    /// A datagram came from elsewhere; whether it is one of so many that the leg is guarded from now on.
    pub(super) fn guard_against_strangers(&mut self, now_us: u64) -> bool {
        let may_guard = !self.flood_guard.is_up() && self.flood_guard.meet_stranger(now_us);
        may_guard && self.put_guard_up(now_us)
    }

    /// False while the peer may be anywhere, or where the kernel has no filters.
    fn put_guard_up(&mut self, now_us: u64) -> bool {
        let doors = self.doors(now_us);
        let is_up = !doors.is_empty() && hear_only(&self.rtp, &doors).is_ok();
        if is_up {
            self.flood_guard.put_up();
        }
        is_up
    }

    /// A browser that has fallen silent may prove any other path.
    fn doors(&self, now_us: u64) -> Vec<Door> {
        let latch = &self.endpoint.intake.latch;
        let may_prove = matches!(self.shield, Shield::Web(_)) && latch.is_open(now_us);
        if may_prove { Vec::new() } else { latch.doors(now_us) }
    }
}
