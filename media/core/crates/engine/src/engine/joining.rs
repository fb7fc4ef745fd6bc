//! Verbs that join legs with each other and part them.

use super::{Engine, Refusal};
use crate::commands::Command;
use crate::events::{EndpointId, MixId};
use crate::mix::{MAX_MEMBERS, Role};

impl Engine {
    /// Let two legs talk with each other and nobody else.
    pub fn bridge(&mut self, endpoint: EndpointId, peer: EndpointId) -> Result<(), Refusal> {
        if endpoint == peer {
            return Err(Refusal::Senseless("a leg cannot be bridged with itself".into()));
        }
        let (mix, legs) = (self.new_id(), [endpoint, peer]);
        for leg in legs {
            self.worker_of(leg)?;
        }
        let moved = self.places.bridge(mix, legs);
        self.go(moved);
        self.post(endpoint, Command::Bridge { mix, legs })
    }

    pub fn unbridge(&mut self, endpoint: EndpointId) -> Result<(), Refusal> {
        self.places.unbridge(endpoint);
        self.post(endpoint, Command::Unbridge { endpoint })
    }

    /// A mix that nobody is in yet.
    pub fn open_mix(&mut self) -> MixId {
        let mix = self.new_id();
        self.places.open_mix(mix);
        mix
    }

    /// Take a leg into a mix, out of the one it is in; or give it another role there.
    pub fn join_mix(&mut self, mix: MixId, endpoint: EndpointId, role: Role) -> Result<(), Refusal> {
        self.worker_of(endpoint)?;
        let members = self.places.members(mix).ok_or(Refusal::Gone)?;
        if members.len() == MAX_MEMBERS && !members.contains(&endpoint) {
            return Err(Refusal::Unable(format!("a mix has room for {MAX_MEMBERS} legs")));
        }
        if role == (Role::Whisper { to: endpoint }) {
            return Err(Refusal::Senseless("a leg cannot whisper to itself".into()));
        }
        let new = self.new_id();
        let (mix, moved) = self.places.join_mix(mix, endpoint, new);
        self.go(moved);
        self.post(endpoint, Command::JoinMix { mix, endpoint, role })
    }

    pub fn leave_mix(&mut self, endpoint: EndpointId) -> Result<(), Refusal> {
        self.places.leave_mix(endpoint);
        self.post(endpoint, Command::LeaveMix { endpoint })
    }

    /// Nobody will join it any more.
    pub fn close_mix(&mut self, mix: MixId) {
        self.places.close_mix(mix);
    }
}
