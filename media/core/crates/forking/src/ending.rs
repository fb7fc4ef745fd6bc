//! Why forks end, and what faults of the network mean for them.

use std::io;

use rustls::Error as TlsError;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::link::Stop;

/// Why a fork is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// By our own verb.
    Stopped,
    LegClosed,
    /// The far end said good-bye.
    FarEndClosed,
    /// No connection could be made or kept.
    Unreachable,
    /// The far end answered the handshake with something else than 101.
    Refused,
    /// The far end's certificate is not to be trusted.
    Untrusted,
    /// The far end broke the WebSocket protocol or sent a message without measure.
    ProtocolError,
}

impl Reason {
    /// As events and the last message name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::LegClosed => "leg_closed",
            Self::FarEndClosed => "far_end_closed",
            Self::Unreachable => "unreachable",
            Self::Refused => "refused",
            Self::Untrusted => "untrusted",
            Self::ProtocolError => "protocol_error",
        }
    }
}

/// How a connection, or the attempt to make one, came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    pub reason: Reason,
    /// For people; never what the far end sent beyond its own reason.
    pub detail: String,
}

impl Ending {
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }

    pub fn unreachable(detail: impl Into<String>) -> Self {
        Self::new(Reason::Unreachable, detail)
    }

    pub fn of_stop(stop: Option<&Stop>) -> Self {
        let reason = if stop == Some(&Stop::LegClosed) { Reason::LegClosed } else { Reason::Stopped };
        Self::new(reason, "")
    }

    /// A close frame ends the fork, unless it says that the far end could not go on but may come back
    /// (RFC 6455 §7.4.1).
    pub fn of_close(frame: Option<&CloseFrame>) -> Self {
        use CloseCode::{Again, Away, Error, Restart};
        let Some(frame) = frame else { return Self::new(Reason::FarEndClosed, "") };
        let detail = format!("{} {}", u16::from(frame.code), frame.reason.as_str());
        let reason = match frame.code {
            Away | Error | Restart | Again => Reason::Unreachable,
            _ => Reason::FarEndClosed,
        };
        Self::new(reason, detail.trim_end())
    }

    pub fn of_error(error: &Error) -> Self {
        let reason = match error {
            Error::ConnectionClosed
            | Error::AlreadyClosed
            | Error::Protocol(ProtocolError::SendAfterClosing) => Reason::FarEndClosed,
            Error::Http(answer) => {
                return Self::new(Reason::Refused, format!("HTTP {}", answer.status().as_u16()));
            }
            Error::Io(fault) if is_about_trust(fault) => Reason::Untrusted,
            Error::Io(_) | Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => {
                Reason::Unreachable
            }
            Error::Tls(_) => Reason::Untrusted,
            _ => Reason::ProtocolError,
        };
        Self::new(reason, error.to_string())
    }
}

fn is_about_trust(fault: &io::Error) -> bool {
    let tls = fault.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>());
    matches!(tls, Some(TlsError::InvalidCertificate(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio_tungstenite::tungstenite::Utf8Bytes;

    fn closed_with(code: u16) -> Ending {
        Ending::of_close(Some(&CloseFrame { code: code.into(), reason: Utf8Bytes::from_static("why") }))
    }

    #[test]
    fn a_good_bye_is_final_and_a_server_that_restarts_is_not() {
        for code in [1000, 1002, 1003, 1008, 4000] {
            assert_eq!(closed_with(code), Ending::new(Reason::FarEndClosed, format!("{code} why")));
        }
        for code in [1001, 1011, 1012, 1013] {
            assert_eq!(closed_with(code).reason, Reason::Unreachable);
        }
        assert_eq!(Ending::of_close(None).reason, Reason::FarEndClosed);
    }

    #[test]
    fn a_bad_certificate_is_told_from_a_network_that_fails() {
        let bad = TlsError::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let untrusted = Error::Io(io::Error::new(io::ErrorKind::InvalidData, bad));
        assert_eq!(Ending::of_error(&untrusted).reason, Reason::Untrusted);
        let reset = Error::Io(io::ErrorKind::ConnectionReset.into());
        assert_eq!(Ending::of_error(&reset).reason, Reason::Unreachable);
    }
}
