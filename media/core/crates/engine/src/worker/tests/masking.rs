//! What leaks through a mask: nothing, to nobody.

use ::rtp::packet::Packet;
use ::rtp::telephone_event::TelephoneEvent;
use audio::codec::Codec;
use audio::decoder::{Decoder, MAX_SAMPLES};

use super::keys::tones;
use super::*;
use recording::marks::{Channels, Kind, Mark};

use crate::commands::Channel;
use crate::recorder::Begun;
use crate::storage::{Job, Waiting};

pub(super) const RECORDING: u64 = 50;
const SECOND_US: u64 = 1_000_000;
const KEYS: u8 = 101;
/// Below this nothing is heard of a tone; codecs make so much of silence.
const SILENT: u16 = 64;

/// A recorded call of two phones.
pub(super) struct Talk {
    pub rig: Rig,
    pub caller: Phone,
    pub agent: Phone,
    codec: Codec,
    ear: Option<Decoder>,
    jobs: Receiver<Waiting>,
}

impl Talk {
    pub fn new(codec: Codec) -> Self {
        let mut rig = Rig::new();
        rig.worker.around.rules.in_band_digits = crate::rules::InBandDigits::Always;
        let (writers, mut ends) = Writers::new(&Storage::default());
        rig.worker.recorder = Recorder::new(writers.clone(), SampleFormat::Linear16);
        rig.worker.around.writers = writers;
        let (caller, agent) = (rig.phone(1), rig.phone(2));
        for leg in [1, 2] {
            rig.agree(leg, |settings| Settings {
                codec,
                payload_type: 96,
                dtmf_payload_type: Some(KEYS),
                ..settings
            });
        }
        let begun = Begun { writer: 0, started_us: rig.now_us, placed_us: rig.now_us };
        rig.order(Command::Record { recording: RECORDING, begun });
        rig.order(Command::Attach { recording: RECORDING, endpoint: 1, channel: Channel::Customer });
        rig.order(Command::Bridge { mix: 9, legs: [1, 2] });
        Self { rig, caller, agent, codec, ear: Decoder::new(codec), jobs: ends.remove(0).jobs }
    }

    /// The caller presses keys as tones.
    fn press(&mut self, keys: &str) {
        self.rig.speak(&mut self.caller, self.codec, &tones(keys, self.codec.rate_hz()));
    }

    /// And one by telephone-event, of which the packets that come every 20 ms are these many.
    fn press_event(&mut self, code: u8, packets: u16, ends: bool) {
        let timestamp = u32::from(self.caller.sequence) * self.codec.ticks(20);
        for packet in 1..=packets {
            let event =
                TelephoneEvent { code, end: ends && packet == packets, volume: 10, duration: packet * 160 };
            self.caller.sequence += 1;
            let sequence = self.caller.sequence;
            let header = Header { marker: false, payload_type: KEYS, sequence, timestamp, ssrc: 5 };
            let packet = [&header.to_bytes()[..], &event.to_bytes()].concat();
            self.caller.socket.send_to(&packet, self.caller.leg).unwrap();
            self.beat();
        }
    }

    /// The caller says nothing for a while.
    pub fn pass(&mut self, us: u64) {
        for _ in 0..us / 20_000 {
            self.caller.sequence += 1;
            self.beat();
        }
    }

    fn beat(&mut self) {
        self.rig.now_us += 20_000;
        self.rig.rounds(3);
    }

    /// What the agent was sent since it was asked last: payload types, and the loudest sample.
    fn heard(&mut self) -> (Vec<u8>, u16) {
        let (mut types, mut loudest) = (Vec::new(), 0);
        let mut datagram = [0; 512];
        while let Ok(length) = self.agent.socket.recv(&mut datagram) {
            let Packet { header, payload } = Packet::parse(&datagram[..length]).unwrap();
            types.push(header.payload_type);
            let mut samples = [0; MAX_SAMPLES];
            let count = match &mut self.ear {
                Some(ear) if header.payload_type == 96 => {
                    ear.decode(&datagram[payload], &mut samples).unwrap()
                }
                _ => 0,
            };
            loudest = samples[..count].iter().map(|sample| sample.unsigned_abs()).fold(loudest, u16::max);
        }
        (types, loudest)
    }

    pub fn facts(&self) -> Vec<Event> {
        self.rig.worker.around.facts.drain(1000)
    }

    /// The customer's channel, to its end, and what the file's facts say of masks.
    pub fn recorded(mut self) -> (Vec<i16>, Vec<Mark>) {
        let ended_us = self.rig.now_us;
        self.rig.order(Command::StopRecording { recording: RECORDING, ended_us });
        self.pass(20_000);
        let (mut samples, mut marks) = (Vec::new(), Vec::new());
        for (_, job) in self.jobs.try_iter() {
            match job {
                Job::Append { block, .. } => {
                    let left = |frame: &[u8]| i16::from_le_bytes([frame[0], frame[1]]);
                    samples.extend(block.chunks_exact(4).map(left));
                }
                Job::AppendSilence { frames, .. } => samples.resize(samples.len() + frames as usize, 0),
                Job::Finish { ending, .. } => marks = ending.marks,
                Job::Open { .. } => {}
            }
        }
        (samples, marks)
    }
}

fn loudest(samples: &[i16]) -> u16 {
    samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0)
}

fn masked_keys(facts: &[Event]) -> String {
    let key = |event: &Event| match *event {
        Event::DigitDetected { digit, masked: true, .. } => Some(digit),
        _ => None,
    };
    facts.iter().filter_map(key).collect()
}

fn marks(facts: &[Event]) -> Vec<(bool, u64)> {
    let mark = |event: &Event| match *event {
        Event::RecordingMasked { recording: RECORDING, endpoint: 1, masked, position_ms } => {
            Some((masked, position_ms))
        }
        _ => None,
    };
    facts.iter().filter_map(mark).collect()
}

#[test]
fn of_a_masked_leg_neither_relay_nor_recording_holds_a_key_in_any_codec() {
    for codec in [Codec::Pcma, Codec::Pcmu, Codec::G722, Codec::Opus] {
        let mut talk = Talk::new(codec);
        talk.press("7");
        assert!(talk.heard().1 > 1000, "{codec:?}: before, tones are heard");
        talk.facts();
        talk.rig.order(Command::Mask { endpoint: 1, for_us: 600 * SECOND_US });
        // A decoder stumbles where our own stream follows the caller's.
        talk.press("");
        talk.heard();
        let from = talk.rig.now_us / 1000 * 8;
        talk.press("159#");
        talk.press_event(4, 6, true);
        let (types, peak) = talk.heard();
        assert!(peak < SILENT, "{codec:?}: {peak}");
        assert!(types.iter().all(|&number| number == 96) && types.len() > 40, "{codec:?}: {}", types.len());
        talk.rig.order(Command::Unmask { endpoint: 1 });
        talk.pass(200_000);
        let facts = talk.facts();
        assert_eq!(masked_keys(&facts), "159#4", "{codec:?}");
        let [(true, begin_ms), (false, end_ms)] = marks(&facts)[..] else { panic!("{facts:?}") };
        let until = talk.rig.now_us / 1000 * 8;
        talk.press("7");
        assert!(talk.heard().1 > 1000, "{codec:?}: and after it again");
        let (recorded, told) = talk.recorded();
        let masked = &recorded[from as usize..until as usize];
        assert!(loudest(masked) < SILENT, "{codec:?}: {}", loudest(masked));
        assert!(loudest(&recorded[..from as usize]) > 1000 && loudest(&recorded[until as usize..]) > 1000);
        assert!(
            begin_ms * 8 <= from && end_ms * 8 <= until && end_ms - begin_ms > 1000,
            "{begin_ms} {end_ms}"
        );
        let [Mark { kind: Kind::Masked, channels, from, to: Some(to) }] = told[..] else {
            panic!("{told:?}")
        };
        assert_eq!((from / 8, to / 8), (begin_ms, end_ms));
        assert_eq!(channels, Channels { customer: true, agent: false });
    }
}

#[test]
fn a_masked_leg_that_leaves_its_channel_takes_the_mask_along_and_brings_it_to_the_next() {
    let mut talk = Talk::new(Codec::Pcma);
    talk.pass(200_000);
    talk.rig.order(Command::Mask { endpoint: 1, for_us: 600 * SECOND_US });
    talk.pass(200_000);
    talk.rig.order(Command::Detach { endpoint: 1 });
    talk.pass(200_000);
    talk.rig.order(Command::Attach { recording: RECORDING, endpoint: 1, channel: Channel::Agent });
    talk.pass(200_000);
    let [(true, begun), (false, left), (true, back)] = marks(&talk.facts())[..] else { panic!() };
    let told: Vec<_> = talk.recorded().1.iter().map(|mark| (mark.channels, mark.from, mark.to)).collect();
    let customer = Channels { customer: true, agent: false };
    let agent = Channels { customer: false, agent: true };
    let [first, (channels, from, Some(end))] = told[..] else { panic!("{told:?}") };
    assert_eq!(first, (customer, begun * 8, Some(left * 8)));
    assert_eq!((channels, from), (agent, back * 8));
    assert!(left > begun && back > left && end > from, "{told:?}");
}

#[test]
fn a_key_that_is_down_already_breaks_off_at_once() {
    let mut talk = Talk::new(Codec::Pcma);
    let press = tones("7", 8000);
    talk.rig.speak(&mut talk.caller, Codec::Pcma, &press[..320]);
    assert!(talk.heard().1 > 1000);
    talk.rig.order(Command::Mask { endpoint: 1, for_us: SECOND_US });
    talk.rig.speak(&mut talk.caller, Codec::Pcma, &press[320..]);
    assert_eq!(masked_keys(&talk.facts()), "7");
    assert!(talk.heard().1 < SILENT);
}

#[test]
fn what_cannot_be_mixed_is_sent_nothing_of_a_masked_leg() {
    let mut talk = Talk::new(Codec::G729);
    let say = |talk: &mut Talk| {
        talk.caller.sequence += 1;
        let sequence = talk.caller.sequence;
        let header = Header { marker: false, payload_type: 96, sequence, timestamp: 0, ssrc: 5 };
        let packet = [&header.to_bytes()[..], &[7; 20]].concat();
        talk.caller.socket.send_to(&packet, talk.caller.leg).unwrap();
        talk.pass(20_000);
        talk.heard().0
    };
    assert_eq!(say(&mut talk), [96]);
    talk.rig.order(Command::Mask { endpoint: 1, for_us: SECOND_US });
    assert!(say(&mut talk).is_empty());
    talk.pass(SECOND_US);
    assert_eq!(say(&mut talk), [96]);
}

#[test]
fn a_mask_ends_by_itself_but_not_within_a_key() {
    let mut talk = Talk::new(Codec::Pcma);
    talk.rig.order(Command::Mask { endpoint: 1, for_us: 100_000 });
    talk.press_event(4, 20, false);
    let facts = talk.facts();
    assert!(
        facts.contains(&Event::Masked { endpoint: 1 }) && !facts.contains(&Event::Unmasked { endpoint: 1 })
    );
    talk.pass(200_000);
    let facts = talk.facts();
    assert_eq!(masked_keys(&facts), "4");
    assert!(facts.contains(&Event::Unmasked { endpoint: 1 }));
    assert!(!talk.heard().0.contains(&KEYS));
}

#[test]
fn a_mask_put_on_again_lasts_from_then_on() {
    let mut talk = Talk::new(Codec::Pcma);
    for _ in 0..5 {
        talk.rig.order(Command::Mask { endpoint: 1, for_us: 500_000 });
        talk.pass(400_000);
    }
    let facts = talk.facts();
    let count = |wanted: &Event| facts.iter().filter(|event| *event == wanted).count();
    assert_eq!((count(&Event::Masked { endpoint: 1 }), count(&Event::Unmasked { endpoint: 1 })), (1, 0));
    talk.pass(200_000);
    assert!(talk.facts().contains(&Event::Unmasked { endpoint: 1 }));
}
