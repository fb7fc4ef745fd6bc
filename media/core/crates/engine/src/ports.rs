//! Port pairs: an even port for RTP and the odd one above it for RTCP (RFC 3550 §11).
//!
//! Pairs rotate through the range, and one that was given back rests, so that late packets of a call
//! that is over never reach the next one.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};

use crate::socket;

/// So many pairs in a row that other programs hold are enough: somebody waits for the answer.
const MAX_HELD: usize = 64;

/// The two sockets of a leg, bound and non-blocking.
#[derive(Debug)]
pub struct SocketPair {
    pub rtp: UdpSocket,
    pub rtcp: UdpSocket,
    /// Where the one for RTP is bound.
    pub local: SocketAddr,
}

/// The even ports of a range that nobody has, in the order they will be given out.
#[derive(Debug)]
pub struct PortPool {
    /// Each with the time it may be used from; times never fall from front to back.
    free: VecDeque<(u16, u64)>,
    /// How long a pair rests after it was given back.
    rest_us: u64,
}

impl PortPool {
    /// All pairs within the range, both ends included.
    pub fn new(port_min: u16, port_max: u16, rest_us: u64) -> Self {
        let first = u32::from(port_min).next_multiple_of(2);
        let free = (first..u32::from(port_max)).step_by(2).map(|port| (port as u16, 0)).collect();
        Self { free, rest_us }
    }

    /// The next pair that has rested.
    pub fn take(&mut self, now_us: u64) -> Option<u16> {
        self.free.front().filter(|(_, usable_us)| *usable_us <= now_us)?;
        self.free.pop_front().map(|(port, _)| port)
    }

    /// A pair is free again from a rest after now.
    pub fn give_back(&mut self, port: u16, now_us: u64) {
        self.free.push_back((port, now_us + self.rest_us));
    }

    /// Bind the next pair on `host`. Pairs some other program holds go to the end of the queue; any other
    /// fault would meet the next pair too and is returned at once.
    pub fn bind(&mut self, host: IpAddr, now_us: u64) -> io::Result<SocketPair> {
        self.bind_with(now_us, |port| bind_pair(host, port))
    }

    /// A pair was bound and let go of unused: it is the next again, without a rest.
    pub fn put_back(&mut self, port: u16) {
        self.free.push_front((port, 0));
    }

    fn bind_with<T>(&mut self, now_us: u64, bind: impl Fn(u16) -> io::Result<T>) -> io::Result<T> {
        for _ in 0..MAX_HELD {
            let Some(port) = self.take(now_us) else {
                return Err(in_use("every port pair of the media range is in use".into()));
            };
            match bind(port) {
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => self.give_back(port, now_us),
                Err(error) => {
                    self.put_back(port);
                    return Err(error);
                }
                bound => return bound,
            }
        }
        Err(in_use(format!("other programs have the next {MAX_HELD} port pairs of the media range in use")))
    }
}

fn in_use(reason: String) -> io::Error {
    io::Error::new(io::ErrorKind::AddrInUse, reason)
}

fn bind_pair(host: IpAddr, port: u16) -> io::Result<SocketPair> {
    let local = SocketAddr::new(host, port);
    let pair = SocketPair { rtp: socket::bind(local)?, rtcp: socket::bind((host, port + 1).into())?, local };
    socket::leave_whole(&pair.rtp, host)?;
    Ok(pair)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::net::Ipv4Addr;

    const REST_US: u64 = 5_000_000;
    const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn only_whole_pairs_of_the_range_are_given_out() {
        let mut pool = PortPool::new(10_001, 10_006, REST_US);
        let ports: Vec<_> = std::iter::from_fn(|| pool.take(0)).collect();
        assert_eq!(ports, [10_002, 10_004]);
        assert_eq!(PortPool::new(65_534, 65_535, REST_US).take(0), Some(65_534));
    }

    #[test]
    fn a_pair_rests_before_it_is_used_again() {
        let mut pool = PortPool::new(10_000, 10_003, REST_US);
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
        let pair = PortPool::new(port, last, REST_US).bind(LOOPBACK, 0).unwrap();
        assert!(pair.local.port() > port);
        assert_eq!(pair.rtp.local_addr().unwrap(), pair.local);
        assert_eq!(pair.rtcp.local_addr().unwrap().port(), pair.local.port() + 1);
    }

    #[test]
    fn no_pair_left_is_an_error_that_says_so() {
        let error = PortPool::new(10_000, 10_000, REST_US).bind(LOOPBACK, 0).unwrap_err();
        assert!(error.to_string().contains("every port pair"));
    }

    #[test]
    fn an_address_of_another_machine_is_told_at_once_and_costs_no_pair() {
        let mut pool = PortPool::new(10_000, 10_003, REST_US);
        let elsewhere = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 1));
        for _ in 0..3 {
            assert_eq!(pool.bind(elsewhere, 7).unwrap_err().kind(), io::ErrorKind::AddrNotAvailable);
        }
        assert_eq!((pool.take(7), pool.take(7), pool.take(7)), (Some(10_000), Some(10_002), None));
    }

    #[test]
    fn only_so_many_held_pairs_are_passed_over_for_one_leg() {
        let mut pool = PortPool::new(10_000, 19_999, REST_US);
        let tries = Cell::new(0);
        let held = |_| -> io::Result<()> {
            tries.set(tries.get() + 1);
            Err(io::ErrorKind::AddrInUse.into())
        };
        assert!(pool.bind_with(0, held).unwrap_err().to_string().contains("other programs"));
        assert_eq!(tries.get(), MAX_HELD);
        assert_eq!(pool.bind_with(0, Ok).unwrap(), 10_000 + 2 * MAX_HELD as u16);
    }
}
