//! Names of headers: long and lower case as the house knows them, whatever their spelling.

use crate::grammar::is_token;

/// How many lines of a name a message may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lines {
    Any,
    /// A second one is a contradiction, not a list.
    One,
}

/// The headers that are told by a number, by the length of their names and then by the alphabet.
const KNOWN: [(&str, Lines); 66] = [
    ("to", Lines::One),
    ("via", Lines::Any),
    ("cseq", Lines::One),
    ("date", Lines::Any),
    ("from", Lines::One),
    ("path", Lines::Any),
    ("rack", Lines::One),
    ("rseq", Lines::One),
    ("allow", Lines::Any),
    ("event", Lines::One),
    ("route", Lines::Any),
    ("accept", Lines::Any),
    ("min-se", Lines::One),
    ("reason", Lines::Any),
    ("server", Lines::Any),
    ("call-id", Lines::One),
    ("contact", Lines::Any),
    ("expires", Lines::One),
    ("privacy", Lines::Any),
    ("require", Lines::Any),
    ("subject", Lines::Any),
    ("warning", Lines::Any),
    ("priority", Lines::Any),
    ("refer-to", Lines::One),
    ("replaces", Lines::One),
    ("reply-to", Lines::Any),
    ("sip-etag", Lines::Any),
    ("call-info", Lines::Any),
    ("diversion", Lines::Any),
    ("supported", Lines::Any),
    ("timestamp", Lines::Any),
    ("alert-info", Lines::Any),
    ("error-info", Lines::Any),
    ("session-id", Lines::Any),
    ("user-agent", Lines::Any),
    ("in-reply-to", Lines::Any),
    ("min-expires", Lines::One),
    ("referred-by", Lines::One),
    ("retry-after", Lines::Any),
    ("unsupported", Lines::Any),
    ("allow-events", Lines::Any),
    ("content-type", Lines::One),
    ("history-info", Lines::Any),
    ("max-forwards", Lines::One),
    ("mime-version", Lines::Any),
    ("organization", Lines::Any),
    ("record-route", Lines::Any),
    ("sip-if-match", Lines::Any),
    ("authorization", Lines::Any),
    ("p-early-media", Lines::Any),
    ("proxy-require", Lines::Any),
    ("service-route", Lines::Any),
    ("accept-contact", Lines::Any),
    ("content-length", Lines::One),
    ("accept-encoding", Lines::Any),
    ("accept-language", Lines::Any),
    ("remote-party-id", Lines::Any),
    ("session-expires", Lines::One),
    ("content-encoding", Lines::Any),
    ("www-authenticate", Lines::Any),
    ("proxy-authenticate", Lines::Any),
    ("subscription-state", Lines::Any),
    ("content-disposition", Lines::Any),
    ("p-asserted-identity", Lines::Any),
    ("proxy-authorization", Lines::Any),
    ("p-preferred-identity", Lines::Any),
];
const LONGEST_KNOWN: usize = KNOWN[KNOWN.len() - 1].0.len();
/// Where names of each length begin; behind the longest, where they end.
const BEGIN: [usize; LONGEST_KNOWN + 2] = {
    let mut begin = [0; LONGEST_KNOWN + 2];
    let mut length = 1;
    while length < begin.len() {
        begin[length] = begin[length - 1];
        while begin[length] < KNOWN.len() && KNOWN[begin[length]].0.len() < length {
            begin[length] += 1;
        }
        length += 1;
    }
    begin
};

/// A header that is told by a number: its place among the known ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known(u8);

pub const VIA: Known = Known::named("via");
pub const FROM: Known = Known::named("from");
pub const TO: Known = Known::named("to");
pub const CALL_ID: Known = Known::named("call-id");
pub const CSEQ: Known = Known::named("cseq");
pub const ROUTE: Known = Known::named("route");
pub const MAX_FORWARDS: Known = Known::named("max-forwards");
pub const TIMESTAMP: Known = Known::named("timestamp");
pub const CONTENT_LENGTH: Known = Known::named("content-length");

impl Known {
    pub fn name(self) -> &'static str {
        KNOWN[usize::from(self.0)].0
    }

    pub fn stands_once(self) -> bool {
        KNOWN[usize::from(self.0)].1 == Lines::One
    }

    /// For names that are known, while compiling.
    const fn named(name: &str) -> Self {
        let mut at = 0;
        while !is_same(KNOWN[at].0.as_bytes(), name.as_bytes()) {
            at += 1;
        }
        Self(at as u8)
    }

    fn spelled(spelling: &[u8]) -> Option<Self> {
        let mut lower = [0; LONGEST_KNOWN];
        let lower = lower.get_mut(..spelling.len())?;
        lower.copy_from_slice(spelling);
        lower.make_ascii_lowercase();
        let name = if let [letter] = lower { long_name(*letter)?.as_bytes() } else { lower };
        let (begin, end) = (BEGIN[name.len()], BEGIN[name.len() + 1]);
        let found = KNOWN[begin..end].iter().position(|(known, _)| known.as_bytes() == name);
        found.map(|at| Self((begin + at) as u8))
    }
}

const fn is_same(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

/// Of a compact form (RFC 3261 §7.3.3 and the IANA header registry).
fn long_name(letter: u8) -> Option<&'static str> {
    Some(match letter {
        b'a' => "accept-contact",
        b'b' => "referred-by",
        b'c' => "content-type",
        b'e' => "content-encoding",
        b'f' => "from",
        b'i' => "call-id",
        b'k' => "supported",
        b'l' => "content-length",
        b'm' => "contact",
        b'o' => "event",
        b'r' => "refer-to",
        b's' => "subject",
        b't' => "to",
        b'u' => "allow-events",
        b'v' => "via",
        b'x' => "session-expires",
        _ => return None,
    })
}

/// A header's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name<'a> {
    Known(Known),
    /// As it was spelled.
    Other(&'a [u8]),
}

impl<'a> Name<'a> {
    /// None when it cannot be a name.
    pub fn of(spelling: &'a [u8]) -> Option<Self> {
        match Known::spelled(spelling) {
            Some(known) => Some(Self::Known(known)),
            None => is_token(spelling).then_some(Self::Other(spelling)),
        }
    }

    /// How it was spelled, unless it is known.
    pub fn spelling(self) -> &'a [u8] {
        match self {
            Self::Known(_) => b"",
            Self::Other(spelling) => spelling,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_names_stand_in_their_order_and_each_is_found() {
        assert!(KNOWN.is_sorted_by_key(|(name, _)| (name.len(), *name)));
        for (name, _) in &KNOWN {
            let shouted = name.to_ascii_uppercase();
            assert!(
                matches!(Name::of(shouted.as_bytes()), Some(Name::Known(known)) if known.name() == *name)
            );
        }
    }

    #[test]
    fn every_compact_form_is_that_of_a_known_name() {
        let short: Vec<u8> = (b'a'..=b'z').filter(|&letter| long_name(letter).is_some()).collect();
        assert_eq!(short, b"abcefiklmorstuvx");
        for letter in short {
            let Some(Name::Known(known)) = Name::of(&[letter.to_ascii_uppercase()]) else {
                panic!("{} is no known name", char::from(letter))
            };
            assert_eq!(Some(known.name()), long_name(letter));
        }
    }

    #[test]
    fn any_other_token_is_a_name_and_nothing_else_is() {
        assert_eq!(Name::of(b"X-Own"), Some(Name::Other(b"X-Own")));
        assert_eq!(Name::of(b"z"), Some(Name::Other(b"z")));
        for spelling in ["", "a b", "via ", "\u{e9}", "a:"] {
            assert_eq!(Name::of(spelling.as_bytes()), None, "{spelling:?}");
        }
    }
}
