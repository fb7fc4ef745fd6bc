//! Commands of a worker: one function each. A command for something that is gone is ignored.

use rtp::outgoing::OutgoingStream;
use rustix::event::epoll;

use super::leg::{Leg, Shield};
use super::{Command, Event, Task, Worker};
use crate::agenda::Port;
use crate::budget::{Budget, Rate};
use crate::endpoint::Endpoint;
use crate::events::{EndpointId, PlaybackEnd};
use crate::flood_guard::FloodGuard;
use crate::ports::SocketPair;
use crate::randomness::Randomness;

/// Commands obeyed in a round: the dearest, to open or close a leg, costs a dozen packets' time. Packets wait for
/// them no longer than a millisecond or two, however many legs are opened at once.
pub(super) const MAX_COMMANDS: usize = 32;

impl Worker {
    /// Obey what waits, in order. Of more than a round takes, the rest is for the next.
    ///
    /// Returns the moment at which the round goes on: for a leg that arrived, time does not run back.
    pub(super) fn obey_some(&mut self, mut now_us: u64) -> u64 {
        for _ in 0..MAX_COMMANDS {
            let Ok(command) = self.around.commands.try_recv() else { return now_us };
            if let Command::Arrive(luggage) = &command {
                now_us = now_us.max(luggage.packed_us);
            }
            self.obey_in_turn(command, now_us);
        }
        if !self.around.commands.is_empty() {
            self.around.wake.ring();
        }
        now_us
    }

    /// Obey a command unless it has to wait for what is still on its way here.
    pub(super) fn obey_in_turn(&mut self, command: Command, now_us: u64) {
        if let Some(command) = self.waiting.pass(command) {
            self.obey(command, now_us);
        }
    }

    fn obey(&mut self, command: Command, now_us: u64) {
        match command {
            Command::Open { endpoint, sockets } => self.open(endpoint, sockets, now_us),
            Command::Configure { endpoint, settings, security } => {
                let settings = if security.proves_path() { settings.without_address() } else { settings };
                self.with(endpoint, |leg| leg.configure(settings, now_us));
                self.take_guard_down(endpoint, now_us);
                self.secure(endpoint, security, now_us);
                self.fit(endpoint, now_us);
                self.begin_reporting(endpoint, now_us);
            }
            Command::Close { endpoint } => self.close(endpoint, now_us),
            Command::Bridge { mix, legs } => self.bridge(mix, legs, now_us),
            Command::Unbridge { endpoint } => self.unbridge(endpoint, now_us),
            Command::JoinMix { mix, endpoint, role } => self.join_mix(mix, endpoint, role, now_us),
            Command::LeaveMix { endpoint } => self.leave_mix(endpoint, now_us),
            Command::Play { endpoint, playback } => self.play(endpoint, playback, now_us),
            Command::SteerPlayback { endpoint, steer } => self.steer_playback(endpoint, steer, now_us),
            Command::PressKeys { endpoint, keys } => self.press_keys(endpoint, keys, now_us),
            Command::Mask { endpoint, for_us } => self.mask(endpoint, for_us, now_us),
            Command::Unmask { endpoint } => self.unmask(endpoint, now_us),
            Command::Record { recording, begun } => {
                let first_us = self.recorder.start(recording, begun);
                self.agenda.add_beat(first_us, Task::Flush(recording));
            }
            Command::Attach { recording, endpoint, channel } => {
                self.attach(recording, endpoint, channel, now_us);
                self.fit(endpoint, now_us);
            }
            Command::Detach { endpoint } => {
                self.detach(endpoint, now_us);
                self.fit(endpoint, now_us);
            }
            Command::PauseRecording { recording, channels, at_us } => {
                self.recorder.pause(recording, channels, at_us);
            }
            Command::StopRecording { recording, ended_us } => {
                self.stop_recording(recording, ended_us, now_us);
            }
            Command::Fork { fork, about } => self.start_fork(fork, about, now_us),
            Command::StopFork { fork, .. } => self.silence_fork(fork, now_us),
            Command::Depart { company, to } => self.depart(company, &to, now_us),
            Command::Await { company } => self.waiting.await_company(&company),
            Command::Arrive(luggage) => self.arrive(*luggage, now_us),
            Command::Query { endpoint, answer } => {
                // Who asked may have given up waiting.
                self.with(endpoint, |leg| {
                    let _ = answer.try_send(leg.endpoint.counters());
                });
            }
            Command::Shutdown => self.shut_down(now_us),
        }
    }

    pub(super) fn with(&mut self, endpoint: EndpointId, act: impl FnOnce(&mut Leg)) {
        if let Some(leg) = self.legs.get(endpoint) {
            act(leg);
        }
    }

    fn open(&mut self, id: EndpointId, sockets: SocketPair, now_us: u64) {
        let stream = random_stream(&mut self.randomness, now_us);
        let name = self.randomness.u64();
        let SocketPair { rtp, rtcp, local } = sockets;
        let leg = Leg {
            id,
            endpoint: Endpoint::new(id, stream, name, &self.around.rules, now_us),
            rtp,
            rtcp,
            local,
            shield: Shield::Plain,
            peer: None,
            overlong_ms: 0,
            told_unmixable: false,
            mix: None,
            hearing: None,
            listen_us: None,
            tap: None,
            forks: Vec::new(),
            digit_armed: false,
            reporting: false,
            budget: Budget::new(Rate::PACKETS),
            report_budget: Budget::new(Rate::REPORTS),
            flood_guard: FloodGuard::default(),
            swept_us: 0,
        };
        self.take_on(leg);
    }

    /// Have a leg in the table and listen to its sockets.
    pub(super) fn take_on(&mut self, leg: Leg) {
        let slot = self.legs.insert(leg.id, leg);
        let Some(leg) = self.legs.at(slot) else { return };
        for port in [Port::Rtp, Port::Rtcp] {
            let (socket, token) = leg.socket(slot, port);
            let data = epoll::EventData::new_u64(token);
            // It fails only without memory; the leg is deaf then and its silence is reported.
            let _ = epoll::add(&self.epoll, socket, data, epoll::EventFlags::IN);
        }
    }

    fn close(&mut self, id: EndpointId, now_us: u64) {
        self.unbridge(id, now_us);
        self.leave_mix(id, now_us);
        self.stop_playback(id);
        self.start_speaking(id, |leg, outbox| leg.endpoint.speaker.end_overlay(PlaybackEnd::Stopped, outbox));
        self.stop_forks_of(id);
        self.say_goodbye(id, now_us);
        self.detach(id, now_us);
        // Dropping its sockets takes them out of epoll.
        if let Some(leg) = self.legs.remove(id) {
            self.outbox.push(Event::EndpointClosed { endpoint: id, counters: leg.endpoint.counters() });
        }
    }

    fn shut_down(&mut self, now_us: u64) {
        self.legs.ids().into_iter().for_each(|id| self.hear_out(id, now_us));
        self.recorder.shut_down(now_us);
        self.legs.ids().into_iter().for_each(|id| self.close(id, now_us));
        self.running = false;
    }
}

/// A stream that begins anywhere (RFC 3550 §5.1); predictable only if the system has no randomness.
///
/// Its sequence numbers begin in the lower half: a peer that misses the first packets of an encrypted stream would
/// miss a roll-over among them for good (RFC 3711 §3.3.1).
fn random_stream(randomness: &mut Randomness, now_us: u64) -> OutgoingStream {
    let [source, sequence, timestamp] = [(); 3].map(|()| randomness.u32());
    OutgoingStream::new(source, sequence as u16 >> 1, timestamp, now_us)
}
