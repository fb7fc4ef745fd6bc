//! Recording codecs that are decoded first: packets tell where a stream lies, what a leg's hearing makes of them is put there.
//!
//! So they lie where packets of G.711 would, however long they wait to be decoded.

use audio::codec::Codec;
use recording::source::Measure;
use recording::timeline::{Decoded, Timeline};

use super::{Recorder, Tap};
use crate::events::EndpointId;
use crate::hearing::Hearing;
use crate::said::{Said, delay_of};

const RECORDED_HZ: u32 = 8000;

impl Recorder {
    /// Put what a leg's hearing decoded since it was asked last on its channel, unless it is masked.
    pub fn place_heard(
        &mut self,
        tap: Tap,
        leg: EndpointId,
        hearing: &mut Hearing,
        masked: bool,
        now_us: u64,
    ) {
        let codec = hearing.codec();
        let (pieces, missed) = hearing.tape().take();
        let Some((timeline, now)) = self.seat(tap, leg, now_us) else { return };
        let place = |said: &Said| place_said(timeline, said, codec, now);
        if masked {
            hearing.sayings().end(place);
        } else {
            hearing.sayings().take(&pieces, place);
        }
        for timestamp in missed {
            timeline.miss(timestamp);
        }
    }

    /// Put all that came of a leg on its channel, however long its hearing would have it wait, as something else
    /// follows, or nothing.
    pub fn hear_out(&mut self, tap: Tap, leg: EndpointId, hearing: &mut Hearing, masked: bool, now_us: u64) {
        hearing.hurry();
        self.place_heard(tap, leg, hearing, masked, now_us);
        let codec = hearing.codec();
        let Some((timeline, now)) = self.seat(tap, leg, now_us) else { return };
        hearing.sayings().end(|said| place_said(timeline, said, codec, now));
    }

    /// Where a leg speaks, and the moment there.
    fn seat(&mut self, tap: Tap, leg: EndpointId, now_us: u64) -> Option<(&mut Timeline, i64)> {
        let recording = self.recordings.at(tap.slot)?;
        let now = recording.position(now_us) as i64;
        Some((recording.timeline_of(tap.channel, leg)?, now))
    }
}

fn place_said(timeline: &mut Timeline, said: &Said, codec: Codec, now: i64) {
    let decoded = Decoded { older: delay_of(codec), made_up: said.made_up, now };
    timeline.place_decoded(said.timestamp, said.samples, decoded);
}

/// How a packet counts that is decoded later.
pub(super) fn measure(codec: Codec, payload: &[u8]) -> Measure {
    let length = codec.narrow_samples_in(payload) as u64;
    Measure { ticks: i64::from(codec.clock_hz() / RECORDED_HZ), length }
}
