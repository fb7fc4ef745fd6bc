//! What holds for all legs of an engine, by its configuration.

/// Times and habits; a time of 0 is never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Silence after which a leg is reported lost.
    pub media_timeout_us: u64,
    /// How long a leg may be talked to without ever being heard, before its audio is reported one-way.
    pub one_way_after_us: u64,
    pub latching: Latching,
    pub in_band_digits: InBandDigits,
}

/// Whose audio is listened to for keys pressed as tones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InBandDigits {
    #[default]
    Off,
    /// That of peers that agreed on no telephone-events.
    WithoutEvents,
    Always,
}

/// From where a leg's packets are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latching {
    /// Only from the host that the peer's SDP names.
    pub strict: bool,
    /// A latched peer silent for so long may come back from another port.
    pub relatch_after_us: u64,
}

impl Default for Latching {
    fn default() -> Self {
        Self { strict: false, relatch_after_us: 3_000_000 }
    }
}
