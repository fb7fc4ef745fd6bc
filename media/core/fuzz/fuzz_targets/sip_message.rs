//! Any datagram is a message or is refused, and a message means the same when it is written and read again; a request
//! is known again, also when its top Via says where it came from.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sip::datagram::Datagram;
use sip::names::{Name, VIA};
use sip::reading::{Reading, Start};
use sip::transactions::keys::{RequestKey, origin};
use sip::transactions::running::Durations;
use sip::transactions::{Heard, Transactions};
use sip::via::TopVia;
use sip::writing::Writer;

/// A message at the limits would cross them with its long names.
const LONGEST_REWRITTEN: usize = 8000;
const DURATIONS: Durations = Durations { t1_s: 0.5, t2_s: 4.0, t4_s: 5.0 };
const MOST_BYTES: usize = 65_535;

fn written(reading: &Reading<'_>, body: &[u8]) -> Vec<u8> {
    let start = match reading.start {
        Start::Request { method, uri } => [method, b" ", uri, b" SIP/2.0"].concat(),
        Start::Response { status, reason } => [format!("SIP/2.0 {status} ").as_bytes(), reason].concat(),
    };
    let mut writer = Writer::new(&start);
    for field in reading.fields.lines() {
        match field.name {
            Name::Known(known) => writer.field(known.name().as_bytes(), field.value),
            Name::Other(spelling) => writer.field(&spelling.to_ascii_lowercase(), field.value),
        }
    }
    writer.finish(body)
}

fuzz_target!(|octets: &[u8]| {
    let Ok(datagram) = Datagram::divide(octets) else { return };
    let Ok(reading) = Reading::of(&datagram, MOST_BYTES) else { return };
    let Ok(whole) = &reading.whole else { return };
    if let Start::Request { method, uri } = reading.start {
        let key = RequestKey::of(method, uri, &whole.top_via, &reading.fields);
        let mut transactions = Transactions::<(), ()>::new(DURATIONS);
        transactions.serve(&key, Some(&origin(&reading.fields)), false, (), 0.0);
        assert_ne!(transactions.hear_request(&key, 0.0), Heard::Unknown);
        let line = reading.fields.first(VIA).expect("is whole");
        if let Some(noted) = whole.top_via.with_source(line, b"192.0.2.1", 5060).expect("was read") {
            let again = TopVia::of(&noted.first).expect("is a Via again");
            assert_eq!(again, whole.top_via);
        }
    }
    if octets.len() > LONGEST_REWRITTEN || reading.fields.lines().len() > 255 {
        return;
    }
    let again = written(&reading, whole.body);
    let datagram = Datagram::divide(&again).expect("has a start line");
    let read = Reading::of(&datagram, MOST_BYTES).expect("is a message again");
    assert_eq!(read.start, reading.start);
    assert_eq!(read.whole.as_ref(), Ok(whole));
    assert_eq!(written(&read, whole.body), again);
});
