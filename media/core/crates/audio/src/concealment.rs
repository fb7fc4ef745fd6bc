//! What is heard in place of lost packets: the last pitch periods go on and fade (after ITU-T G.711 Appendix I).
//!
//! ```text
//!  heard ──────────┐ lost: the last period again and again      ┌ heard
//!  ..╱╲╱╲╱╲ p p p p│p p p p p p  two periods  three periods     │blend╱╲╱╲..
//!     level         100 %  ──10 ms── then 20 % less each 10 ms, silent after 60 ms
//! ```
//!
//! Unlike the appendix it delays nothing: what was heard last is joined by letting the jump decay.

/// The longest history, at 16 kHz: three of the longest periods and the quarter before them.
const HISTORY: usize = 48 * 16 + 12;
const SHORTEST_MS: usize = 5;
const LONGEST_MS: usize = 15;
/// How much of the past a period is looked for with.
const TEMPLATE_MS: usize = 20;
/// More periods are repeated, and the level falls, at each step of this.
const STEP_MS: usize = 10;
const FADED_MS: usize = 60;
const MOST_PERIODS: usize = 3;
/// The blend with what is heard again is longer by this for each step of the loss.
const BLEND_GROWTH_MS: usize = 4;
const LONGEST_BLEND_MS: usize = 10;

/// What one stream sounded like, and how it goes on without packets.
#[derive(Debug)]
pub struct Concealment {
    /// Samples a millisecond.
    per_ms: usize,
    /// What was heard last, concealed or not; the newest at the end.
    history: [i16; HISTORY],
    /// The same as it was when the loss began.
    before: [i16; HISTORY],
    /// Samples concealed since something was heard.
    lost: usize,
    period: usize,
    periods: usize,
    /// Where in the repeated periods the next sample comes from.
    phase: usize,
    /// The sample made up last, before it was faded.
    last: f32,
    /// How far from it the repetition begins, and for how many more samples that shows.
    jump: f32,
    jump_left: usize,
}

impl Concealment {
    /// For samples at `rate_hz`, 8 or 16 kHz.
    pub fn new(rate_hz: u32) -> Self {
        Self {
            per_ms: rate_hz as usize / 1000,
            history: [0; HISTORY],
            before: [0; HISTORY],
            lost: 0,
            period: SHORTEST_MS * rate_hz as usize / 1000,
            periods: 1,
            phase: 0,
            last: 0.0,
            jump: 0.0,
            jump_left: 0,
        }
    }

    /// Note what was decoded; after a loss its beginning is blended with what was made up.
    pub fn heard(&mut self, samples: &mut [i16]) {
        if self.lost > 0 {
            self.blend(samples);
            self.lost = 0;
        }
        self.remember(samples);
    }

    /// Fill `out` with what might have been in a lost packet.
    pub fn conceal(&mut self, out: &mut [i16]) {
        if self.lost == 0 {
            self.begin();
        }
        for sample in out.iter_mut() {
            *sample = self.next() as i16;
        }
        self.remember(out);
    }

    fn begin(&mut self) {
        self.before = self.history;
        self.period = self.find_period();
        self.last = f32::from(self.history[HISTORY - 1]);
        self.phase = 0;
        self.repeat(1);
    }

    /// Repeat so many periods from the oldest on.
    fn repeat(&mut self, periods: usize) {
        self.periods = periods;
        self.phase %= self.period;
        let length = self.period * periods;
        self.jump = self.last - self.at((self.phase + length - 1) % length);
        self.jump_left = self.period / 4;
    }

    /// The next sample made up, faded as long as the loss has lasted.
    fn next(&mut self) -> f32 {
        if self.lost > 0 && self.lost.is_multiple_of(STEP_MS * self.per_ms) && self.periods < MOST_PERIODS {
            self.repeat(self.periods + 1);
        }
        self.last = self.at(self.phase) + self.decay_jump();
        self.phase = (self.phase + 1) % (self.period * self.periods);
        let level = self.level();
        self.lost = self.lost.saturating_add(1);
        (self.last * level).clamp(-32_768.0, 32_767.0)
    }

    fn level(&self) -> f32 {
        let step = (STEP_MS * self.per_ms) as f32;
        let steps_of_fading = (FADED_MS - STEP_MS) as f32 / STEP_MS as f32;
        (1.0 - (self.lost as f32 / step - 1.0) / steps_of_fading).clamp(0.0, 1.0)
    }

    fn decay_jump(&mut self) -> f32 {
        let jump = self.jump * self.jump_left as f32 / (self.period / 4) as f32;
        self.jump_left = self.jump_left.saturating_sub(1);
        jump
    }

    /// The repeated periods; their last quarter of a period leads over into what stood before their first.
    fn at(&self, phase: usize) -> f32 {
        let (length, quarter) = (self.period * self.periods, self.period / 4);
        let index = HISTORY - length + phase;
        let sample = f32::from(self.before[index]);
        let Some(into) = (phase + quarter).checked_sub(length) else { return sample };
        let weight = (into + 1) as f32 / quarter as f32;
        sample + (f32::from(self.before[index - length]) - sample) * weight
    }

    /// The lag at which the last 20 ms are most alike to what was before them.
    fn find_period(&self) -> usize {
        let (shortest, longest) = (SHORTEST_MS * self.per_ms, LONGEST_MS * self.per_ms);
        let coarse = self.per_ms / 4;
        let roughly = self.best_lag((shortest..=longest).step_by(coarse), coarse);
        let (from, to) = (roughly.saturating_sub(coarse).max(shortest), (roughly + coarse).min(longest));
        self.best_lag(from..=to, 1)
    }

    fn best_lag(&self, lags: impl Iterator<Item = usize>, stride: usize) -> usize {
        let likeness = |lag: &usize| self.likeness(*lag, stride);
        let scored = lags.map(|lag| (likeness(&lag), lag));
        scored.reduce(|best, other| if other.0 > best.0 { other } else { best }).map_or(0, |(_, lag)| lag)
    }

    /// Normalised correlation of the last 20 ms with those `lag` samples earlier, every `stride`th sample.
    fn likeness(&self, lag: usize, stride: usize) -> f32 {
        let begin = HISTORY - TEMPLATE_MS * self.per_ms;
        let (mut product, mut energy) = (0.0, 1.0);
        for index in (begin..HISTORY).step_by(stride) {
            let (now, then) = (f32::from(self.history[index]), f32::from(self.history[index - lag]));
            product += now * then;
            energy += then * then;
        }
        product / energy.sqrt()
    }

    /// Longer after longer losses, when what was made up has drifted from what was said.
    fn blend(&mut self, samples: &mut [i16]) {
        let longer = BLEND_GROWTH_MS * self.per_ms * (self.lost / (STEP_MS * self.per_ms));
        let length = (self.period / 4 + longer).min(LONGEST_BLEND_MS * self.per_ms).min(samples.len());
        for (index, sample) in samples[..length].iter_mut().enumerate() {
            let weight = (index + 1) as f32 / (length + 1) as f32;
            let made_up = self.next();
            *sample = (made_up + (f32::from(*sample) - made_up) * weight) as i16;
        }
    }

    fn remember(&mut self, samples: &[i16]) {
        let newest = &samples[samples.len().saturating_sub(HISTORY)..];
        self.history.copy_within(newest.len().., 0);
        self.history[HISTORY - newest.len()..].copy_from_slice(newest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A voiced sound of this pitch: harmonics that fall off.
    fn voice(rate_hz: u32, pitch_hz: f32, count: usize) -> Vec<i16> {
        let at = |index: usize| {
            let phase = index as f32 / rate_hz as f32 * pitch_hz * std::f32::consts::TAU;
            (1..8).map(|harmonic| (phase * harmonic as f32).sin() * 4000.0 / harmonic as f32).sum::<f32>()
        };
        (0..count).map(|index| at(index) as i16).collect()
    }

    fn energy(samples: &[i16]) -> f64 {
        samples.iter().map(|&sample| f64::from(sample).powi(2)).sum::<f64>() / samples.len() as f64
    }

    fn error(ours: &[i16], theirs: &[i16]) -> f64 {
        let differences = ours.iter().zip(theirs).map(|(&ours, &theirs)| f64::from(ours) - f64::from(theirs));
        differences.map(|difference| difference * difference).sum::<f64>() / ours.len() as f64
    }

    #[test]
    fn a_voice_goes_on_over_a_lost_packet_of_ten_milliseconds() {
        for rate_hz in [8000, 16_000] {
            for pitch_hz in [80.0, 123.0, 190.0] {
                let packet = rate_hz as usize / 100;
                let voice = voice(rate_hz, pitch_hz, 11 * packet);
                let mut concealment = Concealment::new(rate_hz);
                concealment.heard(&mut voice[..10 * packet].to_vec());
                let mut made_up = vec![0; packet];
                concealment.conceal(&mut made_up);
                let said = &voice[10 * packet..];
                let ratio = energy(said) / error(&made_up, said);
                assert!(ratio > 30.0, "{rate_hz} Hz, pitch {pitch_hz} Hz: signal to error {ratio}");
            }
        }
    }

    #[test]
    fn a_long_loss_fades_to_silence_within_sixty_milliseconds() {
        let mut concealment = Concealment::new(8000);
        concealment.heard(&mut voice(8000, 120.0, 800));
        let mut made_up = vec![0; 800];
        concealment.conceal(&mut made_up);
        let by_ten_ms: Vec<f64> = made_up.chunks(80).map(energy).collect();
        assert!(by_ten_ms[0] > 1e6, "{by_ten_ms:?}");
        assert!(by_ten_ms[5] < by_ten_ms[0] / 10.0, "{by_ten_ms:?}");
        assert!(by_ten_ms[6..].iter().all(|&energy| energy == 0.0), "{by_ten_ms:?}");
    }

    #[test]
    fn nothing_jumps_where_a_loss_begins_or_ends() {
        for lost_packets in 1..8 {
            let voice = voice(8000, 101.0, 8000);
            let steepest = voice.windows(2).map(|pair| (pair[1] - pair[0]).abs()).max().unwrap();
            let mut concealment = Concealment::new(8000);
            let mut out = voice[..1600].to_vec();
            concealment.heard(&mut out);
            let mut made_up = vec![0; lost_packets * 160];
            concealment.conceal(&mut made_up);
            out.extend(&made_up);
            let mut after = voice[out.len() + 37..][..1600].to_vec();
            concealment.heard(&mut after);
            out.extend(&after);
            let jump = out.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max();
            assert!(jump.unwrap() <= i32::from(steepest) * 3 / 2, "{lost_packets}: {jump:?}, {steepest}");
        }
    }

    #[test]
    fn what_was_never_heard_is_silence() {
        let mut made_up = [1; 160];
        Concealment::new(8000).conceal(&mut made_up);
        assert_eq!(made_up, [0; 160]);
    }
}
