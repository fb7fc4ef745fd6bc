//! The payload of telephone-event (RFC 4733 §2.3): one key press as numbers.

/// `0`-`9`, `*`, `#`, `A`-`D` by their event code (RFC 4733 §3.2, table 3).
const DIGITS: &[u8; 16] = b"0123456789*#ABCD";
/// The bits of the volume.
const VOLUME: u8 = 0x3f;

/// One telephone-event payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TelephoneEvent {
    pub code: u8,
    /// True in the last packets of the event.
    pub end: bool,
    /// How loud a tone it stands for, in dBm0 below zero. Whoever says 63 pressed a key all the same.
    pub volume: u8,
    /// In ticks of the RTP clock, since the timestamp of the packet.
    pub duration: u16,
}

impl TelephoneEvent {
    pub const LENGTH: usize = 4;

    /// The first event of a payload, or None if it is cut short.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let [code, flags, high, low] = *payload.first_chunk()?;
        let (end, volume) = (flags & 0x80 != 0, flags & VOLUME);
        Some(Self { code, end, volume, duration: u16::from_be_bytes([high, low]) })
    }

    pub fn to_bytes(self) -> [u8; Self::LENGTH] {
        let [high, low] = self.duration.to_be_bytes();
        [self.code, u8::from(self.end) << 7 | self.volume & VOLUME, high, low]
    }
}

/// The key an event code stands for; None for flash, tones and the like.
pub fn digit_of_code(code: u8) -> Option<char> {
    DIGITS.get(usize::from(code)).map(|&digit| char::from(digit))
}

/// The event code of a key; None when it is no key of a telephone.
pub fn code_of_digit(digit: char) -> Option<u8> {
    DIGITS.iter().position(|&known| char::from(known) == digit).map(|code| code as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let event = TelephoneEvent { code: 11, end: true, volume: 10, duration: 800 };
        assert_eq!(event.to_bytes(), [11, 0x8a, 0x03, 0x20]);
        assert_eq!(TelephoneEvent::parse(&event.to_bytes()), Some(event));
    }

    #[test]
    fn refuses_a_payload_cut_short() {
        assert_eq!(TelephoneEvent::parse(&[1, 0x8a, 0]), None);
    }

    #[test]
    fn every_key_has_its_code() {
        for (code, digit) in "0123456789*#ABCD".chars().enumerate() {
            assert_eq!(code_of_digit(digit), Some(code as u8));
            assert_eq!(digit_of_code(code as u8), Some(digit));
        }
        assert_eq!((digit_of_code(16), code_of_digit('E')), (None, None));
    }
}
