//! `media._core`: the media engine and the text of SIP for Python. The only crate that knows Python.
//!
//! A table of contents; `media/_core.pyi` says the same in Python's words.

mod agreed;
mod core;
mod counters;
mod driving;
mod entry_queue;
mod facts;
mod named_tuples;
mod recording_facts;
mod security;
mod sip_datagrams;
mod sip_headers;
mod sip_messages;
mod sip_text;
mod sip_transactions;
mod sip_values;
mod storage;

#[pyo3::pymodule]
mod _core {
    #[pymodule_export]
    use crate::core::Core;
    #[pymodule_export]
    use crate::driving::Ways;
    #[pymodule_export]
    use crate::entry_queue::EntryQueue;
    #[pymodule_export]
    use crate::facts::{
        DigitDetected, EndpointClosed, ForkConnected, ForkEnded, HandshakeFailed, Masked, MediaFlooded,
        MediaLost, MediaResumed, MediaStarted, MediaUnmixable, OneWayDetected, PlaybackEnded,
        RecordingMasked, Unmasked,
    };
    #[pymodule_export]
    use crate::recording_facts::{
        RecordedChannel, RecordingCompleted, RecordingFailed, RecordingStarted, RecordingWaiting,
        StorageLagging, StorageRecovered,
    };
    #[pymodule_export]
    use crate::sip_datagrams::DatagramSocket;
    #[pymodule_export]
    use crate::sip_headers::Headers;
    #[pymodule_export]
    use crate::sip_messages::{MessageReader, write_message};
    #[pymodule_export]
    use crate::sip_transactions::SipTransactions;
    #[pymodule_export]
    use crate::sip_values::{UriReader, ValueReader, may_keep_sdp, take_sdp_apart};
}
