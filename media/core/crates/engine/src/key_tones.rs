//! Keys as the tones of a telephone (ITU-T Q.23), for peers that take no telephone-events.

use std::f64::consts::TAU;
use std::sync::Arc;

use rtp::digit_sender::Touch;

use crate::prompt::Prompt;

const KEYS: [&[u8; 4]; 4] = [b"123A", b"456B", b"789C", b"*0#D"];
const ROWS_HZ: [f64; 4] = [697.0, 770.0, 852.0, 941.0];
const COLUMNS_HZ: [f64; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
/// The level of a sine at full scale, in hundredths of dBm0 (ITU-T G.711).
const FULL_SCALE: f64 = 314.0;

/// The tone of each key and the pause after it, as prompts to be played.
pub fn tones_of(digits: &str, touch: Touch) -> Vec<Arc<Prompt>> {
    let pause = Arc::new(Prompt::encode(&vec![0; samples(touch.pause_ms, 8)], &[]));
    let keys = digits.bytes().filter_map(frequencies);
    keys.flat_map(|pair| [Arc::new(tone(pair, touch)), pause.clone()]).collect()
}

fn frequencies(key: u8) -> Option<(f64, f64)> {
    (0..16)
        .find(|index| KEYS[index / 4][index % 4] == key)
        .map(|index| (ROWS_HZ[index / 4], COLUMNS_HZ[index % 4]))
}

fn tone(pair: (f64, f64), touch: Touch) -> Prompt {
    Prompt::encode(&sines(pair, touch, 8), &sines(pair, touch, 16))
}

/// Both frequencies equally loud, together as loud as was asked for.
fn sines((row_hz, column_hz): (f64, f64), touch: Touch, rate_khz: usize) -> Vec<i16> {
    let level_dbm0 = -f64::from(touch.volume) - 10.0 * 2_f64.log10();
    let amplitude = f64::from(i16::MAX) * 10_f64.powf((level_dbm0 - FULL_SCALE / 100.0) / 20.0);
    let sample = |index: usize| {
        let turns = TAU * index as f64 / (rate_khz as f64 * 1000.0);
        (amplitude * ((turns * row_hz).sin() + (turns * column_hz).sin())) as i16
    };
    (0..samples(touch.press_ms, rate_khz)).map(sample).collect()
}

fn samples(duration_ms: u32, rate_khz: usize) -> usize {
    duration_ms as usize * rate_khz
}
