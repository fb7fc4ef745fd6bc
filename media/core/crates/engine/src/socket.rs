//! The system calls of a leg's sockets.
//!
//! They are made directly: those of the C library are points where a thread may be cancelled, which costs a packet more
//! than its header does.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};

use rustix::net::sockopt::{Ipv4PathMtuDiscovery, set_ip_mtu_discover};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recvfrom, sendto, socket_with,
};

/// A socket that waits for nobody.
pub fn bind(local: SocketAddr) -> io::Result<UdpSocket> {
    let family = if local.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(family, SocketType::DGRAM, flags, None)?;
    rustix::net::bind(&socket, &local)?;
    Ok(socket.into())
}

/// What it sends is not to be fragmented on its way, as speech never is; so the kernel need not find it a number that no
/// other fragment has (RFC 6864 §4.1).
pub fn leave_whole(socket: &UdpSocket, host: IpAddr) -> io::Result<()> {
    if host.is_ipv4() {
        set_ip_mtu_discover(socket, Ipv4PathMtuDiscovery::PROBE)?;
    }
    Ok(())
}

/// The length of the next datagram and who sent it; None when there is none. Of a longer one the rest is lost.
pub fn receive(socket: &UdpSocket, buffer: &mut [u8]) -> Option<(usize, SocketAddr)> {
    let (length, _, source) = recvfrom(socket, buffer, RecvFlags::empty()).ok()?;
    Some((length, source?.try_into().ok()?))
}

/// Whether the kernel took it.
pub fn send(socket: &UdpSocket, datagram: &[u8], to: SocketAddr) -> bool {
    sendto(socket, datagram, SendFlags::empty(), &to).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, Ipv6Addr};

    #[test]
    fn a_datagram_arrives_from_whom_it_was_sent_and_a_long_one_is_cut() {
        for host in [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)] {
            let [one, other] = [(); 2].map(|()| bind((host, 0).into()).unwrap());
            let to = other.local_addr().unwrap();
            assert!(send(&one, b"heard", to) && send(&one, b"cut off", to));
            let mut buffer = [0; 6];
            let from = one.local_addr().unwrap();
            assert_eq!(receive(&other, &mut buffer), Some((5, from)));
            assert_eq!((receive(&other, &mut buffer), &buffer), (Some((6, from)), b"cut of"));
            assert_eq!(receive(&other, &mut buffer), None);
        }
    }

    #[test]
    fn what_the_kernel_does_not_take_is_told() {
        let socket = bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        assert!(!send(&socket, &vec![0; 70_000], socket.local_addr().unwrap()));
    }
}
