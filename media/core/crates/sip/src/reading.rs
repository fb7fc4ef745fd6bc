//! From a datagram to a message. Headers stay text; only what every message must have is checked.

use crate::addresses::Address;
use crate::datagram::Datagram;
use crate::fault::{Fault, excerpt};
use crate::fields::Fields;
use crate::grammar::{Plain, is_visible};
use crate::names::{CALL_ID, CONTENT_LENGTH, CSEQ, FROM, MAX_FORWARDS, TO, VIA};
use crate::numbers::{CSeq, number};
pub use crate::start_line::Start;
use crate::via::TopVia;

const MAX_HEADERS: usize = 256;
const MAX_LINE_CHARS: usize = 8192;
const MOST_HOPS: u64 = 255;
static IN_CALL_ID: Plain = Plain::but(b"");

/// A message as far as it could be read.
#[derive(Debug)]
pub struct Reading<'a> {
    pub start: Start<'a>,
    pub fields: Fields<'a>,
    /// What else it takes to use it, or why it cannot be used.
    pub whole: Result<Whole<'a>, Fault<'a>>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Whole<'a> {
    pub top_via: TopVia<'a>,
    /// Octets beyond Content-Length are dropped.
    pub body: &'a [u8],
}

impl<'a> Reading<'a> {
    /// Read one datagram (RFC 3261 §7, §18.3). A fault when not even a start line is found.
    pub fn of(datagram: &'a Datagram<'_>, max_bytes: usize) -> Result<Self, Fault<'a>> {
        let mut lines = datagram.lines();
        let line = lines.next().unwrap_or_default();
        let start = Start::of(line)?;
        let fields: Fields = lines.take(MAX_HEADERS).collect();
        let sized = check_size(datagram, max_bytes).and_then(|()| start.check(line));
        let whole = sized.and_then(|()| check(&start, &fields, datagram.body));
        let whole = whole.map_err(|fault| answerable(fault, &start, &fields));
        Ok(Self { start, fields, whole })
    }
}

fn check_size<'a>(datagram: &Datagram<'_>, max_bytes: usize) -> Result<(), Fault<'a>> {
    let size = datagram.size;
    if size > max_bytes {
        return Err(Fault::new(format!("{size} bytes; expected at most {max_bytes}")).with(513));
    }
    let count = datagram.header_count();
    if count > MAX_HEADERS {
        return Err(Fault::new(format!("{count} header lines; expected at most {MAX_HEADERS}")));
    }
    if size > MAX_LINE_CHARS && datagram.lines().skip(1).any(|line| characters(line) > MAX_LINE_CHARS) {
        return Err(Fault::new(format!("header line of more than {MAX_LINE_CHARS} characters")));
    }
    Ok(())
}

/// Each octet that is not UTF-8 counts as one.
fn characters(text: &[u8]) -> usize {
    text.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum()
}

/// What every message must have (RFC 3261 §8.1.1), in shape, and a request beyond that.
fn check<'a>(start: &Start<'a>, fields: &Fields<'a>, body: Option<&'a [u8]>) -> Result<Whole<'a>, Fault<'a>> {
    if let Some(fault) = &fields.fault {
        return Err(fault.clone());
    }
    let [via, from, to, call_id, cseq] = required(fields)?;
    let top_via = TopVia::of(via)?;
    if Address::of(from).is_none() || Address::of(to).is_none() {
        return Err(Fault::new("malformed from or to header"));
    }
    if call_id.is_empty() || !is_visible(call_id, &IN_CALL_ID) {
        return Err(Fault::new("malformed call-id header"));
    }
    let cseq = CSeq::of(cseq)?;
    if let Start::Request { method, .. } = start {
        check_request(method, &cseq, fields)?;
    }
    Ok(Whole { top_via, body: cut_body(body, fields.first(CONTENT_LENGTH))? })
}

fn required<'a>(fields: &Fields<'a>) -> Result<[&'a [u8]; 5], Fault<'a>> {
    let mut values: [&[u8]; 5] = [b""; 5];
    for (value, name) in values.iter_mut().zip([VIA, FROM, TO, CALL_ID, CSEQ]) {
        *value = fields.first(name).ok_or_else(|| Fault::new(format!("no {} header", name.name())))?;
    }
    Ok(values)
}

fn check_request<'a>(method: &[u8], cseq: &CSeq<'_>, fields: &Fields<'a>) -> Result<(), Fault<'a>> {
    if cseq.method != method {
        return Err(Fault::new(format!("CSeq of {} in {}", excerpt(cseq.method), excerpt(method))));
    }
    match fields.first(MAX_FORWARDS) {
        Some(hops) if number(hops).is_none_or(|hops| hops > MOST_HOPS) => {
            Err(Fault::new("Max-Forwards is ").showing(hops).but("; expected 0 to 255"))
        }
        _ => Ok(()),
    }
}

/// The body by Content-Length; without one it reaches to the end of the datagram (RFC 3261 §18.3).
fn cut_body<'a>(body: Option<&'a [u8]>, length: Option<&'a [u8]>) -> Result<&'a [u8], Fault<'a>> {
    let body = body.ok_or_else(|| Fault::new("no empty line after the headers"))?;
    let Some(digits) = length else { return Ok(body) };
    let no_number = || Fault::new("Content-Length is ").showing(digits).but("; expected a number");
    let length = number(digits).ok_or_else(no_number)?;
    let part = usize::try_from(length).ok().and_then(|length| body.get(..length));
    part.ok_or_else(|| {
        let digits = excerpt(digits);
        Fault::new(format!("Content-Length is {digits} but the body has {} bytes", body.len()))
    })
}

/// The same fault without status where no answer can be sent (RFC 3261 §17.1.1.3, §18.3).
fn answerable<'a>(fault: Fault<'a>, start: &Start<'a>, fields: &Fields<'a>) -> Fault<'a> {
    let way_back = || TopVia::way_back(fields.first(VIA).unwrap_or_default());
    match start {
        Start::Request { method, .. } if *method != b"ACK" && way_back().is_ok() => fault,
        _ => fault.with(None),
    }
}
