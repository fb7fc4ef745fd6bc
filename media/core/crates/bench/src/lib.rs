//! What the programs of the benchmarks need: sockets on loopback, waiting for them, talking in lines.

use std::io::{self, BufRead, Write};
use std::net::{Ipv4Addr, UdpSocket};
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};

pub mod bulk;

/// More than any packet of the benchmark.
pub const BUFFER_LENGTH: usize = 2048;
const MAX_READY: usize = 256;
/// With its salt, of `AES_CM_128_HMAC_SHA1_80`: of everybody in a benchmark, in both directions.
pub const MASTER_KEY: [u8; 30] = [7; 30];

/// Sockets on loopback ports the system chose, and the epoll they are in; each tells its index.
#[derive(Debug)]
pub struct Sockets {
    pub sockets: Vec<UdpSocket>,
    /// They take the reports to the ports above, which nobody reads.
    _reports: Vec<UdpSocket>,
    epoll: OwnedFd,
}

impl Sockets {
    pub fn open(count: usize) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let (mut sockets, mut reports) = (Vec::new(), Vec::new());
        for index in 0..count {
            let [socket, above] = bind_pair()?;
            let data = epoll::EventData::new_u64(index as u64);
            epoll::add(&epoll, &socket, data, epoll::EventFlags::IN)?;
            sockets.push(socket);
            reports.push(above);
        }
        Ok(Self { sockets, _reports: reports, epoll })
    }

    /// Tell their ports in one line on standard output.
    pub fn announce(&self) -> io::Result<()> {
        let ports: io::Result<Vec<String>> =
            self.sockets.iter().map(|socket| Ok(socket.local_addr()?.port().to_string())).collect();
        say(&ports?.join(" "))
    }

    /// Wait for packets, at most `patience`, and serve the index of each socket that has one.
    pub fn wait(&self, ready: &mut Ready, patience: Option<Duration>, mut serve: impl FnMut(usize)) {
        let patience =
            patience.map(|patience| Timespec { tv_sec: 0, tv_nsec: i64::from(patience.subsec_nanos()) });
        ready.0.clear();
        // An interrupted wait is one in which nothing was ready.
        let _ = epoll::wait(&self.epoll, spare_capacity(&mut ready.0), patience.as_ref());
        for event in &ready.0 {
            serve(event.data.u64() as usize);
        }
    }
}

/// A socket for RTP and, on the port above, one for RTCP: without it each report would be answered with an error, or
/// be taken for voice by whoever has that port.
pub fn bind_pair() -> io::Result<[UdpSocket; 2]> {
    const TRIES: usize = 1000;
    let pair = || {
        let rtp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).ok()?;
        let above = rtp.local_addr().ok()?.port().checked_add(1)?;
        let reports = UdpSocket::bind((Ipv4Addr::LOCALHOST, above)).ok()?;
        rtp.set_nonblocking(true).ok()?;
        Some([rtp, reports])
    };
    (0..TRIES).find_map(|_| pair()).ok_or_else(|| io::Error::other("no two ports beside each other are free"))
}

/// Room for what epoll tells; made once and used again.
pub struct Ready(Vec<epoll::Event>);

impl Default for Ready {
    fn default() -> Self {
        Self(Vec::with_capacity(MAX_READY))
    }
}

/// One line to whoever started us.
pub fn say(line: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{line}")?;
    output.flush()
}

/// The numbers of the next line on standard input; None at its end.
pub fn hear_numbers() -> io::Result<Option<Vec<u16>>> {
    let Some(line) = io::stdin().lock().lines().next().transpose()? else { return Ok(None) };
    let number = |word: &str| word.parse().map_err(io::Error::other);
    line.split_whitespace().map(number).collect::<io::Result<_>>().map(Some)
}

/// The number of streams, the one argument of both programs.
pub fn streams() -> io::Result<usize> {
    let argument = std::env::args().nth(1).and_then(|argument| argument.parse().ok());
    argument.ok_or_else(|| io::Error::other("the number of streams is missing"))
}
