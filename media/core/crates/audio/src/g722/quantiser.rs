//! The quantisers of both bands (ITU-T G.722 §3.3, §3.5, tables 7 to 14).

/// A fraction of 15 bits of another.
pub fn scaled(value: i16, fraction: i16) -> i16 {
    ((i32::from(value) * i32::from(fraction)) >> 15) as i16
}

/// How one band's differences become codes, and codes adapt its step.
#[derive(Debug)]
pub struct Quantiser {
    /// Where one level ends and the next begins, in eighths of the step.
    decisions: &'static [i16],
    /// The codes of differences above nought, and below, by level.
    positive: &'static [u8],
    negative: &'static [u8],
    /// What a code stands for, in eighths of the step, with its sign.
    outputs: &'static [i16],
    /// The same for what is left of a code when it adapts, and how that moves the step's logarithm.
    coarse_outputs: &'static [i16],
    weights: &'static [i16],
    /// The greatest logarithm, and what it is short of the table's whole range.
    most: i16,
    shift: u32,
}

pub static LOW: Quantiser = Quantiser {
    decisions: &[
        35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121,
        1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919,
    ],
    positive: &[
        61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37,
        36, 35, 34, 33, 32,
    ],
    negative: &[
        63, 62, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8,
        7, 6, 5, 4,
    ],
    outputs: &[
        -17, -17, -17, -17, -3101, -2738, -2376, -2088, -1873, -1689, -1535, -1399, -1279, -1170, -1072,
        -982, -899, -822, -750, -682, -618, -558, -501, -447, -396, -347, -300, -254, -211, -170, -130, -91,
        3101, 2738, 2376, 2088, 1873, 1689, 1535, 1399, 1279, 1170, 1072, 982, 899, 822, 750, 682, 618, 558,
        501, 447, 396, 347, 300, 254, 211, 170, 130, 91, 54, 17, -54, -17,
    ],
    coarse_outputs: &[
        0, -2557, -1612, -1121, -786, -530, -323, -150, 2557, 1612, 1121, 786, 530, 323, 150, 0,
    ],
    weights: &[-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60],
    most: 18_432,
    shift: 8,
};

pub static HIGH: Quantiser = Quantiser {
    decisions: &[564],
    positive: &[3, 2],
    negative: &[1, 0],
    outputs: &[-926, -202, 926, 202],
    coarse_outputs: &[-926, -202, 926, 202],
    weights: &[798, -214, 798, -214],
    most: 22_528,
    shift: 10,
};

/// 2048 · 2^(n/32) (ITU-T G.722 table 15).
const POWERS: [i16; 32] = [
    2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896,
    2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
];

/// How fast the step's logarithm is forgotten.
const LEAKAGE: i16 = 32_512;

impl Quantiser {
    /// The code of a difference.
    pub fn quantise(&self, difference: i16, step: i16) -> u8 {
        let negative = difference < 0;
        let magnitude = if negative { !difference } else { difference };
        let level = self.decisions.partition_point(|&decision| scaled(decision << 3, step) <= magnitude);
        if negative { self.negative[level] } else { self.positive[level] }
    }

    /// The difference a code stands for.
    pub fn dequantise(&self, code: u8, step: i16) -> i16 {
        scaled(self.outputs[usize::from(code)] << 3, step)
    }

    /// The same of a code that adapts.
    pub fn dequantise_coarsely(&self, code: u8, step: i16) -> i16 {
        scaled(self.coarse_outputs[usize::from(code)] << 3, step)
    }

    /// The next logarithm of the step.
    pub fn next_logarithm(&self, logarithm: i16, code: u8) -> i16 {
        (scaled(logarithm, LEAKAGE) + self.weights[usize::from(code)]).clamp(0, self.most)
    }

    /// The step of a logarithm.
    pub fn step_of(&self, logarithm: i16) -> i16 {
        let power = i32::from(POWERS[usize::from((logarithm >> 6) as u16 & 31)]);
        let whole = (logarithm >> 11) as u32;
        (((power << whole) >> self.shift) << 2) as i16
    }
}
