//! What a leg hears and says as samples: codecs, and what stands between them.
//!
//! Samples are 16-bit mono PCM at 8 or 16 kHz. Nothing here reads a clock, a socket or a random number;
//! payloads come from the network, and none of them can panic here.

pub mod codec;
pub mod comfort_noise;
mod concealment;
pub mod decoder;
pub mod encoder;
pub mod g711;
pub mod g722;
pub mod in_band_digits;
pub mod jitter_buffer;
pub mod level;
pub mod opus_codec;
pub mod resampler;
pub mod tone;
