//! The part of a channel that can still change: a ring of samples between what was taken and the future.

/// About two seconds: what a late packet may lag, a block lasts and an early packet may lead.
const CAPACITY: usize = 16_384;

/// Samples from `start` on; what nobody wrote is silence.
#[derive(Debug)]
pub struct SampleWindow {
    ring: Box<[i16]>,
    /// The position of the first sample not taken yet.
    start: i64,
    /// The position behind the last sample that was written.
    written_to: i64,
}

impl Default for SampleWindow {
    fn default() -> Self {
        Self::starting_at(0)
    }
}

impl SampleWindow {
    pub fn starting_at(start: i64) -> Self {
        Self { ring: vec![0; CAPACITY].into_boxed_slice(), start, written_to: 0 }
    }

    /// The position of the first sample that can still change.
    pub fn start(&self) -> i64 {
        self.start
    }

    pub fn written_to(&self) -> i64 {
        self.written_to
    }

    /// Decode `octets` to the samples from `position` on; those outside the window are left out. How many are within.
    pub fn write(&mut self, position: i64, octets: &[u8], decode: &[i16; 256]) -> usize {
        self.write_with(position, octets, |&octet| decode[usize::from(octet)])
    }

    /// Write the samples from `position` on; those outside the window are left out. How many are within.
    pub fn write_samples(&mut self, position: i64, samples: &[i16]) -> usize {
        self.write_with(position, samples, |&sample| sample)
    }

    fn write_with<T>(&mut self, position: i64, values: &[T], sample: impl Fn(&T) -> i16) -> usize {
        let end = self.start + CAPACITY as i64;
        let before = (self.start - position).clamp(0, values.len() as i64) as usize;
        let within = (end - position).clamp(before as i64, values.len() as i64) as usize;
        let values = &values[before..within];
        if !values.is_empty() {
            self.written_to = self.written_to.max(position + within as i64);
        }
        let slot = (position + before as i64).rem_euclid(CAPACITY as i64) as usize;
        let straight = values.len().min(CAPACITY - slot);
        let (first, wrapped) = values.split_at(straight);
        fill(&mut self.ring[slot..], first, &sample);
        fill(&mut self.ring, wrapped, &sample);
        values.len()
    }

    /// Move all from `from` on by so much, later or earlier, as far as it is not taken.
    pub fn shift(&mut self, from: i64, by: i64) {
        let from = from.max(self.start);
        let place = |at: i64| at.rem_euclid(CAPACITY as i64) as usize;
        let moved: Vec<i16> = (from..self.written_to).map(|at| self.ring[place(at)]).collect();
        (from..self.written_to).for_each(|at| self.ring[place(at)] = 0);
        if !moved.is_empty() {
            self.written_to = from;
            self.write_samples(from + by, &moved);
        }
    }

    /// Take the next samples, as many as `out` holds, and leave silence for those that come round to their places.
    ///
    /// No more at a time than the window holds.
    pub fn take(&mut self, out: &mut [i16]) {
        let slot = self.start as usize % CAPACITY;
        let (straight, wrapped) = out.split_at_mut(out.len().min(CAPACITY - slot));
        for (part, from) in [(straight, slot), (wrapped, 0)] {
            let places = &mut self.ring[from..from + part.len()];
            part.copy_from_slice(places);
            places.fill(0);
        }
        self.start += out.len() as i64;
    }
}

fn fill<T>(samples: &mut [i16], values: &[T], sample: impl Fn(&T) -> i16) {
    for (place, value) in samples.iter_mut().zip(values) {
        *place = sample(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::array;

    fn identity() -> [i16; 256] {
        array::from_fn(|octet| octet as i16)
    }

    fn take(window: &mut SampleWindow, count: usize) -> Vec<i16> {
        let mut taken = vec![0; count];
        window.take(&mut taken);
        taken
    }

    #[test]
    fn what_nobody_wrote_is_silence() {
        let mut window = SampleWindow::default();
        window.write(2, &[5, 6], &identity());
        assert_eq!(take(&mut window, 6), [0, 0, 5, 6, 0, 0]);
    }

    #[test]
    fn samples_are_written_like_what_is_decoded() {
        let mut window = SampleWindow::default();
        window.write_samples(1, &[500, -600]);
        assert_eq!((take(&mut window, 4), window.written_to()), (vec![0, 500, -600, 0], 3));
    }

    #[test]
    fn samples_survive_the_turn_of_the_ring_and_do_not_come_back() {
        let mut window = SampleWindow::default();
        take(&mut window, CAPACITY - 2);
        window.write(CAPACITY as i64 - 2, &[1, 2, 3, 4], &identity());
        assert_eq!(take(&mut window, 4), [1, 2, 3, 4]);
        assert!(take(&mut window, CAPACITY).iter().all(|&sample| sample == 0));
    }

    #[test]
    fn what_is_not_taken_yet_can_be_moved() {
        let mut window = SampleWindow::default();
        window.write(2, &[1, 2, 3, 4, 5], &identity());
        window.shift(4, -1);
        assert_eq!(window.written_to(), 6);
        window.shift(5, 2);
        assert_eq!((take(&mut window, 9), window.written_to()), (vec![0, 0, 1, 3, 4, 0, 0, 5, 0], 8));
        window.shift(3, -1);
        assert_eq!(take(&mut window, 2), [0, 0]);
    }

    #[test]
    fn what_lies_outside_the_window_is_left_out() {
        let mut window = SampleWindow::default();
        take(&mut window, 10);
        for (position, written_to, count) in [
            (-5, 0, 0),
            (8, 11, 1),
            (1 << 40, 11, 0),
            (-(1 << 40), 11, 0),
            (9 + CAPACITY as i64, 10 + CAPACITY as i64, 1),
        ] {
            let written = window.write(position, &[7, 8, 9], &identity());
            assert_eq!((window.written_to(), written), (written_to, count));
        }
        let taken = take(&mut window, CAPACITY);
        assert_eq!((taken[0], taken[1], taken[CAPACITY - 1]), (9, 0, 7));
    }
}
