//! From, To, Contact, Route and their like: a name, an address and parameters (RFC 3261 §20.10).

use std::borrow::Cow;

use crate::grammar::{Plain, behind_space, quoted, run, trimmed, visible};
use crate::parameters::Parameters;

/// A URI without brackets.
static BARE: Plain = Plain::but(b"<>;,?\"");

/// A value that has the shape of an address; its URI may still be malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    /// As it stands, with its quotes.
    name: &'a [u8],
    pub uri: &'a [u8],
    pub params: Parameters<'a>,
}

impl<'a> Address<'a> {
    /// Of `"Name" <uri>;params` or `uri;params`; None for anything else. Without angle brackets all parameters are the
    /// header's, not the URI's.
    pub fn of(value: &'a [u8]) -> Option<Self> {
        Self::with_brackets(value).or_else(|| Self::without(value))
    }

    fn with_brackets(value: &'a [u8]) -> Option<Self> {
        let (name, rest) = quoted(value)
            .unwrap_or_else(|| run(value, |octet| !matches!(octet, b'"' | b'<' | b'>' | b',' | b';')));
        let (uri, rest) = run(behind_space(rest).strip_prefix(b"<")?, |octet| !matches!(octet, b'<' | b'>'));
        let rest = rest.strip_prefix(b">").filter(|_| !uri.is_empty())?;
        Some(Self { name, uri, params: Parameters::of(behind_space(rest))? })
    }

    fn without(value: &'a [u8]) -> Option<Self> {
        let (uri, rest) = visible(value, &BARE)?;
        Some(Self { name: b"", uri, params: Parameters::of(behind_space(rest))? })
    }

    /// Without quotes and escapes; empty when there is none.
    pub fn display_name(&self) -> Cow<'a, [u8]> {
        match self.name {
            [b'"', inner @ .., b'"'] => unescaped(inner),
            name => Cow::Borrowed(trimmed(name)),
        }
    }

    /// What tells the dialog; None when absent or empty.
    pub fn tag(&self) -> Option<&'a [u8]> {
        self.params.find("tag").filter(|tag| !tag.is_empty())
    }
}

fn unescaped(inner: &[u8]) -> Cow<'_, [u8]> {
    if !inner.contains(&b'\\') {
        return Cow::Borrowed(inner);
    }
    let mut octets = inner.iter().copied();
    let mut plain = Vec::with_capacity(inner.len());
    while let Some(octet) = octets.next() {
        plain.push(if octet == b'\\' { octets.next().unwrap_or(octet) } else { octet });
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_without_quotes_and_escapes() {
        let name = |value: &'static str| Address::of(value.as_bytes()).map(|address| address.display_name());
        assert_eq!(name(r#""王 \"小明\" \\"<sip:a>"#).as_deref(), Some(r#"王 "小明" \"#.as_bytes()));
        assert_eq!(name(" Wang  Xiao <sip:a>").as_deref(), Some(&b"Wang  Xiao"[..]));
        assert_eq!(
            (name("sip:a").as_deref(), name("\"\"<sip:a>").as_deref()),
            (Some(&b""[..]), Some(&b""[..]))
        );
    }

    fn tag(value: &str) -> Option<&str> {
        let tag = Address::of(value.as_bytes()).expect("has the shape").tag();
        tag.map(|tag| std::str::from_utf8(tag).expect("is text"))
    }

    #[test]
    fn the_tag_is_the_headers_and_not_the_uris() {
        assert_eq!(tag("\"a;tag=n>\" <sip:x;tag=u> ; TAG = t;tag=second"), Some("t"));
        assert_eq!(tag("王 <sip:x;tag=u>;other=\";tag=q\""), None);
        assert_eq!(tag("sip:a@b;tag=t"), Some("t"));
        assert_eq!((tag("<sip:x>;tag="), tag("<sip:x>;tag")), (None, None));
    }

    #[test]
    fn other_text_has_not_the_shape() {
        for value in
            ["", "<>", "<sip:a", "a\" <sip:a>", "\"a <sip:a>", "a, b <sip:a>", "sip:a b", "<sip:a>x", "a?b"]
        {
            assert_eq!(Address::of(value.as_bytes()), None, "{value:?}");
        }
    }
}
