//! Values that are numbers, and `CSeq`, which begins with one.

use crate::fault::Fault;
use crate::grammar::{run, some, token};

/// RFC 3261 §8.1.1.5.
const CSEQ_LIMIT: u128 = 1 << 31;
const MOST_CSEQ_DIGITS: usize = 20;
const MOST_DIGITS: usize = 10;

/// Sequence number and method (RFC 3261 §20.16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CSeq<'a> {
    pub number: u32,
    pub method: &'a [u8],
}

impl<'a> CSeq<'a> {
    pub fn of(value: &'a [u8]) -> Result<Self, Fault<'a>> {
        let (number, method) = Self::parts(value).ok_or_else(|| Fault::malformed("CSeq", value))?;
        if number >= CSEQ_LIMIT {
            return Err(Fault::new(format!("CSeq number {number}; expected less than 2**31")));
        }
        Ok(Self { number: number as u32, method })
    }

    fn parts(value: &[u8]) -> Option<(u128, &[u8])> {
        let (digits, rest) = run(value, |octet| octet.is_ascii_digit());
        let (_, rest) = some(rest, |octet| matches!(octet, b' ' | b'\t'))?;
        let (method, rest) = token(rest)?;
        rest.is_empty().then_some((number_of(digits, MOST_CSEQ_DIGITS)?, method))
    }
}

/// A number of no more than ten digits.
pub fn number(text: &[u8]) -> Option<u64> {
    number_of(text, MOST_DIGITS).map(|number| number as u64)
}

fn number_of(digits: &[u8], most: usize) -> Option<u128> {
    let is_number = (1..=most).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    is_number.then(|| digits.iter().fold(0, |number, digit| number * 10 + u128::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cseq_is_a_number_below_2_to_the_31_and_a_method() {
        assert_eq!(CSeq::of(b"0009 \t INVITE"), Ok(CSeq { number: 9, method: b"INVITE" }));
        assert_eq!(CSeq::of(b"2147483647 BYE").map(|cseq| cseq.number), Ok(2_147_483_647));
        let fault = CSeq::of(b"99999999999999999999 BYE").map_err(|fault| fault.to_string());
        assert_eq!(fault, Err("CSeq number 99999999999999999999; expected less than 2**31".into()));
        for value in ["", "1", "1 ", "INVITE", "1INVITE", "1 IN VITE", " 1 BYE", "100000000000000000000 BYE"]
        {
            assert_eq!(CSeq::of(value.as_bytes()), Err(Fault::malformed("CSeq", value.as_bytes())));
        }
    }

    #[test]
    fn a_number_has_one_to_ten_digits() {
        assert_eq!((number(b"0068"), number(b"9999999999")), (Some(68), Some(9_999_999_999)));
        for text in ["", "-1", "1 ", "99999999999", "\u{661}"] {
            assert_eq!(number(text.as_bytes()), None, "{text:?}");
        }
    }
}
