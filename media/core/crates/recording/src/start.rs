//! The first moments of a stream: its first packet may have waited on the way, or come ahead of the others in a burst.
//!
//! Where a stream lies is only known when some packets came one after another in peace. All that was placed until
//! then can still be moved as one, so that nothing is torn.

/// Until then packets may be of a burst, which says nothing of the others.
const RESTLESS: i64 = 800;
/// Then it is known: 0.3 s after the first, when that is not settled yet.
const LOOKED_FOR: i64 = 2400;
/// So few packets prove nothing.
const MIN_PACKETS: u32 = 3;

/// How late the packets of a new stream are, counted from its first.
#[derive(Debug)]
pub struct Start {
    began: i64,
    /// The first sample that was placed.
    pub from: i64,
    least: i64,
    packets: u32,
}

impl Start {
    pub fn at(arrival: i64) -> Self {
        Self { began: arrival, from: arrival, least: i64::MAX, packets: 0 }
    }

    /// A packet came so late; once it is known, by how much the stream lies too early.
    pub fn note(&mut self, lateness: i64, now: i64) -> Option<i64> {
        if now - self.began >= RESTLESS {
            self.least = self.least.min(lateness);
            self.packets += 1;
        }
        let known = if self.packets < MIN_PACKETS { 0 } else { self.least };
        (now - self.began >= LOOKED_FOR).then_some(known)
    }

    /// Whether all that was placed since then can still be moved.
    pub fn is_within(&self, time: i64, now: i64) -> bool {
        now - self.from <= time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(lateness: impl Fn(i64) -> i64, packets: i64) -> Option<i64> {
        let mut start = Start::at(0);
        (1..packets).find_map(|packet| start.note(lateness(packet), packet * 160))
    }

    #[test]
    fn a_first_packet_that_waited_is_told_by_those_after_it() {
        assert_eq!(found(|packet| if packet % 2 == 0 { -380 } else { -300 }, 50), Some(-380));
        assert_eq!(found(|_| -380, 10), None);
    }

    #[test]
    fn a_burst_and_too_few_packets_say_nothing() {
        assert_eq!(found(|packet| if packet < 5 { -600 } else { 0 }, 50), Some(0));
        let mut start = Start::at(0);
        assert_eq!(start.note(500, 8000), Some(0));
    }
}
