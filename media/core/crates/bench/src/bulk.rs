//! Many packets for one system call, and the kernel's word for when each came.
//!
//! A load generator has to be cheap, or it measures itself: it shares the machine with what it measures.

use std::io::{self, IoSlice, IoSliceMut};
use std::net::{SocketAddrV4, UdpSocket};
use std::os::fd::AsRawFd;
use std::time::Duration;

use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, MultiHeaders, RecvMsg, SockaddrIn, recvmmsg, sendmmsg, setsockopt, sockopt,
};
use nix::sys::time::TimeSpec;

use crate::{bind_pair, say};

/// Packets a system call.
pub const BATCH: usize = 32;
/// Streams that share a socket.
const SHARE: usize = 128;
/// More than any packet of the benchmark.
const PACKET_LENGTH: usize = 256;
/// What one socket of many streams has to hold while its owner sends; the system may grant less.
const RECEIVE_BUFFER: usize = 4 << 20;

/// The sockets of many streams, as what they all send goes through one network card. Those that lie beside each other
/// share one, so that their packets are sent together.
#[derive(Debug)]
pub struct SharedSockets {
    sockets: Vec<Bulk>,
    streams: usize,
}

impl SharedSockets {
    pub fn open(streams: usize) -> io::Result<Self> {
        let sockets = (0..streams.div_ceil(SHARE)).map(|_| Bulk::open()).collect::<io::Result<_>>()?;
        Ok(Self { sockets, streams })
    }

    /// Tell the port of each stream in one line on standard output.
    pub fn announce(&self) -> io::Result<()> {
        let ports = self.sockets.iter().map(Bulk::port).collect::<io::Result<Vec<_>>>()?;
        let ports: Vec<String> = (0..self.streams).map(|stream| ports[stream / SHARE].to_string()).collect();
        say(&ports.join(" "))
    }

    /// How many streams from this one on can send together.
    pub fn batch_from(&self, stream: usize) -> usize {
        (SHARE - stream % SHARE).min(BATCH).min(self.streams - stream)
    }

    /// Send packets of a batch that begins with this stream. Those the kernel does not take are lost.
    pub fn send<P: AsRef<[u8]>>(&mut self, first: usize, packets: &[P], targets: &[SocketAddrV4]) {
        self.sockets[first / SHARE].send(packets, targets);
    }

    /// Take all packets that came, each with its moment of arrival since the Unix epoch.
    pub fn receive(&mut self, mut take: impl FnMut(&[u8], Duration)) {
        self.sockets.iter_mut().for_each(|socket| socket.receive(&mut take));
    }
}

#[derive(Debug)]
struct Bulk {
    socket: UdpSocket,
    /// Takes the reports to the port above, which nobody reads.
    _reports: UdpSocket,
    headers: MultiHeaders<SockaddrIn>,
    arrivals: MultiHeaders<SockaddrIn>,
    buffers: Box<[[u8; PACKET_LENGTH]; BATCH]>,
}

impl Bulk {
    fn open() -> io::Result<Self> {
        let [socket, reports] = bind_pair()?;
        setsockopt(&socket, sockopt::ReceiveTimestampns, &true)?;
        setsockopt(&socket, sockopt::RcvBuf, &RECEIVE_BUFFER)?;
        Ok(Self {
            socket,
            _reports: reports,
            headers: MultiHeaders::preallocate(BATCH, None),
            arrivals: MultiHeaders::preallocate(BATCH, Some(nix::cmsg_space!(TimeSpec))),
            buffers: Box::new([[0; PACKET_LENGTH]; BATCH]),
        })
    }

    fn port(&self) -> io::Result<u16> {
        Ok(self.socket.local_addr()?.port())
    }

    /// Send up to `BATCH` packets.
    fn send<P: AsRef<[u8]>>(&mut self, packets: &[P], targets: &[SocketAddrV4]) {
        let slices: Vec<[IoSlice; 1]> =
            packets.iter().map(|packet| [IoSlice::new(packet.as_ref())]).collect();
        let targets: Vec<_> = targets.iter().map(|&target| Some(SockaddrIn::from(target))).collect();
        let flags = MsgFlags::MSG_DONTWAIT;
        let _ = sendmmsg(self.socket.as_raw_fd(), &mut self.headers, &slices, targets, [], flags);
    }

    fn receive(&mut self, take: &mut impl FnMut(&[u8], Duration)) {
        while self.receive_batch(take) == BATCH {}
    }

    fn receive_batch(&mut self, take: &mut impl FnMut(&[u8], Duration)) -> usize {
        let mut slices: Vec<[IoSliceMut; 1]> =
            self.buffers.iter_mut().map(|buffer| [IoSliceMut::new(buffer)]).collect();
        let flags = MsgFlags::MSG_DONTWAIT;
        let came = recvmmsg(self.socket.as_raw_fd(), &mut self.arrivals, &mut slices, flags, None);
        let Ok(came) = came else { return 0 };
        let mut count = 0;
        for message in came {
            count += 1;
            if let (Some(packet), Some(moment)) = (message.iovs().next(), moment_of(&message)) {
                take(packet, moment);
            }
        }
        count
    }
}

fn moment_of<S>(message: &RecvMsg<'_, '_, S>) -> Option<Duration> {
    message.cmsgs().ok()?.find_map(|part| match part {
        ControlMessageOwned::ScmTimestampns(moment) => Some(moment.into()),
        _ => None,
    })
}
