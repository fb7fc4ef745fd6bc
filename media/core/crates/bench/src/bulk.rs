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

use crate::bind_pair;

/// Packets a system call.
pub const BATCH: usize = 32;
/// More than any packet of the benchmark.
const PACKET_LENGTH: usize = 256;
/// What one socket of many streams has to hold while its owner sends; the system may grant less.
const RECEIVE_BUFFER: usize = 4 << 20;

/// A socket that many streams share.
#[derive(Debug)]
pub struct Bulk {
    socket: UdpSocket,
    /// Takes the reports to the port above, which nobody reads.
    _reports: UdpSocket,
    headers: MultiHeaders<SockaddrIn>,
    arrivals: MultiHeaders<SockaddrIn>,
    buffers: Box<[[u8; PACKET_LENGTH]; BATCH]>,
}

impl Bulk {
    pub fn open() -> io::Result<Self> {
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

    pub fn port(&self) -> io::Result<u16> {
        Ok(self.socket.local_addr()?.port())
    }

    /// Send up to `BATCH` packets. Those the kernel does not take are lost.
    pub fn send<P: AsRef<[u8]>>(&mut self, packets: &[P], targets: &[SocketAddrV4]) {
        let slices: Vec<[IoSlice; 1]> =
            packets.iter().map(|packet| [IoSlice::new(packet.as_ref())]).collect();
        let targets: Vec<_> = targets.iter().map(|&target| Some(SockaddrIn::from(target))).collect();
        let flags = MsgFlags::MSG_DONTWAIT;
        let _ = sendmmsg(self.socket.as_raw_fd(), &mut self.headers, &slices, targets, [], flags);
    }

    /// Take all packets that came, each with its moment of arrival since the Unix epoch.
    pub fn receive(&mut self, mut take: impl FnMut(&[u8], Duration)) {
        while self.receive_batch(&mut take) == BATCH {}
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
