//! A leg that can only be relayed, and is not.

use super::*;
use crate::mix::Role;

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
