//! What a leg said as samples at 8 kHz, by when it was said: of codecs whose packets are not samples by themselves.

use audio::codec::Codec;
use audio::jitter_buffer::tape::Piece;

use crate::converter::Converter;

/// Samples at 8 kHz that it comes out later.
const DELAY: usize = 40;
/// Samples at 8 kHz in what is converted at a time.
const UNIT: usize = 80;

/// Samples at 8 kHz, the first of which has this timestamp.
#[derive(Debug)]
pub struct Said<'a> {
    pub timestamp: u32,
    pub samples: &'a [i16],
    /// No packet holds it.
    pub made_up: bool,
}

/// Converts the pieces of one leg.
#[derive(Debug)]
pub struct Sayings {
    codec: Codec,
    converter: Converter,
    /// Too few to convert.
    waiting: Vec<i16>,
    /// The timestamp behind the last sample taken; None after a pause.
    next: Option<u32>,
    /// Of the next sample that comes out.
    timestamp: u32,
    /// Samples to come out that are of before.
    skip: usize,
    /// Samples to come out.
    owed: usize,
    made_up: bool,
}

impl Sayings {
    pub fn of(codec: Codec) -> Self {
        Self {
            codec,
            converter: Converter::default(),
            waiting: Vec::new(),
            next: None,
            timestamp: 0,
            skip: 0,
            owed: 0,
            made_up: false,
        }
    }

    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// Whether what has this timestamp follows on what was taken last.
    pub fn goes_on(&self, timestamp: u32) -> bool {
        self.next == Some(timestamp)
    }

    /// Take what was decoded in a beat: nothing, while a long packet is played.
    pub fn take(&mut self, pieces: &[Piece], mut place: impl FnMut(&Said)) {
        for piece in pieces {
            if self.next != Some(piece.timestamp) {
                self.end(&mut place);
                (self.timestamp, self.skip) = (piece.timestamp, DELAY);
            }
            let ticks = piece.samples.len() as u64 * u64::from(self.codec.clock_hz());
            self.next = Some(piece.timestamp.wrapping_add((ticks / u64::from(self.codec.rate_hz())) as u32));
            self.made_up = piece.made_up;
            self.waiting.extend_from_slice(&piece.samples);
            self.owed += piece.samples.len() / self.wide();
            self.convert(&mut place);
        }
    }

    /// Let out what was said last, as nothing follows it.
    pub fn end(&mut self, mut place: impl FnMut(&Said)) {
        while self.owed > 0 {
            let unit = UNIT * self.wide();
            self.waiting.resize(self.waiting.len().next_multiple_of(unit).max(unit), 0);
            self.convert(&mut place);
        }
        (self.next, self.skip) = (None, 0);
        self.waiting.clear();
    }

    fn convert(&mut self, place: &mut impl FnMut(&Said)) {
        let unit = UNIT * self.wide();
        let whole = self.waiting.len() / unit * unit;
        for unit in self.waiting[..whole].chunks(unit) {
            let mut samples = [0; UNIT];
            self.converter.convert(unit, self.codec.rate_hz(), 8000, &mut samples);
            let skipped = self.skip.min(UNIT);
            let samples = &samples[skipped..];
            let samples = &samples[..samples.len().min(self.owed)];
            place(&Said { timestamp: self.timestamp, samples, made_up: self.made_up });
            self.skip -= skipped;
            self.owed -= samples.len();
            let ticks = samples.len() as u32 * (self.codec.clock_hz() / 8000);
            self.timestamp = self.timestamp.wrapping_add(ticks);
        }
        self.waiting.drain(..whole);
    }

    /// Samples of the codec for one at 8 kHz.
    fn wide(&self) -> usize {
        (self.codec.rate_hz() / 8000) as usize
    }
}

/// How much older than its timestamp tells a sample is, at 8 kHz: what coding and decoding take (ITU-T G.722 §5.2.1;
/// RFC 7845 §4.2 for Opus, 6.5 ms).
pub const fn delay_of(codec: Codec) -> i64 {
    match codec {
        Codec::Opus => 52,
        Codec::G722 => 11,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sample_keeps_its_time_over_pauses_and_odd_pieces() {
        let mut sayings = Sayings::of(Codec::G722);
        let mut heard = Vec::new();
        let mut place = |said: &Said| {
            heard.extend((0..).zip(said.samples).map(|(at, &sample)| (said.timestamp + at, sample)));
        };
        let piece = |timestamp, length| {
            let mut samples = vec![0; length];
            samples[length / 2] = 20_000;
            Piece { timestamp, samples, made_up: false }
        };
        sayings.take(&[piece(1000, 320), piece(1160, 70)], &mut place);
        sayings.take(&[piece(9000, 320)], &mut place);
        sayings.end(&mut place);
        let loud: Vec<_> = heard.iter().filter(|(_, sample)| *sample > 4000).map(|&(at, _)| at).collect();
        assert!(loud.iter().all(|at| [1080, 1177, 1178, 9080].contains(at)), "{loud:?}");
        assert!(loud.len() >= 3 && heard.len() == 160 + 35 + 160, "{loud:?}, {}", heard.len());
    }
}
