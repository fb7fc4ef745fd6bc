//! N streams of G.711 at 50 packets a second, spread evenly over the 20 ms, and what became of them.
//!
//! Prints its ports. For each line `<milliseconds> <port of stream 0> <port of stream 1> …` it sends for
//! that long and answers with a line of JSON: packets sent and received and the added delay. A packet's
//! payload carries its moment of sending.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bench::{BUFFER_LENGTH, Ready, Sockets, hear_numbers, say, streams};
use rtp::packet::{HEADER_LENGTH, Header, Packet};

const PTIME_US: u64 = 20_000;
const PAYLOAD_LENGTH: usize = 160;
const PCMA: u8 = 8;
/// How long after the last packet was sent the rest may still arrive, at most.
const GRACE: Duration = Duration::from_secs(1);

fn main() -> io::Result<()> {
    let sockets = Sockets::open(streams()?)?;
    sockets.announce()?;
    let epoch = Instant::now();
    let mut streams: Vec<Stream> = (0..sockets.sockets.len()).map(Stream::new).collect();
    while let Some(numbers) = hear_numbers()? {
        let Some((&milliseconds, ports)) = numbers.split_first() else { break };
        for (stream, &port) in streams.iter_mut().zip(ports) {
            stream.target = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        }
        let length = Duration::from_millis(milliseconds.into());
        let round = Round { sockets: &sockets, epoch, length };
        say(&round.run(&mut streams))?;
    }
    Ok(())
}

/// One direction of a call.
struct Stream {
    index: usize,
    target: SocketAddr,
    sequence: u16,
}

impl Stream {
    fn new(index: usize) -> Self {
        Self { index, target: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), sequence: 0 }
    }

    fn packet(&mut self, sent_at: Duration) -> [u8; HEADER_LENGTH + PAYLOAD_LENGTH] {
        self.sequence = self.sequence.wrapping_add(1);
        let timestamp = rtp::us_to_samples(sent_at.as_micros() as u64) as u32;
        let ssrc = self.index as u32;
        let header = Header { marker: false, payload_type: PCMA, sequence: self.sequence, timestamp, ssrc };
        let mut packet = [0xd5; HEADER_LENGTH + PAYLOAD_LENGTH];
        packet[..HEADER_LENGTH].copy_from_slice(&header.to_bytes());
        packet[HEADER_LENGTH..][..8].copy_from_slice(&(sent_at.as_nanos() as u64).to_be_bytes());
        packet
    }
}

/// One measurement.
struct Round<'a> {
    sockets: &'a Sockets,
    epoch: Instant,
    length: Duration,
}

impl Round<'_> {
    fn run(&self, streams: &mut [Stream]) -> String {
        let begin = self.epoch.elapsed();
        let total = AtomicUsize::new(usize::MAX);
        let mut delays_ns = thread::scope(|scope| {
            let receiver = scope.spawn(|| self.receive(begin, &total));
            total.store(self.send(begin, streams), Ordering::Relaxed);
            receiver.join().unwrap_or_default()
        });
        delays_ns.sort_unstable();
        let percentile_us = |percent: usize| {
            let found = delays_ns.get(delays_ns.len() * percent / 100);
            Duration::from_nanos(found.copied().unwrap_or(0)).as_secs_f64() * 1e6
        };
        format!(
            r#"{{"sent": {}, "received": {}, "p50_us": {:.1}, "p99_us": {:.1}}}"#,
            total.into_inner(),
            delays_ns.len(),
            percentile_us(50),
            percentile_us(99),
        )
    }

    /// Send everything; returns how many packets that were.
    fn send(&self, begin: Duration, streams: &mut [Stream]) -> usize {
        let step = Duration::from_micros(PTIME_US) / streams.len() as u32;
        let total = (self.length.as_nanos() / step.as_nanos()) as usize;
        for packet in 0..total {
            let due = begin + step * packet as u32;
            thread::sleep(due.saturating_sub(self.epoch.elapsed()));
            let index = packet % streams.len();
            let stream = &mut streams[index];
            let datagram = stream.packet(self.epoch.elapsed());
            // A packet the kernel does not take counts as lost.
            let _ = self.sockets.sockets[index].send_to(&datagram, stream.target);
        }
        total
    }

    /// The delays of this round's packets, until all have come or the rest must be lost.
    fn receive(&self, begin: Duration, total: &AtomicUsize) -> Vec<u64> {
        let end = begin + self.length + GRACE;
        let mut delays_ns = Vec::new();
        let mut buffer = [0; BUFFER_LENGTH];
        let mut ready = Ready::default();
        while self.epoch.elapsed() < end && delays_ns.len() < total.load(Ordering::Relaxed) {
            self.sockets.wait(&mut ready, Some(Duration::from_millis(20)), |index| {
                let Ok((length, _)) = self.sockets.sockets[index].recv_from(&mut buffer) else { return };
                let now = self.epoch.elapsed();
                // One from before is a late packet of the round before, lost there.
                let sent = sending_moment(&buffer[..length]).filter(|sent| *sent >= begin);
                delays_ns.extend(sent.map(|sent| now.saturating_sub(sent).as_nanos() as u64));
            });
        }
        delays_ns
    }
}

fn sending_moment(datagram: &[u8]) -> Option<Duration> {
    let payload = Packet::parse(datagram).ok()?.payload;
    datagram[payload].first_chunk().map(|bytes| Duration::from_nanos(u64::from_be_bytes(*bytes)))
}
