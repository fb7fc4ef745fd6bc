//! RTCP: reports of the peers taken, ours sent when the agenda says so.

use rtp::rtcp::{MAX_LENGTH, interval_us};

use super::{Task, Worker};
use crate::agenda::Port;
use crate::events::EndpointId;
use crate::socket;

impl Worker {
    pub(super) fn take_rtcp(&mut self, slot: usize, now_us: u64) {
        let Some(leg) = self.legs.at(slot) else { return };
        if !leg.report_budget.spend(now_us) {
            return self.rest(slot, Port::Rtcp, now_us);
        }
        let Some((length, source)) = socket::receive(&leg.rtcp, &mut self.buffer[..]) else { return };
        leg.receive_report(&mut self.buffer[..length], source, now_us, &mut self.outbox);
    }

    /// A leg knows its peer: it reports from now on.
    pub(super) fn begin_reporting(&mut self, id: EndpointId, now_us: u64) {
        let Some(leg) = self.legs.get(id).filter(|leg| !leg.reporting) else { return };
        leg.reporting = true;
        self.agenda.add_about(now_us + interval_us(self.randomness.u32(), true), Task::Report(id));
    }

    pub(super) fn report(&mut self, id: EndpointId, now_us: u64) {
        let Some(leg) = self.legs.get(id) else { return };
        let report = leg.endpoint.make_report(false, now_us);
        leg.send_report(report.write(&mut [0; MAX_LENGTH]));
        self.agenda.add_about(now_us + interval_us(self.randomness.u32(), false), Task::Report(id));
    }

    /// The leg is about to be closed: its peer need not wait for more (RFC 3550 §6.6). One that was never sent
    /// anything does not wait, and must not be told (§6.3.7).
    pub(super) fn say_goodbye(&mut self, id: EndpointId, now_us: u64) {
        let Some(leg) = self.legs.get(id).filter(|leg| leg.reporting && leg.endpoint.has_spoken()) else {
            return;
        };
        let report = leg.endpoint.make_report(true, now_us);
        leg.send_report(report.write(&mut [0; MAX_LENGTH]));
    }
}
