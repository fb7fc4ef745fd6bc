//! The quadrature mirror filters that part and join the bands (ITU-T G.722 §3.1, §4.4, table 11).

/// Half of the filter; the other half mirrors it.
const COEFFICIENTS: [i32; 12] = [3, -11, -11, 53, 12, -156, 32, 362, -210, -805, 951, 3876];
const LENGTH: usize = 2 * COEFFICIENTS.len();

/// The newest two samples first, the rest as they were.
#[derive(Debug, Default)]
struct DelayLine([i16; LENGTH]);

impl DelayLine {
    /// The sums of the even and of the odd taps after two more samples.
    fn push(&mut self, newest: i16, before: i16) -> (i32, i32) {
        self.0.copy_within(..LENGTH - 2, 2);
        (self.0[0], self.0[1]) = (newest, before);
        let (mut even, mut odd) = (0, 0);
        for (pair, values) in self.0.chunks_exact(2).enumerate() {
            even += i32::from(values[0]) * coefficient(2 * pair);
            odd += i32::from(values[1]) * coefficient(2 * pair + 1);
        }
        (even, odd)
    }
}

fn coefficient(index: usize) -> i32 {
    COEFFICIENTS[index.min(LENGTH - 1 - index)]
}

#[derive(Debug, Default)]
pub struct Analysis(DelayLine);

impl Analysis {
    /// The low and the high band of two samples, 15 bits each.
    pub fn split(&mut self, first: i16, second: i16) -> (i16, i16) {
        let (even, odd) = self.0.push(second, first);
        let limited = |sum: i32| (sum >> 14).clamp(-16_384, 16_383) as i16;
        (limited(even + odd), limited(even - odd))
    }
}

#[derive(Debug, Default)]
pub struct Synthesis(DelayLine);

impl Synthesis {
    /// The two samples of both bands.
    pub fn join(&mut self, low: i16, high: i16) -> (i16, i16) {
        let (even, odd) = self.0.push(low.saturating_sub(high), low.saturating_add(high));
        let loud = |sum: i32| (sum >> 11).clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16;
        (loud(even), loud(odd))
    }
}
