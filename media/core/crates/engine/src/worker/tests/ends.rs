//! What a leg said before something else follows in its recording, or nothing, and what comes of it in bursts.

use audio::encoder::{Encoder, MAX_PAYLOAD};

use super::*;
use crate::commands::Channel;
use crate::recorder::Begun;
use crate::storage::{Job, Waiting};

const BEAT_US: u64 = 20_000;
const RECORDING: u64 = 50;
const LEG: EndpointId = 1;
/// 5 ms, in which a tone is loud or not.
const PART: usize = 40;
/// Little, of a tone of 8000: a decoder of Opus that made something up takes a while to be loud again.
const LOUD: i16 = 200;
/// What coding, decoding and resampling may take off an end.
const EDGE: usize = 3;

/// A recorded leg that says a tone, packet by packet.
struct Call {
    rig: Rig,
    queue: Receiver<Waiting>,
    phone: Phone,
    encoder: Encoder,
    said: u64,
    ssrc: u32,
    timestamp: u32,
}

impl Call {
    fn new(codec: Codec) -> Self {
        let mut rig = Rig::new();
        let (writers, mut ends) = Writers::new(&Storage::default());
        rig.worker.recorder = Recorder::new(writers.clone(), SampleFormat::Linear16);
        rig.worker.around.writers = writers;
        let phone = rig.phone(LEG);
        let begun = Begun { writer: 0, started_us: rig.now_us, placed_us: rig.now_us };
        rig.order(Command::Record { recording: RECORDING, begun });
        let queue = ends.remove(0).jobs;
        let encoder = Encoder::new(codec).unwrap();
        let mut call = Self { rig, queue, phone, encoder, said: 0, ssrc: 5, timestamp: 77 };
        call.agree_on(codec);
        call.attach(LEG);
        call
    }

    fn agree_on(&mut self, codec: Codec) {
        self.rig.agree(LEG, |settings| Settings { codec, payload_type: 96, ..settings });
        self.encoder = Encoder::new(codec).unwrap();
    }

    fn attach(&mut self, endpoint: EndpointId) {
        self.rig.order(Command::Attach { recording: RECORDING, endpoint, channel: Channel::Customer });
    }

    fn talk(&mut self, packets: u64) {
        for _ in 0..packets {
            self.say();
            self.rig.rounds(3);
            self.rig.now_us += BEAT_US;
        }
    }

    fn say(&mut self) {
        let codec = self.encoder.codec();
        let length = codec.samples(20) as u64;
        let turn = 1030.0 / f64::from(codec.rate_hz()) * std::f64::consts::TAU;
        let wave = |at| ((self.said * length + at) as f64 * turn).sin() * 8000.0;
        let samples: Vec<_> = (0..length).map(|at| wave(at) as i16).collect();
        let mut payload = [0; MAX_PAYLOAD];
        let length = self.encoder.encode(&samples, &mut payload).unwrap();
        self.said += 1;
        self.timestamp = self.timestamp.wrapping_add(codec.ticks(20));
        let (sequence, timestamp, ssrc) = (self.said as u16, self.timestamp, self.ssrc);
        let header = Header { marker: false, payload_type: 96, sequence, timestamp, ssrc };
        let packet = [&header.to_bytes()[..], &payload[..length]].concat();
        self.phone.socket.send_to(&packet, self.phone.leg).unwrap();
    }

    /// Which parts of the recording are loud, once it is over.
    fn loud(mut self) -> Vec<bool> {
        let ended_us = self.rig.now_us;
        self.rig.order(Command::StopRecording { recording: RECORDING, ended_us });
        self.rig.rounds(3);
        let blocks = self.queue.try_iter().filter_map(|(_, job)| match job {
            Job::Append { block, .. } => Some(block),
            _ => None,
        });
        let file: Vec<u8> = blocks.flatten().collect();
        let left: Vec<_> =
            file.chunks_exact(4).map(|frame| i16::from_le_bytes([frame[0], frame[1]])).collect();
        left.chunks(PART).map(|part| part.iter().any(|&sample| sample.abs() > LOUD)).collect()
    }
}

/// Packets that each of the two halves of a call has.
const PACKETS: u64 = 50;

type Happening = fn(&mut Call);

/// A call in which something happens right after a packet came.
fn heard(codec: Codec, happens: impl FnOnce(&mut Call)) -> Vec<bool> {
    let mut call = Call::new(codec);
    call.talk(PACKETS - 1);
    call.say();
    call.rig.rounds(3);
    happens(&mut call);
    call.loud()
}

/// The first part that is not loud from the beginning of the tone on; told in packets.
fn silent_after(loud: &[bool]) -> f64 {
    let length = loud.iter().skip(EDGE).take_while(|&&loud| loud).count() + EDGE;
    length as f64 / 4.0
}

const CODECS: [Codec; 2] = [Codec::G722, Codec::Opus];

#[test]
fn all_that_came_before_the_end_is_recorded() {
    let ends: [(&str, Happening); 5] = [
        ("the recording stops", |_| {}),
        ("the leg is detached", |call| {
            call.rig.order(Command::Detach { endpoint: LEG });
            call.rig.now_us += 10 * BEAT_US;
        }),
        ("the leg is closed", |call| {
            call.rig.order(Command::Close { endpoint: LEG });
            call.rig.now_us += 10 * BEAT_US;
        }),
        ("another leg takes its place", |call| {
            call.rig.phone(2);
            call.attach(2);
            call.rig.now_us += 10 * BEAT_US;
        }),
        ("a mask begins", |call| {
            call.rig.order(Command::Mask { endpoint: LEG, for_us: 1_000_000 });
            call.rig.now_us += 10 * BEAT_US;
        }),
    ];
    for codec in CODECS {
        for (end, happens) in ends {
            let lasted = silent_after(&heard(codec, happens));
            // A mask silences what plays from its beginning on.
            let whole = if end == "a mask begins" { PACKETS - 1 } else { PACKETS } as f64;
            assert!((whole - 0.75..=whole + 0.75).contains(&lasted), "{codec:?}, {end}: {lasted} packets");
        }
    }
}

#[test]
fn a_shutdown_loses_nothing_that_came() {
    for codec in CODECS {
        let lasted = silent_after(&heard(codec, |call| call.rig.order(Command::Shutdown)));
        assert!(lasted > PACKETS as f64 - 0.75, "{codec:?}: {lasted} packets");
    }
}

#[test]
fn nothing_is_lost_where_another_stream_or_codec_takes_over() {
    let changes: [(&str, Happening); 3] = [
        ("another source", |call| (call.ssrc, call.timestamp) = (6, 123_456)),
        ("a jump of the timestamp", |call| call.timestamp = call.timestamp.wrapping_add(3_000_000)),
        ("another codec", |call| call.agree_on(Codec::Pcma)),
    ];
    for codec in CODECS {
        for (name, change) in changes {
            let loud = heard(codec, |call| {
                change(call);
                call.rig.now_us += BEAT_US;
                call.talk(PACKETS);
                call.rig.now_us -= BEAT_US;
            });
            let whole = 2.0 * PACKETS as f64;
            let lasted = loud.iter().filter(|&&loud| loud).count() as f64 / 4.0;
            assert!((lasted - whole).abs() <= 0.75, "{codec:?}, {name}: {lasted} packets of {whole}");
        }
    }
}

#[test]
fn a_burst_after_a_stall_is_all_recorded_where_it_was_said() {
    for codec in [Codec::Pcma, Codec::G722, Codec::Opus] {
        for stalled in [8, 20, 22, 30, 38, 45] {
            let mut call = Call::new(codec);
            call.talk(PACKETS);
            for _ in 0..stalled {
                call.rig.rounds(3);
                call.rig.now_us += BEAT_US;
            }
            for _ in 0..stalled {
                call.say();
                call.rig.rounds(1);
            }
            call.talk(PACKETS);
            let loud = call.loud();
            let whole = (2 * PACKETS + stalled) as f64;
            let heard = loud.iter().filter(|&&loud| loud).count() as f64 / 4.0;
            assert!((heard - whole).abs() <= 0.75, "{codec:?}, {stalled} packets late: {heard} of {whole}");
        }
    }
}
