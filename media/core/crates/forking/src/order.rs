//! What is asked for when a fork is started, checked before anything is connected.

use std::fmt;

use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::{AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL};

/// Names a fork; given out once and never again.
pub type ForkId = u64;

const MAX_URL: usize = 2048;

/// Where a fork goes and what it tells first. Not to be printed: it may hold a password.
#[derive(Clone)]
pub struct Order {
    /// `ws://` or `wss://`.
    pub url: String,
    /// The first message, a JSON object.
    pub metadata: String,
    /// The Authorization header; empty for none.
    pub authorization: String,
    /// The WebSocket subprotocol asked for; empty for none.
    pub subprotocol: String,
    /// Samples a second, of both ways: 8000 or 16000.
    pub rate_hz: u32,
    /// Whether audio is taken back.
    pub returns: bool,
    /// Whether that ends what the leg is played.
    pub interrupts: bool,
    /// How often a connection that breaks is made again, in a row.
    pub reconnects: u32,
}

impl fmt::Debug for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Order").field("returns", &self.returns).finish_non_exhaustive()
    }
}

/// Why an order makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Senseless(pub &'static str);

impl Order {
    /// The handshake's request.
    pub(crate) fn request(&self) -> Result<Request, Senseless> {
        const NO_URL: Senseless =
            Senseless("a fork needs a URL such as wss://bot.example/stream, of at most 2048 characters");
        if !matches!(self.rate_hz, 8000 | 16_000) {
            return Err(Senseless("a fork carries 8000 or 16000 samples a second"));
        }
        if self.url.len() > MAX_URL {
            return Err(NO_URL);
        }
        let mut request = self.url.as_str().into_client_request().map_err(|_| NO_URL)?;
        let uri = request.uri();
        let known = matches!(uri.scheme_str(), Some("ws" | "wss"));
        let plain = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        if !known || !plain {
            return Err(NO_URL);
        }
        for (name, text) in
            [(AUTHORIZATION, &self.authorization), (SEC_WEBSOCKET_PROTOCOL, &self.subprotocol)]
        {
            if !text.is_empty() {
                let value = HeaderValue::from_str(text)
                    .map_err(|_| Senseless("authorization and subprotocol are one line of ASCII each"))?;
                request.headers_mut().insert(name, value);
            }
        }
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(url: &str) -> Order {
        Order {
            url: url.into(),
            metadata: "{}".into(),
            authorization: "Bearer secret".into(),
            subprotocol: String::new(),
            rate_hz: 8000,
            returns: true,
            interrupts: false,
            reconnects: 0,
        }
    }

    #[test]
    fn only_urls_of_websockets_without_a_password_in_them_are_taken() {
        for good in ["ws://127.0.0.1:9000", "wss://bot.example/stream?language=zh", "ws://[::1]:9/x"] {
            assert!(order(good).request().is_ok(), "{good}");
        }
        let long = format!("ws://bot.example/{}", "x".repeat(MAX_URL));
        for bad in ["", "bot.example", "http://bot.example", "ws://", "ws://user:pw@bot.example", &long] {
            assert!(order(bad).request().is_err(), "{bad}");
        }
    }

    #[test]
    fn only_the_rates_of_telephones_are_taken() {
        let with = |rate_hz| Order { rate_hz, ..order("ws://bot.example") }.request();
        assert!(with(8000).is_ok() && with(16_000).is_ok());
        assert!(with(0).is_err() && with(44_100).is_err());
    }

    #[test]
    fn headers_are_sent_and_never_printed() {
        let order = order("ws://bot.example");
        assert_eq!(order.request().unwrap().headers()[AUTHORIZATION], "Bearer secret");
        assert!(!format!("{order:?}").contains("secret"));
        let two_lines = Order { authorization: "a\r\nb".into(), ..order };
        assert!(two_lines.request().is_err());
    }
}
