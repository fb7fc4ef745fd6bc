//! Things found by their id when a verb names them, and by their slot when a packet does.

use rustc_hash::FxHashMap;

/// Slots stay where they are while their thing lives, and are used again afterwards.
#[derive(Debug)]
pub struct Table<T> {
    slots: Vec<Option<T>>,
    free: Vec<usize>,
    by_id: FxHashMap<u64, usize>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { slots: Vec::new(), free: Vec::new(), by_id: FxHashMap::default() }
    }
}

impl<T> Table<T> {
    pub fn insert(&mut self, id: u64, thing: T) -> usize {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() - 1
        });
        self.slots[slot] = Some(thing);
        self.by_id.insert(id, slot);
        slot
    }

    pub fn remove(&mut self, id: u64) -> Option<T> {
        let slot = self.by_id.remove(&id)?;
        self.free.push(slot);
        self.slots[slot].take()
    }

    pub fn slot_of(&self, id: u64) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    pub fn get(&mut self, id: u64) -> Option<&mut T> {
        let slot = self.slot_of(id)?;
        self.at(slot)
    }

    /// What lives in a slot, only to be looked at.
    pub fn peek(&self, slot: usize) -> Option<&T> {
        self.slots.get(slot)?.as_ref()
    }

    /// What lives in a slot, if anything does.
    pub fn at(&mut self, slot: usize) -> Option<&mut T> {
        self.slots.get_mut(slot)?.as_mut()
    }

    /// The things in every `shares`th slot, from slot `share` on.
    pub fn share_mut(&mut self, share: usize, shares: usize) -> impl Iterator<Item = &mut T> {
        self.slots.iter_mut().skip(share).step_by(shares).flatten()
    }

    pub fn iter(&self) -> impl Iterator<Item = (u64, &T)> {
        self.by_id.iter().filter_map(|(&id, &slot)| Some((id, self.slots[slot].as_ref()?)))
    }

    pub fn ids(&self) -> Vec<u64> {
        self.by_id.keys().copied().collect()
    }
}
