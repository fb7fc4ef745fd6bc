//! Keys pressed as tones in a leg's audio, for peers that send no telephone-events.
//!
//! Packets of G.711 need no jitter buffer: they are heard as they come, put by their timestamps. One that is lost is
//! made up by the one before, so that a loss within a key does not make two of it; longer gaps are silence, and a
//! packet that comes late is not heard at all. Other codecs are heard beat by beat through the leg's hearing.

use audio::codec::Codec;
use audio::g711::Law;
use audio::in_band_digits::{InBandDigits, KeyTone};
use rtp::packet::Header;

/// A key whose sound broke off for so long, since no packets come in a pause, is up.
const SILENCE_US: u64 = 150_000;
/// So much silence ends any key; a longer gap says no more.
const MOST_SILENCE: usize = 480;
/// What is kept of a packet to make up the next one: 60 ms.
const MOST_KEPT: usize = 480;
/// Timestamps further back than this are no late packet's but a new clock's.
const LATE: i32 = -8000;

/// Where the stream of a sender stands.
#[derive(Clone, Copy, Debug)]
struct Place {
    ssrc: u32,
    sequence: u16,
    /// The timestamp of what comes next.
    next: u32,
}

/// Hears the tones of one leg.
#[derive(Debug)]
pub struct ToneEar {
    codec: Codec,
    digits: InBandDigits,
    place: Option<Place>,
    last: [i16; MOST_KEPT],
    /// How much of the last packet was kept.
    kept: usize,
    /// While a key is down: when it was heard last.
    down_us: Option<u64>,
}

impl ToneEar {
    pub fn new(codec: Codec) -> Self {
        let digits = InBandDigits::new(codec.rate_hz());
        Self { codec, digits, place: None, last: [0; MOST_KEPT], kept: 0, down_us: None }
    }

    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// Hear a packet of G.711.
    pub fn hear_packet(
        &mut self,
        header: &Header,
        law: Law,
        payload: &[u8],
        now_us: u64,
        mut tell: impl FnMut(KeyTone),
    ) {
        let Header { ssrc, sequence, timestamp, .. } = *header;
        let before = self.place.filter(|place| place.ssrc == ssrc);
        match before.map(|place| timestamp.wrapping_sub(place.next) as i32) {
            Some(LATE..0) => return,
            Some(gap @ 0..) => {
                let lost = before.is_some_and(|place| sequence.wrapping_sub(place.sequence) > 1);
                self.fill_gap(gap.unsigned_abs() as usize, lost, now_us, &mut tell);
            }
            _ => self.hear(&[0; MOST_SILENCE], now_us, &mut tell),
        }
        let next = timestamp.wrapping_add(payload.len() as u32);
        self.place = Some(Place { ssrc, sequence, next });
        self.hear_octets(payload, law, now_us, &mut tell);
    }

    /// Hear a beat of what a decoder made, at its codec's `rate_hz`.
    pub fn hear(&mut self, samples: &[i16], now_us: u64, mut tell: impl FnMut(KeyTone)) {
        let since = &mut self.down_us;
        self.digits.hear(samples, |tone| {
            if tone != KeyTone::Suspected {
                *since = matches!(tone, KeyTone::Pressed { .. }).then_some(now_us);
            }
            tell(tone);
        });
        if since.is_some() {
            *since = Some(now_us);
        }
    }

    /// When to ask `expire` next: the moment a key that is down would count as up.
    pub fn deadline_us(&self) -> Option<u64> {
        self.down_us.map(|heard_us| heard_us + SILENCE_US)
    }

    /// A key of which nothing more is heard is up.
    pub fn expire(&mut self, now_us: u64, tell: impl FnMut(KeyTone)) {
        if self.deadline_us().is_some_and(|deadline_us| deadline_us <= now_us) {
            self.hear(&[0; MOST_SILENCE], now_us, tell);
        }
    }

    fn fill_gap(&mut self, gap: usize, lost: bool, now_us: u64, tell: &mut impl FnMut(KeyTone)) {
        if gap == 0 {
            return;
        }
        let made_up = if lost { gap.min(self.kept) } else { 0 };
        let before = self.last;
        self.hear(&before[..made_up], now_us, &mut *tell);
        self.hear(&[0; MOST_SILENCE][..(gap - made_up).min(MOST_SILENCE)], now_us, tell);
    }

    fn hear_octets(&mut self, octets: &[u8], law: Law, now_us: u64, tell: &mut impl FnMut(KeyTone)) {
        let table = law.decode_table();
        for part in octets.chunks(MOST_KEPT) {
            let mut samples = [0; MOST_KEPT];
            for (sample, &octet) in samples.iter_mut().zip(part) {
                *sample = table[usize::from(octet)];
            }
            (self.last, self.kept) = (samples, part.len());
            self.hear(&samples[..part.len()], now_us, &mut *tell);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use audio::tone::{Tone, ToneSource};

    /// The keys pressed as tones of 100 ms with pauses of 100, as packets of 20 ms.
    fn packets(keys: &str) -> Vec<(Header, Vec<u8>)> {
        let mut samples = vec![0; 800];
        for key in keys.chars() {
            let begin = samples.len();
            samples.resize(begin + 1600, 0);
            ToneSource::new(Tone::of_key(key, 100, 100).unwrap(), 8000).fill(&mut samples[begin..]);
        }
        let packet = |(index, part): (usize, &[i16])| {
            let sequence = index as u16 + 65_500;
            let timestamp = (u32::MAX - 1000).wrapping_add(index as u32 * 160);
            let header = Header { marker: false, payload_type: 8, sequence, timestamp, ssrc: 5 };
            (header, part.iter().map(|&sample| Law::Pcma.encode(sample)).collect())
        };
        samples.chunks(160).enumerate().map(packet).collect()
    }

    fn heard(packets: &[(Header, Vec<u8>)]) -> String {
        let mut ear = ToneEar::new(Codec::Pcma);
        let mut keys = String::new();
        let mut now_us = 0;
        for (header, payload) in packets {
            now_us += 20_000;
            ear.hear_packet(header, Law::Pcma, payload, now_us, |tone| note(tone, &mut keys));
        }
        ear.expire(now_us + SILENCE_US, |tone| note(tone, &mut keys));
        assert_eq!(ear.deadline_us(), None);
        keys
    }

    fn note(tone: KeyTone, keys: &mut String) {
        if let KeyTone::Released { key, .. } = tone {
            keys.push(key);
        }
    }

    #[test]
    fn keys_are_heard_from_packets_as_they_come() {
        assert_eq!(heard(&packets("0123456789*#ABCD")), "0123456789*#ABCD");
    }

    #[test]
    fn a_packet_lost_anywhere_neither_doubles_a_key_nor_takes_one_away() {
        let all = packets("112");
        for lost in 0..all.len() {
            let mut some = all.clone();
            some.remove(lost);
            assert_eq!(heard(&some), "112", "without packet {lost}");
        }
    }

    #[test]
    fn a_packet_that_comes_late_or_twice_changes_nothing() {
        let all = packets("112");
        for at in 0..all.len() - 2 {
            let mut swapped = all.clone();
            swapped.swap(at, at + 1);
            assert_eq!(heard(&swapped), "112", "packets {at} and the next");
            let mut doubled = all.clone();
            doubled.insert(at + 2, all[at].clone());
            assert_eq!(heard(&doubled), "112", "packet {at} once more");
        }
    }

    #[test]
    fn a_sender_silent_in_pauses_is_heard_right() {
        let is_sound = |packet: &&(Header, Vec<u8>)| packet.1.iter().any(|&octet| octet != 0xd5);
        let mut spoken: Vec<_> = packets("55").iter().filter(is_sound).cloned().collect();
        for (index, (header, _)) in spoken.iter_mut().enumerate() {
            header.sequence = index as u16;
        }
        assert_eq!(heard(&spoken), "55");
    }

    #[test]
    fn a_new_sender_and_a_new_clock_begin_anew() {
        let mut all = packets("12");
        for (header, _) in &mut all[12..] {
            header.ssrc = 6;
            header.timestamp = header.timestamp.wrapping_sub(1_000_000);
        }
        assert_eq!(heard(&all), "12");
        for (header, _) in &mut all[12..] {
            header.ssrc = 5;
        }
        assert_eq!(heard(&all), "12");
    }
}
