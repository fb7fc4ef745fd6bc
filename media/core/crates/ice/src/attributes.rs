//! The attributes of a STUN message, one after the other (RFC 8489 §14).

/// One attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// Where in the message it begins.
    pub at: usize,
    pub kind: u16,
    pub value: &'a [u8],
}

/// Those of a message from a place on; they end where one does not fit.
#[derive(Debug)]
pub struct Attributes<'a> {
    message: &'a [u8],
    at: usize,
}

impl<'a> Attributes<'a> {
    pub fn of(message: &'a [u8], at: usize) -> Self {
        Self { message, at }
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    fn next(&mut self) -> Option<Attribute<'a>> {
        let rest = self.message.get(self.at..)?;
        let header: &[u8; 4] = rest.first_chunk()?;
        let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
        let value = rest.get(4..4 + length)?;
        let attribute = Attribute { at: self.at, kind: u16::from_be_bytes([header[0], header[1]]), value };
        self.at += 4 + length.next_multiple_of(4);
        Some(attribute)
    }
}
