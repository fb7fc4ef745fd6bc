//! RTP's wire formats and stream arithmetic, without I/O, clock or randomness.
//!
//! Time is `now_us`: microseconds on one monotonic clock, handed in by the caller. Everything that comes
//! from the network is checked here and nothing here can panic on it.

pub mod digit_receiver;
pub mod digit_sender;
pub mod outgoing;
pub mod packet;
pub mod quality;
pub mod reception;
pub mod rtcp;
pub mod telephone_event;

/// The RTP clock of G.711 and of telephone-event beside it (RFC 3551 §4.5.14, RFC 4733 §2.2).
pub const CLOCK_HZ: u32 = 8000;

/// Microseconds to ticks of a clock of this rate.
pub const fn us_to_ticks(us: u64, clock_hz: u32) -> u64 {
    us * (clock_hz as u64 / 1000) / 1000
}

/// Microseconds to ticks of the RTP clock.
pub const fn us_to_samples(us: u64) -> u64 {
    us / 125
}

/// Ticks of the RTP clock to microseconds.
pub const fn samples_to_us(samples: u64) -> u64 {
    samples * 125
}
