//! The header lines of a message that outlive its datagram.

use crate::fields::{Field, Fields};
use crate::names::{Known, Name, VIA};
use crate::via::Noted;

/// All in one text, in their order: of most lines nobody ever asks what they say.
#[derive(Debug)]
pub struct Kept {
    text: Vec<u8>,
    lines: Vec<Line>,
}

/// Where a line stands in the text.
#[derive(Clone, Copy, Debug)]
struct Line {
    name: Begin,
    /// Of the value.
    begin: usize,
    end: usize,
}

#[derive(Clone, Copy, Debug)]
enum Begin {
    Known(Known),
    /// In lower case, up to the value.
    Other(usize),
}

impl Kept {
    /// `noted` is what the top Via became when it was seen where a request really came from.
    pub fn of(fields: &Fields<'_>, noted: Option<&Noted<'_>>) -> Self {
        let mut kept = Self::with_room_for(fields, noted);
        let mut noted = noted;
        for field in fields.lines() {
            match noted.take_if(|_| field.name == Name::Known(VIA)) {
                Some(noted) => noted.lines().for_each(|line| kept.put(field.name, line)),
                None => kept.put(field.name, field.value),
            }
        }
        kept
    }

    /// Names in lower case, and values.
    pub fn lines(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.lines.iter().map(|line| (self.name(line), &self.text[line.begin..line.end]))
    }

    /// The values of a header.
    pub fn all(&self, wanted: &[u8]) -> impl Iterator<Item = &[u8]> {
        self.lines().filter(move |(name, _)| *name == wanted).map(|(_, value)| value)
    }

    fn name(&self, line: &Line) -> &[u8] {
        match line.name {
            Begin::Known(known) => known.name().as_bytes(),
            Begin::Other(begin) => &self.text[begin..line.begin],
        }
    }

    /// Room for all at once, and for hardly more: growing costs as much as the rest of it.
    fn with_room_for(fields: &Fields<'_>, noted: Option<&Noted<'_>>) -> Self {
        let octets = |field: &Field<'_>| field.name.spelling().len() + field.value.len();
        let kept: usize = fields.lines().iter().map(octets).sum();
        let (more_octets, more_lines) = noted.map_or((0, 0), |noted| (noted.first.len(), 1));
        Self {
            text: Vec::with_capacity(kept + more_octets),
            lines: Vec::with_capacity(fields.lines().len() + more_lines),
        }
    }

    fn put(&mut self, name: Name<'_>, value: &[u8]) {
        let name = match name {
            Name::Known(known) => Begin::Known(known),
            Name::Other(spelling) => {
                let begin = self.text.len();
                self.text.extend(spelling.iter().map(u8::to_ascii_lowercase));
                Begin::Other(begin)
            }
        };
        let begin = self.text.len();
        self.text.extend_from_slice(value);
        self.lines.push(Line { name, begin, end: self.text.len() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::via::TopVia;

    fn kept(lines: &[&str], is_noted: bool) -> Vec<String> {
        let fields: Fields = lines.iter().map(|line| line.as_bytes()).collect();
        let line = fields.first(VIA).unwrap_or_default();
        let noted = is_noted
            .then(|| TopVia::of(line).and_then(|via| via.with_source(line, b"192.0.2.1", 6000)))
            .and_then(|noted| noted.expect("can be read"));
        let shown = |text| String::from_utf8_lossy(text).into_owned();
        let kept = Kept::of(&fields, noted.as_ref());
        kept.lines().map(|(name, value)| [shown(name), shown(value)].join("=")).collect()
    }

    #[test]
    fn lines_stay_in_their_order_under_long_names() {
        let lines = ["X-Own: 停电", "v: a", "Via: b", "t:", "x-OWN: 2"];
        assert_eq!(kept(&lines, false), ["x-own=停电", "via=a", "via=b", "to=", "x-own=2"]);
    }

    #[test]
    fn the_top_via_says_where_a_request_came_from() {
        let lines = ["To: x", "Via: SIP/2.0/UDP a, SIP/2.0/UDP b", "Via: c"];
        let expected = ["to=x", "via=SIP/2.0/UDP a;received=192.0.2.1", "via=SIP/2.0/UDP b", "via=c"];
        assert_eq!(kept(&lines, true), expected);
    }

    #[test]
    fn the_values_of_one_header_are_found_by_its_whole_name() {
        let lines = ["X-Own: 1", "X-Owner: 2", "Contact: c", "x-own: 3"];
        let fields: Fields = lines.iter().map(|line| line.as_bytes()).collect();
        let kept = Kept::of(&fields, None);
        let all = |name: &str| kept.all(name.as_bytes()).map(<[u8]>::to_vec).collect::<Vec<_>>();
        assert_eq!(all("x-own"), [b"1", b"3"]);
        assert_eq!((all("contact"), all("m"), all("own")), (vec![b"c".to_vec()], vec![], vec![]));
    }
}
