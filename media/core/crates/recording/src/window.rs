//! The part of a channel that can still change: a ring of samples between what was taken and the future.
//!
//! They lie there as they will in the file, so that octets of G.711 are only copied when the file is of their law.

use audio::g711::Law;

use crate::format::SampleFormat;

/// About two seconds: what a late packet may lag, a block lasts and an early packet may lead.
const CAPACITY: usize = 16_384;

/// No sample of any format is longer, in octets.
const MAX_SAMPLE_LENGTH: usize = 2;

/// Samples from `start` on; what nobody wrote is silence.
#[derive(Debug)]
pub struct SampleWindow {
    format: SampleFormat,
    ring: Box<[u8]>,
    /// The position of the first sample not taken yet.
    start: i64,
    /// The position behind the last sample that was written.
    written_to: i64,
}

impl Default for SampleWindow {
    fn default() -> Self {
        Self::starting_at(0, SampleFormat::default())
    }
}

impl SampleWindow {
    pub fn starting_at(start: i64, format: SampleFormat) -> Self {
        let ring = vec![format.silence(); CAPACITY * format.sample_length()].into_boxed_slice();
        Self { format, ring, start, written_to: 0 }
    }

    /// The position of the first sample that can still change.
    pub fn start(&self) -> i64 {
        self.start
    }

    pub fn written_to(&self) -> i64 {
        self.written_to
    }

    /// So many samples are written behind the last ones soon.
    pub fn prefetch(&self, samples: usize) {
        let length = self.format.sample_length();
        let from = slot(self.written_to) * length;
        prefetch::all_of(&self.ring[from..self.ring.len().min(from + samples * length)]);
    }

    /// Write what octets of G.711 say from `position` on; samples outside the window are left out. How many are within.
    pub fn write(&mut self, position: i64, octets: &[u8], law: Law) -> usize {
        let format = self.format;
        self.write_with(position, octets, |octets, places| format.transcode(law, octets, places))
    }

    /// Write the samples from `position` on; those outside the window are left out. How many are within.
    pub fn write_samples(&mut self, position: i64, samples: &[i16]) -> usize {
        let format = self.format;
        self.write_with(position, samples, |samples, places| format.encode(samples, places))
    }

    fn write_with<T>(&mut self, position: i64, values: &[T], put: impl Fn(&[T], &mut [u8])) -> usize {
        let end = self.start + CAPACITY as i64;
        let before = (self.start - position).clamp(0, values.len() as i64) as usize;
        let within = (end - position).clamp(before as i64, values.len() as i64) as usize;
        let values = &values[before..within];
        if !values.is_empty() {
            self.written_to = self.written_to.max(position + within as i64);
        }
        let length = self.format.sample_length();
        let slot = slot(position + before as i64);
        let straight = values.len().min(CAPACITY - slot);
        let (first, wrapped) = values.split_at(straight);
        put(first, &mut self.ring[slot * length..(slot + straight) * length]);
        put(wrapped, &mut self.ring[..wrapped.len() * length]);
        values.len()
    }

    /// Move all from `from` on by so much, later or earlier, as far as it is not taken.
    pub fn shift(&mut self, from: i64, by: i64) {
        let (from, length) = (from.max(self.start), self.format.sample_length());
        let moved: Vec<[u8; MAX_SAMPLE_LENGTH]> = (from..self.written_to).map(|at| self.cut(at)).collect();
        if !moved.is_empty() {
            self.written_to = from;
            self.write_with(from + by, &moved, |samples, places| {
                for (place, sample) in places.chunks_exact_mut(length).zip(samples) {
                    place.copy_from_slice(&sample[..length]);
                }
            });
        }
    }

    /// The octets of one sample, which leaves silence behind.
    fn cut(&mut self, at: i64) -> [u8; MAX_SAMPLE_LENGTH] {
        let (mut sample, length) = ([0; MAX_SAMPLE_LENGTH], self.format.sample_length());
        let place = &mut self.ring[slot(at) * length..][..length];
        sample[..length].copy_from_slice(place);
        place.fill(self.format.silence());
        sample
    }

    /// Take the octets of the next samples, as many as `out` holds, and leave silence for those that come round to
    /// their places.
    ///
    /// No more at a time than the window holds.
    pub fn take(&mut self, out: &mut [u8]) {
        let length = self.format.sample_length();
        let from = slot(self.start) * length;
        self.start += (out.len() / length) as i64;
        let (straight, wrapped) = out.split_at_mut(out.len().min(self.ring.len() - from));
        for (part, from) in [(straight, from), (wrapped, 0)] {
            let places = &mut self.ring[from..from + part.len()];
            part.copy_from_slice(places);
            places.fill(self.format.silence());
        }
    }
}

/// Where in the ring a sample lies, in samples.
fn slot(position: i64) -> usize {
    position.rem_euclid(CAPACITY as i64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAW: Law = Law::Pcma;
    /// Silence.
    const S: u8 = LAW.silence();

    fn window() -> SampleWindow {
        SampleWindow::starting_at(0, SampleFormat::G711(LAW))
    }

    fn take(window: &mut SampleWindow, count: usize) -> Vec<u8> {
        let mut taken = vec![0; count * window.format.sample_length()];
        window.take(&mut taken);
        taken
    }

    #[test]
    fn what_nobody_wrote_is_silence() {
        let mut window = window();
        window.write(2, &[5, 6], LAW);
        assert_eq!(take(&mut window, 6), [S, S, 5, 6, S, S]);
    }

    #[test]
    fn samples_lie_as_they_will_in_the_file() {
        let mut window = window();
        window.write_samples(1, &[500, -600]);
        let octets = [500, -600].map(|sample| LAW.encode(sample));
        assert_eq!((take(&mut window, 4), window.written_to()), (vec![S, octets[0], octets[1], S], 3));

        let mut window = SampleWindow::default();
        window.write_samples(1, &[500, -600]);
        window.write(3, &[LAW.encode(8)], LAW);
        let octets = [0, 500_i16, -600, 8].map(i16::to_le_bytes).concat();
        assert_eq!((take(&mut window, 4), window.written_to()), (octets, 4));
    }

    #[test]
    fn samples_survive_the_turn_of_the_ring_and_do_not_come_back() {
        for mut window in [window(), SampleWindow::default()] {
            let format = window.format;
            take(&mut window, CAPACITY - 2);
            window.write_samples(CAPACITY as i64 - 2, &[100, 200, 300, 400]);
            let mut octets = vec![0; 4 * format.sample_length()];
            format.encode(&[100, 200, 300, 400], &mut octets);
            assert_eq!(take(&mut window, 4), octets);
            assert!(take(&mut window, CAPACITY).iter().all(|&octet| octet == format.silence()));
        }
    }

    #[test]
    fn what_is_not_taken_yet_can_be_moved() {
        let mut window = window();
        window.write(2, &[1, 2, 3, 4, 5], LAW);
        window.shift(4, -1);
        assert_eq!(window.written_to(), 6);
        window.shift(5, 2);
        assert_eq!((take(&mut window, 9), window.written_to()), (vec![S, S, 1, 3, 4, S, S, 5, S], 8));
        window.shift(3, -1);
        assert_eq!(take(&mut window, 2), [S, S]);
    }

    #[test]
    fn long_samples_are_moved_whole() {
        let mut window = SampleWindow::default();
        take(&mut window, 1);
        window.write_samples(CAPACITY as i64 - 3, &[0x0102, 0x0304]);
        window.shift(0, 2);
        take(&mut window, CAPACITY - 2);
        assert_eq!(take(&mut window, 2), [2, 1, 4, 3]);
    }

    #[test]
    fn what_lies_outside_the_window_is_left_out() {
        let mut window = window();
        take(&mut window, 10);
        for (position, written_to, count) in [
            (-5, 0, 0),
            (8, 11, 1),
            (1 << 40, 11, 0),
            (-(1 << 40), 11, 0),
            (9 + CAPACITY as i64, 10 + CAPACITY as i64, 1),
        ] {
            let written = window.write(position, &[7, 8, 9], LAW);
            assert_eq!((window.written_to(), written), (written_to, count));
        }
        let taken = take(&mut window, CAPACITY);
        assert_eq!((taken[0], taken[1], taken[CAPACITY - 1]), (9, S, 7));
    }
}
