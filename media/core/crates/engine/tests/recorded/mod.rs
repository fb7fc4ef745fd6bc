//! Phones of any codec, each with its leg's hearing, and the recording of what they say, in virtual time.

use audio::codec::Codec;
use audio::encoder::Encoder;
use audio::resampler::Resampler;
use engine::commands::Channel;
use engine::hearing::Hearing;
use engine::intake::{Content, Received};
use engine::recorder::{Begun, RecordedPacket, Recorder, Tap};
use engine::storage::{Ending, Job, Storage, Waiting, Writers};
use recording::format::SampleFormat;
use rtp::packet::Header;

const CHANNELS: [Channel; 2] = [Channel::Customer, Channel::Agent];
const RECORDING: u64 = 3;
const BEAT_US: u64 = 20_000;

/// Noise of the telephone band that never repeats, at 8 kHz.
pub fn voice(samples: usize) -> Vec<i16> {
    let mut seed = 1_u32;
    let mut before = [0.0_f64; 6];
    (0..samples)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            before.rotate_right(1);
            before[0] = f64::from(seed >> 8) / f64::from(1 << 24) - 0.5;
            (before.iter().sum::<f64>() * 9000.0) as i16
        })
        .collect()
}

/// Packets of so many milliseconds by this codec; what goes before them is what it takes to bring the voice to its rate.
pub fn coded(codec: Codec, voice: &[i16], packet_ms: u32) -> Vec<Vec<u8>> {
    let mut resampler = Resampler::new(8000, codec.rate_hz()).unwrap();
    let mut encoder = Encoder::new(codec).unwrap();
    let length = codec.samples(packet_ms);
    voice
        .chunks_exact(8 * packet_ms as usize)
        .map(|frame| {
            let mut samples = vec![0; length];
            if codec.rate_hz() == 8000 {
                samples.copy_from_slice(frame);
            } else {
                resampler.resample(frame, &mut samples);
            }
            let mut payload = vec![0; 1500];
            let length = encoder.encode(&samples, &mut payload).unwrap();
            payload.truncate(length);
            payload
        })
        .collect()
}

/// Samples at 8 kHz that the resampler of `coded` takes.
pub fn made_late(codec: Codec) -> i64 {
    if codec.rate_hz() == 8000 { 0 } else { 40 }
}

/// The leg of one phone.
struct Leg {
    id: u64,
    codec: Codec,
    tap: Tap,
    hearing: Option<Hearing>,
}

/// Up to two legs, the customer's first, and their recording.
pub struct Rig {
    recorder: Recorder,
    legs: Vec<Leg>,
    queue: crossbeam_channel::Receiver<Waiting>,
    next_beat_us: u64,
    next_flush_us: u64,
    /// What was handed over of both channels.
    pub samples: [Vec<i16>; 2],
}

impl Rig {
    pub fn of(codecs: &[Codec]) -> Self {
        let (writers, mut ends) = Writers::new(&Storage::default());
        let mut recorder = Recorder::new(writers, SampleFormat::Linear16);
        let begun = Begun { writer: 0, started_us: 0, placed_us: 0 };
        let next_flush_us = recorder.start(RECORDING, begun);
        let legs = (10..).zip(CHANNELS).zip(codecs).map(|((id, channel), &codec)| Leg {
            id,
            codec,
            tap: recorder.attach(RECORDING, channel, id, 0).unwrap(),
            hearing: codec.law().is_none().then(|| Hearing::new(codec, 1).unwrap()),
        });
        let legs = legs.collect();
        let queue = ends.remove(0).jobs;
        Self { recorder, legs, queue, next_beat_us: 7000, next_flush_us, samples: Default::default() }
    }

    pub fn go_on_to(&mut self, now_us: u64) {
        while self.next_beat_us.min(self.next_flush_us) <= now_us {
            if self.next_flush_us < self.next_beat_us {
                self.next_flush_us = self.recorder.flush(RECORDING, self.next_flush_us).unwrap();
                assert!(self.take_blocks().is_none());
                continue;
            }
            for leg in &mut self.legs {
                if let Some(hearing) = &mut leg.hearing {
                    hearing.keep_tape(true);
                    hearing.beat();
                    self.recorder.place_heard(leg.tap, leg.id, hearing, false, self.next_beat_us);
                }
            }
            self.next_beat_us += BEAT_US;
        }
    }

    /// A packet of the leg at this place comes.
    pub fn take(&mut self, leg: usize, sequence: u16, timestamp: u32, payload: &[u8], now_us: u64) {
        self.go_on_to(now_us);
        let leg = &mut self.legs[leg];
        let header = Header { marker: false, payload_type: 8, sequence, timestamp, ssrc: 5 };
        let datagram = [&[0; 12][..], payload].concat();
        let received = Received { header, payload: 12..datagram.len(), content: Content::Audio(leg.codec) };
        if let Some(hearing) = &mut leg.hearing {
            hearing.take(&received, payload);
        }
        let packet = RecordedPacket { leg: leg.id, received: &received, datagram: &datagram };
        self.recorder.place(leg.tap, &packet, now_us);
    }

    /// End the recording: all of its samples are there then.
    pub fn end(&mut self, now_us: u64) -> Ending {
        self.go_on_to(now_us);
        self.recorder.stop(RECORDING, now_us);
        self.recorder.flush(RECORDING, now_us);
        self.take_blocks().expect("an ending")
    }

    /// All that was handed over to the writer.
    fn take_blocks(&mut self) -> Option<Ending> {
        for (_, job) in self.queue.try_iter() {
            match job {
                Job::Append { block, .. } => {
                    for frame in block.chunks_exact(4) {
                        self.samples[0].push(i16::from_le_bytes([frame[0], frame[1]]));
                        self.samples[1].push(i16::from_le_bytes([frame[2], frame[3]]));
                    }
                }
                Job::Finish { ending, .. } => return Some(*ending),
                other => panic!("{other:?}"),
            }
        }
        None
    }
}
