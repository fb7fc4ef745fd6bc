//! How late the most punctual packets of a stream are, by a clock that may run differently from ours.
//!
//! A packet that comes earlier than it should proves that the others are late. One that comes later proves nothing: it
//! may have waited on its way, unless even the most punctual ones come later by and by, as far as clocks differ.

/// No phone's clock is further off than so many parts in a million.
const MOST_PPM: i64 = 500;

/// The least lateness known, and since when it is. Both in whatever unit is noted.
#[derive(Clone, Copy, Debug)]
pub struct Punctuality {
    least: i64,
    since: i64,
}

impl Punctuality {
    /// The packet of this moment is taken for punctual.
    pub fn starting_at(now: i64) -> Self {
        Self { least: 0, since: now }
    }

    /// A packet came so late; how late the most punctual would be by now.
    pub fn note(&mut self, lateness: i64, now: i64) -> i64 {
        if lateness <= self.at(now) {
            (self.least, self.since) = (lateness, now);
        }
        self.at(now)
    }

    /// Lateness counts from somewhere else.
    pub fn shift(&mut self, by: i64) {
        self.least -= by;
    }

    fn at(&self, now: i64) -> i64 {
        self.least + now.saturating_sub(self.since).max(0) / (1_000_000 / MOST_PPM)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_early_packet_counts_at_once_and_a_late_one_only_as_far_as_clocks_differ() {
        let mut stream = Punctuality::starting_at(0);
        assert_eq!(stream.note(-300, 160), -300);
        assert_eq!(stream.note(900, 320), -300);
        assert_eq!(stream.note(900, 160 + 8000 * 10), -300 + 40);
        stream.shift(-260);
        assert_eq!(stream.note(0, 160 + 8000 * 10), 0);
    }

    #[test]
    fn a_clock_that_runs_behind_is_followed() {
        let mut stream = Punctuality::starting_at(0);
        let late = |packet: i64| 160 * packet / 10_000 + if packet % 7 == 0 { 0 } else { 200 };
        let last = (0..50_000).map(|packet| stream.note(late(packet), 160 * packet)).last().unwrap();
        assert!((late(49_994)..=late(49_994) + 2).contains(&last), "{last}");
    }
}
