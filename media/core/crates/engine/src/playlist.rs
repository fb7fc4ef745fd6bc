//! A list of prompts as one sound, and a place in it.

use std::sync::Arc;

use crate::prompt::{FRAME, Prompt};

/// Prompts one after the other without a gap. A place is counted in samples at 8 kHz.
#[derive(Clone, Debug)]
pub struct Playlist {
    prompts: Vec<Arc<Prompt>>,
    length: usize,
    /// Where we are: the prompt, and the sample in it. At the end the prompt is none of the list.
    prompt: usize,
    offset: usize,
}

impl Playlist {
    /// At its beginning.
    pub fn new(prompts: Vec<Arc<Prompt>>) -> Self {
        let length = prompts.iter().map(|prompt| prompt.len()).sum();
        let mut list = Self { prompts, length, prompt: 0, offset: 0 };
        list.skip_empty();
        list
    }

    /// It is walked soon.
    pub fn prefetch(&self) {
        prefetch::all_of(&self.prompts[..]);
    }

    /// Of all prompts, in samples.
    pub fn length(&self) -> usize {
        self.length
    }

    /// In samples from the beginning.
    pub fn position(&self) -> usize {
        self.prompts[..self.prompt].iter().map(|prompt| prompt.len()).sum::<usize>() + self.offset
    }

    /// Go to a place; one beyond the end is the end.
    pub fn go_to(&mut self, position: usize) {
        (self.prompt, self.offset) = (0, position);
        while let Some(prompt) = self.here().filter(|prompt| self.offset >= prompt.len()) {
            self.offset -= prompt.len();
            self.prompt += 1;
        }
        if self.prompt == self.prompts.len() {
            self.offset = 0;
        }
    }

    /// The prompts, each with where its first whole packet begins when all are cut into packets of `FRAME`.
    pub fn phases(&self) -> impl Iterator<Item = (&Arc<Prompt>, usize)> {
        self.prompts.iter().scan(0, |end, prompt| {
            let phase = (FRAME - *end % FRAME) % FRAME;
            *end += prompt.len();
            Some((prompt, phase))
        })
    }

    /// Whether it is made of the same prompts.
    pub fn is_of_the_same(&self, other: &Self) -> bool {
        self.prompts.len() == other.prompts.len()
            && self.prompts.iter().zip(&other.prompts).all(|(one, other)| Arc::ptr_eq(one, other))
    }

    /// Whether nothing comes after the prompt at this place.
    pub fn is_at_last(&self) -> bool {
        self.prompts.iter().skip(self.prompt + 1).all(|prompt| prompt.is_empty())
    }

    /// Go on with these after the last.
    pub fn append(&mut self, prompts: impl IntoIterator<Item = Arc<Prompt>>) {
        self.prompts.extend(prompts);
        self.length = self.prompts.iter().map(|prompt| prompt.len()).sum();
        self.skip_empty();
    }

    /// The prompt at this place and the sample in it; None at the end.
    pub fn rest(&self) -> Option<(&Prompt, usize)> {
        self.here().map(|prompt| (prompt, self.offset))
    }

    /// Move on within the prompt at this place, at most to its end.
    pub fn advance(&mut self, samples: usize) {
        self.offset += samples;
        self.skip_empty();
    }

    fn here(&self) -> Option<&Prompt> {
        self.prompts.get(self.prompt).map(|prompt| &**prompt)
    }

    fn skip_empty(&mut self) {
        while self.here().is_some_and(|prompt| self.offset >= prompt.len()) {
            (self.prompt, self.offset) = (self.prompt + 1, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(lengths: &[usize]) -> Playlist {
        let prompt = |&length: &usize| Arc::new(Prompt::encode(&vec![1; length], &[]));
        Playlist::new(lengths.iter().map(prompt).collect())
    }

    proptest! {
        #[test]
        fn every_place_that_is_gone_to_is_there(
            lengths in prop::collection::vec(0..20_usize, 0..6),
            position in 0..120_usize,
        ) {
            let mut list = list(&lengths);
            list.go_to(position);
            prop_assert_eq!(list.position(), position.min(list.length()));
            prop_assert_eq!(list.rest().is_none(), position >= list.length());
            prop_assert!(list.rest().is_none_or(|(prompt, offset)| offset < prompt.len()));
        }

        #[test]
        fn walking_leads_through_every_sample_once(lengths in prop::collection::vec(0..20_usize, 0..6), stride in 1..9_usize) {
            let mut list = list(&lengths);
            let mut walked = 0;
            while let Some((prompt, offset)) = list.rest() {
                let step = stride.min(prompt.len() - offset);
                list.advance(step);
                walked += step;
                prop_assert_eq!(list.position(), walked);
            }
            prop_assert_eq!(walked, list.length());
        }
    }
}
