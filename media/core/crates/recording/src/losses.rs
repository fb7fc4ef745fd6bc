//! How much of a stream is missing, in its own time.
//!
//! Numbers tell that packets are missing and how many, the time between the two around them how much they held, however
//! long they were. A sender that was silent meanwhile skips time without a number: so many packets held no more than
//! as many of the longer of the two.

use crate::sequences::Step;

/// What a packet that came tells of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    Nothing,
    /// So many samples are missing right before it.
    Before(u64),
    /// So many are missing right behind it: it is older than all before, and not by one.
    Behind(u64),
    /// It was missing itself until now.
    Mended,
}

/// A packet beside which others may be missing.
#[derive(Clone, Copy, Debug)]
struct Packet {
    timestamp: u32,
    /// In samples.
    length: u64,
}

/// What is missing of one stream between its oldest packet and its newest.
#[derive(Debug)]
pub struct Losses {
    /// Of timestamps to a sample.
    ticks: i64,
    oldest: Packet,
    newest: Packet,
    /// Packets missing behind the newest of audio, as others that came behind it tell.
    untimed: u64,
    samples: u64,
}

impl Losses {
    pub fn starting_with(timestamp: u32, ticks: i64) -> Self {
        let first = Packet { timestamp, length: 0 };
        Self { ticks, oldest: first, newest: first, untimed: 0, samples: 0 }
    }

    /// Missing so far.
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// Of its newest packet, in samples; 0 before the first is noted.
    pub fn packet_length(&self) -> u64 {
        self.newest.length
    }

    /// So many packets behind the newest are missing, whatever they held.
    pub fn leap(&mut self, packets: u64) {
        self.untimed += packets;
    }

    /// A packet of audio came.
    pub fn note(&mut self, step: Step, timestamp: u32, length: u64) -> Loss {
        let packet = Packet { timestamp, length };
        match step {
            Step::First => (self.oldest, self.newest) = (packet, packet),
            Step::Above(by) => return self.note_newer(by, packet),
            Step::Below(by) => return self.note_older(by, packet),
            Step::Late => {
                self.mend(length);
                return Loss::Mended;
            }
            Step::Known => {}
        }
        Loss::Nothing
    }

    /// A packet came that is not audio.
    pub fn skip(&mut self, step: Step) {
        match step {
            Step::Above(by) => self.untimed += by - 1,
            Step::Late => self.mend(self.newest.length),
            Step::First | Step::Below(_) | Step::Known => {}
        }
    }

    fn note_newer(&mut self, by: u64, packet: Packet) -> Loss {
        let packets = std::mem::take(&mut self.untimed) + by - 1;
        let missing = self.between(packets, self.newest, packet);
        self.newest = packet;
        self.samples += missing;
        if missing > 0 { Loss::Before(missing) } else { Loss::Nothing }
    }

    fn note_older(&mut self, by: u64, packet: Packet) -> Loss {
        let missing = self.between(by - 1, packet, self.oldest);
        self.oldest = packet;
        self.samples += missing;
        if missing > 0 { Loss::Behind(missing) } else { Loss::Nothing }
    }

    fn mend(&mut self, length: u64) {
        match self.untimed {
            0 => self.samples = self.samples.saturating_sub(length),
            _ => self.untimed -= 1,
        }
    }

    /// What so many packets held that were sent between these two. Timestamps that run backwards tell nothing.
    fn between(&self, packets: u64, one: Packet, other: Packet) -> u64 {
        let most = packets * one.length.max(other.length);
        let step = i64::from(other.timestamp.wrapping_sub(one.timestamp) as i32).div_euclid(self.ticks);
        let passed = u64::try_from(step).map(|step| step.saturating_sub(one.length));
        passed.map_or(most, |passed| passed.min(most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn losses() -> Losses {
        let mut losses = Losses::starting_with(u32::MAX - 99, 1);
        losses.note(Step::First, u32::MAX - 99, 160);
        losses
    }

    #[test]
    fn what_is_missing_counts_by_the_time_it_took() {
        let mut losses = losses();
        assert_eq!(losses.note(Step::Above(3), 860, 480), Loss::Before(800));
        assert_eq!(losses.note(Step::Above(2), 1820, 160), Loss::Before(480));
        assert_eq!(losses.note(Step::Late, 1340, 480), Loss::Mended);
        assert_eq!(losses.note(Step::Above(1), 1980, 160), Loss::Nothing);
        assert_eq!(losses.samples(), 800);
    }

    #[test]
    fn a_silent_sender_and_timestamps_that_run_backwards_lose_as_many_packets_as_are_missing() {
        let mut losses = losses();
        assert_eq!(losses.note(Step::Above(3), 80_000, 160), Loss::Before(320));
        assert_eq!(losses.note(Step::Above(2), 70_000, 160), Loss::Before(160));
        assert_eq!(losses.note(Step::Above(1), 90_000, 160), Loss::Nothing);
    }

    #[test]
    fn older_than_the_first_leaves_what_lies_between_missing() {
        let mut losses = losses();
        assert_eq!(losses.note(Step::Below(2), u32::MAX - 419, 160), Loss::Behind(160));
        assert_eq!(losses.note(Step::Late, u32::MAX - 259, 160), Loss::Mended);
        assert_eq!(losses.samples(), 0);
    }

    #[test]
    fn what_is_missing_before_keys_is_timed_by_the_audio_behind_them() {
        let mut losses = losses();
        losses.skip(Step::Above(3));
        losses.skip(Step::Late);
        assert_eq!(losses.samples(), 0);
        assert_eq!(losses.note(Step::Above(1), 2000, 160), Loss::Before(160));
        losses.skip(Step::Late);
        assert_eq!(losses.samples(), 0);
    }
}
