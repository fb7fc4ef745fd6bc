//! Whatever arrives is read or refused, and what was read means the same when it is written and read again.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use sip::datagram::Datagram;
use sip::names::Name;
use sip::reading::{Reading, Start};
use sip::writing::Writer;

const MOST_BYTES: usize = 65_535;
const INVITE: &str = "INVITE sip:95598@192.0.2.10 SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.0.2.20:5062;branch=z9hG4bK-1;rport\r\n\
    Via: SIP/2.0/TCP far.example, SIP/2.0/UDP [2001:db8::1]\r\n\
    f: \"王, 小明\" <sip:1001@192.0.2.20>;tag=a1\r\n\
    To: <sip:95598@192.0.2.10>\r\n\
    Call-ID: 7c1@192.0.2.20\r\n\
    CSeq: 1 INVITE\r\n\
    Max-Forwards: 70\r\n\
    Subject: one\r\n \ttwo\r\n\
    X-Own: a, b\r\n\
    l: 4\r\n\r\nbody and more";
const PIECES: [&str; 20] = [
    "",
    "\r\n",
    "\n",
    "\r",
    "\r\n ",
    "\r\n\r\n",
    ",",
    ";",
    "\"",
    "<",
    ">",
    "\0",
    "%",
    "\u{3000}",
    " ",
    ":",
    "\\",
    "@",
    "9",
    "Via: SIP/2.0/UDP a\r\n",
];

/// What was read, in owned text: the start line, the fields but for the length, the body and the fault.
type Meaning = (Vec<u8>, Vec<(Vec<u8>, Vec<u8>)>, Option<Vec<u8>>, Option<String>);

fn meaning(octets: &[u8]) -> Option<Meaning> {
    let datagram = Datagram::divide(octets).ok()?;
    let reading = Reading::of(&datagram, MOST_BYTES).ok()?;
    let named = reading.fields.lines().iter().map(|field| (name(field.name), field.value.to_vec()));
    let fields = named.filter(|(name, _)| name != b"content-length").collect();
    let (body, fault) = match reading.whole {
        Ok(whole) => (Some(whole.body.to_vec()), None),
        Err(fault) => (None, Some(fault.to_string())),
    };
    Some((start_line(&reading.start), fields, body, fault))
}

fn name(name: Name<'_>) -> Vec<u8> {
    match name {
        Name::Known(known) => known.name().as_bytes().to_vec(),
        Name::Other(spelling) => spelling.to_ascii_lowercase(),
    }
}

fn start_line(start: &Start<'_>) -> Vec<u8> {
    match start {
        Start::Request { method, uri } => [method, &b" "[..], uri, b" SIP/2.0"].concat(),
        Start::Response { status, reason } => [format!("SIP/2.0 {status} ").as_bytes(), reason].concat(),
    }
}

fn check(octets: &[u8]) -> Result<(), TestCaseError> {
    let Some(first) = meaning(octets) else { return Ok(()) };
    let (start, fields, Some(body), _) = &first else { return Ok(()) };
    let mut writer = Writer::new(start);
    for (name, value) in fields {
        writer.field(name, value);
    }
    prop_assert_eq!(meaning(&writer.finish(body)), Some(first));
    Ok(())
}

#[test]
fn an_invite_is_read_with_its_body() {
    let (start, fields, body, fault) = meaning(INVITE.as_bytes()).expect("is a message");
    assert_eq!(start, b"INVITE sip:95598@192.0.2.10 SIP/2.0");
    assert_eq!((fields.len(), body.as_deref(), fault), (9, Some(&b"body"[..]), None));
    assert!(fields.contains(&(b"subject".to_vec(), b"one two".to_vec())));
}

proptest! {
    #[test]
    fn any_octets_are_read_or_refused(octets in vec(any::<u8>(), 0..400)) {
        check(&octets)?;
    }

    #[test]
    fn a_damaged_message_is_refused_or_means_the_same_when_written_again(
        cuts in vec((0..INVITE.len(), 0..20usize, select(&PIECES[..])), 1..4),
    ) {
        let mut octets = INVITE.as_bytes().to_vec();
        for (begin, length, piece) in cuts {
            let begin = begin.min(octets.len());
            let end = (begin + length).min(octets.len());
            octets.splice(begin..end, piece.bytes());
        }
        check(&octets)?;
    }

    #[test]
    fn a_message_cut_short_has_no_whole_body(length in 1..INVITE.len() - " and more".len()) {
        if let Some((.., body, fault)) = meaning(&INVITE.as_bytes()[..length]) {
            prop_assert_eq!((body, fault.is_some()), (None, true));
        }
    }
}
