//! Endpoints, relay, playback and recording on worker threads; facts come back through one eventfd.
//!
//! ```text
//!  caller's thread            worker threads                    writer thread
//!  engine ── commands ──────► worker: legs, agenda, recorder ── jobs ──► writer ──► disk
//!     ▲                          │                                          │
//!     └── event_ring ◄───────────┴──────────────── facts ───────────────────┘
//!                                └─ frames ─► crate forking ─► WebSocket
//! ```
//!
//! A worker owns its legs outright: relaying a packet takes one receive and one send, or a share of one (`raw_sender`),
//! and no lock or further system call. Between threads nothing waits, and whatever packets or a slow disk
//! could fill is bounded.

pub mod agenda;
pub mod alarm;
pub mod budget;
pub mod clock;
pub mod commands;
pub mod company;
pub mod converter;
pub mod disks;
pub mod endpoint;
pub mod engine;
pub mod event_ring;
pub mod events;
pub mod flood_guard;
pub mod forks;
pub mod handshake;
pub mod hearing;
pub mod identity;
pub mod intake;
pub mod joiner;
pub mod key_tones;
pub mod latch;
pub mod lateness;
pub mod meter;
pub mod mix;
pub mod one_way;
pub mod places;
pub mod playback;
pub mod playlist;
pub mod ports;
pub mod prompt;
pub mod prompt_maker;
pub mod protection;
mod randomness;
pub mod raw_sender;
pub mod recorder;
pub mod relief;
pub mod reports;
pub mod rules;
pub mod said;
pub mod settings;
pub mod shared_streams;
pub mod socket;
mod source_filter;
pub mod speaker;
pub mod storage;
pub mod stored;
pub mod table;
pub mod threads;
pub mod tone_ear;
pub mod translation;
pub mod voice;
pub mod waiting;
pub mod wake;
pub mod web_peer;
pub mod worker;
pub mod writer;
