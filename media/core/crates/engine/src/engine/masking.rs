//! Verbs that hide what a leg says and presses.

use super::{Engine, Refusal};
use crate::commands::Command;
use crate::events::EndpointId;

/// A mask that is forgotten ends after an hour, whatever was asked for.
const LONGEST_US: u64 = 3_600_000_000;

impl Engine {
    /// Hide a leg for at most so long; told by `Masked`, and by `Unmasked` when it is over.
    pub fn mask(&self, endpoint: EndpointId, for_us: u64) -> Result<(), Refusal> {
        if for_us > LONGEST_US {
            return Err(Refusal::Senseless("a mask lasts for an hour at most".into()));
        }
        self.post(endpoint, Command::Mask { endpoint, for_us })
    }

    pub fn unmask(&self, endpoint: EndpointId) -> Result<(), Refusal> {
        self.post(endpoint, Command::Unmask { endpoint })
    }
}
