//! A leg's audio to a WebSocket and back, on a thread of its own.
//!
//! ```text
//!  media thread                        thread "media-forks"
//!  WorkerEnd ── frames of 20 ms ─────► WireEnd ─► session ─► WebSocket
//!      ▲                                  │
//!      └──── audio, marks, clear ─────────┘
//! ```
//!
//! Both ways are bounded queues, and the media thread waits for neither: a frame that finds its queue full is
//! counted and lost. The messages on the wire are described in `docs/media_streams.md`.

pub mod forks;
pub mod link;
pub mod order;
pub mod returned;

mod ending;
mod messages;
mod retries;
mod session;
mod trust;
mod wire;
