//! The header of a stereo 8 kHz WAV file (RIFF/WAVE; Microsoft's Multimedia Standards Update, 1994, for G.711).

use audio::g711::Law;

use crate::format::SampleFormat;

/// Octets of the header of 16-bit samples.
const LINEAR_LENGTH: usize = 44;
/// Octets of the header of G.711, which has a longer `fmt ` chunk and a `fact` chunk.
const G711_LENGTH: usize = 58;
const CHANNELS: u16 = 2;
const RATE_HZ: u32 = rtp::CLOCK_HZ;

/// The header of a file with `data_length` octets of samples; beyond 4 GiB it says "to the end".
pub fn header(format: SampleFormat, data_length: u64) -> Vec<u8> {
    let frame_length = format.frame_length() as u32;
    let frames = u32::try_from(data_length / u64::from(frame_length)).unwrap_or(u32::MAX);
    let data_length = u32::try_from(data_length).unwrap_or(u32::MAX);
    let mut header = Vec::with_capacity(header_length(format) as usize);
    header.extend(b"RIFF");
    put(&mut header, data_length.saturating_add(header_length(format) as u32 - 8));
    header.extend(b"WAVE");
    header.extend(b"fmt ");
    put(&mut header, fmt_length(format));
    header.extend(tag(format).to_le_bytes());
    header.extend(CHANNELS.to_le_bytes());
    put(&mut header, RATE_HZ);
    put(&mut header, RATE_HZ * frame_length);
    header.extend((frame_length as u16).to_le_bytes());
    header.extend((frame_length as u16 / CHANNELS * 8).to_le_bytes());
    if let SampleFormat::G711(_) = format {
        header.extend(0_u16.to_le_bytes());
        header.extend(b"fact");
        put(&mut header, 4);
        put(&mut header, frames);
    }
    header.extend(b"data");
    put(&mut header, data_length);
    header
}

/// Octets before the first sample.
pub const fn header_length(format: SampleFormat) -> u64 {
    match format {
        SampleFormat::Linear16 => LINEAR_LENGTH as u64,
        SampleFormat::G711(_) => G711_LENGTH as u64,
    }
}

const fn fmt_length(format: SampleFormat) -> u32 {
    match format {
        SampleFormat::Linear16 => 16,
        SampleFormat::G711(_) => 18,
    }
}

/// `WAVE_FORMAT_PCM`, `_ALAW`, `_MULAW`.
const fn tag(format: SampleFormat) -> u16 {
    match format {
        SampleFormat::Linear16 => 1,
        SampleFormat::G711(Law::Pcma) => 6,
        SampleFormat::G711(Law::Pcmu) => 7,
    }
}

fn put(header: &mut Vec<u8>, word: u32) {
    header.extend(word.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALAW: SampleFormat = SampleFormat::G711(Law::Pcma);

    fn word(bytes: &[u8], at: usize) -> u32 {
        u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
    }

    #[test]
    fn lengths_fit_the_data_and_saturate() {
        let lengths = |bytes: &[u8]| (word(bytes, 4), word(bytes, 40));
        assert_eq!(lengths(&header(SampleFormat::Linear16, 400)), (436, 400));
        assert_eq!(lengths(&header(SampleFormat::Linear16, 1 << 33)), (u32::MAX, u32::MAX));
        let alaw = header(ALAW, 400);
        assert_eq!((word(&alaw, 4), word(&alaw, 46), word(&alaw, 54)), (450, 200, 400));
    }

    #[test]
    fn says_stereo_8_khz_and_the_format() {
        let linear = b"fmt \x10\0\0\0\x01\0\x02\0\x40\x1f\0\0\0\x7d\0\0\x04\0\x10\0data";
        assert_eq!(&header(SampleFormat::Linear16, 0)[12..40], linear);
        let alaw = b"fmt \x12\0\0\0\x06\0\x02\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x08\0\0\0fact\x04\0\0\0";
        assert_eq!(&header(ALAW, 0)[12..46], alaw);
        assert_eq!(header(SampleFormat::G711(Law::Pcmu), 0)[20], 7);
    }

    #[test]
    fn is_as_long_as_it_says() {
        for format in [SampleFormat::Linear16, ALAW] {
            assert_eq!(header(format, 0).len() as u64, header_length(format));
        }
    }
}
