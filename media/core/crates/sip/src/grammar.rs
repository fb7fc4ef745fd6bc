//! The pieces of RFC 3261 §25.1 that several readers share. Each takes from the beginning of a text and returns what
//! it took and the rest; nothing is looked at twice, so that reading takes time linear in the length of the text.

use crate::fault::Fault;

/// What stood first, and what follows.
pub type Taken<'a, T> = Option<(T, &'a [u8])>;

pub fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().copied().all(is_token_octet)
}

fn is_token_octet(octet: u8) -> bool {
    octet.is_ascii_alphanumeric()
        || matches!(octet, b'-' | b'.' | b'!' | b'%' | b'*' | b'_' | b'+' | b'`' | b'\'' | b'~')
}

/// As many octets as `wanted` says; perhaps none.
pub fn run(text: &[u8], wanted: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    text.split_at(text.iter().position(|&octet| !wanted(octet)).unwrap_or(text.len()))
}

/// At least one of them.
pub fn some(text: &[u8], wanted: impl Fn(u8) -> bool) -> Taken<'_, &[u8]> {
    let (taken, rest) = run(text, wanted);
    (!taken.is_empty()).then_some((taken, rest))
}

pub fn token(text: &[u8]) -> Taken<'_, &[u8]> {
    some(text, is_token_octet)
}

fn is_blank(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t')
}

/// The text behind LWS on one line; folding is undone before any value is looked at (§7.3.1).
pub fn behind_space(text: &[u8]) -> &[u8] {
    run(text, is_blank).1
}

pub fn trimmed(text: &[u8]) -> &[u8] {
    trimmed_end(behind_space(text))
}

pub fn trimmed_end(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|&octet| !is_blank(octet)).map_or(0, |last| last + 1);
    &text[..end]
}

/// The text behind this octet and the space around it.
pub fn behind(text: &[u8], separator: u8) -> Option<&[u8]> {
    behind_space(text).strip_prefix(&[separator]).map(behind_space)
}

/// Printable ASCII but for some of it: looked up, as most octets of a message are asked for it several times.
pub struct Plain([bool; 256]);

impl Plain {
    /// Without any of `stops`.
    pub const fn but(stops: &[u8]) -> Self {
        let mut plain = [false; 256];
        let mut octet = b'!';
        while octet <= b'~' {
            plain[octet as usize] = true;
            octet += 1;
        }
        let mut index = 0;
        while index < stops.len() {
            plain[stops[index] as usize] = false;
            index += 1;
        }
        Self(plain)
    }
}

/// Characters that are neither white space nor printable ASCII that is not `plain`.
pub fn visible<'a>(text: &'a [u8], plain: &Plain) -> Taken<'a, &'a [u8]> {
    let mut end = 0;
    loop {
        let rest = &text[end..];
        end += rest.iter().position(|&octet| !plain.0[usize::from(octet)]).unwrap_or(rest.len());
        match text.get(end) {
            Some(octet) if !octet.is_ascii_graphic() && !is_space(&text[end..]) => end += 1,
            _ => break,
        }
    }
    (end > 0).then(|| text.split_at(end))
}

/// Whether a text is nothing but such characters.
pub fn is_visible(text: &[u8], plain: &Plain) -> bool {
    visible(text, plain).map_or(text, |(_, rest)| rest).is_empty()
}

/// Whether a text begins with white space of any script, in UTF-8.
fn is_space(text: &[u8]) -> bool {
    match *text {
        [octet, ..] if octet.is_ascii() => matches!(octet, b'\t'..=b'\r' | 0x1c..=b' '),
        [0xc2, 0x85 | 0xa0, ..]
        | [0xe1, 0x9a, 0x80, ..]
        | [0xe2, 0x80, 0x80..=0x8a | 0xa8 | 0xa9 | 0xaf, ..]
        | [0xe2, 0x81, 0x9f, ..]
        | [0xe3, 0x80, 0x80, ..] => true,
        _ => false,
    }
}

/// A quoted-string with its quotes.
pub fn quoted(text: &[u8]) -> Taken<'_, &[u8]> {
    let mut octets = text.strip_prefix(b"\"")?.iter().enumerate();
    while let Some((at, &octet)) = octets.next() {
        match octet {
            b'"' => return Some(text.split_at(at + 2)),
            b'\\' => _ = octets.next()?,
            _ => {}
        }
    }
    None
}

/// A host name (underscores occur in the wild), IPv4 address or IPv6 reference; without its brackets.
pub fn host(text: &[u8]) -> Taken<'_, &[u8]> {
    if let Some(inner) = text.strip_prefix(b"[") {
        let (address, rest) = some(inner, |octet| octet.is_ascii_hexdigit() || matches!(octet, b':' | b'.'))?;
        return Some((address, rest.strip_prefix(b"]")?));
    }
    some(text, |octet| octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b'.' | b'-'))
}

/// A colon and up to six digits, with the space around them.
pub fn port(text: &[u8]) -> Taken<'_, u32> {
    let (port, rest) = digits(behind(text, b':')?)?;
    Some((port, behind_space(rest)))
}

/// A number of up to six digits.
pub fn digits(text: &[u8]) -> Taken<'_, u32> {
    let digits = text.iter().take(6).take_while(|octet| octet.is_ascii_digit());
    let (length, number) =
        digits.fold((0, 0), |(length, number), digit| (length + 1, number * 10 + u32::from(digit - b'0')));
    (length > 0).then(|| (number, &text[length..]))
}

/// Of `port` for what is called so, when it is one.
pub fn checked_port<'a>(port: Option<u32>, what: &str) -> Result<Option<u16>, Fault<'a>> {
    let Some(port) = port else { return Ok(None) };
    match u16::try_from(port) {
        Ok(usable @ 1..) => Ok(Some(usable)),
        _ => Err(Fault::new(format!("{what} with port {port}; expected 1 to 65535"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_of_any_script_ends_what_is_visible() {
        let spaces = "\t\n\u{b}\u{c}\r\u{1c}\u{1f} \u{85}\u{a0}\u{1680}\u{2000}\u{200a}\u{2028}\u{202f}\u{205f}\u{3000}";
        for space in spaces.chars() {
            let text = format!("王{space}b");
            let (taken, _) = visible(text.as_bytes(), &Plain::but(b"")).expect("begins visibly");
            assert_eq!(taken, "王".as_bytes(), "{space:?}");
        }
        assert!(visible("王\u{200b}b".as_bytes(), &Plain::but(b"")).is_some_and(|(_, rest)| rest.is_empty()));
    }

    #[test]
    fn a_quoted_string_ends_at_a_quote_that_is_not_escaped() {
        assert_eq!(quoted(br#""a\"b" c"#), Some((&br#""a\"b""#[..], &b" c"[..])));
        assert_eq!(quoted(br#""""#), Some((&br#""""#[..], &b""[..])));
        for open in [&br#"""#[..], br#""a"#, br#""a\"#, br#""a\""#, b"a"] {
            assert_eq!(quoted(open), None);
        }
    }
}
