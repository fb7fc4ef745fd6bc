//! How samples lie in the file.

use audio::g711::Law;

/// What one sample of one channel is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SampleFormat {
    /// Two octets, least significant first.
    #[default]
    Linear16,
    /// One octet, as on the wire: nothing is lost by it that G.711 had kept.
    G711(Law),
}

impl SampleFormat {
    /// Octets of one frame: a sample of each channel.
    pub const fn frame_length(self) -> usize {
        match self {
            Self::Linear16 => 4,
            Self::G711(_) => 2,
        }
    }

    /// The octet that silence is made of.
    pub const fn silence(self) -> u8 {
        match self {
            Self::Linear16 => 0,
            Self::G711(law) => law.silence(),
        }
    }

    /// Fill `frames` with samples of both channels, one of each in turn.
    pub fn interleave(self, left: &[i16], right: &[i16], frames: &mut [u8]) {
        let samples = left.iter().zip(right);
        match self {
            Self::Linear16 => {
                for (frame, (left, right)) in frames.chunks_exact_mut(4).zip(samples) {
                    frame[..2].copy_from_slice(&left.to_le_bytes());
                    frame[2..].copy_from_slice(&right.to_le_bytes());
                }
            }
            Self::G711(law) => {
                for (frame, (&left, &right)) in frames.chunks_exact_mut(2).zip(samples) {
                    frame.copy_from_slice(&[law.encode(left), law.encode(right)]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_holds_left_and_right_in_the_format() {
        let frames = |format: SampleFormat| {
            let mut frames = vec![0; 2 * format.frame_length()];
            format.interleave(&[8, 32_256], &[-8, 0x0102], &mut frames);
            frames
        };
        assert_eq!(frames(SampleFormat::Linear16), [8, 0, 0xf8, 0xff, 0, 0x7e, 2, 1]);
        assert_eq!(frames(SampleFormat::G711(Law::Pcma))[..3], [0xd5, 0x55, 0xaa]);
    }

    #[test]
    fn silence_is_what_no_sound_becomes() {
        for format in [SampleFormat::Linear16, SampleFormat::G711(Law::Pcma), SampleFormat::G711(Law::Pcmu)] {
            let mut frame = vec![1; format.frame_length()];
            format.interleave(&[0], &[0], &mut frame);
            assert!(frame.iter().all(|&octet| octet == format.silence()), "{format:?}");
        }
    }
}
