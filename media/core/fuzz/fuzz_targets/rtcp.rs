//! Any datagram is a compound packet that tells a bounded number of things, or an error; a leg bears them all.
#![no_main]

use engine::reports::{Own, Reports};
use libfuzzer_sys::fuzz_target;
use rtp::quality::CodecImpairment;
use rtp::rtcp::{Compound, MAX_LENGTH};

const OUR_SSRC: u32 = 0;

fuzz_target!(|datagram: &[u8]| {
    let Ok(compound) = Compound::parse(datagram) else { return };
    // The smallest thing that can be told is a source of four octets that leaves; one report may hear nobody.
    assert!(compound.items().count() <= datagram.len() / 4);
    let mut reports = Reports::new(1);
    assert!(reports.take(datagram, OUR_SSRC, 5_000_000));
    if let Some(view) = reports.remote_view(50, CodecImpairment::G711, 8000) {
        assert!((1.0..=5.0).contains(&view.mos));
    }
    let own = Own { ssrc: OUR_SSRC, timestamp: 0, packets: 1, octets: 160 };
    let ours = reports.make(own, None, 6_000_000);
    Compound::parse(ours.write(&mut [0; MAX_LENGTH])).expect("what we write is RTCP");
});
