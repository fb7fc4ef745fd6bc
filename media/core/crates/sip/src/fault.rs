//! What is wrong with a text.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};

/// Characters of a text that a refusal shows.
pub const LONGEST_SHOWN: usize = 80;

/// Why a text cannot be used: words, the text itself if it is shown between quotes, and words behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault<'a> {
    /// Of the answer; None when there can be none.
    pub status: Option<u16>,
    pub before: Cow<'static, str>,
    pub shown: Option<&'a [u8]>,
    pub after: &'static str,
}

impl<'a> Fault<'a> {
    pub(crate) fn new(before: impl Into<Cow<'static, str>>) -> Self {
        Self { status: Some(400), before: before.into(), shown: None, after: "" }
    }

    pub fn malformed(what: &'static str, text: &'a [u8]) -> Self {
        Self::new(format!("malformed {what} ")).showing(text)
    }

    pub(crate) fn showing(self, text: &'a [u8]) -> Self {
        Self { shown: Some(text), ..self }
    }

    pub(crate) fn but(self, after: &'static str) -> Self {
        Self { after, ..self }
    }

    pub(crate) fn with(self, status: impl Into<Option<u16>>) -> Self {
        Self { status: status.into(), ..self }
    }
}

impl Display for Fault<'_> {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        let shown = self.shown.map(|text| format!("'{}'", excerpt(text))).unwrap_or_default();
        write!(to, "{}{shown}{}", self.before, self.after)
    }
}

/// The beginning of a text as far as it is shown.
pub fn excerpt(text: &[u8]) -> String {
    String::from_utf8_lossy(text).chars().take(LONGEST_SHOWN).collect()
}
