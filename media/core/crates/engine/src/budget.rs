//! How many packets a leg may have taken: a sender that floods costs only itself.

/// How long a socket that was listened to enough is left alone; the kernel drops what it has no room for.
pub const REST_US: u64 = 20_000;

/// So many packets a second, and so many at once: a network may hold packets back for a while.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    per_second: u64,
    burst: u64,
}

impl Rate {
    /// A leg's fair share is 100 packets a second, of 10 ms each; twenty times that is no call.
    pub const PACKETS: Self = Self { per_second: 2000, burst: 500 };
    /// Of reports on a port of their own, of which a second has seldom more than one.
    pub const REPORTS: Self = Self { per_second: 50, burst: 50 };
    /// From where the peer is not. A second phone that talks to the leg sends 50 a second.
    pub const STRANGERS: Self = Self { per_second: 200, burst: 50 };

    const fn us_a_packet(self) -> u64 {
        1_000_000 / self.per_second
    }
}

/// An allowance, refilled by time.
#[derive(Debug)]
pub struct Budget {
    rate: Rate,
    /// When the allowance would be whole again.
    whole_us: u64,
}

impl Budget {
    pub fn new(rate: Rate) -> Self {
        Self { rate, whole_us: 0 }
    }

    /// Spend one packet; false when there is nothing left.
    pub fn spend(&mut self, now_us: u64) -> bool {
        let whole_us = self.whole_us.max(now_us) + self.rate.us_a_packet();
        let granted = whole_us <= now_us + self.rate.burst * self.rate.us_a_packet();
        if granted {
            self.whole_us = whole_us;
        }
        granted
    }

    /// Let so many packets be left, whatever was spent.
    pub fn leave(&mut self, packets: u64, now_us: u64) {
        self.whole_us = now_us + self.rate.burst.saturating_sub(packets) * self.rate.us_a_packet();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_of_the_shortest_packets_is_never_short() {
        let mut budget = Budget::new(Rate::PACKETS);
        assert!((0..100_000).all(|packet| budget.spend(packet * 10_000)));
    }

    #[test]
    fn a_flood_gets_its_burst_and_then_its_rate() {
        let mut budget = Budget::new(Rate::PACKETS);
        let granted = (0..3_000_000).filter(|us| budget.spend(*us)).count();
        assert!((6490..=6510).contains(&granted), "{granted}");
    }

    #[test]
    fn a_second_phone_is_no_flood() {
        let mut strangers = Budget::new(Rate::STRANGERS);
        assert!((0..100_000).all(|packet| strangers.spend(packet * 20_000)));
    }

    #[test]
    fn what_is_left_can_be_spent_and_no_more() {
        let mut strangers = Budget::new(Rate::STRANGERS);
        strangers.leave(8, 1_000_000);
        let granted = (0..100).filter(|_| strangers.spend(1_000_000)).count();
        assert_eq!(granted, 8);
    }
}
