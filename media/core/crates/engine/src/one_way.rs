//! Audio that flows only one way, though both sides should be heard.
//!
//! Silence alone proves nothing: a phone may suppress it, hold us or not be answered yet. So somebody must claim
//! to send what does not arrive:
//!
//! ```text
//!  missing     evidence
//!  from peer   we talk to it for long, and it was never heard at all
//!  from peer   its sender reports count packets, and none came             twice in a row
//!  to peer     we send, and its reports hear nothing new of us             twice in a row
//! ```
//!
//! Reports that have never told of us prove nothing: there are phones that hear and never say so.

/// Packets that must have been sent for their absence to mean something: a second of them.
const MEANINGFUL: u64 = 50;
/// How many intervals between reports in a row must show it.
const PROOF: u8 = 2;

/// The direction in which nothing arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    FromPeer,
    ToPeer,
}

/// What was counted of a leg by now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    pub sent: u64,
    pub heard: u64,
    /// Packets the peer says it has sent.
    pub peer_sent: Option<u32>,
    /// The highest of our sequence numbers the peer says it has heard.
    pub peer_heard: Option<u32>,
}

/// Watches one leg, from the moment that voice is expected both ways.
#[derive(Debug, Default)]
pub struct OneWay {
    /// None while one side holds the other or the leg is not answered.
    watched_since: Option<(u64, Flow)>,
    at_last_report: Option<Flow>,
    /// How often in a row it looked missing.
    from_peer: u8,
    to_peer: u8,
    told_from_peer: bool,
    told_to_peer: bool,
}

impl OneWay {
    /// What the leg agreed to has changed: the watch begins anew, or rests.
    pub fn watch(&mut self, expects_voice: bool, flow: Flow, now_us: u64) {
        *self = Self { watched_since: expects_voice.then_some((now_us, flow)), ..Self::default() };
    }

    /// Judge what has flown since the watch began, now and then.
    pub fn look(&mut self, flow: Flow, after_us: u64, now_us: u64) -> Option<Missing> {
        let (since_us, begun) = self.watched_since?;
        let long = after_us > 0 && now_us.saturating_sub(since_us) >= after_us;
        let never_heard = flow.heard == 0 && flow.sent - begun.sent >= MEANINGFUL;
        (long && never_heard).then(|| self.tell(Missing::FromPeer)).flatten()
    }

    /// Judge a report of the peer, right after it came.
    pub fn look_at_report(&mut self, flow: Flow) -> Option<Missing> {
        self.watched_since?;
        let before = self.at_last_report.replace(flow)?;
        let nothing_came = flow.heard == before.heard && claims_to_send(&before, &flow);
        let heard_nothing_new = flow.peer_heard.is_some() && flow.peer_heard == before.peer_heard;
        let nothing_arrived = flow.sent - before.sent >= MEANINGFUL && heard_nothing_new;
        self.from_peer = if nothing_came { self.from_peer + 1 } else { 0 };
        self.to_peer = if nothing_arrived { self.to_peer + 1 } else { 0 };
        if self.from_peer >= PROOF {
            self.from_peer = 0;
            return self.tell(Missing::FromPeer);
        }
        if self.to_peer >= PROOF {
            self.to_peer = 0;
            return self.tell(Missing::ToPeer);
        }
        None
    }

    /// Each direction once.
    fn tell(&mut self, missing: Missing) -> Option<Missing> {
        let told = match missing {
            Missing::FromPeer => &mut self.told_from_peer,
            Missing::ToPeer => &mut self.told_to_peer,
        };
        (!std::mem::replace(told, true)).then_some(missing)
    }
}

fn claims_to_send(before: &Flow, now: &Flow) -> bool {
    let (Some(before), Some(now)) = (before.peer_sent, now.peer_sent) else { return false };
    // One that counts anew claims nothing.
    u64::from(now.saturating_sub(before)) >= MEANINGFUL
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG_US: u64 = 10_000_000;

    fn watching() -> OneWay {
        let mut one_way = OneWay::default();
        one_way.watch(true, Flow::default(), 0);
        one_way
    }

    fn flow(sent: u64, heard: u64, peer_sent: u32, peer_heard: u32) -> Flow {
        Flow { sent, heard, peer_sent: Some(peer_sent), peer_heard: Some(peer_heard) }
    }

    fn judge(reports: &[Flow]) -> Vec<Missing> {
        let mut one_way = watching();
        reports.iter().filter_map(|flow| one_way.look_at_report(*flow)).collect()
    }

    #[test]
    fn a_peer_talked_to_and_never_heard_is_told_once() {
        let mut one_way = watching();
        let flow = Flow { sent: 500, ..Flow::default() };
        assert_eq!(one_way.look(flow, LONG_US, LONG_US - 1), None);
        assert_eq!(one_way.look(flow, LONG_US, LONG_US), Some(Missing::FromPeer));
        assert_eq!(one_way.look(flow, LONG_US, 2 * LONG_US), None);
    }

    #[test]
    fn silence_is_no_proof_when_both_are_silent_or_the_peer_was_heard_or_is_not_expected_to_talk() {
        let talking = Flow { sent: 500, ..Flow::default() };
        assert_eq!(watching().look(Flow::default(), LONG_US, 2 * LONG_US), None);
        assert_eq!(watching().look(Flow { heard: 1, ..talking }, LONG_US, 2 * LONG_US), None);
        assert_eq!(watching().look(talking, 0, 2 * LONG_US), None);
        let mut held = watching();
        held.watch(false, Flow::default(), 0);
        assert_eq!(held.look(talking, LONG_US, 2 * LONG_US), None);
        assert_eq!(judge(&[]), []);
    }

    #[test]
    fn a_peer_whose_reports_count_packets_that_never_come_is_told_after_two() {
        let reports = [flow(0, 9, 100, 0), flow(0, 9, 350, 0), flow(0, 9, 600, 0), flow(0, 9, 850, 0)];
        assert_eq!(judge(&reports[..2]), []);
        assert_eq!(judge(&reports), [Missing::FromPeer]);
    }

    #[test]
    fn a_peer_that_suppresses_silence_is_not_told() {
        assert_eq!(
            judge(&[flow(0, 9, 100, 0), flow(0, 9, 100, 0), flow(0, 9, 101, 0), flow(0, 9, 101, 0)]),
            []
        );
    }

    #[test]
    fn a_peer_that_hears_nothing_new_of_us_is_told_after_two() {
        let stuck = [flow(100, 1, 0, 90), flow(350, 2, 0, 90), flow(600, 3, 0, 90), flow(850, 4, 0, 90)];
        assert_eq!(judge(&stuck), [Missing::ToPeer]);
    }

    #[test]
    fn a_peer_whose_reports_are_always_empty_does_not_look_deaf() {
        let silent = |sent| Flow { sent, peer_heard: None, ..Flow::default() };
        assert_eq!(judge(&[silent(100), silent(350), silent(600), silent(850)]), []);
    }

    #[test]
    fn a_peer_that_hears_us_or_to_whom_nothing_is_sent_is_not_told() {
        assert_eq!(judge(&[flow(100, 1, 0, 90), flow(350, 2, 0, 340), flow(600, 3, 0, 590)]), []);
        assert_eq!(judge(&[flow(100, 1, 0, 90), flow(120, 2, 0, 90), flow(140, 3, 0, 90)]), []);
    }

    #[test]
    fn one_interval_that_looks_missing_is_forgotten_by_a_good_one() {
        let reports = [flow(0, 1, 100, 0), flow(0, 1, 350, 0), flow(0, 9, 600, 0), flow(0, 9, 850, 0)];
        assert_eq!(judge(&reports), []);
    }
}
