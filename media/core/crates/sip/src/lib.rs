//! The text of SIP messages (RFC 3261 §7, §25): what a datagram says, and the octets of a message to send.
//!
//! Text is octets here, as it came; names and structure are ASCII, and what a value holds beyond that stays as it is.
//! What to do with a message, or with one that cannot be used, is decided elsewhere, but for what every message goes
//! through first: its transaction (§17), in `transactions`.

pub mod acknowledging;
pub mod addresses;
pub mod answers;
pub mod datagram;
pub mod fault;
pub mod fields;
mod grammar;
pub mod kept;
pub mod names;
pub mod numbers;
pub mod parameters;
pub mod reading;
mod start_line;
pub mod transactions;
pub mod uris;
pub mod usual_sdp;
pub mod via;
pub mod writing;
