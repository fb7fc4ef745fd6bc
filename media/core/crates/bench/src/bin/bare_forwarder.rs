//! The least a relay can do: receive a packet on one socket of a pair and send it from the other.
//!
//! Prints its ports, reads where each socket is to send to, and forwards until standard input ends.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::process;
use std::thread;

use bench::{BUFFER_LENGTH, Ready, Sockets, hear_numbers, streams};

fn main() -> io::Result<()> {
    let sockets = Sockets::open(streams()?)?;
    sockets.announce()?;
    let ports = hear_numbers()?.unwrap_or_default();
    let destinations: Vec<SocketAddr> =
        ports.into_iter().map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port))).collect();
    thread::spawn(|| {
        while matches!(hear_numbers(), Ok(Some(_))) {}
        process::exit(0);
    });
    let mut buffer = [0; BUFFER_LENGTH];
    let mut ready = Ready::default();
    loop {
        sockets.wait(&mut ready, None, |index| {
            let Ok((length, _)) = sockets.sockets[index].recv_from(&mut buffer) else { return };
            let partner = index ^ 1;
            // A packet the kernel does not take shows in the generator's count.
            let _ = sockets.sockets[partner].send_to(&buffer[..length], destinations[partner]);
        });
    }
}
