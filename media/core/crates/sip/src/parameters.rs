//! Parameters of a header value or a URI.

use std::iter;

use crate::grammar::{Plain, Taken, behind, behind_space, quoted, visible};

static NAME: Plain = Plain::but(b";=,\"<>?@");
static VALUE: Plain = Plain::but(b";,\"<>");

/// Any number of `;name=value` or `;name`, checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parameters<'a>(&'a [u8]);

impl<'a> Parameters<'a> {
    /// The whole text as parameters; None when it is anything else.
    pub fn of(text: &'a [u8]) -> Option<Self> {
        let mut rest = text;
        while !rest.is_empty() {
            (_, rest) = parameter(rest)?;
        }
        Some(Self(text))
    }

    /// In their order, names as written; a flag has no value. A quoted value keeps its quotes.
    pub fn iter(self) -> impl Iterator<Item = Parameter<'a>> {
        let mut rest = self.0;
        iter::from_fn(move || {
            let (found, further) = parameter(rest)?;
            rest = further;
            Some(found)
        })
    }

    /// What stands before them in the text that ends with them.
    pub fn before(self, whole: &[u8]) -> &[u8] {
        &whole[..whole.len().saturating_sub(self.0.len())]
    }

    /// The value of the first parameter of that name in any case: empty for a flag, None when absent.
    pub fn find(self, name: &str) -> Option<&'a [u8]> {
        let found = self.iter().find(|(key, _)| key.eq_ignore_ascii_case(name.as_bytes()));
        found.map(|(_, value)| value.unwrap_or_default())
    }
}

type Parameter<'a> = (&'a [u8], Option<&'a [u8]>);

fn parameter(text: &[u8]) -> Taken<'_, Parameter<'_>> {
    let text = behind_space(text.strip_prefix(b";")?);
    let (name, rest) = visible(text, &NAME)?;
    let Some(rest) = behind(rest, b'=') else {
        return Some(((name, None), behind_space(rest)));
    };
    let plain = visible(rest, &VALUE);
    let (value, rest) = plain.or_else(|| quoted(rest)).unwrap_or((b"", rest));
    Some(((name, Some(value)), behind_space(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_found_by_name_in_any_case() {
        let found =
            |name| Parameters::of(b"; Tag = a ;lr;q=\"x;tag=y\";e=").and_then(|these| these.find(name));
        assert_eq!(found("tag"), Some(&b"a"[..]));
        assert_eq!((found("lr"), found("e")), (Some(&b""[..]), Some(&b""[..])));
        assert_eq!((found("q"), found("x")), (Some(&b"\"x;tag=y\""[..]), None));
    }

    #[test]
    fn other_text_is_no_parameters() {
        for text in ["a", ";", ";=a", ";a b", ";a=b c", ";a=\"b", ";a=b\"c\"", ";a@b"] {
            assert_eq!(Parameters::of(text.as_bytes()), None, "{text:?}");
        }
    }
}
