//! One band's adaptive predictor (ITU-T G.722 §3.6): two poles, six zeros, steered by signs.

use super::quantiser::{Quantiser, scaled};

const ZEROS: usize = 6;
/// Leakages and steps of the coefficients, in fractions of 15 bits.
const ZERO_LEAKAGE: i16 = 32_640;
const ZERO_STEP: i16 = 128;
const FIRST_POLE_LEAKAGE: i16 = 32_640;
const FIRST_POLE_STEP: i16 = 192;
const SECOND_POLE_LEAKAGE: i16 = 32_512;
const SECOND_POLE_STEP: i16 = 128;
/// Where the poles stop, so that the predictor is stable.
const SECOND_POLE_MOST: i16 = 12_288;
const POLES_MOST: i16 = 15_360;

/// What encoder and decoder know alike of one band.
#[derive(Debug)]
pub struct Band {
    quantiser: &'static Quantiser,
    /// The step of the quantiser, and its logarithm.
    step: i16,
    logarithm: i16,
    /// What is expected of the next sample, and the zeros' part of it.
    prediction: i16,
    zero_prediction: i16,
    poles: [i16; 2],
    zeros: [i16; ZEROS],
    /// The newest first: differences, what they made, and what the poles did not foresee.
    differences: [i16; ZEROS],
    made: [i16; 2],
    partial: [i16; 2],
}

impl Band {
    pub fn new(quantiser: &'static Quantiser) -> Self {
        Self {
            quantiser,
            step: quantiser.step_of(0),
            logarithm: 0,
            prediction: 0,
            zero_prediction: 0,
            poles: [0; 2],
            zeros: [0; ZEROS],
            differences: [0; ZEROS],
            made: [0; 2],
            partial: [0; 2],
        }
    }

    pub fn step(&self) -> i16 {
        self.step
    }

    /// How far a sample is from what was expected.
    pub fn error(&self, sample: i16) -> i16 {
        sample.saturating_sub(self.prediction)
    }

    /// The sample a difference makes, within 15 bits.
    pub fn reconstruct(&self, difference: i16) -> i16 {
        self.prediction.saturating_add(difference).clamp(-16_384, 16_383)
    }

    /// Learn from a code that was sent or came.
    pub fn adapt(&mut self, code: u8) {
        let difference = self.quantiser.dequantise_coarsely(code, self.step);
        self.logarithm = self.quantiser.next_logarithm(self.logarithm, code);
        self.step = self.quantiser.step_of(self.logarithm);
        let partial = difference.saturating_add(self.zero_prediction);
        self.adapt_zeros(difference);
        self.adapt_poles(partial);
        self.partial = [partial, self.partial[0]];
        self.differences.copy_within(..ZEROS - 1, 1);
        self.differences[0] = difference;
        self.made = [self.prediction.saturating_add(difference), self.made[0]];
        self.predict();
    }

    fn adapt_zeros(&mut self, difference: i16) {
        let step = if difference == 0 { 0 } else { ZERO_STEP };
        for (zero, &before) in self.zeros.iter_mut().zip(&self.differences) {
            let towards = if (difference < 0) == (before < 0) { step } else { -step };
            *zero = scaled(*zero, ZERO_LEAKAGE).saturating_add(towards);
        }
    }

    fn adapt_poles(&mut self, partial: i16) {
        let alike = self.partial.map(|before| (partial < 0) == (before < 0));
        let first = saturated(i32::from(self.poles[0]) << 2);
        let against = if alike[0] { 0_i16.saturating_sub(first) } else { first };
        let towards = if alike[1] { SECOND_POLE_STEP } else { -SECOND_POLE_STEP };
        let second =
            (against >> 7).saturating_add(towards).saturating_add(scaled(self.poles[1], SECOND_POLE_LEAKAGE));
        self.poles[1] = second.clamp(-SECOND_POLE_MOST, SECOND_POLE_MOST);
        let towards = if alike[0] { FIRST_POLE_STEP } else { -FIRST_POLE_STEP };
        let most = POLES_MOST - self.poles[1];
        self.poles[0] = scaled(self.poles[0], FIRST_POLE_LEAKAGE).saturating_add(towards).clamp(-most, most);
    }

    fn predict(&mut self) {
        let doubled = |value: i16| value.saturating_add(value);
        // Summed from the oldest, as saturation makes the order matter.
        let zeros = self.zeros.iter().zip(&self.differences).rev();
        let zero_parts = zeros.map(|(&zero, &difference)| scaled(doubled(difference), zero));
        self.zero_prediction = zero_parts.fold(0, i16::saturating_add);
        let [first, second] = [0, 1].map(|index| scaled(doubled(self.made[index]), self.poles[index]));
        self.prediction = first.saturating_add(second).saturating_add(self.zero_prediction);
    }
}

fn saturated(value: i32) -> i16 {
    value.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
}
