//! Mixes: who joins and leaves, and the beat of those in which packets cannot just be relayed.
//!
//! Two who talk with a common codec and nobody listening are relayed. All else is mixed: unlike codecs, a
//! supervisor, a conference. Both ways lead into the one stream of each leg, so that a change is not heard.

use audio::codec::Codec;
use rtp::packet::HEADER_LENGTH;

use super::leg::Leg;
use super::{Task, Worker};
use crate::events::{EndpointId, Event, MixId};
use crate::forks::Forks;
use crate::hearing::Hearing;
use crate::intake::Received;
use crate::mix::{BEAT_US, MAX_FRAME, Mix, Role};
use crate::raw_sender::RawSender;
use crate::recorder::Recorder;
use crate::speaker::MAX_PACKET;
use crate::table::Table;
use crate::translation::can_relay;

/// Further behind than this, beats are not caught up with.
const MAX_BEHIND_US: u64 = 100_000;
const NARROW_HZ: u32 = 8000;
const WIDE_HZ: u32 = 16_000;

impl Worker {
    /// Two legs talk with each other and nobody else, each stopping what it is played.
    pub(super) fn bridge(&mut self, id: MixId, legs: [EndpointId; 2], now_us: u64) {
        if legs.iter().any(|&leg| self.legs.slot_of(leg).is_none()) {
            return;
        }
        for leg in legs {
            self.stop_playback(leg);
            self.take_in(id, leg, Role::Speaker, now_us);
        }
        if let Some(mix) = self.mixes.get(id) {
            mix.is_bridge = true;
        }
        self.settle(id, now_us);
    }

    /// End the bridge that a leg takes part in.
    pub(super) fn unbridge(&mut self, leg: EndpointId, now_us: u64) {
        let Some(id) = self.mix_of(leg) else { return };
        let Some(mix) = self.mixes.get(id).filter(|mix| mix.is_bridge) else { return };
        for leg in mix.legs() {
            self.leave_mix(leg, now_us);
        }
    }

    /// Take a leg into a mix, which begins with its first member, or give it another role there.
    pub(super) fn join_mix(&mut self, id: MixId, leg: EndpointId, role: Role, now_us: u64) {
        if self.legs.slot_of(leg).is_some() {
            self.take_in(id, leg, role, now_us);
            self.settle(id, now_us);
        }
    }

    /// A mix that its last member left is over, and so is a bridge with its first.
    pub(super) fn leave_mix(&mut self, leg: EndpointId, now_us: u64) {
        let Some(id) = self.legs.get(leg).and_then(|leg| leg.mix.take()) else { return };
        self.unpair(leg);
        if let Some(mix) = self.mixes.get(id) {
            mix.leave(leg);
            if mix.members().is_empty() {
                self.mixes.remove(id);
            } else {
                self.settle(id, now_us);
            }
        }
        self.fit_hearing(leg, now_us);
    }

    /// What a leg speaks, or who needs it, may have changed.
    pub(super) fn fit(&mut self, leg: EndpointId, now_us: u64) {
        match self.mix_of(leg) {
            Some(id) => self.settle(id, now_us),
            None => self.fit_hearing(leg, now_us),
        }
    }

    /// One beat of a mix: hear every member, add up, let every member hear.
    pub(super) fn mix(&mut self, id: MixId, now_us: u64) {
        let Self { mixes, legs, recorder, forks, raw, outbox: events, .. } = self;
        let Some(mix) = mixes.get(id) else { return };
        // A beat that was put on the agenda before the mix paused is not this one.
        let Some(due_us) = mix.next_us.filter(|&next_us| next_us <= now_us) else { return };
        let in_time = now_us - due_us <= MAX_BEHIND_US;
        let beat_us = if in_time { due_us } else { now_us };
        mix.next_us = Some(beat_us + BEAT_US);
        listen_to_all(mix, legs, &mut Takers { recorder, forks, events }, beat_us);
        mix.add_up();
        for member in 0..mix.members().len() {
            let Some(leg) = legs.get(mix.members()[member].leg) else { continue };
            if !in_time {
                leg.endpoint.speaker.pause();
            }
            let mut frame = [0; MAX_FRAME];
            mix.heard_by(member, &mut frame);
            leg.say(&mut frame[..mix.frame_length()], mix.rate_hz(), &mut Hearers { forks, raw }, now_us);
        }
        self.agenda.add(beat_us + BEAT_US, Task::Mix(id));
    }

    /// One beat of a leg that is heard though it is in no mix: for its recording, its forks, or keys.
    pub(super) fn listen(&mut self, id: EndpointId, now_us: u64) {
        let mixed = self.is_mixed(id);
        let Self { legs, recorder, forks, outbox: events, .. } = self;
        let Some(leg) = legs.get(id) else { return };
        let Some(due_us) = leg.listen_us.filter(|&listen_us| listen_us <= now_us) else { return };
        if mixed || leg.hearing.is_none() {
            leg.listen_us = None;
            return;
        }
        let beat_us = if now_us - due_us > MAX_BEHIND_US { now_us } else { due_us };
        hear(leg, &mut Takers { recorder, forks, events }, beat_us);
        leg.listen_us = Some(beat_us + BEAT_US);
        self.agenda.add(beat_us + BEAT_US, Task::Listen(id));
    }

    /// Send a key on to whom it is for, when packets of the leg are not relayed.
    pub(super) fn pass_key(&mut self, leg: EndpointId, received: &Received, now_us: u64) {
        let Some(id) = self.mix_of(leg) else { return };
        let Some(partner) = self.mixes.get(id).and_then(|mix| mix.partner(leg)) else { return };
        let Some(leg) = self.legs.get(partner) else { return };
        let Some(header) = leg.endpoint.relay_key(received, now_us) else { return };
        leg.endpoint.translate(received, &mut self.buffer[received.payload.clone()]);
        let packet = header.put_before(&mut self.buffer[..], received.payload.clone());
        leg.send(&mut self.raw, &mut self.buffer[..], packet);
    }

    /// What the leg sends is too long to be relayed: from the next packet on it is heard and said anew.
    pub(super) fn stop_relaying(&mut self, leg: EndpointId, received: &Received, now_us: u64) {
        let audio_ms = received.audio_ms(&self.buffer[..]);
        self.with(leg, |leg| leg.overlong_ms = leg.overlong_ms.max(audio_ms));
        if let Some(id) = self.mix_of(leg) {
            self.settle(id, now_us);
        }
    }

    fn take_in(&mut self, id: MixId, leg: EndpointId, role: Role, now_us: u64) {
        if self.mix_of(leg) != Some(id) {
            self.leave_mix(leg, now_us);
        }
        if self.mixes.get(id).is_none() {
            self.mixes.insert(id, Mix::default());
        }
        let joined = self.mixes.get(id).is_some_and(|mix| mix.join(leg, role));
        if let Some(leg) = self.legs.get(leg).filter(|_| joined) {
            leg.mix = Some(id);
        }
    }

    pub(super) fn mix_of(&mut self, leg: EndpointId) -> Option<MixId> {
        self.legs.get(leg).and_then(|leg| leg.mix)
    }

    /// Whether it is in a mix that has a beat.
    fn is_mixed(&mut self, leg: EndpointId) -> bool {
        let mix = self.mix_of(leg).and_then(|id| self.mixes.get(id));
        mix.is_some_and(|mix| mix.next_us.is_some())
    }

    /// Find the cheapest way for a mix whose members, roles or codecs changed.
    pub(super) fn settle(&mut self, id: MixId, now_us: u64) {
        let Some(mix) = self.mixes.get(id) else { return };
        let (pair, members) = (mix.pair(), mix.legs());
        for &leg in &members {
            self.unpair(leg);
        }
        let relayed = pair.and_then(|(one, other)| self.relayable(one, other));
        let mixes = relayed.is_none() && members.len() > 1;
        let rate_hz = if mixes { self.rate_for(&members) } else { NARROW_HZ };
        if let Some([(one, here), (other, there)]) = relayed {
            self.with(one, |leg| leg.peer = Some(there));
            self.with(other, |leg| leg.peer = Some(here));
        }
        let Some(mix) = self.mixes.get(id) else { return };
        mix.set_rate(rate_hz);
        let begins = mixes && mix.next_us.is_none();
        mix.next_us = if mixes { Some(mix.next_us.unwrap_or(now_us)) } else { None };
        if begins {
            self.agenda.add(now_us, Task::Mix(id));
        }
        for leg in members {
            self.fit_hearing(leg, now_us);
        }
    }

    /// Both legs with their slots, when they need only be relayed to each other.
    fn relayable(&mut self, one: EndpointId, other: EndpointId) -> Option<[(EndpointId, usize); 2]> {
        let (here, there) = (self.legs.slot_of(one)?, self.legs.slot_of(other)?);
        let codecs = (self.legs.at(here)?.codec(), self.legs.at(there)?.codec());
        let overlong = [(here, there), (there, here)].into_iter().any(|(from, to)| {
            let audio_ms = self.legs.at(from).map_or(0, |leg| leg.overlong_ms);
            self.legs.at(to).is_some_and(|leg| leg.finds_too_long(audio_ms))
        });
        let masked = [here, there].iter().any(|&slot| self.legs.at(slot).is_some_and(|leg| leg.is_masked()));
        let common = match codecs {
            // Whoever talks to a leg behind a mask gets even silence, and packets that are too long are made anew; what
            // cannot be mixed just falls silent, and is cut.
            (Some(one), Some(other)) => {
                can_relay(one, other) && (!(masked || overlong) || one == Codec::G729)
            }
            // Nothing is said or heard yet; who tells its codec comes here again.
            _ => true,
        };
        common.then_some([(one, here), (other, there)])
    }

    /// A mix is wide once two of its members can tell: one alone has nobody to hear or be heard by so well.
    fn rate_for(&mut self, members: &[EndpointId]) -> u32 {
        let is_wide = |&&leg: &&EndpointId| {
            let codec = self.legs.get(leg).and_then(|leg| leg.codec());
            codec.is_some_and(|codec| codec.rate_hz() == WIDE_HZ)
        };
        if members.iter().filter(is_wide).count() > 1 { WIDE_HZ } else { NARROW_HZ }
    }

    pub(super) fn unpair(&mut self, leg: EndpointId) {
        let peer = self.legs.get(leg).and_then(|leg| leg.peer.take());
        if let Some(peer) = peer.and_then(|slot| self.legs.at(slot)) {
            peer.peer = None;
        }
    }

    /// Hear a leg as samples if somebody needs them, and only then.
    fn fit_hearing(&mut self, id: EndpointId, now_us: u64) {
        let mixed = self.is_mixed(id);
        let Some(leg) = self.legs.get(id) else { return };
        let alone = leg.tap.is_some() || leg.endpoint.hears_beats();
        let needed = leg.codec().filter(|&codec| {
            let beside = alone && codec.law().is_none();
            mixed || beside || self.forks.need_said(&leg.forks)
        });
        if leg.hearing.as_ref().map(|hearing| hearing.codec()) != needed {
            leg.hear_out(&mut self.recorder, now_us);
            leg.hearing = needed.and_then(|codec| Hearing::new(codec, id as u32).map(Box::new));
        }
        let unmixable = mixed && leg.codec().is_some() && leg.hearing.is_none();
        if unmixable && !std::mem::replace(&mut leg.told_unmixable, unmixable) {
            self.outbox.push(Event::MediaUnmixable { endpoint: id });
        }
        leg.told_unmixable = unmixable;
        if leg.hearing.is_some() && !mixed && leg.listen_us.is_none() {
            leg.listen_us = Some(now_us);
            self.agenda.add(now_us, Task::Listen(id));
        }
    }
}

impl Leg {
    /// Send what a mix lets the leg hear in this beat.
    fn say(&mut self, frame: &mut [i16], rate_hz: u32, hearers: &mut Hearers, now_us: u64) {
        let Some(settings) = self.endpoint.settings else { return };
        if self.endpoint.destination().is_none() {
            self.endpoint.speaker.pause();
            return;
        }
        self.endpoint.speaker.say(frame, rate_hz, &settings, now_us);
        let mut packet = [0; MAX_PACKET];
        while let Some(length) = self.endpoint.speaker.said(&settings, now_us, &mut packet) {
            let whole = 0..HEADER_LENGTH + length;
            self.tell_forks(&packet[whole.clone()], hearers.forks);
            self.send(hearers.raw, &mut packet, whole);
        }
    }
}

/// Who takes what a mix lets a leg hear: its forks, and the way to its peer.
struct Hearers<'a> {
    forks: &'a mut Forks,
    raw: &'a mut Option<RawSender>,
}

/// Who takes what a leg is heard to say, beside its mix.
struct Takers<'a> {
    recorder: &'a mut Recorder,
    forks: &'a mut Forks,
    events: &'a mut Vec<Event>,
}

fn listen_to_all(mix: &mut Mix, legs: &mut Table<Leg>, takers: &mut Takers, beat_us: u64) {
    let rate_hz = mix.rate_hz();
    for member in 0..mix.members().len() {
        let leg = legs.get(mix.members()[member].leg);
        mix.listen(member, |frame| match leg {
            Some(leg) => {
                hear(leg, takers, beat_us);
                leg.hearing.as_mut().is_some_and(|hearing| hearing.mixed(rate_hz, frame))
            }
            None => false,
        });
    }
}

/// One beat of a leg's hearing; recorded, forked, and listened to for keys, from here when its packets cannot be.
fn hear(leg: &mut Leg, takers: &mut Takers, beat_us: u64) {
    let taped = leg.taped().is_some();
    let Some(hearing) = &mut leg.hearing else { return };
    hearing.keep_tape(taped);
    hearing.beat();
    leg.endpoint.hear_beat(hearing.frame(), beat_us, takers.events);
    if leg.endpoint.intake.is_masked() {
        hearing.hide();
    }
    takers.forks.place_frame(&leg.forks, hearing, beat_us);
    leg.place_heard(takers.recorder, beat_us);
}
