//! The ACK of a failed INVITE, of what was sent and what came (RFC 3261 §17.1.1.3).

use crate::datagram::Datagram;
use crate::fields::Fields;
use crate::names::{CALL_ID, CSEQ, FROM, MAX_FORWARDS, ROUTE, TO, VIA};
use crate::numbers::CSeq;
use crate::reading::{Reading, Start};
use crate::writing::Writer;

/// It repeats the INVITE, but for To, which is the answer's. None for what is no request.
pub fn acknowledgement(invite: &[u8], failure: &Fields<'_>) -> Option<Vec<u8>> {
    let datagram = Datagram::divide(invite).ok()?;
    let Reading { start, fields, .. } = Reading::of(&datagram, invite.len()).ok()?;
    let Start::Request { uri, .. } = start else { return None };
    let number = CSeq::of(fields.first(CSEQ)?).ok()?.number;
    let mut writer = Writer::new(&[b"ACK ", uri, b" SIP/2.0"].concat());
    writer.lines_of(&fields, &[VIA, MAX_FORWARDS, FROM]);
    writer.lines_of(failure, &[TO]);
    writer.lines_of(&fields, &[CALL_ID]);
    writer.known(CSEQ, format!("{number} ACK").as_bytes());
    writer.lines_of(&fields, &[ROUTE]);
    Some(writer.finish(b""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ack_of_a_failure_goes_where_the_invite_went_and_says_who_failed() {
        let invite = "INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP us;branch=z9hG4bK1\r\nMax-Forwards: 69\r\n\
                      From: <sip:us>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: call\r\nCSeq: 7 INVITE\r\n\
                      Contact: <sip:us>\r\nRoute: <sip:p1;lr>\r\nRoute: <sip:p2;lr>\r\nContent-Length: 5\r\n\r\nv=0\r\n";
        let failure: Fields = [&b"t: <sip:a@b>;tag=busy"[..]].into_iter().collect();
        let ack = acknowledgement(invite.as_bytes(), &failure).expect("is a request");
        assert_eq!(
            String::from_utf8(ack).expect("is text"),
            "ACK sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP us;branch=z9hG4bK1\r\nMax-Forwards: 69\r\n\
             From: <sip:us>;tag=1\r\nTo: <sip:a@b>;tag=busy\r\nCall-ID: call\r\nCSeq: 7 ACK\r\n\
             Route: <sip:p1;lr>\r\nRoute: <sip:p2;lr>\r\nContent-Length: 0\r\n\r\n"
        );
    }

    #[test]
    fn what_is_no_request_has_no_ack() {
        for octets in
            [&b"SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n\r\n"[..], b"\r\n", b"INVITE sip:a SIP/2.0\r\n\r\n"]
        {
            assert_eq!(acknowledgement(octets, &Fields::default()), None);
        }
    }
}
