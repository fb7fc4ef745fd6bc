//! Streams that many hear at once: music on hold, encoded once for all who hear it in the same way.
//!
//! ```text
//!  clock    │ 7 │ 8 │ 9 │     packets are counted from the beginning of the clock
//!  made       7   8   9       each when the first listener wants it; the last few are kept
//!  heard      a   a   a       listeners keep beats of their own and may be packets apart
//!               b   b   b
//! ```

use std::array;

use audio::codec::Codec;
use audio::encoder::MAX_PAYLOAD;

use crate::playback::{MOST_APART, Playback};

/// Packets kept for those who are behind others: as far as any two listeners may be apart.
const KEPT: u64 = 2 * MOST_APART + 1;
/// A stream that nobody heard for so long is forgotten when another begins.
const UNHEARD_US: u64 = 1_000_000;

/// The shared streams of one worker.
#[derive(Debug, Default)]
pub struct SharedStreams {
    streams: Vec<SharedStream>,
}

#[derive(Debug)]
struct SharedStream {
    source: Playback,
    codec: Codec,
    ptime_ms: u32,
    heard_us: u64,
    /// The number of the packet that is made next.
    next: u64,
    /// Each at its number modulo how many they are.
    packets: [Packet; KEPT as usize],
}

#[derive(Debug)]
struct Packet {
    length: usize,
    octets: [u8; MAX_PAYLOAD],
}

impl SharedStreams {
    /// Write what a listener hears next into `payload`; its length, 0 when the codec cannot be encoded.
    pub fn fill(
        &mut self,
        listener: &mut Playback,
        codec: Codec,
        ptime_ms: u32,
        now_us: u64,
        payload: &mut [u8],
    ) -> usize {
        let frame = listener.next_frame(ptime_ms, now_us);
        let stream = self.stream_for(listener, codec, ptime_ms, frame, now_us);
        stream.heard_us = now_us;
        let packet = stream.packet(frame);
        payload[..packet.len()].copy_from_slice(packet);
        packet.len()
    }

    /// How many are made at present.
    pub fn count(&self) -> usize {
        self.streams.len()
    }

    fn stream_for(
        &mut self,
        listener: &Playback,
        codec: Codec,
        ptime_ms: u32,
        frame: u64,
        now_us: u64,
    ) -> &mut SharedStream {
        let known = self.streams.iter().position(|stream| stream.is_for(listener, codec, ptime_ms));
        let index = known.unwrap_or_else(|| {
            self.streams.retain(|stream| now_us.saturating_sub(stream.heard_us) < UNHEARD_US);
            self.streams.push(SharedStream::new(listener, codec, ptime_ms, frame));
            self.streams.len() - 1
        });
        &mut self.streams[index]
    }
}

impl SharedStream {
    fn new(listener: &Playback, codec: Codec, ptime_ms: u32, frame: u64) -> Self {
        let packets = array::from_fn(|_| Packet { length: 0, octets: [0; MAX_PAYLOAD] });
        // Whoever comes next may be behind who came first.
        let next = frame.saturating_sub(KEPT - 1);
        Self { source: listener.source(), codec, ptime_ms, heard_us: 0, next, packets }
    }

    fn is_for(&self, listener: &Playback, codec: Codec, ptime_ms: u32) -> bool {
        self.codec == codec
            && self.ptime_ms == ptime_ms
            && self.source.manner.gain_db.to_bits() == listener.manner.gain_db.to_bits()
            && self.source.sounds_like(listener)
    }

    fn packet(&mut self, frame: u64) -> &[u8] {
        // What nobody can want any more is not made.
        self.next = self.next.max((frame + 1).saturating_sub(KEPT));
        while self.next <= frame {
            self.make(self.next);
            self.next += 1;
        }
        let Packet { length, octets } = &self.packets[(frame % KEPT) as usize];
        &octets[..*length]
    }

    fn make(&mut self, frame: u64) {
        let Packet { length, octets } = &mut self.packets[(frame % KEPT) as usize];
        self.source.go_to_frame(frame, self.ptime_ms);
        *length = self.source.fill(self.codec, self.ptime_ms, octets);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::playback::Manner;
    use crate::playlist::Playlist;
    use crate::prompt::Prompt;

    const BEAT_US: u64 = 20_000;

    /// A second in which each moment sounds unlike the others.
    fn music() -> Playlist {
        let sweep = |rate_khz: usize| -> Vec<i16> {
            let sample = |n: usize| ((n * n / (400 * rate_khz)) as f32 * 0.1).sin() * 9000.0;
            (0..1003 * rate_khz).map(|n| sample(n) as i16).collect()
        };
        Playlist::new(vec![Arc::new(Prompt::encode(&sweep(8), &sweep(16)))])
    }

    fn listener(list: &Playlist, gain_db: f32) -> Playback {
        Playback::new(1, list.clone(), Manner { shared: true, gain_db, ..Manner::FOR_EVER })
    }

    fn heard(
        streams: &mut SharedStreams,
        listener: &mut Playback,
        (codec, ptime_ms): (Codec, u32),
        now_us: u64,
    ) -> Vec<u8> {
        let mut payload = [0; MAX_PAYLOAD];
        let length = streams.fill(listener, codec, ptime_ms, now_us, &mut payload);
        assert!(length > 0);
        payload[..length].to_vec()
    }

    #[test]
    fn forty_listeners_hear_one_stream_whatever_its_codec_packet_time_and_loudness() {
        for codec in [Codec::Pcma, Codec::Pcmu, Codec::G722, Codec::Opus] {
            for (ptime_ms, gain_db) in [(20, 0.0), (20, -6.0), (40, 0.0), (60, 3.0), (10, 0.0)] {
                let (list, mut streams) = (music(), SharedStreams::default());
                let mut all: Vec<_> = (0..40).map(|_| listener(&list, gain_db)).collect();
                for beat in 0..20 {
                    let now_us = 5_000_000 + beat * u64::from(ptime_ms) * 1000;
                    let packets: Vec<_> = all
                        .iter_mut()
                        .map(|one| heard(&mut streams, one, (codec, ptime_ms), now_us))
                        .collect();
                    assert!(packets.iter().all(|packet| *packet == packets[0]));
                }
                assert_eq!(streams.count(), 1);
            }
        }
    }

    #[test]
    fn who_comes_late_or_early_to_a_beat_misses_nothing_and_hears_nothing_twice() {
        let (list, mut streams) = (music(), SharedStreams::default());
        let (mut even, mut uneven) = (listener(&list, 0.0), listener(&list, 0.0));
        let way = (Codec::Pcma, 20);
        let mut all = [Vec::new(), Vec::new()];
        for beat in 0..200 {
            let now_us = 900_000 + beat * BEAT_US;
            all[0].push(heard(&mut streams, &mut even, way, now_us));
            let off_us = [0, 19_000, 35_000, 3_000][beat as usize % 4];
            all[1].push(heard(&mut streams, &mut uneven, way, now_us + off_us));
        }
        assert_eq!(all[0], all[1]);
    }

    #[test]
    fn who_was_away_goes_on_where_all_others_are() {
        let (list, mut streams) = (music(), SharedStreams::default());
        let (mut one, mut other) = (listener(&list, 0.0), listener(&list, 0.0));
        let way = (Codec::Pcma, 20);
        for beat in 0..100 {
            let packet = heard(&mut streams, &mut one, way, beat * BEAT_US);
            if !(20..40).contains(&beat) {
                assert_eq!(heard(&mut streams, &mut other, way, beat * BEAT_US), packet, "{beat}");
            }
        }
        assert_eq!(one.position_ms(), other.position_ms());
    }

    #[test]
    fn who_hears_it_otherwise_has_another_stream_and_what_nobody_hears_is_forgotten() {
        let (list, mut streams) = (music(), SharedStreams::default());
        for (codec, ptime_ms, gain_db) in
            [(Codec::Pcma, 20, 0.0), (Codec::Pcmu, 20, 0.0), (Codec::Pcma, 40, 0.0), (Codec::Pcma, 20, 1.0)]
        {
            heard(&mut streams, &mut listener(&list, gain_db), (codec, ptime_ms), 0);
        }
        assert_eq!(streams.count(), 4);
        heard(&mut streams, &mut listener(&music(), 0.0), (Codec::Pcma, 20), 2 * UNHEARD_US);
        assert_eq!(streams.count(), 1);
    }
}
