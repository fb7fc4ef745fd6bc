//! A playback: prompts on their way to one leg, and how they are to be played.

use std::num::NonZeroU32;

use audio::g711::Law;

use crate::events::PlaybackId;
use crate::playlist::Playlist;
use crate::prompt::OCTETS_PER_MS;

/// How loud a playback may be made, either way.
pub const MAX_GAIN_DB: f32 = 40.0;

/// How prompts are to be played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Manner {
    /// How often, one after the other; None for until it is stopped.
    pub times: Option<NonZeroU32>,
    pub gain_db: f32,
    /// A key press of the leg ends it.
    pub barge_in: bool,
    /// One stream for all who hear it: who comes later joins in the middle.
    pub shared: bool,
}

impl Manner {
    /// Once from the beginning, as it is.
    pub const ONCE: Self = Self { times: NonZeroU32::new(1), gain_db: 0.0, barge_in: false, shared: false };
    /// Again and again.
    pub const FOR_EVER: Self = Self { times: None, ..Self::ONCE };
}

/// Where a playback is to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seek {
    /// From the beginning of the first prompt, in milliseconds.
    To(u64),
    /// From where it is; negative for back.
    By(i64),
}

/// Where a leg is in what it is played.
#[derive(Debug)]
pub struct Playback {
    pub id: PlaybackId,
    pub manner: Manner,
    pub paused: bool,
    list: Playlist,
    /// Passes after this one; None without end.
    passes_left: Option<u32>,
}

impl Playback {
    pub fn new(id: PlaybackId, list: Playlist, manner: Manner) -> Self {
        let passes_left = manner.times.map(|times| times.get() - 1);
        // A loop of nothing would never come to an end.
        let passes_left = if list.length() == 0 { Some(0) } else { passes_left };
        Self { id, manner, paused: false, list, passes_left }
    }

    /// The leg hears the beginning, or what all others hear of a shared one now.
    pub fn begin(&mut self, now_us: u64) {
        if self.manner.shared && self.list.length() > 0 {
            let moment = rtp::us_to_samples(now_us) % self.list.length() as u64;
            self.list.go_to(moment as usize);
        }
    }

    /// How far it came in the present pass.
    pub fn position_ms(&self) -> u64 {
        (self.list.position() / OCTETS_PER_MS) as u64
    }

    pub fn seek(&mut self, seek: Seek) {
        let target_ms = match seek {
            Seek::To(position_ms) => position_ms,
            Seek::By(offset_ms) => self.position_ms().saturating_add_signed(offset_ms),
        };
        let target = target_ms.saturating_mul(OCTETS_PER_MS as u64);
        self.list.go_to(usize::try_from(target).unwrap_or(usize::MAX));
    }

    /// Write the next octets into `packet`, silence after the end. False when nothing was left.
    pub fn fill(&mut self, law: Law, packet: &mut [u8]) -> bool {
        let filled = self.copy(law, packet);
        if self.manner.gain_db != 0.0 {
            amplify(law, self.manner.gain_db, &mut packet[..filled]);
        }
        packet[filled..].fill(law.silence());
        filled > 0
    }

    fn copy(&mut self, law: Law, packet: &mut [u8]) -> usize {
        let mut filled = 0;
        while filled < packet.len() {
            let Some((prompt, offset)) = self.list.rest() else {
                if self.begin_next_pass() {
                    continue;
                }
                break;
            };
            let rest = &prompt.octets(law)[offset..];
            let count = rest.len().min(packet.len() - filled);
            packet[filled..filled + count].copy_from_slice(&rest[..count]);
            filled += count;
            self.list.advance(count);
        }
        filled
    }

    fn begin_next_pass(&mut self) -> bool {
        match &mut self.passes_left {
            Some(0) => return false,
            Some(left) => *left -= 1,
            None => {}
        }
        self.list.go_to(0);
        true
    }
}

/// What is too loud then stays as loud as can be.
fn amplify(law: Law, gain_db: f32, octets: &mut [u8]) {
    let factor = 10_f32.powf(gain_db / 20.0);
    let table = law.decode_table();
    for octet in octets {
        *octet = law.encode((f32::from(table[usize::from(*octet)]) * factor) as i16);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::prompt::Prompt;

    fn playback(prompts: &[&[i16]], manner: Manner) -> Playback {
        let prompt = |samples: &&[i16]| Arc::new(Prompt::encode(&samples.iter().copied()));
        Playback::new(1, Playlist::new(prompts.iter().map(prompt).collect()), manner)
    }

    /// The next samples, near enough to what was put in.
    fn heard(playback: &mut Playback, law: Law, count: usize) -> Option<Vec<i16>> {
        let mut packet = vec![0; count];
        let nearest = |octet| (law.decode_table()[usize::from(octet)] + 50).div_euclid(100) * 100;
        playback.fill(law, &mut packet).then(|| packet.iter().map(|&octet| nearest(octet)).collect())
    }

    /// A second of which each sample tells its hundredth.
    fn second() -> Vec<i16> {
        (0..8000).map(|sample| Law::Pcma.decode_table()[0x80 + sample / 80]).collect()
    }

    #[test]
    fn prompts_follow_each_other_inside_a_packet_and_end_in_silence() {
        for law in [Law::Pcma, Law::Pcmu] {
            let mut playback = playback(&[&[1000; 3], &[], &[-1000; 2]], Manner::ONCE);
            assert_eq!(heard(&mut playback, law, 4), Some(vec![1000, 1000, 1000, -1000]));
            assert_eq!(heard(&mut playback, law, 4), Some(vec![-1000, 0, 0, 0]));
            assert_eq!(heard(&mut playback, law, 4), None);
        }
    }

    #[test]
    fn prompts_are_repeated_without_a_gap_as_often_as_was_said() {
        let mut for_ever = playback(&[&[1000; 3]], Manner::FOR_EVER);
        for _ in 0..10 {
            assert_eq!(heard(&mut for_ever, Law::Pcma, 4), Some(vec![1000; 4]));
        }
        let mut twice = playback(&[&[1000; 3]], Manner { times: NonZeroU32::new(2), ..Manner::ONCE });
        assert_eq!(heard(&mut twice, Law::Pcma, 4), Some(vec![1000; 4]));
        assert_eq!(heard(&mut twice, Law::Pcma, 4), Some(vec![1000, 1000, 0, 0]));
        assert_eq!(heard(&mut twice, Law::Pcma, 4), None);
    }

    #[test]
    fn a_loop_of_nothing_is_over_at_once() {
        assert_eq!(heard(&mut playback(&[&[]], Manner::FOR_EVER), Law::Pcma, 4), None);
        assert_eq!(heard(&mut playback(&[], Manner::FOR_EVER), Law::Pcma, 4), None);
    }

    #[test]
    fn it_goes_on_where_it_was_led_and_tells_how_far_it_came() {
        let mut playback = playback(&[&second()[..4000], &second()[4000..]], Manner::ONCE);
        for (seek, position_ms) in [
            (Seek::To(700), 700),
            (Seek::By(-650), 60),
            (Seek::By(-1000), 0),
            (Seek::By(400), 410),
            (Seek::To(5000), 1000),
            (Seek::By(-10), 990),
        ] {
            playback.seek(seek);
            assert_eq!(playback.position_ms(), position_ms, "{seek:?}");
            if position_ms < 1000 {
                let mut packet = [0; 80];
                playback.fill(Law::Pcma, &mut packet);
                assert_eq!(packet, [0x80 + (position_ms / 10) as u8; 80]);
            }
        }
        assert_eq!(heard(&mut playback, Law::Pcma, 80), None);
    }

    #[test]
    fn it_is_made_louder_and_quieter_and_never_wraps() {
        let gain = |gain_db| Manner { gain_db, ..Manner::ONCE };
        assert_eq!(heard(&mut playback(&[&[1000]], gain(6.02)), Law::Pcma, 1), Some(vec![2000]));
        assert_eq!(heard(&mut playback(&[&[-3200]], gain(-20.0)), Law::Pcmu, 1), Some(vec![-300]));
        let loudest = heard(&mut playback(&[&[20_000, -20_000]], gain(40.0)), Law::Pcma, 2).unwrap();
        assert!(loudest[0] > 32_000 && loudest[1] < -32_000, "{loudest:?}");
    }

    #[test]
    fn all_who_hear_a_shared_one_hear_the_same_at_the_same_time() {
        let manner = Manner { shared: true, ..Manner::FOR_EVER };
        let mut first = playback(&[&second()], manner);
        first.begin(300_000);
        for _ in 0..600 {
            heard(&mut first, Law::Pcma, 160);
        }
        let mut later = playback(&[&second()], manner);
        later.begin(12_300_000);
        assert_eq!(later.position_ms(), 300);
        assert_eq!(heard(&mut first, Law::Pcma, 160), heard(&mut later, Law::Pcma, 160));
    }
}
