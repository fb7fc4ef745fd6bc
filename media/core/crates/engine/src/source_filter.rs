//! A socket that hears nobody but whom it is told: a program of the kernel's packet filter (BPF) drops all others.
//!
//! The filter is run before a packet is put into the socket's queue. It sees the packet from the UDP header on, and what
//! is before it at offsets from `NETWORK` (Linux, Documentation/networking/filter.rst).

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};

use socket2::{SockFilter, SockRef};

const LOAD_WORD: u16 = 0x20;
const LOAD_HALF: u16 = 0x28;
const LOAD_BYTE: u16 = 0x30;
const AND: u16 = 0x54;
const JUMP_IF_EQUAL: u16 = 0x15;
const RETURN: u16 = 0x06;

/// The IP header (`SKF_NET_OFF`).
const NETWORK: u32 = -0x10_0000_i32 as u32;
const SOURCE_PORT: u32 = 0;
const WHOLE_PACKET: u32 = u32::MAX;

/// From where a packet may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Door {
    pub host: IpAddr,
    /// None is any.
    pub port: Option<u16>,
}

impl Door {
    pub fn exactly(address: SocketAddr) -> Self {
        Self { host: address.ip(), port: Some(address.port()) }
    }

    pub fn any_port(address: SocketAddr) -> Self {
        Self { host: address.ip(), port: None }
    }
}

/// Hear only who comes through one of these.
pub fn hear_only(socket: &UdpSocket, doors: &[Door]) -> io::Result<()> {
    let mut program: Vec<_> = doors.iter().flat_map(door_program).collect();
    program.push(statement(RETURN, 0));
    SockRef::from(socket).attach_filter(&program)
}

/// Hear everybody.
pub fn hear_all(socket: &UdpSocket) -> io::Result<()> {
    SockRef::from(socket).detach_filter()
}

/// Take a packet through this door; for any other go on behind.
fn door_program(door: &Door) -> Vec<SockFilter> {
    let checks = checks(door);
    let mut left = checks.iter().map(|check| check.load.len() + 1).sum::<usize>();
    let mut program = Vec::with_capacity(left + 1);
    for Check { load, equals } in checks {
        left -= load.len() + 1;
        program.extend(load);
        // What is left of the checks and the return are passed over.
        program.push(SockFilter::new(JUMP_IF_EQUAL, 0, left as u8 + 1, equals));
    }
    program.push(statement(RETURN, WHOLE_PACKET));
    program
}

/// What a field of the packet has to be.
struct Check {
    load: Vec<SockFilter>,
    equals: u32,
}

fn checks(door: &Door) -> Vec<Check> {
    let (version, source_at, address) = match door.host.to_canonical() {
        IpAddr::V4(host) => (0x40, 12, host.octets().to_vec()),
        IpAddr::V6(host) => (0x60, 8, host.octets().to_vec()),
    };
    let load_version = vec![statement(LOAD_BYTE, NETWORK), statement(AND, 0xf0)];
    let version = Check { load: load_version, equals: version };
    let words = address.chunks_exact(4).zip((NETWORK + source_at..).step_by(4)).map(|(word, at)| Check {
        load: vec![statement(LOAD_WORD, at)],
        equals: word.iter().fold(0, |word, octet| word << 8 | u32::from(*octet)),
    });
    let port = door
        .port
        .map(|port| Check { load: vec![statement(LOAD_HALF, SOURCE_PORT)], equals: u32::from(port) });
    [version].into_iter().chain(words).chain(port).collect()
}

fn statement(code: u16, operand: u32) -> SockFilter {
    SockFilter::new(code, 0, 0, operand)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who of the senders on these hosts is heard by a socket with doors made of their addresses.
    fn heard(hosts: [&str; 3], doors: impl Fn(&[SocketAddr]) -> Vec<Door>) -> Vec<usize> {
        let open = |host: &str| UdpSocket::bind((host.parse::<IpAddr>().unwrap(), 0)).unwrap();
        let socket = open(if hosts[0].contains(':') { "::1" } else { "127.0.0.1" });
        socket.set_nonblocking(true).unwrap();
        let senders = hosts.map(open);
        let addresses = [0, 1, 2].map(|n| senders[n].local_addr().unwrap());
        hear_only(&socket, &doors(&addresses)).unwrap();
        for (n, sender) in senders.iter().enumerate() {
            sender.send_to(&[n as u8; 20], socket.local_addr().unwrap()).unwrap();
        }
        let hear = || {
            let mut packet = [0; 64];
            let length = socket.recv(&mut packet).ok()?;
            assert_eq!(packet[..length], [packet[0]; 20]);
            Some(packet[0].into())
        };
        std::iter::from_fn(hear).collect()
    }

    #[test]
    fn one_address_is_heard_and_no_other_port_or_host() {
        for hosts in [["127.0.0.1", "127.0.0.1", "127.0.0.2"], ["::1", "::1", "::1"]] {
            assert_eq!(heard(hosts, |addresses| vec![Door::exactly(addresses[0])]), [0]);
        }
    }

    #[test]
    fn a_host_is_heard_from_any_port() {
        let doors = |addresses: &[SocketAddr]| vec![Door::any_port(addresses[0])];
        assert_eq!(heard(["127.0.0.1", "127.0.0.1", "127.0.0.2"], doors), [0, 1]);
        assert_eq!(heard(["::1", "::1", "::1"], doors), [0, 1, 2]);
    }

    #[test]
    fn each_of_several_doors_is_open() {
        let doors =
            |addresses: &[SocketAddr]| vec![Door::exactly(addresses[0]), Door::any_port(addresses[2])];
        assert_eq!(heard(["127.0.0.1", "127.0.0.1", "127.0.0.2"], doors), [0, 2]);
        let doors = |addresses: &[SocketAddr]| vec![Door::exactly(addresses[2]), Door::exactly(addresses[1])];
        assert_eq!(heard(["::1", "::1", "::1"], doors), [1, 2]);
    }

    #[test]
    fn doors_of_the_other_family_let_nobody_in() {
        let elsewhere = |_: &[SocketAddr]| vec![Door { host: "::1".parse().unwrap(), port: None }];
        assert_eq!(heard(["127.0.0.1", "127.0.0.1", "127.0.0.2"], elsewhere), Vec::<usize>::new());
    }

    #[test]
    fn without_a_filter_everybody_is_heard_again() {
        let [socket, sender] = [(); 2].map(|()| UdpSocket::bind(("127.0.0.1", 0)).unwrap());
        socket.set_nonblocking(true).unwrap();
        hear_only(&socket, &[]).unwrap();
        hear_all(&socket).unwrap();
        sender.send_to(b"heard", socket.local_addr().unwrap()).unwrap();
        assert_eq!(socket.recv(&mut [0; 8]).unwrap(), 5);
    }
}
