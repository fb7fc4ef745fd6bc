//! The first line of a message (RFC 3261 §7.1, §7.2).

use crate::fault::{Fault, excerpt};
use crate::grammar::{Plain, is_token, is_visible, trimmed_end};

static REQUEST_URI: Plain = Plain::but(b"<>");

/// What kind of message it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start<'a> {
    Request { method: &'a [u8], uri: &'a [u8] },
    Response { status: u16, reason: &'a [u8] },
}

impl<'a> Start<'a> {
    /// As forgiving as an error answer needs.
    pub fn of(line: &'a [u8]) -> Result<Self, Fault<'a>> {
        let (first, rest) = cut(line, line.iter().position(|octet| *octet == b' '));
        if first.get(..4).is_some_and(|word| word.eq_ignore_ascii_case(b"SIP/")) {
            return response(first, rest).ok_or_else(|| Fault::malformed("status line", line).with(None));
        }
        request(first, rest).ok_or_else(|| Fault::new("not SIP: ").showing(line).with(None))
    }

    /// What else is asked of a request's line. Comes before all else but sizes: what another version makes of the
    /// headers cannot be known.
    pub fn check(&self, line: &'a [u8]) -> Result<(), Fault<'a>> {
        let Self::Request { uri, .. } = self else { return Ok(()) };
        let (_, version) = cut_last(line);
        if !version.eq_ignore_ascii_case(b"SIP/2.0") && is_version(version) {
            let version = excerpt(version).to_uppercase();
            return Err(Fault::new(format!("version {version}; expected SIP/2.0")).with(505));
        }
        let is_whole = !uri.is_empty() && is_visible(uri, &REQUEST_URI);
        if is_version(version) && is_whole { Ok(()) } else { Err(Fault::malformed("request line", line)) }
    }
}

fn response<'a>(version: &[u8], rest: &'a [u8]) -> Option<Start<'a>> {
    let (status, reason) = cut(rest, rest.iter().position(|octet| *octet == b' '));
    let &[hundreds @ b'1'..=b'6', tens @ b'0'..=b'9', ones @ b'0'..=b'9'] = status else { return None };
    let digits = [hundreds, tens, ones].map(|digit| u16::from(digit - b'0'));
    let status = digits.iter().fold(0, |number, digit| number * 10 + digit);
    version.eq_ignore_ascii_case(b"SIP/2.0").then_some(Start::Response { status, reason })
}

fn request<'a>(method: &'a [u8], rest: &'a [u8]) -> Option<Start<'a>> {
    let (uri, version) = cut_last(trimmed_end(rest));
    (is_token(method) && is_version(version)).then_some(Start::Request { method, uri })
}

/// What stands before and behind one octet; all before when there is none.
fn cut(text: &[u8], at: Option<usize>) -> (&[u8], &[u8]) {
    at.map_or((text, &[]), |at| (&text[..at], &text[at + 1..]))
}

/// The same at the last space; all behind when there is none.
fn cut_last(text: &[u8]) -> (&[u8], &[u8]) {
    let space = text.iter().rposition(|octet| *octet == b' ');
    space.map_or((&[], text), |at| (&text[..at], &text[at + 1..]))
}

fn is_version(text: &[u8]) -> bool {
    let Some((name, numbers)) = text.split_at_checked(4) else { return false };
    let mut parts = numbers.split(|octet| *octet == b'.');
    let mut is_number = || {
        parts.next().is_some_and(|part| matches!(part.len(), 1..=3) && part.iter().all(u8::is_ascii_digit))
    };
    name.eq_ignore_ascii_case(b"SIP/") && is_number() && is_number() && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(line: &str) -> Option<(Option<u16>, String)> {
        let line = line.as_bytes();
        let fault = Start::of(line).and_then(|start| start.check(line)).err()?;
        Some((fault.status, fault.to_string()))
    }

    #[test]
    fn a_request_and_a_response_are_told_by_their_first_word() {
        let request = Start::Request { method: b"BYE", uri: b"sip:a@b" };
        assert_eq!(Start::of(b"BYE sip:a@b SIP/2.0"), Ok(request));
        assert_eq!(Start::of(b"sip/2.0 180"), Ok(Start::Response { status: 180, reason: b"" }));
        let refused = Start::Response { status: 486, reason: b"Busy Here" };
        assert_eq!(Start::of(b"SIP/2.0 486 Busy Here"), Ok(refused));
    }

    #[test]
    fn a_line_that_is_no_sip_gets_no_answer() {
        for line in
            ["", "GET / HTTP/1.1", "BYE sip:a", "B@E sip:a SIP/2.0", "SIP/2.0 99 No", "SIP/3.0 200 OK"]
        {
            assert_eq!(refusal(line).map(|(status, _)| status), Some(None), "{line:?}");
        }
    }

    #[test]
    fn another_version_is_told_from_a_line_that_cannot_be_read() {
        assert_eq!(refusal("BYE sip:a sip/2.0"), None);
        assert_eq!(
            refusal("BYE sip:a sip/7.0"),
            Some((Some(505), "version SIP/7.0; expected SIP/2.0".into()))
        );
        let malformed = |line: &str| Some((Some(400), format!("malformed request line '{line}'")));
        for line in ["BYE sip:a b SIP/2.0", "BYE <sip:a> SIP/2.0", "BYE  SIP/2.0", "BYE sip:a SIP/2.0 "] {
            assert_eq!(refusal(line), malformed(line));
        }
    }
}
