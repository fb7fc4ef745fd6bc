//! The system calls of a leg's sockets.
//!
//! They are made directly: those of the C library are points where a thread may be cancelled, which costs a packet more
//! than its header does.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};

use rustix::net::sockopt::{Ipv4PathMtuDiscovery, set_ip_mtu_discover};
use rustix::net::{RecvFlags, SendFlags, recvfrom, sendto};

/// A socket that waits for nobody.
///
/// What it sends is not to be fragmented on its way, as speech never is; so the kernel need not find it a number that no
/// other fragment has (RFC 6864 §4.1).
pub fn bind(host: IpAddr, port: u16) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind((host, port))?;
    socket.set_nonblocking(true)?;
    if host.is_ipv4() {
        set_ip_mtu_discover(&socket, Ipv4PathMtuDiscovery::PROBE)?;
    }
    Ok(socket)
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
            let [one, other] = [(); 2].map(|()| bind(host, 0).unwrap());
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
        let socket = bind(IpAddr::V4(Ipv4Addr::LOCALHOST), 0).unwrap();
        assert!(!send(&socket, &vec![0; 70_000], socket.local_addr().unwrap()));
    }
}
