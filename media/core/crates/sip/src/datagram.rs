//! A datagram cut into the lines of its head and what may be its body.

use std::borrow::Cow;
use std::iter;

use memchr::{memchr, memchr_iter};

use crate::fault::Fault;

/// Whether there is nothing but line breaks and NULs, which keep a NAT binding (RFC 5626 §3.5).
pub fn is_keep_alive(octets: &[u8]) -> bool {
    octets.iter().all(|octet| b"\r\n\0".contains(octet))
}

/// The two parts. The head ends before the empty line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datagram<'a> {
    head: Cow<'a, [u8]>,
    /// What follows the empty line; None when there is none.
    pub body: Option<&'a [u8]>,
    pub size: usize,
}

impl<'a> Datagram<'a> {
    /// Takes what §7.5 and common practice forgive: line breaks before the start line, LF without CR, folds.
    /// A fault for a keep-alive.
    pub fn divide(octets: &'a [u8]) -> Result<Self, Fault<'a>> {
        if is_keep_alive(octets) {
            return Err(Fault::new("keep-alive").with(None));
        }
        let begin = octets.iter().position(|octet| !b"\r\n".contains(octet)).unwrap_or_default();
        let rest = &octets[begin..];
        let end = memchr_iter(b'\n', rest).find_map(|at| Some((at, behind_line_break(&rest[at + 1..])?)));
        let (head, body) = end.map_or((rest, None), |(at, body)| (&rest[..at], Some(body)));
        Ok(Self { head: regular(head), body, size: octets.len() })
    }

    /// Without their line breaks; the start line is the first.
    pub fn lines(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = Some(&*self.head);
        iter::from_fn(move || {
            let text = rest?;
            let end = memchr(b'\n', text);
            rest = end.map(|at| &text[at + 1..]);
            let line = end.map_or(text, |at| &text[..at]);
            Some(line.strip_suffix(b"\r").unwrap_or(line))
        })
    }

    /// How many lines there are behind the start line.
    pub fn header_count(&self) -> usize {
        memchr_iter(b'\n', &self.head).count()
    }
}

fn behind_line_break(text: &[u8]) -> Option<&[u8]> {
    text.strip_prefix(b"\r\n").or_else(|| text.strip_prefix(b"\n"))
}

/// The head without folds, and without a CR that ends no line: it means nothing here, but might end a line at the next
/// hop.
fn regular(head: &[u8]) -> Cow<'_, [u8]> {
    let folds = |at: usize| matches!(head.get(at + 1), Some(b' ' | b'\t'));
    let ends_no_line = |at: usize| !matches!(head.get(at + 1), Some(b'\n') | None);
    if !memchr_iter(b'\n', head).any(folds) && !memchr_iter(b'\r', head).any(ends_no_line) {
        return Cow::Borrowed(head);
    }
    let mut plain: Vec<u8> = Vec::with_capacity(head.len());
    let mut octets = head.iter().copied().filter(|octet| *octet != b'\r').peekable();
    while let Some(octet) = octets.next() {
        let folded = octet == b'\n' && octets.next_if(|next| b" \t".contains(next)).is_some();
        plain.push(if folded { b' ' } else { octet });
        while folded && octets.next_if(|next| b" \t".contains(next)).is_some() {}
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(octets: &str) -> Vec<String> {
        let datagram = Datagram::divide(octets.as_bytes()).expect("is no keep-alive");
        datagram.lines().map(|line| String::from_utf8_lossy(line).into_owned()).collect()
    }

    #[test]
    fn line_breaks_and_nuls_alone_keep_a_binding() {
        for octets in ["", "\r\n", "\r\n\r\n", "\0", "\r\n\0\0", "\0\r\n\r\n"] {
            assert!(Datagram::divide(octets.as_bytes()).is_err(), "{octets:?}");
        }
    }

    #[test]
    fn lines_end_with_a_line_feed_before_which_a_carriage_return_may_stand() {
        for head in ["a\r\nb", "a\nb", "\r\n\na\nb", "a\r\r\nb"] {
            for end in ["\r\n\r\nbody", "\n\nbody", "\r\n\nbody", "\n\r\nbody"] {
                let octets = format!("{head}{end}");
                assert_eq!(lines(&octets), ["a", "b"], "{octets:?}");
                let body = Datagram::divide(octets.as_bytes()).map(|datagram| datagram.body);
                assert_eq!(body, Ok(Some(b"body".as_slice())));
            }
        }
    }

    #[test]
    fn a_head_without_end_has_no_body() {
        assert_eq!(lines("a\r\nb\r\n"), ["a", "b", ""]);
        assert_eq!(Datagram::divide(b"a\r\nb\r\n").map(|datagram| datagram.body), Ok(None));
    }

    #[test]
    fn a_fold_becomes_one_space() {
        assert_eq!(lines("a\r\n \t b\r\n\tc\n d\r\n\r\n"), ["a b c d"]);
    }

    #[test]
    fn a_carriage_return_alone_goes() {
        assert_eq!(lines("a\rb\r\nc\r\r\n\r\n"), ["ab", "c"]);
    }
}
