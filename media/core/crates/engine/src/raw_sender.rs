//! RTP of many legs in one system call, through a raw socket that may name any of our ports as the sender.
//!
//! A leg's own socket wants a system call a packet, and with thousands of legs each finds its parts of the kernel in no
//! cache. The raw one is always warm. It is there only where the process may have it (`CAP_NET_RAW`), of IPv4 alone, and
//! what the kernel does not take from it goes through the leg's own after all.

use std::io::{self, IoSlice};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};
use std::os::fd::AsRawFd;

use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrIn, sendmmsg};
use socket2::{Domain, Protocol, Socket, Type};

use crate::events::EndpointId;

/// Packets a system call.
const BATCH: usize = 64;
/// Room for what a network card has not sent yet; the system may grant less.
const SEND_BUFFER: usize = 4 << 20;
/// `IPPROTO_RAW` (raw(7)): we write the IP header, and nothing is ever received.
const HEADER_INCLUDED: i32 = 255;
const UDP: u8 = 17;
const IP_HEADER: usize = 20;
const UDP_HEADER: usize = 8;
const HEADERS: usize = IP_HEADER + UDP_HEADER;
/// Linux' own default.
const TTL: u8 = 64;

/// A packet that waits, behind the one before it.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    pub endpoint: EndpointId,
    pub to: SocketAddrV4,
    /// As many octets its leg has counted as sent.
    pub counted: usize,
    end: usize,
}

/// The packets that wait for the next system call.
#[derive(Debug)]
pub struct RawSender {
    socket: Socket,
    host: Ipv4Addr,
    octets: Vec<u8>,
    waiting: Vec<Waiting>,
}

impl RawSender {
    /// For legs at this address. Fails where the process may not, and for IPv6.
    pub fn open(host: IpAddr) -> io::Result<Self> {
        let IpAddr::V4(host) = host else { return Err(io::ErrorKind::Unsupported.into()) };
        let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::from(HEADER_INCLUDED)))?;
        // Routes may depend on the sender's address.
        socket.bind(&SocketAddr::from((host, 0)).into())?;
        socket.set_send_buffer_size(SEND_BUFFER)?;
        Ok(Self { socket, host, octets: Vec::new(), waiting: Vec::new() })
    }

    /// Have a packet of this leg wait, which counts so many octets as sent then; false when it is not for us.
    pub fn take(
        &mut self,
        endpoint: EndpointId,
        from: SocketAddr,
        to: SocketAddr,
        datagram: &[u8],
        counted: usize,
    ) -> bool {
        let (SocketAddr::V4(from), SocketAddr::V4(to)) = (from, to) else { return false };
        if *from.ip() != self.host {
            return false;
        }
        self.octets.extend(headers_of(from, to, datagram));
        self.octets.extend(datagram);
        self.waiting.push(Waiting { endpoint, to, counted, end: self.octets.len() });
        true
    }

    /// Whether as many wait as one system call takes.
    pub fn is_full(&self) -> bool {
        self.waiting.len() >= BATCH
    }

    /// Send all that wait. Those the kernel does not take are given back, with what they hold.
    pub fn send(&mut self, mut give_back: impl FnMut(&Waiting, &[u8])) {
        let mut next = 0;
        while next < self.waiting.len() {
            let batch = BATCH.min(self.waiting.len() - next);
            let taken = self.send_batch(next, batch);
            next += taken;
            if taken < batch {
                give_back(&self.waiting[next], &self.packet(next)[HEADERS..]);
                next += 1;
            }
        }
        self.waiting.clear();
        self.octets.clear();
    }

    /// How many of these the kernel took, from the first on.
    fn send_batch(&self, first: usize, count: usize) -> usize {
        let slices: Vec<_> = (first..first + count).map(|n| [IoSlice::new(self.packet(n))]).collect();
        let targets: Vec<_> = self.waiting[first..first + count]
            .iter()
            .map(|waiting| Some(SockaddrIn::from(SocketAddrV4::new(*waiting.to.ip(), 0))))
            .collect();
        let mut headers = MultiHeaders::preallocate(count, None);
        sendmmsg(self.socket.as_raw_fd(), &mut headers, &slices, targets, [], MsgFlags::MSG_DONTWAIT)
            .map_or(0, Iterator::count)
    }

    fn packet(&self, number: usize) -> &[u8] {
        let begin = number.checked_sub(1).map_or(0, |before| self.waiting[before].end);
        &self.octets[begin..self.waiting[number].end]
    }
}

/// IPv4 (RFC 791 §3.1), not to be fragmented, and UDP (RFC 768). Length and checksum of the former are the kernel's (raw(7)).
fn headers_of(from: SocketAddrV4, to: SocketAddrV4, datagram: &[u8]) -> [u8; HEADERS] {
    let length = ((UDP_HEADER + datagram.len()) as u16).to_be_bytes();
    let mut headers = [0; HEADERS];
    headers[0] = 0x45;
    headers[6] = 0x40;
    headers[8] = TTL;
    headers[9] = UDP;
    headers[12..16].copy_from_slice(&from.ip().octets());
    headers[16..20].copy_from_slice(&to.ip().octets());
    headers[20..22].copy_from_slice(&from.port().to_be_bytes());
    headers[22..24].copy_from_slice(&to.port().to_be_bytes());
    headers[24..26].copy_from_slice(&length);
    // The sum is over both addresses, protocol and length as well; all else before them is nought yet.
    let sum = sum_of(&headers[12..]) + u32::from(UDP) + sum_of(&length) + sum_of(datagram);
    headers[26..28].copy_from_slice(&checksum(sum).to_be_bytes());
    headers
}

/// Of the octets as 16-bit numbers, the last filled up with nought.
fn sum_of(octets: &[u8]) -> u32 {
    let (pairs, rest) = octets.as_chunks();
    let whole: u32 = pairs.iter().map(|&pair| u32::from(u16::from_be_bytes(pair))).sum();
    whole + rest.first().map_or(0, |&last| u32::from(last) << 8)
}

/// The Internet checksum (RFC 1071) of a sum; what would be nought, which means none, is all ones (RFC 768).
fn checksum(sum: u32) -> u16 {
    let folded = (sum & 0xffff) + (sum >> 16);
    let folded = (folded & 0xffff) + (folded >> 16);
    match !(folded as u16) {
        0 => 0xffff,
        checksum => checksum,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::socket;

    const HOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    /// None where raw sockets are not allowed.
    fn sender() -> Option<RawSender> {
        RawSender::open(HOST).ok()
    }

    #[test]
    fn the_checksum_is_that_of_the_example_in_rfc_1071() {
        let octets = [0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7];
        assert_eq!(checksum(sum_of(&octets)), !0xddf2);
        assert_eq!(sum_of(&[1, 2, 3]), 0x0102 + 0x0300);
        assert_eq!(checksum(0xffff), 0xffff);
    }

    #[test]
    fn headers_are_those_that_the_documents_show() {
        let from = SocketAddrV4::new(Ipv4Addr::new(192, 0, 2, 1), 20_000);
        let to = SocketAddrV4::new(Ipv4Addr::new(198, 51, 100, 7), 4_000);
        let headers = headers_of(from, to, b"odd");
        assert_eq!(headers[..12], [0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 17, 0, 0]);
        assert_eq!(headers[12..26], [192, 0, 2, 1, 198, 51, 100, 7, 0x4e, 0x20, 0x0f, 0xa0, 0, 11]);
        // A receiver adds up everything, the checksum too, and gets all ones.
        let whole = sum_of(&headers[12..]) + u32::from(UDP) + 11 + sum_of(b"odd");
        assert_eq!((whole & 0xffff) + (whole >> 16), 0xffff);
    }

    #[test]
    fn packets_of_many_legs_arrive_from_their_own_ports_and_in_order() {
        let Some(mut sender) = sender() else { return };
        let [one, other, phone] = [(); 3].map(|()| socket::bind((HOST, 0).into()).unwrap());
        let to = phone.local_addr().unwrap();
        let legs = [one.local_addr().unwrap(), other.local_addr().unwrap()];
        let count = 2 * BATCH + 5;
        for number in 0..count {
            // The kernel takes no packet whose checksum is wrong: each length and content has another.
            let datagram = vec![number as u8; 1 + number];
            assert!(sender.take(number as u64, legs[number % 2], to, &datagram, datagram.len()));
        }
        assert!(sender.is_full());
        sender.send(|packet, _| panic!("the kernel did not take packet {}", packet.endpoint));
        let mut buffer = [0; 2048];
        for number in 0..count {
            let (length, from) = socket::receive(&phone, &mut buffer).unwrap();
            assert_eq!((length, from), (1 + number, legs[number % 2]));
            assert!(buffer[..length].iter().all(|&octet| octet == number as u8));
        }
        assert!(socket::receive(&phone, &mut buffer).is_none());
        sender.send(|_, _| panic!("nothing waits any more"));
    }

    #[test]
    fn what_the_kernel_does_not_take_is_given_back_and_the_others_arrive() {
        let Some(mut sender) = sender() else { return };
        let [leg, phone] = [(); 2].map(|()| socket::bind((HOST, 0).into()).unwrap());
        let (from, to) = (leg.local_addr().unwrap(), phone.local_addr().unwrap());
        let everybody = SocketAddr::from((Ipv4Addr::BROADCAST, 9));
        for (endpoint, to) in [(1, everybody), (2, to), (3, everybody), (4, to)] {
            assert!(sender.take(endpoint, from, to, &[endpoint as u8; 20], 16));
        }
        let mut given_back = Vec::new();
        sender.send(|packet, datagram| {
            given_back.push((
                packet.endpoint,
                datagram.to_vec(),
                SocketAddr::from(packet.to),
                packet.counted,
            ));
        });
        assert_eq!(given_back, [1, 3].map(|id| (id, vec![id as u8; 20], everybody, 16)));
        let mut buffer = [0; 64];
        let arrived = [(); 2].map(|()| socket::receive(&phone, &mut buffer).map(|_| buffer[0]));
        assert_eq!(arrived, [Some(2), Some(4)]);
    }

    #[test]
    fn only_packets_of_its_own_address_and_of_ipv4_are_for_it() {
        assert!(RawSender::open("::1".parse().unwrap()).is_err());
        let Some(mut sender) = sender() else { return };
        let [here, elsewhere, ipv6] =
            ["127.0.0.1:4000", "127.0.0.2:4000", "[::1]:4000"].map(|address| address.parse().unwrap());
        for (from, to) in [(elsewhere, here), (ipv6, ipv6), (here, ipv6)] {
            assert!(!sender.take(1, from, to, b"packet", 6));
        }
        sender.send(|_, _| panic!("nothing waits"));
    }
}
