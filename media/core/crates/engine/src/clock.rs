//! The engine's one monotonic clock.

use std::time::{Duration, Instant};

/// Microseconds since the engine began; cheap to copy and to ask.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    epoch: Instant,
}

impl Clock {
    pub fn start() -> Self {
        Self { epoch: Instant::now() }
    }

    /// The moment that microseconds count from.
    pub fn epoch(&self) -> Instant {
        self.epoch
    }

    /// A moment as others know it.
    pub fn at(&self, us: u64) -> Instant {
        self.epoch + Duration::from_micros(us)
    }

    pub fn now_us(&self) -> u64 {
        self.epoch.elapsed().as_micros() as u64
    }
}
