//! What an endpoint is told of its peer, checked once so that nothing behind needs to.

use std::fmt;
use std::net::SocketAddr;

use audio::codec::Codec;

/// Where the peer's reports go and what they may hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rtcp {
    /// They share the port of RTP (RFC 5761).
    pub mux: bool,
    /// Where to send them when they do not, if the SDP says so (RFC 3605).
    pub remote: Option<SocketAddr>,
    /// The peer asks for voice metrics (RFC 3611 §5).
    pub voice_metrics: bool,
}

/// What the peer's SDP agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// None when the SDP named no address that can be sent to; the first packet will tell it.
    pub remote: Option<SocketAddr>,
    pub codec: Codec,
    pub payload_type: u8,
    pub dtmf_payload_type: Option<u8>,
    /// What telephone-event counts durations by.
    pub dtmf_clock_hz: u32,
    /// Comfort noise (RFC 3389).
    pub noise_payload_type: Option<u8>,
    pub ptime_ms: u32,
    /// The longest packet the peer takes (`a=maxptime`, RFC 8866 §6.4), if it says so.
    pub longest_ms: Option<u32>,
    pub sending: bool,
    pub receiving: bool,
    /// Before it is, nobody need be heard.
    pub answered: bool,
    pub rtcp: Rtcp,
}

/// The longest packet we make.
pub const MAX_PTIME_MS: u32 = 60;
const MIN_PTIME_MS: u32 = 10;

/// Why settings make no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Senseless {
    PayloadType,
    SamePayloadType,
    PacketTime,
    CodecPacketTime,
    Clock,
}

impl fmt::Display for Senseless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PayloadType => "an RTP payload type is a number from 0 to 127",
            Self::SamePayloadType => "audio, comfort noise and telephone-event need different payload types",
            Self::PacketTime => "a packet time is 10 to 60 ms, in tens",
            Self::CodecPacketTime => "the codec has no packets of this length",
            Self::Clock => "the clock of telephone-event is 8000 to 48000 Hz",
        })
    }
}

impl std::error::Error for Senseless {}

impl Settings {
    /// The same settings, if they make sense.
    pub fn checked(self) -> Result<Self, Senseless> {
        let numbers = [Some(self.payload_type), self.dtmf_payload_type, self.noise_payload_type];
        if numbers.into_iter().flatten().any(|number| number > 127) {
            return Err(Senseless::PayloadType);
        }
        if (0..3).any(|one| (0..one).any(|other| numbers[one].is_some() && numbers[one] == numbers[other])) {
            return Err(Senseless::SamePayloadType);
        }
        if !(MIN_PTIME_MS..=MAX_PTIME_MS).contains(&self.ptime_ms) || !self.ptime_ms.is_multiple_of(10) {
            return Err(Senseless::PacketTime);
        }
        if !self.codec.fits_packet(self.ptime_ms) {
            return Err(Senseless::CodecPacketTime);
        }
        if !(8000..=48_000).contains(&self.dtmf_clock_hz) {
            return Err(Senseless::Clock);
        }
        let rtcp = Rtcp { remote: self.rtcp.remote.filter(can_be_sent_to), ..self.rtcp };
        Ok(Self { remote: self.remote.filter(can_be_sent_to), rtcp, ..self })
    }

    /// The same for a peer that will prove where it is.
    #[must_use]
    pub fn without_address(self) -> Self {
        Self { remote: None, ..self }
    }

    /// Whether silence would be strange: a peer that holds us, is held or has not answered may well be silent.
    pub fn expects_voice(&self) -> bool {
        self.answered && self.sending && self.receiving
    }

    /// Whether both name the same addresses.
    pub fn same_peer_as(&self, before: &Self) -> bool {
        (self.remote, self.rtcp.remote, self.rtcp.mux) == (before.remote, before.rtcp.remote, before.rtcp.mux)
    }

    /// Whether a hold, by either side, ends when these settings follow `before`.
    pub fn end_hold_of(&self, before: &Self) -> bool {
        self.sending && !before.sending || self.receiving && !before.receiving
    }
}

fn can_be_sent_to(address: &SocketAddr) -> bool {
    address.port() != 0 && !address.ip().is_unspecified() && !address.ip().is_multicast()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(remote: &str) -> Settings {
        Settings {
            remote: remote.parse().ok(),
            codec: Codec::Pcma,
            payload_type: 8,
            dtmf_payload_type: Some(101),
            dtmf_clock_hz: 8000,
            noise_payload_type: Some(13),
            ptime_ms: 20,
            longest_ms: None,
            sending: true,
            receiving: true,
            answered: true,
            rtcp: Rtcp::default(),
        }
    }

    #[test]
    fn senseless_numbers_are_refused() {
        let good = settings("192.0.2.1:4000");
        assert_eq!(good.checked(), Ok(good));
        let cases = [
            (Settings { payload_type: 128, ..good }, Senseless::PayloadType),
            (Settings { dtmf_payload_type: Some(200), ..good }, Senseless::PayloadType),
            (Settings { dtmf_payload_type: Some(8), ..good }, Senseless::SamePayloadType),
            (Settings { noise_payload_type: Some(101), ..good }, Senseless::SamePayloadType),
            (Settings { dtmf_clock_hz: 0, ..good }, Senseless::Clock),
            (Settings { codec: Codec::Opus, ptime_ms: 30, ..good }, Senseless::CodecPacketTime),
            (Settings { ptime_ms: 0, ..good }, Senseless::PacketTime),
            (Settings { ptime_ms: 25, ..good }, Senseless::PacketTime),
            (Settings { ptime_ms: 61, ..good }, Senseless::PacketTime),
        ];
        for (wrong, reason) in cases {
            assert_eq!(wrong.checked(), Err(reason));
        }
    }

    #[test]
    fn addresses_nobody_can_be_at_are_left_out() {
        for nowhere in ["0.0.0.0:4000", "192.0.2.1:0", "224.0.0.1:4000", "[::]:4000"] {
            assert_eq!(settings(nowhere).checked().unwrap().remote, None, "{nowhere}");
        }
    }
}
