//! What a frame of 20 ms costs, in microseconds of CPU: each codec there and back, resampling, listening for keys.
//!
//!     cargo run --release -p bench --bin codec_cost

use std::hint::black_box;

use audio::codec::Codec;
use audio::decoder::{Decoder, MAX_SAMPLES};
use audio::encoder::{Encoder, MAX_PAYLOAD};
use audio::in_band_digits::InBandDigits;
use audio::resampler::Resampler;
use rustix::time::{ClockId, clock_gettime};

const FRAMES: u32 = 5000;
const FRAME_MS: u32 = 20;

fn main() {
    for codec in Codec::ALL {
        report_codec(codec, codec.rate_hz());
    }
    report_codec(Codec::Opus, 8000);
    for (from_hz, to_hz) in [(8000, 16_000), (16_000, 8000), (16_000, 48_000)] {
        report_resampler(from_hz, to_hz);
    }
    let mut digits = InBandDigits::new(8000);
    let frames = frames(8000);
    report(
        "in-band digits",
        cost_us(|frame| digits.hear(&frames[frame % frames.len()], |event| _ = black_box(event))),
    );
}

/// There from samples at `rate_hz`, and back.
fn report_codec(codec: Codec, rate_hz: u32) {
    let (Some(mut encoder), Some(mut decoder)) = (Encoder::for_rate(codec, rate_hz), Decoder::new(codec))
    else {
        return;
    };
    let frames = frames(encoder.rate_hz());
    let name = format!("{} of {} kHz", codec.name(), encoder.rate_hz() / 1000);
    let mut encode = |samples: &[i16]| {
        let mut payload = [0; MAX_PAYLOAD];
        let length = encoder.encode(samples, &mut payload).unwrap_or(0);
        payload[..length].to_vec()
    };
    report(&format!("{name} encoded"), cost_us(|frame| _ = black_box(encode(&frames[frame % frames.len()]))));
    let payloads: Vec<_> = frames.iter().map(|samples| encode(samples)).collect();
    let mut out = [0; MAX_SAMPLES];
    let mut decode =
        |frame: usize| _ = black_box(decoder.decode(&payloads[frame % payloads.len()], &mut out));
    report(&format!("{name} decoded"), cost_us(&mut decode));
    report(
        &format!("{name} concealed"),
        cost_us(|frame| {
            if frame % 2 == 0 {
                _ = black_box(decoder.decode(&payloads[frame % payloads.len()], &mut out));
            } else {
                decoder.conceal(&mut out[..codec.samples(FRAME_MS)]);
            }
        }),
    );
}

fn report_resampler(from_hz: u32, to_hz: u32) {
    let Some(mut resampler) = Resampler::new(from_hz, to_hz) else { return };
    let (frames, mut out) = (frames(from_hz), [0; MAX_SAMPLES]);
    let cost = cost_us(|frame| _ = black_box(resampler.resample(&frames[frame % frames.len()], &mut out)));
    report(&format!("{from_hz} to {to_hz} Hz"), cost);
}

fn report(what: &str, cost_us: f64) {
    println!("{what:24} {cost_us:8.2} us");
}

fn cost_us(work: impl FnMut(usize)) -> f64 {
    let begin_us = cpu_time_us();
    (0..FRAMES as usize).for_each(work);
    (cpu_time_us() - begin_us) / f64::from(FRAMES)
}

/// Of this process, so that whatever else the machine does counts little.
fn cpu_time_us() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}

/// A second of something like a voice.
fn frames(rate_hz: u32) -> Vec<Vec<i16>> {
    let at = |index: u32| {
        let time_s = f64::from(index) / f64::from(rate_hz);
        let pitch = time_s * (150.0 + 20.0 * (time_s * 4.0).sin()) * std::f64::consts::TAU;
        let voice: f64 =
            (1..12).map(|harmonic| (pitch * f64::from(harmonic)).sin() / f64::from(harmonic)).sum();
        (voice * 6000.0 * (time_s * 8.0).sin().abs()) as i16
    };
    let samples: Vec<i16> = (0..rate_hz).map(at).collect();
    samples.chunks_exact((rate_hz / 1000 * FRAME_MS) as usize).map(<[i16]>::to_vec).collect()
}
