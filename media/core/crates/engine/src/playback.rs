//! Prompts, and playing them one after the other without a gap.

use std::sync::Arc;

use audio::g711::Law as Codec;

use crate::events::PlaybackId;

/// A prompt, encoded once for every codec and shared by all who hear it.
#[derive(Debug)]
pub struct Prompt {
    pcma: Vec<u8>,
    pcmu: Vec<u8>,
}

impl Prompt {
    /// From samples at 8 kHz.
    pub fn encode(samples: &(impl Iterator<Item = i16> + Clone)) -> Self {
        let encoded = |codec: Codec| samples.clone().map(|sample| codec.encode(sample)).collect();
        Self { pcma: encoded(Codec::Pcma), pcmu: encoded(Codec::Pcmu) }
    }

    fn octets(&self, codec: Codec) -> &[u8] {
        match codec {
            Codec::Pcma => &self.pcma,
            Codec::Pcmu => &self.pcmu,
        }
    }
}

/// Where a leg is in what it is played.
#[derive(Debug)]
pub struct Playback {
    pub id: PlaybackId,
    prompts: Vec<Arc<Prompt>>,
    looped: bool,
    prompt: usize,
    offset: usize,
}

impl Playback {
    pub fn new(id: PlaybackId, prompts: Vec<Arc<Prompt>>, looped: bool) -> Self {
        // A loop of nothing would never come to an end.
        let looped = looped && prompts.iter().any(|prompt| !prompt.pcma.is_empty());
        Self { id, prompts, looped, prompt: 0, offset: 0 }
    }

    /// Write the next octets into `packet`, silence after the end. False when nothing was left.
    pub fn fill(&mut self, codec: Codec, packet: &mut [u8]) -> bool {
        let mut filled = 0;
        while filled < packet.len() {
            let Some(prompt) = self.prompts.get(self.prompt) else { break };
            let rest = &prompt.octets(codec)[self.offset..];
            let count = rest.len().min(packet.len() - filled);
            packet[filled..filled + count].copy_from_slice(&rest[..count]);
            filled += count;
            self.offset += count;
            if count == rest.len() {
                self.next_prompt();
            }
        }
        packet[filled..].fill(codec.silence());
        filled > 0
    }

    fn next_prompt(&mut self) {
        self.offset = 0;
        self.prompt += 1;
        if self.looped && self.prompt == self.prompts.len() {
            self.prompt = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prompt(samples: &[i16]) -> Arc<Prompt> {
        Arc::new(Prompt::encode(&samples.iter().copied()))
    }

    fn decoded(packet: &[u8], codec: Codec) -> Vec<i16> {
        packet.iter().map(|&octet| codec.decode_table()[usize::from(octet)]).collect()
    }

    #[test]
    fn prompts_follow_each_other_inside_a_packet_and_end_in_silence() {
        for (codec, silence) in [(Codec::Pcma, 8), (Codec::Pcmu, 0)] {
            let mut playback =
                Playback::new(1, vec![prompt(&[1000; 3]), prompt(&[]), prompt(&[-1000; 2])], false);
            let mut packet = [0; 4];
            assert!(playback.fill(codec, &mut packet));
            let heard = decoded(&packet, codec);
            assert!(heard[..3].iter().all(|&sample| (sample - 1000).abs() < 40), "{heard:?}");
            assert!((heard[3] + 1000).abs() < 40, "{heard:?}");
            assert!(playback.fill(codec, &mut packet));
            assert_eq!(decoded(&packet, codec)[1..], [silence; 3]);
            assert!(!playback.fill(codec, &mut packet));
        }
    }

    #[test]
    fn a_loop_begins_again_without_a_gap() {
        let mut playback = Playback::new(1, vec![prompt(&[1000; 3])], true);
        for _ in 0..10 {
            let mut packet = [0; 4];
            assert!(playback.fill(Codec::Pcma, &mut packet));
            assert!(decoded(&packet, Codec::Pcma).iter().all(|&sample| sample > 900));
        }
    }

    #[test]
    fn a_loop_of_nothing_is_over_at_once() {
        assert!(!Playback::new(1, vec![prompt(&[])], true).fill(Codec::Pcma, &mut [0; 4]));
        assert!(!Playback::new(1, vec![], true).fill(Codec::Pcma, &mut [0; 4]));
    }
}
