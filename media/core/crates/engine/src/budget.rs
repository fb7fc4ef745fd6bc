//! How many packets a leg may have taken: a sender that floods costs only itself.

/// A leg's fair share is 100 packets a second, of 10 ms each; twenty times that is no call.
const PER_SECOND: u64 = 2000;
/// What may come at once: a network that held packets back for a while.
const BURST: u64 = 500;
const US_A_PACKET: u64 = 1_000_000 / PER_SECOND;
/// How long a leg that has spent everything is left alone; the kernel drops what its socket has no room for.
pub const REST_US: u64 = 20_000;

/// One leg's allowance, refilled by time.
#[derive(Debug, Default)]
pub struct Budget {
    /// When the allowance would be whole again.
    whole_us: u64,
}

impl Budget {
    /// Spend one packet; false when there is nothing left.
    pub fn spend(&mut self, now_us: u64) -> bool {
        let whole_us = self.whole_us.max(now_us) + US_A_PACKET;
        let granted = whole_us <= now_us + BURST * US_A_PACKET;
        if granted {
            self.whole_us = whole_us;
        }
        granted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_of_the_shortest_packets_is_never_short() {
        let mut budget = Budget::default();
        assert!((0..100_000).all(|packet| budget.spend(packet * 10_000)));
    }

    #[test]
    fn a_flood_gets_its_burst_and_then_its_rate() {
        let mut budget = Budget::default();
        let granted = (0..3_000_000).filter(|us| budget.spend(*us)).count();
        assert!((6490..=6510).contains(&granted), "{granted}");
    }
}
