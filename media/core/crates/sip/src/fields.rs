//! The header lines of a message: names of any spelling, and what may stand only once.

use crate::fault::Fault;
use crate::grammar::{trimmed, trimmed_end};
use crate::names::{Known, Name};

/// What one line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    pub name: Name<'a>,
    /// Without space around it. Several values on one line stay one.
    pub value: &'a [u8],
}

impl<'a> Field<'a> {
    fn of(line: &'a [u8]) -> Result<Self, Fault<'a>> {
        let malformed = || Fault::malformed("header line", line);
        let colon = line.iter().position(|octet| *octet == b':').ok_or_else(malformed)?;
        let name = Name::of(trimmed_end(&line[..colon])).ok_or_else(malformed)?;
        Ok(Self { name, value: trimmed(&line[colon + 1..]) })
    }
}

/// The lines that could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields<'a> {
    lines: Vec<Field<'a>>,
    /// What was wrong first. All else was read nevertheless: an answer needs it.
    pub fault: Option<Fault<'a>>,
}

impl<'a> Fields<'a> {
    /// In their order.
    pub fn lines(&self) -> &[Field<'a>] {
        &self.lines
    }

    pub fn first(&self, name: Known) -> Option<&'a [u8]> {
        self.all(name).next()
    }

    pub fn all(&self, name: Known) -> impl Iterator<Item = &'a [u8]> {
        self.lines.iter().filter(move |field| field.name == Name::Known(name)).map(|field| field.value)
    }

    fn put(&mut self, field: Field<'a>) -> Result<(), Fault<'a>> {
        if let Name::Known(known) = field.name
            && known.stands_once()
            && self.first(known).is_some()
        {
            return Err(Fault::new(format!("more than one {} header", known.name())));
        }
        self.lines.push(field);
        Ok(())
    }
}

impl<'a> FromIterator<&'a [u8]> for Fields<'a> {
    fn from_iter<T: IntoIterator<Item = &'a [u8]>>(lines: T) -> Self {
        let mut fields = Self { lines: Vec::with_capacity(16), fault: None };
        for line in lines {
            if let Err(fault) = Field::of(line).and_then(|field| fields.put(field)) {
                fields.fault.get_or_insert(fault);
            }
        }
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::{FROM, VIA};

    #[test]
    fn a_mistake_hides_nothing_that_follows() {
        let lines: [&[u8]; 4] = [b"v: one", b"no header", b"@: y", b"From\t : <sip:a> "];
        let fields: Fields = lines.into_iter().collect();
        assert_eq!((fields.first(VIA), fields.first(FROM)), (Some(&b"one"[..]), Some(&b"<sip:a>"[..])));
        assert_eq!(fields.fault, Some(Fault::malformed("header line", b"no header")));
    }

    #[test]
    fn the_first_of_two_stands_where_one_may() {
        let lines: [&[u8]; 4] = [b"Via: one", b"f: a", b"VIA: two", b"From: b"];
        let fields: Fields = lines.into_iter().collect();
        let values: Vec<&[u8]> = fields.lines().iter().map(|field| field.value).collect();
        assert_eq!(values, [&b"one"[..], b"a", b"two"]);
        assert_eq!(fields.fault.map(|fault| fault.to_string()).as_deref(), Some("more than one from header"));
    }
}
