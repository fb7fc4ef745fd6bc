//! Masks: while one is on, nobody but whoever collects them gets the keys of a leg, in whatever way they come.
//!
//! All that the leg says is silence to the other legs, the recording and forks for the whole time, not only while a
//! tone is recognised: to recognise one takes 25 ms and more, of which nothing may leak. A mask does not end within a
//! key, and packets on their way at the end are still hidden.

use super::{Event, Task, Worker};
use crate::events::EndpointId;

/// How long after it was asked for the end comes, for what was said before it and comes after.
const IN_FLIGHT_US: u64 = 100_000;
/// When a key that is down is looked at again.
const BEAT_US: u64 = 20_000;
/// A key held longer beyond the end of its mask does not keep it up.
const LONGEST_PRESS_US: u64 = 10_000_000;

impl Worker {
    /// Put a mask on for at most `for_us`, or give the one that is on so much time from now.
    pub(super) fn mask(&mut self, id: EndpointId, for_us: u64, now_us: u64) {
        let until_us = now_us.saturating_add(for_us);
        if self.legs.get(id).is_some_and(|leg| !leg.is_masked()) {
            self.hear_out(id, now_us);
        }
        let Some(leg) = self.legs.get(id) else { return };
        let was_on = leg.endpoint.intake.masked_until_us.replace(until_us).is_some();
        self.agenda.add(until_us, Task::Unmask(id));
        if !was_on {
            self.outbox.push(Event::Masked { endpoint: id });
            self.mark_mask(id, true, now_us);
            self.fit(id, now_us);
        }
    }

    /// Take the mask off, as soon as may be.
    pub(super) fn unmask(&mut self, id: EndpointId, now_us: u64) {
        let Some(leg) = self.legs.get(id) else { return };
        if let Some(until_us) = &mut leg.endpoint.intake.masked_until_us {
            *until_us = (now_us + IN_FLIGHT_US).min(*until_us);
            self.agenda.add(*until_us, Task::Unmask(id));
        }
    }

    /// The mask's time may be over.
    pub(super) fn end_mask(&mut self, id: EndpointId, now_us: u64) {
        let Some(leg) = self.legs.get(id) else { return };
        let Some(until_us) = leg.endpoint.intake.masked_until_us.filter(|&until_us| until_us <= now_us)
        else {
            return;
        };
        if leg.endpoint.key_deadline_us().is_some() && now_us < until_us.saturating_add(LONGEST_PRESS_US) {
            return self.agenda.add(now_us + BEAT_US, Task::Unmask(id));
        }
        leg.endpoint.intake.masked_until_us = None;
        // What it keeps was said behind the mask.
        leg.hearing = None;
        self.mark_mask(id, false, now_us);
        self.outbox.push(Event::Unmasked { endpoint: id });
        self.fit(id, now_us);
    }

    /// Tell where in its recording a leg falls silent or is heard again, if it is recorded.
    pub(super) fn mark_mask(&mut self, id: EndpointId, masked: bool, now_us: u64) {
        let Some(tap) = self.legs.get(id).and_then(|leg| leg.tap) else { return };
        if let Some((recording, position_ms)) = self.recorder.mask(tap, id, masked, now_us) {
            self.outbox.push(Event::RecordingMasked { recording, endpoint: id, position_ms, masked });
        }
    }
}
