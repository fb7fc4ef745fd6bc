//! Port pairs: an even port for RTP and the odd one above it for RTCP (RFC 3550 §11).
//!
//! Pairs rotate through the range, and one that was given back rests, so that late packets of a call
//! that is over never reach the next one.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, UdpSocket};

/// How long a pair rests after it was given back.
pub const REST_US: u64 = 5_000_000;

/// The two sockets of a leg, bound and non-blocking.
#[derive(Debug)]
pub struct SocketPair {
    pub rtp: UdpSocket,
    pub rtcp: UdpSocket,
    pub port: u16,
}

/// The even ports of a range that nobody has, in the order they will be given out.
#[derive(Debug)]
pub struct PortPool {
    /// Each with the time it may be used from; times never fall from front to back.
    free: VecDeque<(u16, u64)>,
}

impl PortPool {
    /// All pairs within the range, both ends included.
    pub fn new(port_min: u16, port_max: u16) -> Self {
        let first = u32::from(port_min).next_multiple_of(2);
        let free = (first..u32::from(port_max)).step_by(2).map(|port| (port as u16, 0)).collect();
        Self { free }
    }

    /// The next pair that has rested.
    pub fn take(&mut self, now_us: u64) -> Option<u16> {
        self.free.front().filter(|(_, usable_us)| *usable_us <= now_us)?;
        self.free.pop_front().map(|(port, _)| port)
    }

    /// A pair is free again from a rest after now.
    pub fn give_back(&mut self, port: u16, now_us: u64) {
        self.free.push_back((port, now_us + REST_US));
    }

    /// Bind the next pair on `host`; pairs some other process holds go to the end of the queue.
    pub fn bind(&mut self, host: IpAddr, now_us: u64) -> io::Result<SocketPair> {
        let mut last_error = None;
        for _ in 0..self.free.len() {
            let Some(port) = self.take(now_us) else { break };
            match bind_pair(host, port) {
                Ok(pair) => return Ok(pair),
                Err(error) => {
                    self.give_back(port, now_us);
                    last_error = Some(error);
                }
            }
        }
        Err(last_error.unwrap_or_else(|| {
            io::Error::new(io::ErrorKind::AddrInUse, "every port pair of the media range is in use")
        }))
    }
}

fn bind_pair(host: IpAddr, port: u16) -> io::Result<SocketPair> {
    let bind = |port: u16| {
        let socket = UdpSocket::bind((host, port))?;
        socket.set_nonblocking(true)?;
        io::Result::Ok(socket)
    };
    Ok(SocketPair { rtp: bind(port)?, rtcp: bind(port + 1)?, port })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn only_whole_pairs_of_the_range_are_given_out() {
        let mut pool = PortPool::new(10_001, 10_006);
        let ports: Vec<_> = std::iter::from_fn(|| pool.take(0)).collect();
        assert_eq!(ports, [10_002, 10_004]);
        assert_eq!(PortPool::new(65_534, 65_535).take(0), Some(65_534));
    }

    #[test]
    fn a_pair_rests_before_it_is_used_again() {
        let mut pool = PortPool::new(10_000, 10_003);
        assert_eq!(pool.take(0), Some(10_000));
        pool.give_back(10_000, 7);
        assert_eq!(pool.take(8), Some(10_002));
        assert_eq!(pool.take(7 + REST_US - 1), None);
        assert_eq!(pool.take(7 + REST_US), Some(10_000));
    }

    #[test]
    fn a_pair_somebody_holds_is_passed_over() {
        let held = UdpSocket::bind((LOOPBACK, 0)).unwrap();
        let port = held.local_addr().unwrap().port() & !1;
        let Some(last) = port.checked_add(5) else { return };
        let pair = PortPool::new(port, last).bind(LOOPBACK, 0).unwrap();
        assert!(pair.port > port);
        assert_eq!(pair.rtcp.local_addr().unwrap().port(), pair.port + 1);
    }

    #[test]
    fn no_pair_left_is_an_error_that_says_so() {
        let error = PortPool::new(10_000, 10_000).bind(LOOPBACK, 0).unwrap_err();
        assert!(error.to_string().contains("in use"));
    }
}
