//! The UDP socket of SIP: what waits there is taken in one go, and what is sent needs no lookup of its address.

use std::collections::HashMap;
use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr, SocketAddrV6};
use std::os::fd::RawFd;

use nix::errno::Errno;
use nix::net::if_::{if_indextoname, if_nametoindex};
use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrStorage, recvmmsg, sendto};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Datagrams of one system call.
const AT_ONCE: usize = 64;
/// Those that are asked for at first: mostly there is one, and to make room for all takes longer than to read it.
const AT_FIRST: usize = 4;
const LONGEST: usize = 65_535;
/// Addresses that are remembered.
const NEIGHBOURS: usize = 16_384;

/// What came, and from whom.
type Datagram<'py> = (Bound<'py, PyBytes>, Py<PyAny>);

/// A non-blocking UDP socket, for one thread. Who opened it keeps and closes it.
#[pyclass(unsendable)]
pub struct DatagramSocket {
    descriptor: RawFd,
    /// Makes a neighbour of a host and a port.
    neighbour: Py<PyAny>,
    /// One for all datagrams of an address.
    neighbours: HashMap<SocketAddr, Py<PyAny>>,
    headers: MultiHeaders<SockaddrStorage>,
    /// Met behind datagrams, which it must not cost: it is told at the next reading.
    untold: Option<PyErr>,
    /// Each as long as a datagram can be; most are never touched.
    buffers: Vec<Box<[u8]>>,
}

#[pymethods]
impl DatagramSocket {
    #[new]
    fn new(descriptor: RawFd, neighbour: Py<PyAny>) -> Self {
        Self {
            descriptor,
            neighbour,
            neighbours: HashMap::new(),
            headers: MultiHeaders::preallocate(AT_ONCE, None),
            untold: None,
            buffers: (0..AT_ONCE).map(|_| vec![0; LONGEST].into()).collect(), // a copy would touch it all
        }
    }

    fn receive<'py>(&mut self, py: Python<'py>, most: usize) -> PyResult<Vec<Datagram<'py>>> {
        if let Some(error) = self.untold.take() {
            return Err(error);
        }
        let mut datagrams = Vec::new();
        let first = most.min(AT_FIRST);
        if self.take(py, first, &mut datagrams)? == first && most > first {
            self.untold = self.take(py, most.min(AT_ONCE) - first, &mut datagrams).err();
        }
        Ok(datagrams)
    }

    fn send(&self, data: &[u8], host: &str, port: u16) -> PyResult<bool> {
        let target = SockaddrStorage::from(address_of(host, port)?);
        match sendto(self.descriptor, data, &target, MsgFlags::MSG_DONTWAIT) {
            Err(Errno::EAGAIN | Errno::EINTR) => Ok(false),
            sent => Ok(sent.map(|_| true).map_err(io::Error::from)?),
        }
    }
}

impl DatagramSocket {
    /// Add what waits, up to `most`; how many came.
    fn take<'py>(
        &mut self,
        py: Python<'py>,
        most: usize,
        datagrams: &mut Vec<Datagram<'py>>,
    ) -> PyResult<usize> {
        let mut slices: Vec<_> =
            self.buffers.iter_mut().take(most).map(|buffer| [IoSliceMut::new(buffer)]).collect();
        let came = recvmmsg(self.descriptor, &mut self.headers, &mut slices, MsgFlags::MSG_DONTWAIT, None);
        let came = match came {
            Err(Errno::EAGAIN | Errno::EINTR) => return Ok(0),
            came => came.map_err(io::Error::from)?,
        };
        let mut count = 0;
        for message in came {
            count += 1;
            let data = message.iovs().next().unwrap_or_default(); // none of an empty one, which counts like any
            let Some(source) = message.address.and_then(source_of) else { continue };
            let neighbour = neighbour_at(py, source, &mut self.neighbours, &self.neighbour)?;
            datagrams.push((PyBytes::new(py, data), neighbour));
        }
        Ok(count)
    }
}

fn neighbour_at(
    py: Python<'_>,
    source: SocketAddr,
    known: &mut HashMap<SocketAddr, Py<PyAny>>,
    make: &Py<PyAny>,
) -> PyResult<Py<PyAny>> {
    if let Some(neighbour) = known.get(&source) {
        return Ok(neighbour.clone_ref(py));
    }
    if known.len() >= NEIGHBOURS {
        known.clear();
    }
    let neighbour = make.call1(py, (host_of(&source), source.port()))?;
    known.insert(source, neighbour.clone_ref(py));
    Ok(neighbour)
}

fn source_of(address: SockaddrStorage) -> Option<SocketAddr> {
    let v4 = address.as_sockaddr_in().map(|&address| SocketAddr::V4(address.into()));
    v4.or_else(|| address.as_sockaddr_in6().map(|&address| SocketAddr::V6(address.into())))
}

/// As text; an address of one link only with the name of its interface (RFC 4007 §11).
fn host_of(source: &SocketAddr) -> String {
    match source {
        SocketAddr::V6(source) if source.scope_id() != 0 => {
            let link = if_indextoname(source.scope_id()).ok().and_then(|name| name.into_string().ok());
            format!("{}%{}", source.ip(), link.unwrap_or_else(|| source.scope_id().to_string()))
        }
        _ => source.ip().to_string(),
    }
}

fn address_of(host: &str, port: u16) -> io::Result<SocketAddr> {
    let Some((ip, link)) = host.split_once('%') else {
        let ip: IpAddr = host.parse().map_err(|_| Errno::EINVAL)?;
        return Ok(SocketAddr::new(ip, port));
    };
    let ip = ip.parse().map_err(|_| Errno::EINVAL)?;
    let scope = link.parse().or_else(|_| if_nametoindex(link))?;
    Ok(SocketAddrV6::new(ip, port, 0, scope).into())
}
