//! A call of which everything is compared with the same call that stays on its worker: what both sides hear, what is
//! written of it, what is told of it and what is counted.

use ::rtp::digit_sender::{DigitSender, Touch};
use audio::encoder::{Encoder, MAX_PAYLOAD};

use super::moving::{Heard, company, prompt, told_facts};
use super::*;
use crate::commands::{Channel, Keys, Steer};
use crate::events::EndpointCounters;
use crate::recorder::Begun;
use crate::storage::Job;

const BEAT_US: u64 = 20_000;
const BRIDGE: u64 = 9;
const RECORDING: u64 = 50;
const KEYS: u8 = 101;

/// One who talks, in whatever codec.
struct Talker {
    phone: Phone,
    encoder: Encoder,
    said: u64,
}

impl Talker {
    fn new(rig: &mut Rig, endpoint: EndpointId, codec: Codec) -> Self {
        let phone = rig.phone(endpoint);
        let agreed =
            |settings| Settings { codec, payload_type: 96, dtmf_payload_type: Some(KEYS), ..settings };
        rig.agree(endpoint, agreed);
        Self { phone, encoder: Encoder::new(codec).unwrap(), said: 0 }
    }

    fn talk(&mut self) {
        let codec = self.encoder.codec();
        let wave = |n| ((self.said * codec.samples(20) as u64 + n) as f64 * 0.4).sin() * 8000.0;
        let samples: Vec<_> = (0..codec.samples(20) as u64).map(|n| wave(n) as i16).collect();
        let mut payload = [0; MAX_PAYLOAD];
        let length = self.encoder.encode(&samples, &mut payload).unwrap();
        self.said += 1;
        let (sequence, timestamp) = (65_500 + self.said, self.said * u64::from(codec.ticks(20)));
        let header = Header {
            marker: false,
            payload_type: 96,
            sequence: sequence as u16,
            timestamp: timestamp as u32,
            ssrc: 5,
        };
        let packet = [&header.to_bytes()[..], &payload[..length]].concat();
        self.phone.socket.send_to(&packet, self.phone.leg).unwrap();
    }
}

/// All that anybody can know of a call.
#[derive(Debug, PartialEq)]
struct Outcome {
    heard: [Vec<Heard>; 2],
    written: String,
    facts: Vec<Event>,
    counters: Vec<EndpointCounters>,
}

/// What is ordered at some beats of the call: a prompt, keys, a mask, and music, which is the same to the octet on all
/// workers where its encoder remembers nothing.
fn order_at(beat: u64, codec: Codec) -> Option<Command> {
    let touch = Touch { press_ms: 100, pause_ms: 60, volume: 10 };
    let music = Manner { shared: codec.law().is_some(), ..Manner::FOR_EVER };
    let playback = |id, manner| Playback::new(id, Playlist::new(vec![prompt()]), manner);
    match beat {
        20 => Some(Command::Play { endpoint: 1, playback: playback(70, Manner::ONCE) }),
        50 => Some(Command::PressKeys {
            endpoint: 2,
            keys: Keys::Events(DigitSender::new("15", touch).unwrap()),
        }),
        75 => Some(Command::Mask { endpoint: 1, for_us: 10 * BEAT_US }),
        100 => Some(Command::Play { endpoint: 2, playback: playback(71, music) }),
        120 => Some(Command::SteerPlayback { endpoint: 2, steer: Steer::Stop }),
        _ => None,
    }
}

/// Three seconds of a recorded call, which moves at these beats.
fn call(codecs: [Codec; 2], moves_at: impl Fn(u64) -> bool) -> Outcome {
    let mut rig = Rig::new();
    let (writers, mut ends) = Writers::new(&Storage::default());
    rig.worker.recorder = Recorder::new(writers.clone(), SampleFormat::Linear16);
    rig.worker.around.writers = writers;
    let mut talkers = [1, 2].map(|leg| Talker::new(&mut rig, leg, codecs[leg as usize - 1]));
    let begun = Begun { writer: 0, started_us: rig.now_us, placed_us: rig.now_us };
    rig.order(Command::Record { recording: RECORDING, begun });
    for (endpoint, channel) in [(1, Channel::Customer), (2, Channel::Agent)] {
        rig.order(Command::Attach { recording: RECORDING, endpoint, channel });
    }
    rig.order(Command::Bridge { mix: BRIDGE, legs: [1, 2] });
    for beat in 0..150 {
        if let Some(command) = order_at(beat, codecs[1]) {
            rig.order(command);
        }
        talkers.iter_mut().for_each(Talker::talk);
        if moves_at(beat) {
            rig.move_all(&company(&[1, 2], &[BRIDGE], &[RECORDING]));
        }
        rig.rounds(3);
        rig.now_us += BEAT_US;
    }
    let ended_us = rig.now_us;
    rig.order(Command::StopRecording { recording: RECORDING, ended_us });
    rig.rounds(3);
    let counters = vec![rig.counters(1), rig.counters(2)];
    let written = ends.remove(0).jobs.try_iter().map(|(at_us, job)| told(at_us, &job)).collect();
    let heard = talkers.map(|talker| talker.phone.heard());
    Outcome { heard, written, facts: told_facts(&rig), counters }
}

fn told(at_us: u64, job: &Job) -> String {
    format!("{at_us} {job:?}\n")
}

/// Each worker has its own seconds, of which the worst is rated.
fn timeless(mut counters: EndpointCounters) -> EndpointCounters {
    counters.quality.iter_mut().for_each(|quality| (quality.lowest_mos, quality.lowest_at_us) = (0.0, 0));
    counters
}

#[test]
fn a_call_that_moves_is_heard_recorded_and_counted_as_one_that_stays() {
    for codecs in [[Codec::Pcma, Codec::Pcma], [Codec::Pcmu, Codec::G722], [Codec::Opus, Codec::Opus]] {
        let [mut stays, mut moves] = [call(codecs, |_| false), call(codecs, |beat| beat % 3 == 1)];
        for outcome in [&mut stays, &mut moves] {
            outcome.counters = outcome.counters.drain(..).map(timeless).collect();
        }
        assert!(stays.heard.iter().all(|heard| heard.len() > 140), "{codecs:?}");
        assert_eq!(stays.counters, moves.counters, "{codecs:?}");
        assert!(moves.counters.iter().all(|counters| counters.packets_received == 150));
        assert_eq!(stays.facts, moves.facts, "{codecs:?}");
        assert!(stays.heard == moves.heard, "{codecs:?}: something else is heard");
        assert!(stays.written == moves.written, "{codecs:?}: something else is recorded");
    }
}
