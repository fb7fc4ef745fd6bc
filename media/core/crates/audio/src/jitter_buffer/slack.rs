//! How early packets are, by the least punctual of the last seconds.

/// A window's half, in beats of 20 ms: what came in the last 2.5 to 5 s decides.
const HALF_BEATS: u32 = 125;

/// The least slack of a sliding window, in ticks of the stream's clock.
#[derive(Debug, Default)]
pub struct Slack {
    /// Of the half that is being filled, and of the one before it; None when nothing came.
    current: Option<i64>,
    before: Option<i64>,
    beats: u32,
    /// Nothing is known before the first half is full.
    full: bool,
}

impl Slack {
    /// A packet was so early.
    pub fn note(&mut self, slack: i64) {
        self.current = Some(self.current.map_or(slack, |least| least.min(slack)));
    }

    /// The place we play at moved back by so much: all packets are that much earlier.
    pub fn shift(&mut self, ticks: i64) {
        for least in [&mut self.current, &mut self.before].into_iter().flatten() {
            *least += ticks;
        }
    }

    pub fn beat(&mut self) {
        self.beats += 1;
        if self.beats == HALF_BEATS {
            (self.before, self.current, self.beats, self.full) = (self.current, None, 0, true);
        }
    }

    /// How early even the least punctual packet was; None while that is not known.
    pub fn least(&self) -> Option<i64> {
        let known = [self.current, self.before].into_iter().flatten().min();
        known.filter(|_| self.full)
    }
}
