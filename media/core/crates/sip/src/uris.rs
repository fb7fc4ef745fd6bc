//! SIP, SIPS and tel URIs (RFC 3261 §19.1, RFC 3966).

use std::borrow::Cow;

use crate::fault::{Fault, excerpt};
use crate::grammar::{Plain, Taken, checked_port, digits, host, is_visible, some, visible};
use crate::parameters::Parameters;

static USER: Plain = Plain::but(b"@:<>\"");
static PARAMETERS: Plain = Plain::but(b"?<>\"@,");
static HEADERS: Plain = Plain::but(b"<>\"");

/// An address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uri<'a> {
    /// `sip`, `sips` or `tel`.
    pub scheme: &'static str,
    /// Percent-decoded; the number of a tel URI; empty when there is none.
    pub user: Cow<'a, [u8]>,
    /// IPv6 without brackets; empty in a tel URI.
    pub host: &'a [u8],
    pub port: Option<u16>,
    /// As written, not decoded.
    pub params: Parameters<'a>,
    /// What follows the question mark, as written.
    pub headers: &'a [u8],
    /// As written. Deprecated (§19.1.1).
    pub password: Option<&'a [u8]>,
}

impl<'a> Uri<'a> {
    /// A fault has the status 416 for a scheme we do not speak (RFC 3261 §8.2.2.1), else 400.
    pub fn of(text: &'a [u8]) -> Result<Self, Fault<'a>> {
        let malformed = || Fault::malformed("URI", text);
        let (scheme, rest) = scheme(text).ok_or_else(malformed)?;
        match known(scheme) {
            Some("tel") => tel(rest).ok_or_else(malformed),
            Some(scheme) => sip(scheme, rest)?.ok_or_else(malformed),
            None => {
                let scheme = excerpt(scheme).to_ascii_lowercase();
                let words = format!("unsupported URI scheme {scheme}; expected sip, sips or tel");
                Err(Fault::new(words).with(416))
            }
        }
    }
}

fn scheme(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (scheme, rest) =
        some(text, |octet| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'.' | b'-'))?;
    Some((scheme, rest.strip_prefix(b":")?)).filter(|_| scheme[0].is_ascii_alphabetic())
}

fn known(scheme: &[u8]) -> Option<&'static str> {
    ["sip", "sips", "tel"].into_iter().find(|known| scheme.eq_ignore_ascii_case(known.as_bytes()))
}

fn tel(text: &[u8]) -> Option<Uri<'_>> {
    let (number, rest) = some(text, |octet| {
        octet.is_ascii_hexdigit() || matches!(octet, b'*' | b'#' | b'+' | b'-' | b'.' | b'(' | b')')
    })?;
    let user = Cow::Borrowed(number);
    let params = parameters(rest)?;
    Some(Uri { scheme: "tel", user, host: b"", port: None, params, headers: b"", password: None })
}

/// None when it is malformed as a whole.
fn sip<'a>(scheme: &'static str, text: &'a [u8]) -> Result<Option<Uri<'a>>, Fault<'a>> {
    let ((user, password), rest) = user_info(text).unwrap_or(((b"", None), text));
    let Some((host, rest)) = host(rest) else { return Ok(None) };
    let (port, rest) =
        rest.strip_prefix(b":").and_then(digits).map_or((None, rest), |(port, behind)| (Some(port), behind));
    let Some((params, headers)) = tail(rest) else { return Ok(None) };
    let port = checked_port(port, "URI")?;
    Ok(Some(Uri { scheme, user: unescaped(user), host, port, params, headers, password }))
}

/// User and password, with what follows the at sign.
fn user_info(text: &[u8]) -> Taken<'_, (&[u8], Option<&[u8]>)> {
    let (user, rest) = visible(text, &USER)?;
    let Some(secret) = rest.strip_prefix(b":") else {
        return Some(((user, None), rest.strip_prefix(b"@")?));
    };
    let (password, rest) = visible(secret, &USER).unwrap_or((b"", secret));
    Some(((user, Some(password)), rest.strip_prefix(b"@")?))
}

/// Parameters, and what follows a question mark.
fn tail(text: &[u8]) -> Option<(Parameters<'_>, &[u8])> {
    let Some(mark) = text.iter().position(|octet| *octet == b'?') else {
        return Some((parameters(text)?, b""));
    };
    let headers = &text[mark + 1..];
    is_visible(headers, &HEADERS).then_some((parameters(&text[..mark])?, headers))
}

fn parameters(text: &[u8]) -> Option<Parameters<'_>> {
    if !is_visible(text, &PARAMETERS) {
        return None;
    }
    Parameters::of(text)
}

/// What a user part means; escapes that are none stand for themselves.
fn unescaped(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'%') {
        return Cow::Borrowed(text);
    }
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [octet, further @ ..] = rest {
        let escape = if *octet == b'%' { further.split_at_checked(2) } else { None };
        let decoded = escape.and_then(|(pair, behind)| Some((hex(pair)?, behind)));
        let (octet, behind) = decoded.unwrap_or((*octet, further));
        plain.push(octet);
        rest = behind;
    }
    Cow::Owned(plain)
}

fn hex(pair: &[u8]) -> Option<u8> {
    let digit = |octet: u8| char::from(octet).to_digit(16);
    Some((digit(*pair.first()?)? * 16 + digit(*pair.get(1)?)?) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> Uri<'_> {
        Uri::of(text.as_bytes()).expect("is a URI")
    }

    #[test]
    fn every_part_is_told() {
        let whole = uri("SIP:%e7%8e%8b%2x;a?b:s%41@[2001:db8::1]:5070;lr;x=a=b?h=1&?");
        assert_eq!((whole.scheme, whole.user.as_ref()), ("sip", "王%2x;a?b".as_bytes()));
        assert_eq!((whole.host, whole.port), (&b"2001:db8::1"[..], Some(5070)));
        assert_eq!((whole.password, whole.headers), (Some(&b"s%41"[..]), &b"h=1&?"[..]));
        let params: Vec<_> = whole.params.iter().collect();
        assert_eq!(params, [(&b"lr"[..], None), (&b"x"[..], Some(&b"a=b"[..]))]);
    }

    #[test]
    fn a_host_may_stand_alone() {
        let plain = uri("sips:a_b.example");
        assert_eq!((plain.scheme, plain.host, plain.port), ("sips", &b"a_b.example"[..], None));
        assert_eq!((plain.user.as_ref(), plain.password), (&b""[..], None));
        assert_eq!(uri("sip:a:@h").password, Some(&b""[..]));
    }

    #[test]
    fn a_tel_uri_has_a_number() {
        let number = uri("tel:+86-10(95598);phone-context=a");
        assert_eq!((number.user.as_ref(), number.host), (&b"+86-10(95598)"[..], &b""[..]));
        assert_eq!(number.params.find("phone-context"), Some(&b"a"[..]));
    }

    #[test]
    fn what_is_no_uri_is_refused_in_words() {
        let refusal =
            |text: &str| Uri::of(text.as_bytes()).map_err(|fault| (fault.status, fault.to_string())).err();
        let http = "unsupported URI scheme http; expected sip, sips or tel".into();
        assert_eq!(refusal("HTTP:a"), Some((Some(416), http)));
        assert_eq!(
            refusal("sip:a:65536"),
            Some((Some(400), "URI with port 65536; expected 1 to 65535".into()))
        );
        let malformed = [
            "",
            "a",
            "1sip:a",
            "sip:",
            "sip:a b",
            "sip:a@",
            "sip:@h",
            "sip:h:1234567",
            "sip:h;",
            "sip:x@h;a@b",
        ];
        for text in malformed.into_iter().chain([
            "sip:h;a,b",
            "sip:h?<",
            "sip:[::1",
            "tel:",
            "tel:x",
            "tel:1?a",
            "sip:h:",
        ]) {
            assert_eq!(refusal(text), Some((Some(400), format!("malformed URI '{text}'"))));
        }
    }
}
