//! What the top Via says about the way a message came (RFC 3261 §18.2, §20.42).

use crate::fault::Fault;
use crate::grammar::{
    behind, behind_space, checked_port, host, port, quoted, run, some, token, trimmed, trimmed_end,
};
use crate::parameters::Parameters;

const DEFAULT_PORT: u16 = 5060;
const MOST_COMMAS: usize = 256;
/// Octets that notes of an IPv6 address and a port take.
const MOST_NOTED: usize = 64;

/// What is asked of the top Via of every message that arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopVia<'a> {
    /// Sent-by; IPv6 without brackets.
    pub host: &'a [u8],
    pub port: u16,
    /// Empty when there is none.
    pub branch: &'a [u8],
    /// Whether it carries `rport` (RFC 3581 §4).
    pub wants_port: bool,
}

/// A line whose first Via tells where its request really came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted<'a> {
    /// That Via.
    pub first: Vec<u8>,
    /// What follows it in the line.
    pub others: &'a [u8],
}

impl Noted<'_> {
    /// Each Via in a line of its own, what follows the first in another.
    pub fn lines(&self) -> impl Iterator<Item = &[u8]> {
        [&self.first[..], self.others].into_iter().filter(|line| !line.is_empty())
    }
}

impl<'a> TopVia<'a> {
    /// The first Via of a line.
    pub fn of(line: &'a [u8]) -> Result<Self, Fault<'a>> {
        let Via { host, port, params, .. } = Via::of(first_member(line)?.0)?;
        let branch = params.find("branch").unwrap_or_default();
        let wants_port = params.find("rport").is_some();
        Ok(Self { host, port: port.unwrap_or(DEFAULT_PORT), branch, wants_port })
    }

    /// Write where a request really came from into the first Via of a line; None when it says so already.
    /// `received` when sent-by names another host (RFC 3261 §18.2.1), both values when the client asked with `rport`
    /// (RFC 3581 §4).
    pub fn with_source(
        &self,
        line: &'a [u8],
        host: &[u8],
        port: u16,
    ) -> Result<Option<Noted<'a>>, Fault<'a>> {
        if !self.wants_port && self.host == host {
            return Ok(None);
        }
        let (first, others) = first_member(line)?;
        let params = Via::of(first)?.params;
        let mut text = Vec::with_capacity(first.len() + MOST_NOTED);
        text.extend_from_slice(trimmed_end(params.before(first)));
        for (name, value) in params.iter() {
            match name {
                _ if name.eq_ignore_ascii_case(b"received") => put(&mut text, name, Some(host)),
                _ if name.eq_ignore_ascii_case(b"rport") => {
                    put(&mut text, name, Some(port.to_string().as_bytes()));
                }
                _ => put(&mut text, name, value),
            }
        }
        if params.find("received").is_none() {
            put(&mut text, b"received", Some(host));
        }
        Ok(Some(Noted { first: text, others }))
    }

    /// As much of it as the refusal of a malformed request needs, whatever its version and parameters.
    pub fn way_back(line: &'a [u8]) -> Result<Self, Fault<'a>> {
        let by = SentBy::of(line, |_| true).filter(|(_, rest)| matches!(rest, [] | [b';' | b',', ..]));
        let (by, _) = by.ok_or_else(|| Fault::new("no way back by the top Via"))?;
        let port = checked_port(by.port, "Via")?.unwrap_or(DEFAULT_PORT);
        Ok(Self { host: by.host, port, branch: b"", wants_port: false })
    }
}

/// One hop a request took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Via<'a> {
    /// As it is written.
    pub transport: &'a [u8],
    /// Sent-by; IPv6 without brackets.
    pub host: &'a [u8],
    pub port: Option<u16>,
    pub params: Parameters<'a>,
}

impl<'a> Via<'a> {
    pub fn of(value: &'a [u8]) -> Result<Self, Fault<'a>> {
        let (by, params) = Self::parts(value).ok_or_else(|| Fault::malformed("Via", value))?;
        let port = checked_port(by.port, "Via")?;
        Ok(Self { transport: by.transport, host: by.host, port, params })
    }

    fn parts(value: &'a [u8]) -> Option<(SentBy<'a>, Parameters<'a>)> {
        let (by, rest) = SentBy::of(value, |version| version == b"2.0")?;
        Some((by, Parameters::of(rest)?))
    }
}

struct SentBy<'a> {
    transport: &'a [u8],
    host: &'a [u8],
    port: Option<u32>,
}

impl<'a> SentBy<'a> {
    /// From the beginning of a Via up to its parameters, in a version that is `wanted`.
    fn of(value: &'a [u8], wanted: impl Fn(&[u8]) -> bool) -> Option<(Self, &'a [u8])> {
        let (name, rest) = value.split_at_checked(3)?;
        let (version, rest) = some(behind(rest, b'/')?, |octet| octet.is_ascii_digit() || octet == b'.')?;
        let (transport, rest) = token(behind(rest, b'/')?)?;
        let (_, rest) = some(rest, |octet| matches!(octet, b' ' | b'\t'))?;
        let (host, rest) = host(rest)?;
        let (port, rest) = port(rest).map_or((None, behind_space(rest)), |(port, rest)| (Some(port), rest));
        (name.eq_ignore_ascii_case(b"SIP") && wanted(version))
            .then_some((Self { transport, host, port }, rest))
    }
}

fn put(text: &mut Vec<u8>, name: &[u8], value: Option<&[u8]>) {
    text.push(b';');
    text.extend_from_slice(name);
    if let Some(value) = value {
        text.push(b'=');
        text.extend_from_slice(value);
    }
}

/// What stands before the first comma outside quotes and angle brackets, and what follows; empty members do not count.
fn first_member(line: &[u8]) -> Result<(&[u8], &[u8]), Fault<'_>> {
    if !line.contains(&b',') {
        return Ok((line, b""));
    }
    if line.iter().filter(|octet| **octet == b',').nth(MOST_COMMAS).is_some() {
        return Err(Fault::new(format!("header with more than {MOST_COMMAS} members")));
    }
    let (mut first, mut others, mut rest) = (&b""[..], &b""[..], Some(line));
    while let Some(text) = rest {
        let (member, further) = member(text).ok_or_else(|| Fault::malformed("list", line))?;
        rest = further.get(1..);
        if first.is_empty() {
            (first, others) = (trimmed(member), trimmed(rest.unwrap_or_default()));
        }
    }
    Ok((first, others))
}

/// One member of a list, and what follows: nothing, or a comma and more. None when a quote or bracket is left open.
fn member(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut rest = text;
    loop {
        rest = run(rest, |octet| !matches!(octet, b'"' | b',' | b'<')).1;
        rest = match rest {
            [b'"', ..] => quoted(rest)?.1,
            [b'<', inner @ ..] => run(inner, |octet| octet != b'>').1.strip_prefix(b">")?,
            _ => return Some((&text[..text.len() - rest.len()], rest)),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn via(line: &str) -> Result<(String, u16, String, bool), String> {
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        let read = TopVia::of(line.as_bytes()).map_err(|fault| fault.to_string())?;
        Ok((text(read.host), read.port, text(read.branch), read.wants_port))
    }

    #[test]
    fn the_first_via_of_a_line_counts() {
        let near = || Ok(("near".into(), 5070, "z9hG4bK1".into(), false));
        assert_eq!(via("SIP/2.0/UDP near:5070;branch=z9hG4bK1, SIP/2.0/UDP far;rport"), near());
        assert_eq!(via(", sip / 2.0 / tcp near : 5070 ;x=\"a,b\"; Branch = z9hG4bK1, <,>"), near());
    }

    #[test]
    fn a_port_is_wanted_where_rport_stands() {
        for (line, wanted) in [(";rport", true), (";RPORT=5", true), (";rports", false), ("", false)] {
            let read = Ok(("2001:db8::1".into(), 5060, String::new(), wanted));
            assert_eq!(via(&format!("SIP/2.0/UDP [2001:db8::1]{line}")), read);
        }
    }

    #[test]
    fn what_is_no_via_is_refused_in_words() {
        for line in
            ["", "SIP/2.0/UDP", "SIP/2.1/UDP a", "SIP/2.0/UDP a b", "SIP/2.0/UDP a:1234567", "SIP/2.0/UDP [a"]
        {
            assert_eq!(via(line), Err(format!("malformed Via '{line}'")));
        }
        for port in ["0", "65536", "999999"] {
            let words = format!("Via with port {port}; expected 1 to 65535");
            assert_eq!(via(&format!("SIP/2.0/UDP a:{port}")), Err(words));
        }
        assert_eq!(via("a, \"b"), Err("malformed list 'a, \"b'".into()));
        assert_eq!(via(&",".repeat(257)), Err("header with more than 256 members".into()));
    }

    #[test]
    fn the_source_is_written_where_it_is_asked_for_or_missing() {
        let noted = |line: &'static str| {
            let top = TopVia::of(line.as_bytes()).expect("is a Via");
            let noted = top.with_source(line.as_bytes(), b"192.0.2.1", 6000).expect("can be read");
            let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
            noted.map(|Noted { first, others }| (text(&first), text(others)))
        };
        assert_eq!(noted("SIP/2.0/UDP 192.0.2.1;branch=z"), None);
        for (line, first, others) in [
            ("a;branch=z", "a;branch=z;received=192.0.2.1", ""),
            ("192.0.2.1;Rport;x=\"a;b\"", "192.0.2.1;Rport=6000;x=\"a;b\";received=192.0.2.1", ""),
            ("a ; received=b;rport=1", "a;received=192.0.2.1;rport=6000", ""),
            ("a;y , SIP/2.0/UDP c, d", "a;y;received=192.0.2.1", "SIP/2.0/UDP c, d"),
        ] {
            let line = format!("SIP/2.0/UDP {line}").leak();
            assert_eq!(noted(line), Some((format!("SIP/2.0/UDP {first}"), others.into())), "{line}");
        }
    }

    #[test]
    fn the_way_back_is_read_whatever_follows() {
        let back = |line: &'static str| TopVia::way_back(line.as_bytes()).map(|via| (via.host, via.port));
        assert_eq!(back("SIP/7.0/UDP c.example.com;;,;,,"), Ok((&b"c.example.com"[..], 5060)));
        assert_eq!(back("SIP / 2.0 / UDP [::1] : 5070 , nonsense"), Ok((&b"::1"[..], 5070)));
        for line in ["", "SIP/2.0/UDP ;branch=z", "SIP/2.0/UDP host:70000", "SIP/2.0/UDP a b"] {
            assert!(back(line).is_err(), "{line:?}");
        }
    }
}
