//! A tone laid over a call: heard beside what is said, and nothing else of the streams changes.

use std::f64::consts::TAU;

use ::rtp::packet::Packet;
use audio::decoder::{Decoder, MAX_SAMPLES};
use audio::encoder::{Encoder, MAX_PAYLOAD};
use recording::marks::{Channels, Kind, Mark};

use super::masking::{RECORDING, Talk};
use super::*;
use crate::commands::Channel;
use crate::events::PlaybackEnd;
use crate::mix::Role;

const CODECS: [Codec; 4] = [Codec::Pcma, Codec::Pcmu, Codec::G722, Codec::Opus];
const SPOKEN_HZ: f64 = 450.0;
const BEEP_HZ: f64 = 1400.0;
const BEEP_PACKETS: usize = 10;
/// Where codecs have to adapt: so many packets before it is heard, and so many behind it are made anew.
const ADAPTING: usize = 10;
const PLAYBACK: u64 = 77;

/// A packet as the agent's phone got it.
struct Heard {
    header: Header,
    payload: Vec<u8>,
}

fn tone(hz: f64, amplitude: f64, rate_hz: u32, samples: std::ops::Range<usize>) -> Vec<i16> {
    samples.map(|at| (amplitude * (TAU * hz * at as f64 / f64::from(rate_hz)).sin()) as i16).collect()
}

fn beep(endpoint: EndpointId) -> Command {
    let [narrow, wide] = [8000, 16_000].map(|hz| tone(BEEP_HZ, 6000.0, hz, 0..hz as usize / 5));
    let list = Playlist::new(vec![Arc::new(Prompt::encode(&narrow, &wide))]);
    let manner = Manner { laid_over: true, ..Manner::ONCE };
    Command::Play { endpoint, playback: Playback::new(PLAYBACK, list, manner) }
}

/// Have the caller say a steady tone for so many packets; what was sent.
fn speak(talk: &mut Talk, codec: Codec, encoder: &mut Encoder, packets: usize) -> Vec<Vec<u8>> {
    let length = codec.samples(20);
    let begin = usize::from(talk.caller.sequence);
    (begin..begin + packets)
        .map(|packet| {
            let samples = tone(SPOKEN_HZ, 6000.0, codec.rate_hz(), packet * length..(packet + 1) * length);
            let mut payload = [0; MAX_PAYLOAD];
            let count = encoder.encode(&samples, &mut payload).unwrap();
            say(&mut talk.caller, codec, &payload[..count]);
            talk.rig.now_us += 20_000;
            talk.rig.rounds(3);
            payload[..count].to_vec()
        })
        .collect()
}

fn say(phone: &mut Phone, codec: Codec, payload: &[u8]) {
    phone.sequence += 1;
    let timestamp = u32::from(phone.sequence) * codec.ticks(20);
    let header = Header { marker: false, payload_type: 96, sequence: phone.sequence, timestamp, ssrc: 5 };
    phone.socket.send_to(&[&header.to_bytes()[..], payload].concat(), phone.leg).unwrap();
}

fn heard(phone: &Phone) -> Vec<Heard> {
    let mut datagram = [0; 2048];
    let mut heard = Vec::new();
    while let Ok(length) = phone.socket.recv(&mut datagram) {
        let Packet { header, payload } = Packet::parse(&datagram[..length]).unwrap();
        if header.payload_type == 96 {
            heard.push(Heard { header, payload: datagram[payload].to_vec() });
        }
    }
    heard
}

/// How much of each packet's sound is of this frequency, 0 to 1.
fn share_of(hz: f64, codec: Codec, heard: &[Heard]) -> Vec<f64> {
    let mut ear = Decoder::new(codec).unwrap();
    let share = |packet: &Heard| {
        let mut samples = [0; MAX_SAMPLES];
        let count = ear.decode(&packet.payload, &mut samples).unwrap();
        let samples = &samples[..count];
        let energy: f64 = samples.iter().map(|&sample| f64::from(sample).powi(2)).sum();
        let turn = |at: usize| TAU * hz * at as f64 / f64::from(codec.rate_hz());
        let sum = |wave: fn(f64) -> f64| -> f64 {
            samples.iter().enumerate().map(|(at, &sample)| f64::from(sample) * wave(turn(at))).sum()
        };
        let (cosine, sine) = (sum(f64::cos), sum(f64::sin));
        2.0 * (cosine * cosine + sine * sine) / count as f64 / energy.max(1.0)
    };
    heard.iter().map(share).collect()
}

/// Both legs recorded, as they are in a call.
fn recorded_talk(codec: Codec) -> (Talk, Encoder) {
    let mut talk = Talk::new(codec);
    talk.rig.order(Command::Attach { recording: RECORDING, endpoint: 2, channel: Channel::Agent });
    (talk, Encoder::new(codec).unwrap())
}

fn ended(talk: &Talk) -> usize {
    let ended = |event: &Event| {
        matches!(event, Event::PlaybackEnded { playback: PLAYBACK, end: PlaybackEnd::Finished, .. })
    };
    talk.facts().iter().filter(|event| ended(event)).count()
}

#[test]
fn a_beep_is_laid_over_what_is_relayed_and_nothing_else_of_the_stream_changes() {
    for codec in CODECS {
        let (mut talk, mut encoder) = recorded_talk(codec);
        let mut said = speak(&mut talk, codec, &mut encoder, 50);
        talk.rig.order(beep(2));
        said.extend(speak(&mut talk, codec, &mut encoder, 50));
        let heard = heard(&talk.agent);
        assert_eq!(heard.len(), said.len(), "{codec:?}");
        for pair in heard.windows(2) {
            let [before, after] = [pair[0].header, pair[1].header];
            assert_eq!(after.sequence, before.sequence.wrapping_add(1), "{codec:?}");
            assert_eq!(after.timestamp, before.timestamp.wrapping_add(codec.ticks(20)), "{codec:?}");
            assert!(!after.marker && after.ssrc == before.ssrc, "{codec:?}");
        }
        let adapting = if codec.law().is_some() { 0 } else { ADAPTING };
        let begin = 50 + adapting;
        let changed: Vec<usize> = (0..100).filter(|&at| heard[at].payload != said[at]).collect();
        assert!(changed.len() <= BEEP_PACKETS + adapting, "{codec:?}: {changed:?}");
        assert!(changed.iter().all(|at| (begin..begin + BEEP_PACKETS + adapting).contains(at)));
        let (beeping, speaking) = (share_of(BEEP_HZ, codec, &heard), share_of(SPOKEN_HZ, codec, &heard));
        let within = begin + 2..begin + BEEP_PACKETS;
        assert!(beeping[within.clone()].iter().all(|&share| share > 0.3), "{codec:?}: {beeping:?}");
        assert!(speaking[within].iter().all(|&share| share > 0.3), "{codec:?}: {speaking:?}");
        let outside = || (0..begin).chain(begin + BEEP_PACKETS + 1..100);
        assert!(outside().all(|at| beeping[at] < 0.02), "{codec:?}: {beeping:?}");
        // Encoders look some milliseconds ahead, which are heard twice where the stream is the peer's own again.
        let joins = [begin, begin + BEEP_PACKETS + adapting];
        let fair = |at: &usize| speaking[*at] > if joins.contains(at) { 0.5 } else { 0.97 };
        // The first packets are those of a decoder that has heard nothing.
        assert!(outside().skip(3).all(|at| fair(&at)), "{codec:?}: {speaking:?}");
        assert_eq!(ended(&talk), 1, "{codec:?}");
    }
}

#[test]
fn who_hears_nothing_meanwhile_hears_the_beep_all_the_same() {
    for codec in CODECS {
        let (mut talk, mut encoder) = recorded_talk(codec);
        speak(&mut talk, codec, &mut encoder, 20);
        heard(&talk.agent);
        talk.rig.order(beep(2));
        talk.pass(600_000);
        let alone = heard(&talk.agent);
        assert_eq!(alone.len(), BEEP_PACKETS, "{codec:?}");
        assert!(share_of(BEEP_HZ, codec, &alone)[1..].iter().all(|&share| share > 0.8), "{codec:?}");
        assert_eq!(ended(&talk), 1, "{codec:?}");
        let said = speak(&mut talk, codec, &mut encoder, 20);
        let after = heard(&talk.agent);
        assert!(after.iter().map(|packet| &packet.payload).eq(&said), "{codec:?}: it is relayed again");
        assert!(after[0].header.sequence == alone[BEEP_PACKETS - 1].header.sequence.wrapping_add(1));
    }
}

#[test]
fn a_beep_comes_before_a_prompt_that_plays_and_the_prompt_goes_on() {
    let (mut talk, _) = recorded_talk(Codec::Pcma);
    let prompt = tone(SPOKEN_HZ, 6000.0, 8000, 0..8000);
    let list = Playlist::new(vec![Arc::new(Prompt::encode(&prompt, &[]))]);
    talk.rig.order(Command::Play { endpoint: 2, playback: Playback::new(1, list, Manner::ONCE) });
    talk.pass(300_000);
    talk.rig.order(beep(2));
    talk.pass(2_000_000);
    let heard = heard(&talk.agent);
    let beeping = share_of(BEEP_HZ, Codec::Pcma, &heard).iter().filter(|&&share| share > 0.8).count();
    let playing = share_of(SPOKEN_HZ, Codec::Pcma, &heard).iter().filter(|&&share| share > 0.8).count();
    assert_eq!((beeping, playing), (BEEP_PACKETS, 50));
}

#[test]
fn in_a_mix_the_beep_is_heard_by_whom_it_is_for_beside_the_others() {
    let (mut talk, mut encoder) = recorded_talk(Codec::Pcma);
    let supervisor = talk.rig.phone(3);
    talk.rig.agree(3, |settings| Settings { payload_type: 96, ..settings });
    talk.rig.order(Command::JoinMix { mix: 9, endpoint: 3, role: Role::Monitor });
    speak(&mut talk, Codec::Pcma, &mut encoder, 50);
    talk.rig.order(beep(2));
    speak(&mut talk, Codec::Pcma, &mut encoder, 50);
    let [agent, supervisor] = [&talk.agent, &supervisor].map(heard);
    let beeping = share_of(BEEP_HZ, Codec::Pcma, &agent);
    let both = (0..agent.len()).filter(|&at| beeping[at] > 0.3).collect::<Vec<_>>();
    assert_eq!(both.len(), BEEP_PACKETS, "{beeping:?}");
    let speaking = share_of(SPOKEN_HZ, Codec::Pcma, &agent);
    assert!(both.iter().all(|&at| speaking[at] > 0.3), "{speaking:?}");
    assert!(share_of(BEEP_HZ, Codec::Pcma, &supervisor).iter().all(|&share| share < 0.02));
}

#[test]
fn a_recording_tells_of_the_beep_and_does_not_hold_it() {
    let (mut talk, mut encoder) = recorded_talk(Codec::Pcma);
    speak(&mut talk, Codec::Pcma, &mut encoder, 50);
    talk.rig.order(beep(1));
    talk.rig.order(beep(2));
    speak(&mut talk, Codec::Pcma, &mut encoder, 50);
    talk.rig.order(beep(2));
    speak(&mut talk, Codec::Pcma, &mut encoder, 50);
    let (samples, marks) = talk.recorded();
    let agent = Channels { customer: false, agent: true };
    let told = |channels, from| Mark { kind: Kind::Beep, channels, from, to: Some(from + 1600) };
    assert_eq!(marks, [told(Channels::BOTH, 8000), told(agent, 16_000)]);
    let spoken: Vec<i16> = samples[8000..9600].to_vec();
    let turn = |at: usize| TAU * BEEP_HZ * at as f64 / 8000.0;
    let beep: f64 = spoken.iter().enumerate().map(|(at, &one)| f64::from(one) * turn(at).sin()).sum();
    let energy: f64 = spoken.iter().map(|&one| f64::from(one).powi(2)).sum();
    assert!(energy > 1e9 && 2.0 * beep * beep / 1600.0 / energy < 0.02, "{beep} of {energy}");
}

#[test]
fn a_beep_under_way_ends_with_its_leg_and_is_told() {
    let (mut talk, mut encoder) = recorded_talk(Codec::Pcma);
    speak(&mut talk, Codec::Pcma, &mut encoder, 20);
    talk.rig.order(beep(2));
    talk.rig.order(Command::Close { endpoint: 2 });
    talk.rig.rounds(2);
    let stopped = |event: &Event| {
        matches!(event, Event::PlaybackEnded { playback: PLAYBACK, end: PlaybackEnd::Stopped, .. })
    };
    assert!(talk.facts().iter().any(stopped));
}
