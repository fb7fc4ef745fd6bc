//! Any datagram is a check under our password, and is answered, or it is not.
#![no_main]

use std::net::SocketAddr;

use ice::lite::{Credentials, MAX_ANSWER};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|datagram: &[u8]| {
    let ours = Credentials { ufrag: "evtj".into(), password: "VOkJxbRl1RmTxUk/WvJxBt".into() };
    let source = SocketAddr::from(([192, 0, 2, 1], 32853));
    let mut answer = [0; MAX_ANSWER];
    if let Some(checked) = ours.answer(datagram, source, &mut answer) {
        // Who takes our role is told so, and that takes less.
        let length = if checked.proved { 64 } else { 60 };
        assert_eq!((checked.length, &answer[8..20]), (length, &datagram[8..20]));
    }
});
