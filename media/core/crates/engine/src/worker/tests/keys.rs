//! Keys sent as tones by codecs that packets alone do not tell.

use audio::encoder::{Encoder, MAX_PAYLOAD};
use audio::tone::{Tone, ToneSource};

use super::*;
use crate::events::KeySource;
use crate::mix::Role;

impl Rig {
    /// The phone agrees to something else than before.
    pub(super) fn agree(&mut self, endpoint: EndpointId, change: impl Fn(Settings) -> Settings) {
        let settings = change(self.worker.legs.get(endpoint).unwrap().endpoint.settings.unwrap());
        self.order(Command::Configure { endpoint, settings, security: Security::Plain });
    }

    pub(super) fn speak(&mut self, phone: &mut Phone, codec: Codec, samples: &[i16]) {
        let mut encoder = Encoder::new(codec).unwrap();
        for frame in samples.chunks(codec.samples(20)) {
            let mut payload = [0; MAX_PAYLOAD];
            let length = encoder.encode(frame, &mut payload).unwrap();
            phone.sequence += 1;
            let timestamp = u32::from(phone.sequence) * codec.ticks(20);
            let header =
                Header { marker: false, payload_type: 96, sequence: phone.sequence, timestamp, ssrc: 5 };
            let packet = [&header.to_bytes()[..], &payload[..length]].concat();
            phone.socket.send_to(&packet, phone.leg).unwrap();
            self.now_us += 20_000;
            self.rounds(3);
        }
    }

    fn keys(&self) -> String {
        let key = |event| match event {
            Event::DigitDetected { digit, source: KeySource::InBand, .. } => Some(digit),
            _ => None,
        };
        self.worker.around.facts.drain(1000).into_iter().filter_map(key).collect()
    }
}

pub(super) fn tones(keys: &str, rate_hz: u32) -> Vec<i16> {
    let silence = vec![0; rate_hz as usize / 5];
    let press = |key| {
        let mut samples = vec![0; rate_hz as usize / 5];
        ToneSource::new(Tone::of_key(key, 100, 100).unwrap(), rate_hz).fill(&mut samples);
        samples
    };
    keys.chars().map(press).chain([silence.clone(), silence]).flatten().collect()
}

#[test]
fn tones_are_heard_in_every_codec_alone_and_in_a_mix() {
    for codec in [Codec::Pcmu, Codec::G722, Codec::Opus] {
        for mixed in [false, true] {
            let mut rig = Rig::new();
            rig.worker.around.rules.in_band_digits = crate::rules::InBandDigits::WithoutEvents;
            let mut caller = rig.phone(1);
            rig.agree(1, |settings| Settings { codec, payload_type: 96, ..settings });
            let others = [rig.phone(2), rig.phone(3)];
            let members: &[EndpointId] = if mixed { &[1, 2, 3] } else { &[] };
            for &endpoint in members {
                rig.order(Command::JoinMix { mix: 9, endpoint, role: Role::Speaker });
            }
            rig.speak(&mut caller, codec, &tones("159#", codec.rate_hz()));
            assert_eq!(rig.keys(), "159#", "{codec:?}, mixed {mixed}");
            drop(others);
        }
    }
}
