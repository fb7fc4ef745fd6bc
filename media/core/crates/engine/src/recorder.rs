//! The recordings of one worker: timelines in, blocks to the writer out.

use std::time::{Duration, Instant};

use recording::beeps::Beeps;
use recording::format::SampleFormat;
use recording::marks::{Channels, Holder, Kind};
use recording::stereo::Stereo;
use recording::timeline::{HOLD, Timeline};
use rtp::us_to_samples;

use crate::commands::Channel;
use crate::events::{EndpointId, RecordingId, Samples};
use crate::intake::{Content, Received};
use crate::storage::{WriterId, Writers};
use crate::table::Table;

mod handing_over;
mod heard;

/// How often a recording hands over a block; each has its own moment within that time.
///
/// With `HOLD`, what a crash costs stays below a second.
const FLUSH_US: u64 = 500_000;
/// How soon a finish that found the queue full is tried again.
const RETRY_US: u64 = 100_000;
/// How long a worker that shuts down waits for the writer to make room, in all.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(8);

/// Where a leg's packets go: a slot of the recorder and the channel there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tap {
    slot: usize,
    channel: Channel,
}

impl Tap {
    /// Whether both lead to one recording.
    pub fn is_beside(self, other: Self) -> bool {
        self.slot == other.slot
    }
}

/// A packet on its way to a recording.
#[derive(Debug)]
pub struct RecordedPacket<'a> {
    pub leg: EndpointId,
    pub received: &'a Received,
    pub datagram: &'a [u8],
}

/// A recording under way.
#[derive(Debug, Default)]
pub struct Recording {
    id: RecordingId,
    started_us: u64,
    ended_us: Option<u64>,
    /// Frames before the first of `stereo`, not handed over yet.
    leading_silence: u64,
    stereo: Stereo,
    beeps: Beeps,
    /// The legs of which packets come that nobody here can decode.
    undecoded: Vec<EndpointId>,
    /// The legs that speak on the two channels now.
    customer: Option<EndpointId>,
    agent: Option<EndpointId>,
    writer: WriterId,
    /// Frames that found the queue full and are to be made good by silence.
    owed: u64,
    /// All of them.
    unwritten: Vec<Samples>,
}

/// Owns the recordings of a worker. Never waits for the disk.
#[derive(Debug)]
pub struct Recorder {
    recordings: Table<Recording>,
    writers: Writers,
    format: SampleFormat,
}

/// A recording that a worker takes over.
#[derive(Clone, Copy, Debug)]
pub struct Begun {
    pub writer: WriterId,
    pub started_us: u64,
    /// Until then it was silent.
    pub placed_us: u64,
}

impl Recorder {
    pub fn new(writers: Writers, format: SampleFormat) -> Self {
        Self { recordings: Table::default(), writers, format }
    }

    /// Begin a recording; returns the moment of the first `flush`.
    pub fn start(&mut self, id: RecordingId, begun: Begun) -> u64 {
        self.recordings.insert(id, Recording::new(id, begun, self.format));
        // 61 is prime to 1000, so that recordings begun together spread over the whole time.
        begun.placed_us + (id * 61 % 1000 + 1) * (FLUSH_US / 1000)
    }

    /// Give a channel to a leg, in place of the one that had it, or beside those who have it. None when there is no
    /// such recording, or no room.
    pub fn attach(&mut self, id: RecordingId, channel: Channel, leg: EndpointId, now_us: u64) -> Option<Tap> {
        let slot = self.recordings.slot_of(id)?;
        let recording = self.recordings.at(slot)?;
        let seated = recording.seat(channel, leg, recording.position(now_us));
        seated.then_some(Tap { slot, channel })
    }

    /// Who speaks on this channel of a recording, or on any of them.
    pub fn speakers(&mut self, id: RecordingId, channel: Option<Channel>) -> Vec<EndpointId> {
        self.recordings.get(id).map_or_else(Vec::new, |recording| recording.speakers(channel))
    }

    /// What a leg says goes nowhere any more.
    pub fn detach(&mut self, tap: Tap, leg: EndpointId, now_us: u64) {
        if let Some(recording) = self.recordings.at(tap.slot) {
            recording.unseat(leg, recording.position(now_us));
        }
    }

    /// The recording and the channel where a leg speaks, if it still does.
    pub fn seat_of(&mut self, tap: Tap, leg: EndpointId) -> Option<(RecordingId, Channel)> {
        let recording = self.recordings.at(tap.slot)?;
        recording.timeline_of(tap.channel, leg)?;
        Some((recording.id, tap.channel))
    }

    /// Where packets for a channel of a recording go.
    pub fn tap_at(&self, (id, channel): (RecordingId, Channel)) -> Option<Tap> {
        self.recordings.slot_of(id).map(|slot| Tap { slot, channel })
    }

    /// Let go of a recording, for another worker to take it over.
    pub fn give_up(&mut self, id: RecordingId) -> Option<Recording> {
        self.recordings.remove(id)
    }

    /// Go on with a recording that another worker gave up.
    pub fn take_over(&mut self, recording: Recording) {
        self.recordings.insert(recording.id, recording);
    }

    /// Silence the channel of a leg, or no more; in which recording, and how many milliseconds from its beginning.
    pub fn mask(
        &mut self,
        tap: Tap,
        leg: EndpointId,
        masked: bool,
        now_us: u64,
    ) -> Option<(RecordingId, u64)> {
        let recording = self.recordings.at(tap.slot).filter(|recording| recording.ended_us.is_none())?;
        let at = recording.position(now_us);
        recording.timeline_of(tap.channel, leg)?;
        let marks = &mut recording.stereo.marks;
        if masked {
            marks.begin(Kind::Masked, Holder(leg), channels_of(tap.channel), at);
        } else {
            marks.end(Kind::Masked, Holder(leg), at);
        }
        Some((recording.id, at / 8))
    }

    /// Tell that whoever speaks on this channel hears a sound of so many frames from now on, which is not recorded.
    pub fn note_beep(&mut self, tap: Tap, leg: EndpointId, frames: u64, now_us: u64) {
        let Some(recording) = self.recordings.at(tap.slot).filter(|recording| recording.ended_us.is_none())
        else {
            return;
        };
        let at = recording.position(now_us);
        if recording.timeline_of(tap.channel, leg).is_some() {
            recording.beeps.note(channels_of(tap.channel), at, at + frames);
        }
    }

    /// A packet is put on a channel soon.
    pub fn prefetch(&self, tap: Tap) {
        let Some(recording) = self.recordings.peek(tap.slot) else { return };
        prefetch::all_of(&recording.started_us);
        prefetch::all_of(&recording.customer);
        if let Some(timeline) = recording.main_timeline(tap.channel) {
            prefetch::all_of(timeline);
        }
    }

    /// The same at once: ask for where it will lie.
    pub fn prefetch_place(&self, tap: Tap) {
        let recording = self.recordings.peek(tap.slot);
        if let Some(timeline) = recording.and_then(|recording| recording.main_timeline(tap.channel)) {
            timeline.prefetch();
        }
    }

    /// Put one packet on its channel, if its leg still speaks there.
    pub fn place(&mut self, tap: Tap, packet: &RecordedPacket, now_us: u64) {
        let Some(recording) = self.recordings.at(tap.slot) else { return };
        let arrival = recording.position(now_us) as i64;
        let Some(timeline) = recording.timeline_of(tap.channel, packet.leg) else { return };
        let Received { header, payload, content } = packet.received;
        let Content::Audio(codec) = *content else { return timeline.skip(header) };
        timeline.note_codec(codec, arrival as u64);
        match codec.law() {
            Some(law) => timeline.place(header, &packet.datagram[payload.clone()], law, arrival),
            None if codec.can_be_decoded() => {
                timeline.expect(header, heard::measure(codec, &packet.datagram[payload.clone()]), arrival);
            }
            None => timeline.skip(header),
        }
        if codec.can_be_decoded() {
            recording.hear(packet.leg, arrival as u64);
        } else {
            recording.miss(packet.leg, tap.channel, arrival as u64);
        }
    }

    /// Record silence on these channels from now on, in place of those before. False when there is no such recording.
    pub fn pause(&mut self, id: RecordingId, channels: Channels, at_us: u64) -> bool {
        let Some(recording) = self.recordings.get(id) else { return false };
        let at = recording.position(at_us);
        if channels == Channels::NONE {
            recording.stereo.marks.end(Kind::Paused, Holder::RECORDING, at);
        } else {
            recording.stereo.marks.begin(Kind::Paused, Holder::RECORDING, channels, at);
        }
        true
    }

    /// The recording is over; `flush` will finish it. False when there is none such.
    pub fn stop(&mut self, id: RecordingId, ended_us: u64) -> bool {
        self.recordings.get(id).map(|recording| recording.ended_us = Some(ended_us)).is_some()
    }

    /// Hand over what is ready. Returns when to come again; None when the recording is finished.
    pub fn flush(&mut self, id: RecordingId, now_us: u64) -> Option<u64> {
        let recording = self.recordings.get(id)?;
        let (writers, writer) = (&self.writers, recording.writer);
        let send = |job| writers.try_send(writer, job, now_us);
        recording.hand_over(id, now_us, send);
        if recording.ended_us.is_none() {
            return Some(recording.next_flush_us(now_us));
        }
        if !recording.finish(id, send) {
            return Some(now_us + RETRY_US);
        }
        self.recordings.remove(id);
        None
    }

    /// Finish every recording, now allowed to wait a little for the writer.
    ///
    /// A writer stuck beyond that leaves files as they stand: valid up to their last block.
    pub fn shut_down(&mut self, now_us: u64) {
        let deadline = Instant::now() + SHUTDOWN_PATIENCE;
        for id in self.recordings.ids() {
            let Some(mut recording) = self.recordings.remove(id) else { continue };
            let writer = recording.writer;
            let send = |job| self.writers.send_before(writer, job, now_us, deadline);
            recording.ended_us.get_or_insert(now_us);
            recording.hand_over(id, now_us, send);
            recording.finish(id, send);
        }
    }
}

impl Recording {
    fn new(id: RecordingId, begun: Begun, format: SampleFormat) -> Self {
        let Begun { writer, started_us, placed_us } = begun;
        let mut recording = Self { id, started_us, writer, ..Self::default() };
        recording.leading_silence = recording.position(placed_us).saturating_sub(HOLD as u64);
        recording.stereo = Stereo::starting_at(recording.leading_silence, format);
        recording
    }

    /// A moment as samples since the recording began.
    fn position(&self, at_us: u64) -> u64 {
        us_to_samples(at_us.saturating_sub(self.started_us))
    }

    /// Of a channel, but for those who are heard beside.
    fn main_timeline(&self, channel: Channel) -> Option<&Timeline> {
        match channel {
            Channel::Customer => Some(&self.stereo.customer),
            Channel::Agent => Some(&self.stereo.agent),
            Channel::Beside => None,
        }
    }

    /// Where what a leg says belongs; None when it does not speak there any more.
    fn timeline_of(&mut self, channel: Channel, leg: EndpointId) -> Option<&mut Timeline> {
        let Stereo { customer, agent, beside, .. } = &mut self.stereo;
        match channel {
            Channel::Customer => (self.customer == Some(leg)).then_some(customer),
            Channel::Agent => (self.agent == Some(leg)).then_some(agent),
            Channel::Beside => beside.timeline_of(leg),
        }
    }

    /// Let a leg speak on a channel and nowhere else. False when there is no room.
    fn seat(&mut self, channel: Channel, leg: EndpointId, at: u64) -> bool {
        if self.timeline_of(channel, leg).is_some() {
            return true;
        }
        self.unseat(leg, at);
        let (speaker, timeline) = match channel {
            Channel::Customer => (&mut self.customer, &mut self.stereo.customer),
            Channel::Agent => (&mut self.agent, &mut self.stereo.agent),
            Channel::Beside => return self.stereo.take_in(leg),
        };
        timeline.forget_source();
        if let Some(before) = speaker.replace(leg) {
            self.forget(before, at);
        }
        true
    }

    fn speakers(&self, channel: Option<Channel>) -> Vec<EndpointId> {
        let seats = [(Channel::Customer, self.customer), (Channel::Agent, self.agent)];
        let beside = self.stereo.beside.speakers().map(|leg| (Channel::Beside, Some(leg)));
        let all = seats.into_iter().chain(beside);
        all.filter(|(seat, _)| channel.is_none_or(|channel| channel == *seat))
            .filter_map(|(_, leg)| leg)
            .collect()
    }

    fn unseat(&mut self, leg: EndpointId, at: u64) {
        for speaker in [&mut self.customer, &mut self.agent] {
            speaker.take_if(|speaker| *speaker == leg);
        }
        self.stereo.beside.leave(leg);
        self.forget(leg, at);
    }

    /// What was to be told of a leg ends, as it does not speak here any more.
    fn forget(&mut self, leg: EndpointId, at: u64) {
        self.undecoded.retain(|&other| other != leg);
        self.stereo.marks.end_all(Holder(leg), at);
    }

    /// Nothing of what comes of this leg can be recorded from here on.
    fn miss(&mut self, leg: EndpointId, channel: Channel, at: u64) {
        if !self.undecoded.contains(&leg) {
            self.undecoded.push(leg);
            self.stereo.marks.begin(Kind::Undecoded, Holder(leg), channels_of(channel), at);
        }
    }

    /// What comes of this leg can be heard again.
    fn hear(&mut self, leg: EndpointId, at: u64) {
        if let Some(index) = self.undecoded.iter().position(|&other| other == leg) {
            self.undecoded.swap_remove(index);
            self.stereo.marks.end(Kind::Undecoded, Holder(leg), at);
        }
    }
}

fn channels_of(channel: Channel) -> Channels {
    let customer = channel == Channel::Customer;
    Channels { customer, agent: !customer }
}
