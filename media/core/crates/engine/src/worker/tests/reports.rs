//! What peers are told by RTCP.

use super::*;

/// A phone that hears reports where it hears speech.
fn phone(rig: &mut Rig, endpoint: EndpointId) -> Phone {
    let phone = rig.phone(endpoint);
    rig.agree(endpoint, |settings| Settings { rtcp: Rtcp { mux: true, ..settings.rtcp }, ..settings });
    phone
}

#[test]
fn who_was_sent_nothing_is_told_no_goodbye() {
    let mut rig = Rig::new();
    let phone = phone(&mut rig, 1);
    rig.order(Command::Close { endpoint: 1 });
    assert!(!phone.hears());
}

#[test]
fn who_was_sent_a_report_is_told_goodbye() {
    let mut rig = Rig::new();
    let phone = phone(&mut rig, 1);
    rig.worker.report(1, rig.now_us);
    assert!(phone.hears());
    rig.order(Command::Close { endpoint: 1 });
    assert!(phone.hears());
}
