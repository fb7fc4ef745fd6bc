//! One media thread: it owns its legs and recordings and sleeps in epoll between packets.

use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use ::rtp::rtcp::is_rtcp;
use crossbeam_channel::Receiver;
use recording::format::SampleFormat;
use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};

use crate::agenda::{Agenda, Port, Task};
use crate::alarm::Alarm;
use crate::clock::Clock;
use crate::commands::Command;
use crate::event_ring::EventRing;
use crate::events::{EndpointId, Event};
use crate::forks::Forks;
use crate::identity::Identity;
use crate::intake::Received;
use crate::lateness::{Lateness, MUCH_US, Pace};
use crate::mix::Mix;
use crate::randomness::Randomness;
use crate::raw_sender::RawSender;
use crate::recorder::{RecordedPacket, Recorder};
use crate::rules::Rules;
use crate::shared_streams::SharedStreams;
use crate::socket;
use crate::storage::Writers;
use crate::table::Table;
use crate::waiting::Waiting;
use crate::wake::Wake;

mod attaching;
mod cutting;
mod flood;
mod foresight;
mod forking;
mod leg;
mod masking;
mod mixing;
mod moving;
mod obey;
mod playing;

mod rtcp;
mod security;

use leg::Leg;
pub use moving::Luggage;

/// More than any RTP packet of ours; a datagram that fills it was cut.
const BUFFER_LENGTH: usize = 2048;
/// Sockets served between two looks at the clock, the commands and the agenda.
const MAX_READY: usize = 256;
/// Each leg is looked after once a second, a tenth of them at a time, so that packets never wait for all.
const SWEEPS_A_SECOND: usize = 10;
const SWEEP_US: u64 = SECOND_US / SWEEPS_A_SECOND as u64;
const SECOND_US: u64 = 1_000_000;
/// How many tasks that can wait a round does while the worker is behind: packets get sixteen times as much.
const PATIENT_WHEN_BEHIND: usize = MAX_READY / 16;
/// And otherwise: no more than packets get.
const PATIENT: usize = MAX_READY;
/// What epoll says when commands are waiting; a leg's sockets say their tokens.
const COMMANDS: u64 = u64::MAX;
/// What it says when the agenda has something due.
const AGENDA: u64 = u64::MAX - 1;

/// What a worker shares with the rest of the engine.
#[derive(Debug)]
pub struct Surroundings {
    pub clock: Clock,
    pub commands: Receiver<Command>,
    pub wake: Arc<Wake>,
    pub facts: Arc<EventRing>,
    pub writers: Writers,
    pub format: SampleFormat,
    pub rules: Rules,
    pub lateness: Arc<Lateness>,
    /// Who we are to peers that ask for it.
    pub identity: Identity,
}

/// The state of the thread.
#[derive(Debug)]
pub struct Worker {
    around: Surroundings,
    epoll: OwnedFd,
    legs: Table<Leg>,
    mixes: Table<Mix>,
    recorder: Recorder,
    forks: Forks,
    shared_streams: SharedStreams,
    agenda: Agenda,
    alarm: Alarm,
    randomness: Randomness,
    pace: Pace,
    /// Commands for what other workers send.
    waiting: Waiting,
    /// The share of the legs that is looked after next.
    swept: usize,
    /// What is done now of what could wait.
    due: Vec<Task>,
    /// Facts of this round, on their way to the ring.
    outbox: Vec<Event>,
    buffer: Box<[u8; BUFFER_LENGTH]>,
    /// Where packets of this round wait, if we may send them together.
    raw: Option<RawSender>,
    running: bool,
}

impl Worker {
    /// With `raw` the packets of several legs leave together.
    pub fn new(around: Surroundings, raw: Option<RawSender>) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let alarm = Alarm::new()?;
        // It tells each ring once, and need not be hushed.
        let rings = epoll::EventFlags::IN | epoll::EventFlags::ET;
        epoll::add(&epoll, &around.wake, epoll::EventData::new_u64(COMMANDS), rings)?;
        epoll::add(&epoll, &alarm, epoll::EventData::new_u64(AGENDA), epoll::EventFlags::IN)?;
        let mut agenda = Agenda::default();
        agenda.add(around.clock.now_us() + SWEEP_US, Task::Sweep);
        Ok(Self {
            recorder: Recorder::new(around.writers.clone(), around.format),
            forks: Forks::default(),
            shared_streams: SharedStreams::default(),
            around,
            epoll,
            legs: Table::default(),
            mixes: Table::default(),
            agenda,
            alarm,
            randomness: Randomness::default(),
            pace: Pace::default(),
            waiting: Waiting::default(),
            swept: 0,
            due: Vec::new(),
            outbox: Vec::new(),
            buffer: Box::new([0; BUFFER_LENGTH]),
            raw,
            running: true,
        })
    }

    /// Work until told to shut down.
    pub fn run(mut self) {
        let mut ready = Vec::with_capacity(MAX_READY);
        self.alarm.set(self.agenda.next_us(), self.around.clock.now_us());
        while self.running {
            ready.clear();
            self.wait(&mut ready, None);
            self.work(&ready, self.around.clock.now_us());
        }
    }

    fn wait(&self, ready: &mut Vec<epoll::Event>, patience: Option<&Timespec>) {
        // An interrupted wait is a round in which nothing was ready.
        let _ = epoll::wait(&self.epoll, spare_capacity(ready), patience);
    }

    /// One round: commands first, so that each holds for all packets that came after it was given. Some it was not
    /// woken for.
    fn work(&mut self, ready: &[epoll::Event], now_us: u64) {
        let late_us = self.pace.late_us(self.agenda.next_us(), now_us);
        self.around.lateness.note(late_us);
        let now_us = self.obey_some(now_us);
        for (index, event) in ready.iter().enumerate() {
            self.foresee(&ready[index..]);
            self.serve(event.data.u64(), now_us);
            self.send_batch();
        }
        self.do_due(if late_us > MUCH_US { PATIENT_WHEN_BEHIND } else { PATIENT }, now_us);
        self.send_rest();
        self.pace.end_round(ready.len() == MAX_READY, now_us);
        self.alarm.set(self.agenda.next_us(), now_us);
        self.tell();
    }

    /// Put the facts of this round so far into the ring.
    fn tell(&mut self) {
        self.outbox.drain(..).for_each(|event| self.around.facts.push(event));
    }

    /// A leg's socket has something: take one datagram, so that no leg keeps the others waiting.
    ///
    /// It may have been closed by one of this round's commands; then there is nothing to take, or the leg that has
    /// its slot now is served a little early.
    fn serve(&mut self, token: u64, now_us: u64) {
        match token {
            COMMANDS => {}
            AGENDA => self.alarm.hush(),
            socket if socket & 1 == 1 => self.take_rtcp((socket >> 1) as usize, now_us),
            socket => self.take_rtp((socket >> 1) as usize, now_us),
        }
    }

    fn take_rtp(&mut self, slot: usize, now_us: u64) {
        let Some(leg) = self.legs.at(slot) else { return };
        if !leg.budget.spend(now_us) {
            return self.rest(slot, Port::Rtp, now_us);
        }
        let Some((length, source)) = socket::receive(&leg.rtp, &mut self.buffer[..]) else { return };
        if !leg.knows(source) && leg.guard_against_strangers(now_us) {
            return self.guard_is_up(slot, source, now_us);
        }
        let length = if length < BUFFER_LENGTH { length } else { 0 };
        if is_rtcp(&self.buffer[..length]) && leg.endpoint.muxes_rtcp() {
            leg.receive_report(&mut self.buffer[..length], source, now_us, &mut self.outbox);
            return;
        }
        let Some(length) = leg.open(&mut self.buffer[..length], source, now_us, &mut self.outbox) else {
            let id = leg.id;
            return self.shake_hands_later(id);
        };
        let datagram = &self.buffer[..length];
        let Some(received) = leg.endpoint.receive(datagram, source, now_us, &mut self.outbox) else { return };
        if leg.hearing.as_ref().is_some_and(|hearing| !hearing.goes_on(&received.header)) {
            leg.hear_out(&mut self.recorder, now_us);
        }
        if let Some(hearing) = &mut leg.hearing {
            hearing.take(&received, &datagram[received.payload.clone()]);
        }
        let received = if leg.is_masked() { received.hidden() } else { received };
        if let Some(tap) = leg.tap {
            let packet = RecordedPacket { leg: leg.id, received: &received, datagram };
            self.recorder.place(tap, &packet, now_us);
            leg.place_heard(&mut self.recorder, now_us);
        }
        let (id, local, peer) = (leg.id, leg.local, leg.peer);
        if leg.key_is_unwatched() {
            self.arm_digit_expiry(id);
        }
        match peer {
            Some(peer) if self.is_too_long(peer, &received) => {
                self.shorten(id, local, peer, &received, now_us);
            }
            Some(peer) => self.forward(local, peer, &received, now_us),
            None if received.is_key() => self.pass_key(id, &received, now_us),
            None => {}
        }
    }

    /// Send a packet that lies in the buffer on to the leg at `peer`.
    fn forward(&mut self, from: SocketAddr, peer: usize, received: &Received, now_us: u64) {
        let Some(leg) = self.legs.at(peer) else { return };
        // A peer that claims to be the other leg's own port would have us talk to ourselves for ever.
        if leg.endpoint.destination() == Some(from) {
            return;
        }
        let Some(header) = leg.endpoint.relay(received, now_us) else { return };
        leg.endpoint.translate(received, &mut self.buffer[received.payload.clone()]);
        let payload = leg.endpoint.lay_over(received, &mut self.buffer[..], now_us);
        let packet = header.put_before(&mut self.buffer[..], payload);
        leg.tell_forks(&self.buffer[packet.clone()], &mut self.forks);
        leg.send(&mut self.raw, &mut self.buffer[..], packet);
    }

    /// Once enough packets wait to leave together, none waits for more.
    fn send_batch(&mut self) {
        if self.raw.as_ref().is_some_and(RawSender::is_full) {
            self.send_rest();
        }
    }

    /// Nothing waits beyond a round. What the kernel does not take so may leave as if alone.
    fn send_rest(&mut self) {
        let Self { raw: Some(raw), legs, .. } = self else { return };
        raw.send(|packet, datagram| {
            if let Some(leg) = legs.get(packet.endpoint)
                && !socket::send(&leg.rtp, datagram, packet.to.into())
            {
                leg.endpoint.count_unsent(packet.counted);
            }
        });
    }

    fn arm_digit_expiry(&mut self, id: EndpointId) {
        let Some(leg) = self.legs.get(id).filter(|leg| !leg.digit_armed) else { return };
        if let Some(deadline_us) = leg.endpoint.key_deadline_us() {
            leg.digit_armed = true;
            self.agenda.add(deadline_us, Task::ExpireDigit(id));
        }
    }

    /// What is due: all that cannot wait, and so many of the others.
    fn do_due(&mut self, patient: usize, now_us: u64) {
        while let Some(task) = self.agenda.pop_pressing(now_us) {
            self.perform(task, now_us);
            self.send_batch();
        }
        let mut due = std::mem::take(&mut self.due);
        due.extend((0..patient).map_while(|_| self.agenda.pop_patient(now_us)));
        for (index, &task) in due.iter().enumerate() {
            self.foresee_tasks(&due[index..]);
            self.perform(task, now_us);
            self.send_batch();
        }
        due.clear();
        self.due = due;
    }

    fn perform(&mut self, task: Task, now_us: u64) {
        match task {
            Task::Speak(id) => self.speak(id, now_us),
            Task::Mix(id) => self.mix(id, now_us),
            Task::Listen(id) => self.listen(id, now_us),
            Task::ShakeHands(id) => self.shake_hands(id, now_us),
            Task::ExpireDigit(id) => self.expire_digit(id, now_us),
            Task::Unmask(id) => self.end_mask(id, now_us),
            Task::Flush(id) => {
                if let Some(next_us) = self.recorder.flush(id, now_us) {
                    self.agenda.add_beat(next_us, task);
                }
            }
            Task::Report(id) => self.report(id, now_us),
            Task::Sweep => self.sweep(now_us),
            Task::ListenAgain(id, port) => self.listen_again(id, port),
            Task::LookBehindGuard(id) => self.take_guard_down(id, now_us),
            Task::Fork(id) => self.fork_beat(id, now_us),
        }
    }

    fn expire_digit(&mut self, id: EndpointId, now_us: u64) {
        let Some(leg) = self.legs.get(id) else { return };
        leg.digit_armed = false;
        leg.endpoint.expire_keys(now_us, &mut self.outbox);
        self.arm_digit_expiry(id);
    }

    fn sweep(&mut self, now_us: u64) {
        let due_us = now_us.saturating_sub(SECOND_US / 2);
        // One that came from another worker just now was looked after there: its second is not cut short.
        let legs = self.legs.share_mut(self.swept, SWEEPS_A_SECOND).filter(|leg| leg.swept_us <= due_us);
        for leg in legs {
            leg.swept_us = now_us;
            leg.endpoint.second_passed(&self.around.rules, now_us, &mut self.outbox);
        }
        self.swept = (self.swept + 1) % SWEEPS_A_SECOND;
        if self.swept == 0 {
            self.around.lateness.second_passed();
            self.outbox.extend(self.around.writers.look(now_us));
        }
        self.agenda.add_about(now_us + SWEEP_US, Task::Sweep);
    }
}

#[cfg(test)]
mod tests;
