//! The recordings of one worker: timelines in, blocks to the writer out.

use std::time::{Duration, Instant};

use audio::g711::Law;
use crossbeam_channel::{Sender, TrySendError};
use recording::stereo::Stereo;
use recording::timeline::{HOLD, Timeline};
use rtp::us_to_samples;

use crate::commands::Channel;
use crate::events::{EndpointId, RecordingId};
use crate::intake::{Content, Received};
use crate::table::Table;
use crate::writer::{Ending, Job};

/// How often a recording hands over a block; each has its own moment within the second.
const FLUSH_US: u64 = 1_000_000;
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

/// A packet on its way to a recording.
#[derive(Debug)]
pub struct RecordedPacket<'a> {
    pub leg: EndpointId,
    pub received: &'a Received,
    pub datagram: &'a [u8],
}

/// What a leg said in one beat, at 8 kHz.
#[derive(Debug)]
pub struct RecordedFrame<'a> {
    pub leg: EndpointId,
    pub samples: &'a [i16],
    /// Of how many packets it is made, and how much of it was made up.
    pub packets: u64,
    pub lost_samples: u64,
}

/// A recording under way.
#[derive(Debug, Default)]
struct Recording {
    started_us: u64,
    ended_us: Option<u64>,
    /// Frames before the first of `stereo`, not handed over yet.
    leading_silence: u64,
    stereo: Stereo,
    /// The legs that speak on the two channels now.
    customer: Option<EndpointId>,
    agent: Option<EndpointId>,
    /// Frames that found the queue full.
    overrun: u64,
}

/// Owns the recordings of a worker. Never waits for the disk.
#[derive(Debug)]
pub struct Recorder {
    recordings: Table<Recording>,
    jobs: Sender<Job>,
}

impl Recorder {
    pub fn new(jobs: Sender<Job>) -> Self {
        Self { recordings: Table::default(), jobs }
    }

    /// Begin a recording that was silent until `placed_us`; returns the moment of the first `flush`.
    pub fn start(&mut self, id: RecordingId, started_us: u64, placed_us: u64) -> u64 {
        self.recordings.insert(id, Recording::new(started_us, placed_us));
        // 61 is prime to 1000, so that recordings begun together spread over the whole second.
        placed_us + FLUSH_US + (id * 61 % 1000) * (FLUSH_US / 1000)
    }

    /// Give a channel to a leg, in place of the one that had it.
    pub fn attach(&mut self, id: RecordingId, channel: Channel, leg: EndpointId) -> Option<Tap> {
        let slot = self.recordings.slot_of(id)?;
        let (speaker, timeline) = self.recordings.at(slot)?.seat(channel);
        if speaker.replace(leg) != Some(leg) {
            timeline.forget_source();
        }
        Some(Tap { slot, channel })
    }

    /// Put one packet on its channel, if its leg still speaks there.
    pub fn place(&mut self, tap: Tap, packet: &RecordedPacket, now_us: u64) {
        let Some(recording) = self.recordings.at(tap.slot) else { return };
        let arrival = recording.position(now_us) as i64;
        let (speaker, timeline) = recording.seat(tap.channel);
        let Received { header, payload, content } = packet.received;
        if *speaker != Some(packet.leg) {
            return;
        }
        match content_law(*content) {
            Some(law) => timeline.place(header, &packet.datagram[payload.clone()], law, arrival),
            None => timeline.skip(header),
        }
    }

    /// Put what was said in the beat of this moment on its channel, if its leg still speaks there.
    pub fn place_frame(&mut self, tap: Tap, frame: &RecordedFrame, beat_us: u64) {
        let Some(recording) = self.recordings.at(tap.slot) else { return };
        let position = recording.position(beat_us) as i64;
        let (speaker, timeline) = recording.seat(tap.channel);
        if *speaker == Some(frame.leg) {
            timeline.place_samples(position, frame.samples);
            timeline.count(frame.packets, frame.lost_samples);
        }
    }

    /// The recording is over; `flush` will finish it. False when there is none such.
    pub fn stop(&mut self, id: RecordingId, ended_us: u64) -> bool {
        self.recordings.get(id).map(|recording| recording.ended_us = Some(ended_us)).is_some()
    }

    /// Hand over what is ready. Returns when to come again; None when the recording is finished.
    pub fn flush(&mut self, id: RecordingId, now_us: u64) -> Option<u64> {
        let recording = self.recordings.get(id)?;
        recording.hand_over(id, now_us, |job| self.jobs.try_send(job).is_ok());
        let Some(ending) = recording.ending() else { return Some(now_us + FLUSH_US) };
        if let Err(TrySendError::Full(_)) = self.jobs.try_send(Job::Finish { recording: id, ending }) {
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
        let send = |job| self.jobs.send_deadline(job, deadline).is_ok();
        for id in self.recordings.ids() {
            let Some(mut recording) = self.recordings.remove(id) else { continue };
            recording.ended_us.get_or_insert(now_us);
            recording.hand_over(id, now_us, send);
            if let Some(ending) = recording.ending() {
                send(Job::Finish { recording: id, ending });
            }
        }
    }
}

/// The law of what is recorded as it comes; other audio is recorded as samples.
fn content_law(content: Content) -> Option<Law> {
    match content {
        Content::Audio(codec) => codec.law(),
        Content::Noise | Content::Keys { .. } => None,
    }
}

impl Recording {
    fn new(started_us: u64, placed_us: u64) -> Self {
        let mut recording = Self { started_us, ..Self::default() };
        recording.leading_silence = recording.position(placed_us).saturating_sub(HOLD as u64);
        recording.stereo = Stereo::starting_at(recording.leading_silence);
        recording
    }

    /// A moment as samples since the recording began.
    fn position(&self, at_us: u64) -> u64 {
        us_to_samples(at_us.saturating_sub(self.started_us))
    }

    fn seat(&mut self, channel: Channel) -> (&mut Option<EndpointId>, &mut Timeline) {
        match channel {
            Channel::Customer => (&mut self.customer, &mut self.stereo.customer),
            Channel::Agent => (&mut self.agent, &mut self.stereo.agent),
        }
    }

    fn hand_over(&mut self, id: RecordingId, now_us: u64, send: impl Fn(Job) -> bool) {
        let silence = std::mem::take(&mut self.leading_silence);
        if silence > 0 {
            self.give(silence, Job::AppendSilence { recording: id, frames: silence }, &send);
        }
        while let Some(block) = self.next_block(now_us) {
            let frames = block.len() / recording::wav::FRAME_LENGTH;
            self.give(frames as u64, Job::Append { recording: id, block }, &send);
        }
    }

    /// After a gap nothing more is written: what is there stays in place.
    fn give(&mut self, frames: u64, job: Job, send: impl Fn(Job) -> bool) {
        if self.overrun > 0 || !send(job) {
            self.overrun += frames;
        }
    }

    fn next_block(&mut self, now_us: u64) -> Option<Vec<u8>> {
        match self.ended_us {
            Some(ended_us) => self.stereo.take_rest(self.position(ended_us)),
            None => self.stereo.take_settled(self.position(now_us)),
        }
    }

    /// How it ends, if it is to end now.
    fn ending(&self) -> Option<Ending> {
        if self.overrun > 0 {
            let reason = format!("the disk could not keep up; {} ms were not written", self.overrun / 8);
            return Some(Ending::Broken { reason });
        }
        self.ended_us.map(|_| Ending::Whole {
            customer: self.stereo.customer.counters(),
            agent: self.stereo.agent.counters(),
        })
    }
}
