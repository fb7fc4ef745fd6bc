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
    /// Octets of one sample of one channel.
    pub const fn sample_length(self) -> usize {
        match self {
            Self::Linear16 => 2,
            Self::G711(_) => 1,
        }
    }

    /// Octets of one frame: a sample of each channel.
    pub const fn frame_length(self) -> usize {
        2 * self.sample_length()
    }

    /// Whole frames in so many octets.
    pub const fn frames_in(self, block: &[u8]) -> u64 {
        (block.len() / self.frame_length()) as u64
    }

    /// The octet that silence is made of.
    pub const fn silence(self) -> u8 {
        match self {
            Self::Linear16 => 0,
            Self::G711(law) => law.silence(),
        }
    }

    /// Fill `octets` with samples.
    pub fn encode(self, samples: &[i16], octets: &mut [u8]) {
        match self {
            Self::Linear16 => {
                for (octets, sample) in octets.chunks_exact_mut(2).zip(samples) {
                    octets.copy_from_slice(&sample.to_le_bytes());
                }
            }
            Self::G711(law) => {
                for (octet, &sample) in octets.iter_mut().zip(samples) {
                    *octet = law.encode(sample);
                }
            }
        }
    }

    /// Fill `samples` from octets.
    pub fn decode(self, octets: &[u8], samples: &mut [i16]) {
        match self {
            Self::Linear16 => {
                for (sample, octets) in samples.iter_mut().zip(octets.chunks_exact(2)) {
                    *sample = i16::from_le_bytes([octets[0], octets[1]]);
                }
            }
            Self::G711(law) => {
                let table = law.decode_table();
                for (sample, &octet) in samples.iter_mut().zip(octets) {
                    *sample = table[usize::from(octet)];
                }
            }
        }
    }

    /// Fill `octets` with what octets of a law say; those of the file's own law stay as they are.
    pub fn transcode(self, law: Law, said: &[u8], octets: &mut [u8]) {
        match self {
            Self::Linear16 => {
                let table = law.decode_table();
                for (octets, &said) in octets.chunks_exact_mut(2).zip(said) {
                    octets.copy_from_slice(&table[usize::from(said)].to_le_bytes());
                }
            }
            Self::G711(own) => {
                octets.copy_from_slice(said);
                if own != law {
                    law.to_other_law(octets);
                }
            }
        }
    }

    /// Fill `frames` with the octets of both channels, a sample of each in turn.
    pub fn interleave(self, left: &[u8], right: &[u8], frames: &mut [u8]) {
        match self {
            Self::Linear16 => interleave::<2>(left, right, frames),
            Self::G711(_) => interleave::<1>(left, right, frames),
        }
    }
}

fn interleave<const LENGTH: usize>(left: &[u8], right: &[u8], frames: &mut [u8]) {
    let samples = left.chunks_exact(LENGTH).zip(right.chunks_exact(LENGTH));
    for (frame, (left, right)) in frames.chunks_exact_mut(2 * LENGTH).zip(samples) {
        frame[..LENGTH].copy_from_slice(left);
        frame[LENGTH..].copy_from_slice(right);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMATS: [SampleFormat; 3] =
        [SampleFormat::Linear16, SampleFormat::G711(Law::Pcma), SampleFormat::G711(Law::Pcmu)];

    fn encoded(format: SampleFormat, samples: &[i16]) -> Vec<u8> {
        let mut octets = vec![0; samples.len() * format.sample_length()];
        format.encode(samples, &mut octets);
        octets
    }

    #[test]
    fn a_frame_holds_left_and_right_in_the_format() {
        let frames = |format: SampleFormat| {
            let mut frames = vec![0; 2 * format.frame_length()];
            format.interleave(&encoded(format, &[8, 32_256]), &encoded(format, &[-8, 0x0102]), &mut frames);
            frames
        };
        assert_eq!(frames(SampleFormat::Linear16), [8, 0, 0xf8, 0xff, 0, 0x7e, 2, 1]);
        assert_eq!(frames(SampleFormat::G711(Law::Pcma))[..3], [0xd5, 0x55, 0xaa]);
    }

    #[test]
    fn what_either_law_says_is_the_same_in_every_format() {
        let said: Vec<u8> = (0..=u8::MAX).collect();
        for (format, law) in FORMATS.into_iter().flat_map(|format| [(format, Law::Pcma), (format, Law::Pcmu)])
        {
            let mut octets = vec![0; said.len() * format.sample_length()];
            format.transcode(law, &said, &mut octets);
            let mut samples = [0; 256];
            format.decode(&octets, &mut samples);
            let meant = said.iter().map(|&octet| law.decode_table()[usize::from(octet)]).collect::<Vec<_>>();
            let mut nearest = vec![0; 256];
            format.decode(&encoded(format, &meant), &mut nearest);
            assert_eq!(samples[..], nearest, "{law:?} in {format:?}");
        }
    }

    #[test]
    fn octets_of_the_files_own_law_stay_as_they_are() {
        let mut octets = [0; 2];
        SampleFormat::G711(Law::Pcmu).transcode(Law::Pcmu, &[0x7f, 0xff], &mut octets);
        assert_eq!(octets, [0x7f, 0xff]);
    }

    #[test]
    fn silence_is_what_no_sound_becomes() {
        for format in FORMATS {
            let octets = encoded(format, &[0]);
            assert!(octets.iter().all(|&octet| octet == format.silence()), "{format:?}");
        }
    }
}
