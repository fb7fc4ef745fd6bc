//! The usual session description (RFC 8866): one plain audio stream, which tells no keys.

use memchr::memchr;
use memchr::memmem;

/// Octets worth keeping; a phone with more is rare.
const LONGEST: usize = 2_000;
/// Keys and passwords are nobody's business but their call's.
const SECRETS: [&[u8]; 2] = [b"crypto:", b"ice-pwd:"];

/// The parts of one. The calls of a phone differ in what is between them: origin and port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usual<'a> {
    /// The lines between origin and stream.
    pub session: &'a str,
    pub port: u16,
    /// All behind the port.
    pub stream: &'a str,
}

impl<'a> Usual<'a> {
    /// None for anything unusual.
    pub fn of(text: &'a str) -> Option<Self> {
        if !may_be_kept(text.as_bytes()) {
            return None;
        }
        let (version, rest) = line(text)?;
        let (origin, rest) = line(rest)?;
        if version != "v=0" || !is_origin(origin) {
            return None;
        }
        let (session, media) = rest.split_at(session_length(rest.as_bytes())?);
        let (port, stream) = media.strip_prefix("m=audio ")?.split_once(' ')?;
        let port = Some(port).filter(|port| !port.starts_with(['0', '+']))?.parse().ok()?;
        let is_one = stream.starts_with("RTP/AVP ") && memmem::find(stream.as_bytes(), b"\nm=").is_none();
        is_one.then_some(Self { session, port, stream })
    }
}

/// Whether what is made of a description may be remembered.
pub fn may_be_kept(text: &[u8]) -> bool {
    text.len() <= LONGEST && SECRETS.iter().all(|secret| memmem::find(text, secret).is_none())
}

/// The first line without its end, and what follows.
fn line(text: &str) -> Option<(&str, &str)> {
    let (line, rest) = text.split_at(memchr(b'\n', text.as_bytes())? + 1);
    let line = &line[..line.len() - 1];
    Some((line.strip_suffix('\r').unwrap_or(line), rest))
}

fn is_origin(line: &str) -> bool {
    let parts = line.strip_prefix("o=").unwrap_or_default().split(' ');
    let is_said = |part: &str| !part.is_empty() && part.bytes().all(|octet| octet.is_ascii_graphic());
    parts.clone().all(is_said) && parts.clone().count() == 6 && parts.clone().nth(3) == Some("IN")
}

/// How far the lines reach before the one that begins with m; None when there is no such line, or an empty one before.
fn session_length(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        match text.get(at)? {
            b'm' => return Some(at),
            b'\n' => return None,
            _ => at += memchr(b'\n', &text[at..])? + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: &str = "s=-\r\nc=IN IP4 192.0.2.20\r\nt=0 0\r\n";
    const STREAM: &str = "RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n";

    fn usual() -> String {
        format!("v=0\r\no=phone 1 1 IN IP4 192.0.2.20\r\n{SESSION}m=audio 6000 {STREAM}")
    }

    #[test]
    fn it_is_one_of_text_and_port() {
        let text = usual();
        assert_eq!(Usual::of(&text), Some(Usual { session: SESSION, port: 6000, stream: STREAM }));
        let plain = text.replace("\r\n", "\n");
        assert_eq!(Usual::of(&plain).map(|usual| usual.port), Some(6000));
    }

    #[test]
    fn anything_else_is_not_taken_apart() {
        for (part, other) in [
            ("v=0", "v=1"),
            ("o=phone 1 1", "o=phone 1"),
            ("o=phone 1 1", "o=phone 1 1 1"),
            ("o=phone 1 1", "o=phone  1"),
            ("o=phone", "o=电话"),
            ("1 IN IP4 192.0.2.20\r\ns", "1 in IP4 192.0.2.20\r\ns"),
            ("s=-\r", ""),
            ("m=audio", "m=video"),
            ("m=audio", " m=audio"),
            ("6000", "0"),
            ("6000", "06000"),
            ("6000", "+6000"),
            ("6000", "65536"),
            ("6000", "6000 "),
            ("RTP/AVP", "RTP/SAVP"),
            ("a=rtpmap", "m=video 6002 RTP/AVP 96\r\na=rtpmap"),
            ("a=rtpmap", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0\r\na=rtpmap"),
            ("a=rtpmap", "a=ice-pwd:secret\r\na=rtpmap"),
            ("s=-", &"s".repeat(LONGEST)),
        ] {
            let text = usual().replacen(part, other, 1);
            assert_ne!(text, usual(), "{part:?}");
            assert_eq!(Usual::of(&text), None, "{other:?} for {part:?}");
        }
        assert_eq!(Usual::of(""), None);
    }

    #[test]
    fn however_it_is_cut_off_nothing_is_read_beyond_its_end() {
        let text = usual();
        let at = text.find("RTP/AVP ").expect("is there") + "RTP/AVP ".len();
        for end in 0..text.len() {
            assert_eq!(Usual::of(&text[..end]).is_some(), end >= at, "{end}");
        }
    }
}
