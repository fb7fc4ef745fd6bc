//! What a relayed packet becomes for a peer that agreed on other numbers, the other law or another clock of keys.

use audio::codec::Codec;

use crate::intake::Content;
use crate::settings::Settings;

/// Where a telephone-event says how long it lasts so far (RFC 4733 §2.3).
const DURATION: std::ops::Range<usize> = 2..4;

/// Whether audio of one codec can be relayed to a peer of another: samples need not be touched.
pub fn can_relay(from: Codec, to: Codec) -> bool {
    from == to || from.law().is_some() && to.law().is_some()
}

/// The payload type a peer knows this by; None when it cannot be told to it.
pub fn payload_type_for(content: Content, settings: &Settings) -> Option<u8> {
    match content {
        Content::Audio(codec) => can_relay(codec, settings.codec).then_some(settings.payload_type),
        Content::Noise => settings.noise_payload_type,
        Content::Keys { .. } => settings.dtmf_payload_type,
        Content::Hidden => None,
    }
}

/// Write the payload as the peer reads it.
pub fn translate(content: Content, settings: &Settings, payload: &mut [u8]) {
    match content {
        Content::Audio(codec) if codec != settings.codec => {
            if let Some(law) = codec.law() {
                law.to_other_law(payload);
            }
        }
        Content::Keys { clock_hz } if clock_hz != settings.dtmf_clock_hz => {
            rescale(payload, clock_hz, settings.dtmf_clock_hz);
        }
        _ => {}
    }
}

/// A press longer than the field can tell stays at the longest it can.
fn rescale(event: &mut [u8], from_hz: u32, to_hz: u32) {
    let Some(field) = event.get_mut(DURATION) else { return };
    let duration = u64::from(u16::from_be_bytes([field[0], field[1]]));
    let ours = duration * u64::from(to_hz) / u64::from(from_hz.max(1));
    field.copy_from_slice(&u16::try_from(ours).unwrap_or(u16::MAX).to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: Settings = Settings {
        remote: None,
        codec: Codec::Opus,
        payload_type: 111,
        dtmf_payload_type: Some(110),
        dtmf_clock_hz: 48_000,
        noise_payload_type: None,
        ptime_ms: 20,
        longest_ms: None,
        sending: true,
        receiving: true,
        answered: true,
        rtcp: crate::settings::Rtcp { mux: false, remote: None, voice_metrics: false },
    };

    #[test]
    fn only_a_common_codec_or_the_other_law_can_be_relayed() {
        let peer = Settings { codec: Codec::Pcma, payload_type: 8, ..PEER };
        let number = |content| payload_type_for(content, &peer);
        assert_eq!(number(Content::Audio(Codec::Pcma)), Some(8));
        assert_eq!(number(Content::Audio(Codec::Pcmu)), Some(8));
        assert_eq!(number(Content::Audio(Codec::G722)), None);
        assert_eq!(number(Content::Keys { clock_hz: 8000 }), Some(110));
        assert_eq!(number(Content::Noise), None);
        assert_eq!(payload_type_for(Content::Audio(Codec::Pcma), &PEER), None);
    }

    #[test]
    fn keys_last_as_long_by_the_peers_clock() {
        let durations = [(160_u16, 960_u16), (60_000, u16::MAX)];
        for (theirs, ours) in durations {
            let mut event = [5, 10, 0, 0];
            event[DURATION].copy_from_slice(&theirs.to_be_bytes());
            translate(Content::Keys { clock_hz: 8000 }, &PEER, &mut event);
            assert_eq!(event[DURATION], ours.to_be_bytes());
        }
        let mut cut = [5, 10, 0];
        translate(Content::Keys { clock_hz: 8000 }, &PEER, &mut cut);
        assert_eq!(cut, [5, 10, 0]);
    }
}
