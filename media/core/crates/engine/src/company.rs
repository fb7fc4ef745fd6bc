//! What has to be on one worker, and moves from one to another as a whole.

use crate::events::{EndpointId, MixId, RecordingId};

/// Legs with the mixes and recordings that bind them to each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Company {
    pub legs: Vec<EndpointId>,
    pub mixes: Vec<MixId>,
    pub recordings: Vec<RecordingId>,
}

impl Company {
    /// All of them; no two things of an engine have the same id.
    pub fn ids(&self) -> impl Iterator<Item = u64> {
        [&self.legs, &self.mixes, &self.recordings].into_iter().flatten().copied()
    }
}
