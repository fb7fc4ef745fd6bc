//! Two per-leg timelines placed by RTP timestamp, and the stereo WAV file they become.
//!
//! Positions are samples at 8 kHz since the recording began; that instant is the one clock of both
//! channels. Timelines are pure; only `file` touches the disk.

pub mod beeps;
pub mod beside;
mod delay;
pub mod file;
pub mod format;
pub mod gaps;
pub mod losses;
pub mod marks;
pub mod punctuality;
pub mod sequences;
pub mod sound;
pub mod source;
mod start;
pub mod stereo;
pub mod timeline;
pub mod wav;
pub mod window;
