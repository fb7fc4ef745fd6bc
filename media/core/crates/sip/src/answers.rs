//! Answers to a request (RFC 3261 §8.2.6).

use crate::addresses::Address;
use crate::fields::Fields;
use crate::names::{CALL_ID, CSEQ, FROM, TIMESTAMP, TO, VIA};
use crate::via::Noted;
use crate::writing::Writer;

/// Header lines that every answer repeats of its request (§8.2.6.1, §8.2.6.2), as they go on the wire.
#[derive(Debug)]
pub struct Repeated {
    lines: Box<[u8]>,
    to: To,
}

/// What stands in To.
#[derive(Debug)]
enum To {
    /// The request was sent inside a dialog: this is our tag.
    Tagged(Box<[u8]>),
    /// Our tag goes here.
    Open { at: usize },
}

impl Repeated {
    /// `noted` is what the top Via became when it was seen where the request really came from.
    pub fn of(fields: &Fields<'_>, noted: Option<&Noted<'_>>) -> Self {
        let mut writer = Writer::new(b"");
        let mut vias = fields.all(VIA);
        if let Some(noted) = noted {
            vias.next();
            noted.lines().for_each(|line| writer.known(VIA, line));
        }
        vias.for_each(|line| writer.known(VIA, line));
        writer.lines_of(fields, &[FROM, TO]);
        let at = writer.position();
        writer.lines_of(fields, &[CALL_ID, CSEQ, TIMESTAMP]);
        let tag = fields.first(TO).and_then(Address::of).and_then(|to| to.tag());
        // Copied, as giving back what it has too much costs more.
        Self {
            lines: writer.lines()[..].into(),
            to: tag.map_or(To::Open { at }, |tag| To::Tagged(tag.into())),
        }
    }

    /// Begin an answer. `tag` is ours, for a To that has none; 100 Trying carries none.
    pub fn answer(&self, status: u16, phrase: &[u8], tag: &[u8]) -> Writer {
        let mut writer = Writer::new(&[format!("SIP/2.0 {status} ").as_bytes(), phrase].concat());
        match self.to {
            To::Open { at } if status > 100 => {
                writer.written(&self.lines[..at]);
                writer.behind(&[b";tag=", tag]);
                writer.written(&self.lines[at..]);
            }
            _ => writer.written(&self.lines),
        }
        writer
    }

    /// Our tag of the dialog the request was sent in.
    pub fn tag(&self) -> Option<&[u8]> {
        match &self.to {
            To::Tagged(tag) => Some(tag),
            To::Open { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::via::TopVia;

    fn answered(to: &str, status: u16) -> String {
        let to = format!("t: {to}");
        let lines =
            ["CSeq: 1 BYE", "Via: SIP/2.0/UDP a;rport, SIP/2.0/UDP b", "v: c", &to, "i: x", "From: f"];
        let fields: Fields = lines.iter().map(|line| line.as_bytes()).collect();
        let line = fields.first(VIA).expect("has a Via");
        let noted = TopVia::of(line).and_then(|via| via.with_source(line, b"192.0.2.1", 6000));
        let repeated = Repeated::of(&fields, noted.expect("can be read").as_ref());
        String::from_utf8(repeated.answer(status, b"Fine", b"ours").finish(b"")).expect("is text")
    }

    #[test]
    fn an_answer_repeats_its_request_with_the_way_it_really_came() {
        assert_eq!(
            answered("<sip:a>", 200),
            "SIP/2.0 200 Fine\r\nVia: SIP/2.0/UDP a;rport=6000;received=192.0.2.1\r\nVia: SIP/2.0/UDP b\r\n\
             Via: c\r\nFrom: f\r\nTo: <sip:a>;tag=ours\r\nCall-ID: x\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n"
        );
    }

    #[test]
    fn our_tag_stands_behind_a_to_that_has_none() {
        for to in ["<sip:95598@switch>", "\"tag\" <sip:tag@switch;tag=uri>", "sip:95598@switch"] {
            assert!(answered(to, 180).contains(&format!("\r\nTo: {to};tag=ours\r\n")), "{to}");
            assert!(answered(to, 100).contains(&format!("\r\nTo: {to}\r\n")), "{to}");
        }
    }

    #[test]
    fn a_to_that_has_a_tag_stays_as_it_is() {
        for to in ["<sip:95598@switch>;tag=t", "<sip:95598@switch> ; TAG = t", "sip:a@b;Tag=t"] {
            assert!(answered(to, 481).contains(&format!("\r\nTo: {to}\r\n")), "{to}");
        }
    }
}
