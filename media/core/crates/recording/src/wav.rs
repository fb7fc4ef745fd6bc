//! The header of a stereo 16-bit 8 kHz WAV file (RIFF/WAVE, `WAVE_FORMAT_PCM`).

pub const HEADER_LENGTH: u64 = 44;
/// One 16-bit sample of each channel.
pub const FRAME_LENGTH: usize = 4;
const CHANNELS: u16 = 2;
const RATE_HZ: u32 = rtp::CLOCK_HZ;
const BITS: u16 = 16;

/// The header of a file with `data_length` octets of samples; beyond 4 GiB it says "to the end".
pub fn header(data_length: u64) -> [u8; HEADER_LENGTH as usize] {
    let data_length = u32::try_from(data_length).unwrap_or(u32::MAX);
    let mut bytes = [0; HEADER_LENGTH as usize];
    bytes[0..4].copy_from_slice(b"RIFF");
    bytes[4..8].copy_from_slice(&data_length.saturating_add(HEADER_LENGTH as u32 - 8).to_le_bytes());
    bytes[8..16].copy_from_slice(b"WAVEfmt ");
    bytes[16..20].copy_from_slice(&16_u32.to_le_bytes());
    bytes[20..22].copy_from_slice(&1_u16.to_le_bytes());
    bytes[22..24].copy_from_slice(&CHANNELS.to_le_bytes());
    bytes[24..28].copy_from_slice(&RATE_HZ.to_le_bytes());
    bytes[28..32].copy_from_slice(&(RATE_HZ * FRAME_LENGTH as u32).to_le_bytes());
    bytes[32..34].copy_from_slice(&(FRAME_LENGTH as u16).to_le_bytes());
    bytes[34..36].copy_from_slice(&BITS.to_le_bytes());
    bytes[36..40].copy_from_slice(b"data");
    bytes[40..44].copy_from_slice(&data_length.to_le_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_fit_the_data_and_saturate() {
        let lengths = |bytes: &[u8]| {
            let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
            (word(4), word(40))
        };
        assert_eq!(lengths(&header(400)), (436, 400));
        assert_eq!(lengths(&header(1 << 33)), (u32::MAX, u32::MAX));
    }

    #[test]
    fn says_stereo_16_bit_8_khz_pcm() {
        let expected = b"fmt \x10\0\0\0\x01\0\x02\0\x40\x1f\0\0\0\x7d\0\0\x04\0\x10\0data";
        assert_eq!(&header(0)[12..40], expected);
    }
}
