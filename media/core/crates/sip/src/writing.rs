//! From a message to the octets of a datagram.

use memchr::memchr2;

use crate::fields::Fields;
use crate::names::Known;

/// Header names whose capitals do not follow from their parts.
const IRREGULAR: [(&str, &str); 10] = [
    ("call-id", "Call-ID"),
    ("cseq", "CSeq"),
    ("mime-version", "MIME-Version"),
    ("min-se", "Min-SE"),
    ("rack", "RAck"),
    ("rseq", "RSeq"),
    ("session-id", "Session-ID"),
    ("sip-etag", "SIP-ETag"),
    ("sip-if-match", "SIP-If-Match"),
    ("www-authenticate", "WWW-Authenticate"),
];
const USUAL_BYTES: usize = 1024;

/// A message that is being written: long names, Content-Length last and counted from the body.
///
/// Line breaks inside a value cannot start a header of their own: they become spaces.
#[derive(Debug)]
pub struct Writer {
    text: Vec<u8>,
}

impl Writer {
    pub fn new(start_line: &[u8]) -> Self {
        let mut writer = Self { text: Vec::with_capacity(USUAL_BYTES) };
        writer.put(start_line);
        writer
    }

    /// A line of a header that is known.
    pub fn known(&mut self, name: Known, value: &[u8]) {
        self.field(name.name().as_bytes(), value);
    }

    /// The lines of these headers in another message, by the order of the names.
    pub fn lines_of(&mut self, fields: &Fields<'_>, names: &[Known]) {
        for &name in names {
            fields.all(name).for_each(|line| self.known(name, line));
        }
    }

    /// Lines that a writer wrote.
    pub fn written(&mut self, lines: &[u8]) {
        self.text.extend_from_slice(lines);
    }

    /// More of the line that was written last.
    pub fn behind(&mut self, parts: &[&[u8]]) {
        for part in parts {
            self.put(part);
        }
    }

    /// One header line. What is said of the body's length does not count.
    pub fn field(&mut self, name: &[u8], value: &[u8]) {
        if name == b"content-length" {
            return;
        }
        self.text.extend_from_slice(b"\r\n");
        self.name(name);
        self.text.extend_from_slice(b": ");
        self.put(value);
    }

    /// Octets so far.
    pub fn position(&self) -> usize {
        self.text.len()
    }

    /// What was written, without an end.
    pub fn lines(self) -> Vec<u8> {
        self.text
    }

    pub fn finish(mut self, body: &[u8]) -> Vec<u8> {
        self.text.extend_from_slice(format!("\r\nContent-Length: {}\r\n\r\n", body.len()).as_bytes());
        self.text.extend_from_slice(body);
        self.text
    }

    fn name(&mut self, name: &[u8]) {
        if let Some((_, spelled)) = IRREGULAR.iter().find(|(lower, _)| lower.as_bytes() == name) {
            return self.text.extend_from_slice(spelled.as_bytes());
        }
        let begin = self.text.len();
        self.put(name);
        let mut begins = true;
        for octet in &mut self.text[begin..] {
            *octet = if begins { octet.to_ascii_uppercase() } else { octet.to_ascii_lowercase() };
            begins = *octet == b'-';
        }
    }

    fn put(&mut self, text: &[u8]) {
        let mut rest = text;
        while let Some(end) = memchr2(b'\r', b'\n', rest) {
            self.text.extend_from_slice(&rest[..end]);
            self.text.push(b' ');
            let behind = rest[end..].iter().position(|octet| !b"\r\n".contains(octet));
            rest = behind.map_or(b"", |behind| &rest[end + behind..]);
        }
        self.text.extend_from_slice(rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(start: &str, fields: &[(&str, &str)], body: &str) -> String {
        let mut writer = Writer::new(start.as_bytes());
        for (name, value) in fields {
            writer.field(name.as_bytes(), value.as_bytes());
        }
        String::from_utf8(writer.finish(body.as_bytes())).expect("is text")
    }

    #[test]
    fn the_length_is_counted_and_stands_last() {
        let text =
            written("BYE sip:x SIP/2.0", &[("via", "a"), ("content-length", "9"), ("via", "b")], "停电");
        assert_eq!(text, "BYE sip:x SIP/2.0\r\nVia: a\r\nVia: b\r\nContent-Length: 6\r\n\r\n停电");
    }

    #[test]
    fn names_have_the_capitals_that_readers_expect() {
        for (name, spelled) in
            [("max-forwards", "Max-Forwards"), ("x-a1-b", "X-A1-B"), ("rack", "RAck"), ("to", "To")]
        {
            assert!(written("", &[(name, "1")], "").contains(&format!("\r\n{spelled}: 1\r\n")), "{name}");
        }
    }

    #[test]
    fn line_breaks_become_one_space_wherever_they_stand() {
        let text = written("a\r\nb", &[("x\ny", "c\r\r\n\nEvil: d\r\n")], "e\r\n");
        assert_eq!(text, "a b\r\nX y: c Evil: d \r\nContent-Length: 3\r\n\r\ne\r\n");
    }
}
