//! How unevenly audio arrives, in microseconds whatever the codec's clock.

/// A difference beyond this is a pause or a jump of the sender's clock, not jitter.
const MAX_DIFFERENCE_US: u32 = 1_000_000;
/// Behind the earliest by more than this, a phone's jitter buffer has given a packet up.
const LATE_US: i64 = 120_000;
/// The share by which the earliest moves towards each packet, so that it follows a clock that runs slow:
/// 40 ms a second at 50 packets, far more than clocks differ by.
const DRIFT_SHARE: i64 = 1250;

/// Jitter of the current source and what became of it.
#[derive(Debug, Default)]
pub struct Jitter {
    before: Option<Heard>,
    /// In sixteenths of a microsecond.
    smoothed_x16: u32,
    pub max_us: u32,
    pub late: u64,
    clock_hz: u32,
}

/// The last audio packet.
#[derive(Clone, Copy, Debug)]
struct Heard {
    timestamp: u32,
    clock_hz: u32,
    at_us: u64,
    /// How far behind the earliest it came.
    behind_us: i64,
}

impl Jitter {
    /// Another source: its timestamps have nothing to do with those before.
    pub fn begin(&mut self) {
        self.before = None;
    }

    pub fn hear(&mut self, timestamp: u32, clock_hz: u32, now_us: u64) {
        self.clock_hz = clock_hz;
        let before = self.before.filter(|before| before.clock_hz == clock_hz);
        let later_us = before.map_or(0, |before| before.later_us(timestamp, now_us));
        let jumped = later_us.unsigned_abs() > u64::from(MAX_DIFFERENCE_US);
        let behind_us = match before {
            Some(before) if !jumped => (before.behind_us - before.behind_us / DRIFT_SHARE + later_us).max(0),
            _ => 0,
        };
        self.late += u64::from(behind_us > LATE_US);
        if before.is_some() {
            self.smooth(later_us.unsigned_abs().min(MAX_DIFFERENCE_US.into()) as u32);
        }
        self.before = Some(Heard { timestamp, clock_hz, at_us: now_us, behind_us });
    }

    pub fn now_us(&self) -> u32 {
        self.smoothed_x16 / 16
    }

    /// In ticks of the clock that was heard last.
    pub fn ticks(&self) -> u32 {
        (u64::from(self.now_us()) * u64::from(self.clock_hz) / 1_000_000) as u32
    }

    /// J += (|D| - J) / 16 in integers (RFC 3550 §A.8).
    fn smooth(&mut self, difference_us: u32) {
        self.smoothed_x16 = self.smoothed_x16 + difference_us - ((self.smoothed_x16 + 8) >> 4);
        self.max_us = self.max_us.max(self.now_us());
    }
}

impl Heard {
    /// How much later than this one a packet came than its timestamp says.
    fn later_us(&self, timestamp: u32, now_us: u64) -> i64 {
        let ticks = i64::from(timestamp.wrapping_sub(self.timestamp) as i32);
        now_us.wrapping_sub(self.at_us) as i64 - ticks * 1_000_000 / i64::from(self.clock_hz.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hear packets of 20 ms, each so much later than its time.
    fn hear(clock_hz: u32, delays_us: impl IntoIterator<Item = u64>) -> Jitter {
        let mut jitter = Jitter::default();
        for (index, delay_us) in delays_us.into_iter().enumerate() {
            let timestamp = (index as u32).wrapping_mul(clock_hz / 50).wrapping_sub(500);
            jitter.hear(timestamp, clock_hz, index as u64 * 20_000 + delay_us);
        }
        jitter
    }

    #[test]
    fn jitter_is_nothing_on_an_even_stream_and_follows_an_uneven_one() {
        assert_eq!(hear(8000, [0; 500]).now_us(), 0);
        for clock_hz in [8000, 48_000] {
            let jitter = hear(clock_hz, (0..2000).map(|index| index % 2 * 10_000));
            assert!(jitter.now_us().abs_diff(10_000) < 500, "{}", jitter.now_us());
            assert!(jitter.ticks().abs_diff(clock_hz / 100) < clock_hz / 2000);
        }
    }

    #[test]
    fn the_highest_jitter_is_remembered() {
        let uneven = (0..200).map(|index| index % 2 * 10_000);
        let jitter = hear(8000, uneven.chain([0; 500]));
        assert!(jitter.now_us() < 100 && jitter.max_us > 9_000);
    }

    #[test]
    fn a_packet_a_buffer_has_given_up_is_late_and_those_after_it_are_not() {
        let mut delays = [0; 300];
        delays[100] = 150_000;
        delays[200] = 80_000;
        assert_eq!(hear(8000, delays).late, 1);
    }

    #[test]
    fn a_delay_that_stays_makes_packets_late_until_it_is_the_usual_one() {
        let late = hear(8000, [0; 100].into_iter().chain([150_000; 2000])).late;
        assert!((200..400).contains(&late), "{late}");
    }

    #[test]
    fn a_clock_that_runs_slow_makes_nothing_late() {
        assert_eq!(hear(8000, (0..200_000).map(|index| index * 20)).late, 0);
    }

    #[test]
    fn a_pause_or_another_clock_is_no_lateness() {
        let mut jitter = hear(8000, [0; 10]);
        jitter.hear(5000, 8000, 60_000_000);
        jitter.hear(5160, 8000, 60_020_000);
        jitter.hear(9000, 48_000, 60_040_000);
        assert_eq!(jitter.late, 0);
    }
}
