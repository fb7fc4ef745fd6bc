//! Recording codecs that are decoded first: packets tell where a stream lies, what a leg's hearing makes of them is put there.
//!
//! So they lie where packets of G.711 would, however long they wait to be decoded.

use audio::codec::Codec;
use audio::opus_codec::samples_in;
use recording::source::Measure;
use recording::timeline::Decoded;

use super::{Recorder, Tap};
use crate::events::EndpointId;
use crate::hearing::Hearing;
use crate::said::delay_of;

const RECORDED_HZ: u32 = 8000;

impl Recorder {
    /// Put what a leg's hearing decoded since the beat before on its channel, unless it is masked.
    pub fn place_heard(
        &mut self,
        tap: Tap,
        leg: EndpointId,
        hearing: &mut Hearing,
        masked: bool,
        beat_us: u64,
    ) {
        let codec = hearing.codec();
        let (pieces, missed) = hearing.tape().take();
        let Some(recording) = self.recordings.at(tap.slot) else { return };
        let now = recording.position(beat_us) as i64;
        let Some(timeline) = recording.timeline_of(tap.channel, leg) else { return };
        if !pieces.is_empty() {
            timeline.note_codec(codec, now as u64);
        }
        let older = delay_of(codec);
        hearing.sayings().take(if masked { &[] } else { &pieces }, |said| {
            timeline.place_decoded(
                said.timestamp,
                said.samples,
                Decoded { older, made_up: said.made_up, now },
            );
        });
        for timestamp in missed {
            timeline.miss(timestamp);
        }
    }
}

/// How a packet counts that is decoded later.
pub(super) fn measure(codec: Codec, payload: &[u8]) -> Measure {
    let length = match codec.octets_a_ms() {
        Some(octets) => payload.len() / octets as usize * 8,
        None => samples_in(payload, RECORDED_HZ),
    };
    Measure { ticks: i64::from(codec.clock_hz() / RECORDED_HZ), length: length as u64 }
}
