//! From and To: the shape of an address with parameters, and the tag (RFC 3261 §20.10).

use crate::grammar::{Parameters, behind_space, quoted, run, visible};

/// A value that has the shape of an address; its URI may still be malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    params: Parameters<'a>,
}

impl<'a> Address<'a> {
    /// Of `"Name" <uri>;params` or `uri;params`; None for anything else. Without angle brackets all parameters are the
    /// header's, not the URI's.
    pub fn of(value: &'a [u8]) -> Option<Self> {
        Self::with_brackets(value).or_else(|| Self::without(value))
    }

    fn with_brackets(value: &'a [u8]) -> Option<Self> {
        let (_, rest) = quoted(value).unwrap_or_else(|| run(value, |octet| !b"\"<>,;".contains(&octet)));
        let (uri, rest) = run(behind_space(rest).strip_prefix(b"<")?, |octet| !b"<>".contains(&octet));
        let rest = rest.strip_prefix(b">").filter(|_| !uri.is_empty())?;
        Some(Self { params: Parameters::of(behind_space(rest))? })
    }

    fn without(value: &'a [u8]) -> Option<Self> {
        let (_, rest) = visible(value, |octet| b"<>;,?\"".contains(&octet))?;
        Some(Self { params: Parameters::of(behind_space(rest))? })
    }

    /// What tells the dialog; None when absent or empty.
    pub fn tag(&self) -> Option<&'a [u8]> {
        self.params.find("tag").filter(|tag| !tag.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
