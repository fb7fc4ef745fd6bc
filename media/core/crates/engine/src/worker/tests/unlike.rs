//! Legs of one codec between which packets cannot just be relayed, and one that can only be relayed.

use ::rtp::packet::Packet;

use super::*;
use crate::mix::Role;

impl Phone {
    /// Say silence of so many milliseconds in one packet of G.711.
    fn say_for(&mut self, ms: u32) {
        self.sequence += 1;
        let timestamp = u32::from(self.sequence) * 8 * ms;
        let header = Header { marker: false, payload_type: 8, sequence: self.sequence, timestamp, ssrc: 5 };
        self.socket
            .send_to(&[&header.to_bytes()[..], &vec![0xd5; 8 * ms as usize]].concat(), self.leg)
            .unwrap();
    }

    /// Of each packet that came.
    fn lengths_ms(&self) -> Vec<usize> {
        let mut buffer = [0; 2048];
        let mut lengths = Vec::new();
        while let Ok(length) = self.socket.recv(&mut buffer) {
            let packet = Packet::parse(&buffer[..length]).unwrap();
            // Reports to a phone whose port is one lower may come here, too.
            if packet.header.payload_type == 8 {
                lengths.push(packet.payload.len() / 8);
            }
        }
        lengths
    }
}

/// What the second leg hears of the first in a second of packets of this length.
fn relayed(ms: u32, longest_ms: Option<u32>, rig: &mut Rig, phones: &mut [Phone; 2]) -> Vec<usize> {
    rig.agree(2, |settings| Settings { longest_ms, ..settings });
    phones[1].lengths_ms();
    for _ in 0..1000 / ms {
        phones[0].say_for(ms);
        for _ in 0..ms / 10 {
            rig.now_us += 10_000;
            rig.rounds(3);
        }
    }
    phones[1].lengths_ms()
}

#[test]
fn packets_longer_than_the_peer_takes_are_made_anew_and_others_relayed() {
    let mut rig = Rig::new();
    let mut phones = [rig.phone(1), rig.phone(2)];
    rig.order(Command::Bridge { mix: 9, legs: [1, 2] });
    assert_eq!(relayed(40, None, &mut rig, &mut phones), [40; 25]);
    assert_eq!(relayed(40, Some(40), &mut rig, &mut phones), [40; 25]);
    let made_anew = relayed(40, Some(30), &mut rig, &mut phones);
    assert!(made_anew.iter().all(|&ms| ms == 20) && made_anew.len() >= 47, "{made_anew:?}");
    assert_eq!(
        relayed(40, None, &mut rig, &mut phones),
        [40; 25],
        "it is relayed again once that is no matter"
    );
    rig.agree(1, |settings| settings);
    assert_eq!(relayed(20, Some(30), &mut rig, &mut phones), [20; 50]);
}

#[test]
fn a_leg_that_can_only_be_relayed_is_told_once_when_it_is_mixed() {
    let mut rig = Rig::new();
    let _phones = [rig.phone(1), rig.phone(2), rig.phone(3)];
    let told = |rig: &Rig| {
        let unmixable = |event| match event {
            Event::MediaUnmixable { endpoint } => Some(endpoint),
            _ => None,
        };
        rig.worker.around.facts.drain(100).into_iter().filter_map(unmixable).collect::<Vec<_>>()
    };
    for leg in [1, 2] {
        rig.agree(leg, |settings| Settings { codec: Codec::G729, payload_type: 18, ..settings });
    }
    rig.order(Command::Bridge { mix: 9, legs: [1, 2] });
    rig.rounds(3);
    assert!(told(&rig).is_empty(), "they are relayed");
    rig.order(Command::JoinMix { mix: 9, endpoint: 3, role: Role::Monitor });
    rig.order(Command::JoinMix { mix: 9, endpoint: 3, role: Role::Barge });
    rig.rounds(3);
    assert_eq!(told(&rig), [1, 2]);
    rig.agree(1, |settings| Settings { codec: Codec::Pcma, payload_type: 8, ..settings });
    rig.rounds(3);
    assert!(told(&rig).is_empty());
    rig.agree(1, |settings| Settings { codec: Codec::G729, payload_type: 18, ..settings });
    rig.rounds(3);
    assert_eq!(told(&rig), [1]);
}
