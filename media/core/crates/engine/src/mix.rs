//! Who is in a mix, who hears whom, and what each of them hears.
//!
//! ```text
//!   hears ▸     speaker  speaker  monitor  whisper to the first   barge
//!   speaker        ·        x        x             x                x
//!   speaker        x        ·        x             x                x
//!   monitor        -        -        ·             -                -
//!   whisper        x        -        -             ·                -
//!   barge          x        x        x             x                ·
//! ```

use crate::events::EndpointId;

/// Of 20 ms at 16 kHz.
pub const MAX_FRAME: usize = 320;
/// The most members: what each hears is written for each of them in every beat.
pub const MAX_MEMBERS: usize = 64;
/// How long a beat is.
pub const BEAT_US: u64 = 20_000;

/// What a member says and who hears it. Every member hears those who are heard by all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// One of those who talk; heard by all.
    Speaker,
    /// Heard by nobody.
    Monitor,
    /// Heard by one other member.
    Whisper { to: EndpointId },
    /// Joins those who talk; heard by all.
    Barge,
}

impl Role {
    pub fn is_heard_by_all(self) -> bool {
        matches!(self, Self::Speaker | Self::Barge)
    }
}

/// A leg in a mix.
#[derive(Debug)]
pub struct Member {
    pub leg: EndpointId,
    pub role: Role,
    /// What it says in this beat; nothing before it was listened to, as nobody is in a mix of two who are relayed.
    said: Vec<i16>,
    silent: bool,
}

/// Legs that hear each other.
#[derive(Debug)]
pub struct Mix {
    members: Vec<Member>,
    /// Of all who are heard by all.
    total: Vec<i32>,
    /// Samples of a beat.
    frame: usize,
    /// It ends with the first who leaves.
    pub is_bridge: bool,
    /// When it is mixed next; None while packets need only be relayed, or nobody is there to hear.
    pub next_us: Option<u64>,
}

impl Default for Mix {
    fn default() -> Self {
        Self { members: Vec::new(), total: Vec::new(), frame: MAX_FRAME / 2, is_bridge: false, next_us: None }
    }
}

impl Mix {
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    pub fn legs(&self) -> Vec<EndpointId> {
        self.members.iter().map(|member| member.leg).collect()
    }

    /// Take a leg in, or give it another role. False when there is no room for one more.
    pub fn join(&mut self, leg: EndpointId, role: Role) -> bool {
        if let Some(member) = self.members.iter_mut().find(|member| member.leg == leg) {
            member.role = role;
            return true;
        }
        if self.members.len() == MAX_MEMBERS {
            return false;
        }
        self.members.push(Member { leg, role, said: Vec::new(), silent: true });
        true
    }

    pub fn leave(&mut self, leg: EndpointId) {
        self.members.retain(|member| member.leg != leg);
    }

    /// The two who talk with nobody else listening, so that packets of a common codec need only be relayed.
    pub fn pair(&self) -> Option<(EndpointId, EndpointId)> {
        match &self.members[..] {
            [one, other] if one.role.is_heard_by_all() && other.role.is_heard_by_all() => {
                Some((one.leg, other.leg))
            }
            _ => None,
        }
    }

    /// Whom the keys of a leg are for: the other of two who talk. In a conference nobody else wants them.
    pub fn partner(&self, leg: EndpointId) -> Option<EndpointId> {
        let mut speakers = self.members.iter().filter(|member| member.role == Role::Speaker);
        match (speakers.next(), speakers.next(), speakers.next()) {
            (Some(one), Some(other), None) if one.leg == leg => Some(other.leg),
            (Some(one), Some(other), None) if other.leg == leg => Some(one.leg),
            _ => None,
        }
    }

    /// Mix at this rate: 8000 or 16000 Hz.
    pub fn set_rate(&mut self, rate_hz: u32) {
        self.frame = (rate_hz / 50) as usize;
    }

    pub fn rate_hz(&self) -> u32 {
        self.frame as u32 * 50
    }

    /// Samples of a beat.
    pub fn frame_length(&self) -> usize {
        self.frame
    }

    /// Note what a member says in this beat; `fill` writes it and says whether there was anything.
    pub fn listen(&mut self, member: usize, fill: impl FnOnce(&mut [i16]) -> bool) {
        let Some(member) = self.members.get_mut(member) else { return };
        member.said.resize(self.frame, 0);
        member.silent = !fill(&mut member.said);
    }

    /// Add up what all say who are heard by all. To be done when every member was listened to.
    pub fn add_up(&mut self) {
        self.total.clear();
        self.total.resize(self.frame, 0);
        let heard = |member: &&Member| !member.silent && member.role.is_heard_by_all();
        for member in self.members.iter().filter(heard) {
            for (sum, &sample) in self.total.iter_mut().zip(&member.said) {
                *sum += i32::from(sample);
            }
        }
    }

    /// What a member hears: all who are heard by it, without itself, at full scale where they are too loud.
    pub fn heard_by(&self, member: usize, out: &mut [i16; MAX_FRAME]) {
        let Some(listener) = self.members.get(member) else { return };
        let own = listener.role.is_heard_by_all() && !listener.silent;
        let whispers = |other: &&Member| {
            other.leg != listener.leg && !other.silent && other.role == Role::Whisper { to: listener.leg }
        };
        if own {
            for ((sample, &total), &said) in out.iter_mut().zip(&self.total).zip(&listener.said) {
                *sample = saturated(total - i32::from(said));
            }
        } else {
            out.iter_mut().zip(&self.total).for_each(|(sample, &total)| *sample = saturated(total));
        }
        for whisper in self.members.iter().filter(whispers) {
            for (sample, &said) in out[..self.frame].iter_mut().zip(&whisper.said) {
                *sample = sample.saturating_add(said);
            }
        }
    }
}

fn saturated(sum: i32) -> i16 {
    sum.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CUSTOMER: EndpointId = 1;
    const AGENT: EndpointId = 2;
    const SUPERVISOR: EndpointId = 3;

    /// A mix in which each leg says its power of ten all the time.
    fn mix(roles: &[(EndpointId, Role)]) -> Mix {
        let mut mix = Mix::default();
        for &(leg, role) in roles {
            assert!(mix.join(leg, role));
        }
        mix
    }

    fn heard(mix: &mut Mix) -> Vec<i16> {
        for member in 0..mix.members().len() {
            let said = 10_i16.pow(mix.members()[member].leg as u32 - 1);
            mix.listen(member, |frame| {
                frame.fill(said);
                true
            });
        }
        mix.add_up();
        let mut out = [0; MAX_FRAME];
        (0..mix.members().len())
            .map(|member| {
                mix.heard_by(member, &mut out);
                let length = mix.frame_length();
                assert!(out[..length].iter().all(|&sample| sample == out[0]));
                out[0]
            })
            .collect()
    }

    #[test]
    fn a_supervisor_is_heard_as_the_role_says_and_hears_both_always() {
        let cases = [
            (Role::Monitor, [10, 1, 11]),
            (Role::Whisper { to: AGENT }, [10, 101, 11]),
            (Role::Barge, [110, 101, 11]),
        ];
        let mut mix = mix(&[(CUSTOMER, Role::Speaker), (AGENT, Role::Speaker)]);
        for (role, expected) in cases {
            assert!(mix.join(SUPERVISOR, role));
            assert_eq!(heard(&mut mix), expected, "{role:?}");
        }
    }

    #[test]
    fn a_whisper_is_heard_by_no_other_supervisor() {
        let roles = [
            (CUSTOMER, Role::Speaker),
            (AGENT, Role::Speaker),
            (SUPERVISOR, Role::Whisper { to: AGENT }),
            (4, Role::Monitor),
        ];
        assert_eq!(heard(&mut mix(&roles)), [10, 101, 11, 11]);
    }

    #[test]
    fn those_who_are_too_loud_together_are_held_at_full_scale() {
        let mut mix = mix(&[(1, Role::Speaker), (2, Role::Speaker), (3, Role::Speaker)]);
        for (member, sample) in [30_000, 30_000, -30_000].into_iter().enumerate() {
            mix.listen(member, |frame| {
                frame.fill(sample);
                true
            });
        }
        mix.add_up();
        let mut out = [0; MAX_FRAME];
        mix.heard_by(2, &mut out);
        assert_eq!(out[0], i16::MAX);
        mix.heard_by(0, &mut out);
        assert_eq!(out[0], 0);
    }

    #[test]
    fn two_who_talk_alone_are_a_pair_whose_keys_are_for_each_other() {
        let mut mix = mix(&[(CUSTOMER, Role::Speaker), (AGENT, Role::Speaker)]);
        assert_eq!(mix.pair(), Some((CUSTOMER, AGENT)));
        assert_eq!((mix.partner(CUSTOMER), mix.partner(AGENT)), (Some(AGENT), Some(CUSTOMER)));
        mix.join(SUPERVISOR, Role::Monitor);
        assert_eq!((mix.pair(), mix.partner(AGENT), mix.partner(SUPERVISOR)), (None, Some(CUSTOMER), None));
        mix.join(SUPERVISOR, Role::Speaker);
        assert_eq!(mix.partner(AGENT), None);
        mix.leave(CUSTOMER);
        assert_eq!(mix.pair(), Some((AGENT, SUPERVISOR)));
    }

    #[test]
    fn there_is_room_for_so_many_and_no_more() {
        let mut mix = Mix::default();
        assert!((0..MAX_MEMBERS as u64).all(|leg| mix.join(leg, Role::Speaker)));
        assert!(!mix.join(1000, Role::Speaker));
        assert!(mix.join(7, Role::Monitor));
    }

    fn role() -> impl Strategy<Value = Role> {
        prop_oneof![
            Just(Role::Speaker),
            Just(Role::Monitor),
            Just(Role::Barge),
            (0..8_u64).prop_map(|to| Role::Whisper { to }),
        ]
    }

    proptest! {
        #[test]
        fn each_hears_the_sum_of_those_it_is_to_hear(
            roles in prop::collection::vec((role(), -4000..4000_i16, any::<bool>()), 1..8),
        ) {
            let mut mix = Mix::default();
            for (leg, &(role, said, speaks)) in roles.iter().enumerate() {
                mix.join(leg as u64, role);
                mix.listen(leg, |frame| {
                    frame.fill(said);
                    speaks
                });
            }
            mix.add_up();
            for listener in 0..roles.len() {
                let heard_there = |&(leg, &(role, _, speaks)): &(usize, &(Role, i16, bool))| {
                    let for_all = role.is_heard_by_all();
                    speaks && leg != listener && (for_all || role == Role::Whisper { to: listener as u64 })
                };
                let expected: i32 = roles
                    .iter()
                    .enumerate()
                    .filter(heard_there)
                    .map(|(_, &(_, said, _))| i32::from(said))
                    .sum();
                let mut out = [0; MAX_FRAME];
                mix.heard_by(listener, &mut out);
                prop_assert_eq!(i32::from(out[0]), expected);
            }
        }
    }
}
