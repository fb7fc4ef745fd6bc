//! The least a playback can do: send a packet from each of N sockets every 20 ms.
//!
//! Prints its ports. For each line `<milliseconds> <port to send to> …` it sends for that long and then says how many
//! packets it sent.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::thread;
use std::time::{Duration, Instant};

use bench::{Sockets, hear_numbers, say, streams};

const PTIME: Duration = Duration::from_millis(20);
/// A quarter of the sockets send together, as legs that play do.
const GROUPS: u32 = 4;
/// As long as one of G.711, and of no meaning to anybody.
const PACKET: [u8; 172] = [0x40; 172];

fn main() -> io::Result<()> {
    let sockets = Sockets::open(streams()?)?;
    sockets.announce()?;
    while let Some(numbers) = hear_numbers()? {
        let Some((&milliseconds, ports)) = numbers.split_first() else { break };
        let targets: Vec<_> =
            ports.iter().map(|&port| SocketAddr::from((Ipv4Addr::LOCALHOST, port))).collect();
        let sent = send(&sockets, &targets, Duration::from_millis(milliseconds.into()));
        say(&sent.to_string())?;
    }
    Ok(())
}

fn send(sockets: &Sockets, targets: &[SocketAddr], length: Duration) -> usize {
    let begin = Instant::now();
    let mut sent = 0;
    for beat in 0.. {
        let due = PTIME / GROUPS * beat;
        if due >= length {
            break;
        }
        thread::sleep(due.saturating_sub(begin.elapsed()));
        let group = (beat % GROUPS) as usize;
        for (socket, target) in sockets.sockets.iter().zip(targets).skip(group).step_by(GROUPS as usize) {
            sent += usize::from(socket.send_to(&PACKET, target).is_ok());
        }
    }
    sent
}
